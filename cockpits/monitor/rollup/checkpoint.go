package rollup

import (
	"fmt"

	"citydeck/cockpits/monitor/reading"
)

// Checkpoint is the state and how far each stream was read for it, stored
// together: so each reading counts once, whenever the program ends.
type Checkpoint struct {
	Taken int64 // Unix ms of the state's clock
	Marks []reading.Mark
	Notes []byte   // what else its writer wants to find again
	State [][]byte // of a Capture, in pieces
}

const checkpointForm = 1

// Parts are the checkpoint's bytes, in pieces.
func (c *Checkpoint) Parts() [][]byte {
	w := writer{known: make(map[string]uint64)}
	w.uint(checkpointForm)
	w.int(c.Taken)
	w.uint(uint64(len(c.Marks)))
	for i := range c.Marks {
		m := &c.Marks[i]
		w.bytes([]byte(m.Stream))
		w.uint(m.Position.Ms)
		w.uint(m.Position.Seq)
		w.int(m.Index)
		w.bytes([]byte(m.Run))
		w.prints(m.Last())
		w.prints(m.Landmarks())
	}
	w.bytes(c.Notes)
	return append([][]byte{w.b}, c.State...)
}

// prints writes entries; their milliseconds as the difference to the one before.
func (w *writer) prints(list []reading.Print) {
	w.uint(uint64(len(list)))
	before := uint64(0)
	for _, p := range list {
		w.int(int64(p.ID.Ms - before))
		before = p.ID.Ms
		w.uint(p.ID.Seq)
		w.fixed(p.Hash)
	}
}

func (r *reader) prints() []reading.Print {
	n := r.count()
	list := make([]reading.Print, 0, n)
	before := uint64(0)
	for range n {
		before += uint64(r.int())
		list = append(list, reading.Print{ID: reading.EntryID{Ms: before, Seq: r.uint()}, Hash: r.fixed()})
	}
	return list
}

// ReadCheckpoint is the inverse of Parts. Its state is one piece of b, which
// must not be changed any more; Decode reads it.
func ReadCheckpoint(b []byte) (Checkpoint, error) {
	r := &reader{b: b}
	if v := r.uint(); v != checkpointForm {
		return Checkpoint{}, fmt.Errorf("the checkpoint is of form %d, this program reads %d", v, checkpointForm)
	}
	c := Checkpoint{Taken: r.int()}
	for range r.count() {
		m := reading.Mark{
			Stream: string(r.bytes()), Position: reading.EntryID{Ms: r.uint(), Seq: r.uint()}, Index: r.int(), Run: string(r.bytes()),
		}
		m.Restore(r.prints(), r.prints())
		c.Marks = append(c.Marks, m)
	}
	c.Notes = r.bytes()
	if r.err != nil {
		return Checkpoint{}, r.err
	}
	c.State = [][]byte{r.b}
	return c, nil
}
