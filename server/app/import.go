package app

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/reading"
	"citydeck/server/engine"
	"citydeck/server/store/history"
)

const (
	largestImport = 1 << 30 // bytes
	longestLine   = 1 << 20
	shownFaults   = 5
)

// parsed is what a file of readings holds.
type parsed struct {
	digest   string
	readings []reading.Reading
	refused  map[reading.Reason]int
	faults   []string // the first of them, by line
}

// parseImport reads a file of readings: CSV when its name says so, else NDJSON.
// Readings may be of any age, but not of the future.
func parseImport(path string, d *district.District, hash func([]byte) uint64, now time.Time) (*parsed, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fault.New(fault.Invalid, "", "the file can't be read: %s", plain(err))
	}
	if info.Size() > largestImport {
		return nil, fault.New(fault.TooLarge, "", "the file has more than %d MiB: cut it", largestImport>>20)
	}
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fault.New(fault.Invalid, "", "the file can't be read: %s", plain(err))
	}
	sum := sha256.Sum256(text)
	p := &parsed{digest: hex.EncodeToString(sum[:]), refused: make(map[reading.Reason]int)}
	rules := reading.NewRules(d.Catalogue, d.Areas, math.MaxInt64, hash)
	r := &rowReader{parsed: p, dec: rules.Decoder(0), entry: reading.Entry{
		ID: reading.EntryID{Ms: uint64(max(0, now.UnixMilli()))}, Judged: now.UnixMilli(),
	}}
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		err = r.csv(text)
	} else {
		err = r.lines(text)
	}
	return p, err
}

// plain is what is wrong with a file, without its path.
func plain(err error) string {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err.Error()
	}
	return err.Error()
}

// rowReader turns rows into readings, one by one.
type rowReader struct {
	*parsed
	dec   *reading.Decoder
	entry reading.Entry
	batch reading.Batch
}

// csv reads a table whose header names the keys of readings; other columns are
// passed over, an empty cell is a key left out.
func (r *rowReader) csv(text []byte) error {
	table := csv.NewReader(bytes.NewReader(text))
	table.ReuseRecord = true
	row, err := table.Read()
	if err != nil {
		return fault.New(fault.Invalid, "", "line 1: there is no header")
	}
	header := slices.Clone(row)
	if !slices.Contains(header, "measure") || !slices.Contains(header, "area") {
		return fault.New(fault.Invalid, "", "line 1: the header must name measure and area")
	}
	for {
		row, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			r.refuse(bad.StartLine, reading.Malformed, bad.Err.Error())
			continue
		}
		if err != nil {
			return err
		}
		fields := make([]reading.Field, 0, len(row))
		for i, cell := range row {
			if cell != "" && header[i] != "batch" {
				fields = append(fields, reading.Field{Name: []byte(header[i]), Value: []byte(cell)})
			}
		}
		line, _ := table.FieldPos(0)
		r.row(line, fields)
	}
}

// lines reads one JSON object a line.
func (r *rowReader) lines(text []byte) error {
	s := bufio.NewScanner(bytes.NewReader(text))
	s.Buffer(nil, longestLine)
	for n := 1; s.Scan(); n++ {
		line := bytes.TrimSpace(s.Bytes())
		if len(line) == 0 {
			continue
		}
		r.row(n, []reading.Field{{Name: []byte("batch"), Value: slices.Concat([]byte("["), line, []byte("]"))}})
	}
	if err := s.Err(); err != nil {
		return fault.New(fault.Invalid, "", "a line has more than %d KiB", longestLine>>10)
	}
	return nil
}

func (r *rowReader) row(line int, fields []reading.Field) {
	r.batch.Readings, r.batch.Rejected = r.readings, r.batch.Rejected[:0]
	r.entry.Fields = fields
	r.dec.Entry(&r.batch, &r.entry)
	r.readings = r.batch.Readings
	for i := range r.batch.Rejected {
		r.refuse(line, r.batch.Rejected[i].Reason, r.batch.Rejected[i].Detail)
	}
}

func (r *rowReader) refuse(line int, reason reading.Reason, detail string) {
	r.refused[reason]++
	if len(r.faults) < shownFaults {
		r.faults = append(r.faults, fmt.Sprintf("line %d: %s: %s", line, reason, detail))
	}
}

// desk counts files of readings: in the running server, or on its files.
type desk struct {
	district func() *district.District // as it is now
	engine   *engine.Engine
	history  *history.History
	hash     func([]byte) uint64
}

// take imports a file and says what became of it.
func (d desk) take(ctx context.Context, path string) (string, error) {
	by := d.district()
	p, err := parseImport(path, by, d.hash, time.Now())
	if err != nil {
		return "", err
	}
	refused := 0
	for _, n := range p.refused {
		refused += n
	}
	if len(p.readings) == 0 {
		return "", fault.New(fault.Invalid, "", "%s holds no reading that can be used\n%s", filepath.Base(path), strings.Join(p.faults, "\n"))
	}
	did, err := d.engine.Import(ctx, engine.Import{Digest: p.digest, District: by, Readings: p.readings})
	switch {
	case errors.Is(err, engine.ErrReplaced):
		return "", fault.New(fault.Conflict, "", "%s: the district is being changed: try again", filepath.Base(path))
	case errors.Is(err, engine.ErrImported), errors.Is(err, engine.ErrImporting), errors.Is(err, engine.ErrCatchingUp):
		return "", fault.New(fault.Conflict, "", "%s: %s", filepath.Base(path), err)
	case err != nil:
		return "", err
	}
	if _, err := d.history.Imported(ctx, history.Import{
		Digest: p.digest, Name: filepath.Base(path), At: time.Now().UnixMilli(), Readings: int64(did.Counted), Rejected: int64(refused),
	}); err != nil {
		return "", err
	}
	text := fmt.Sprintf("imported %d readings", did.Counted)
	if did.Counted > 0 {
		text += fmt.Sprintf(" from %s to %s", day(did.From, by), day(did.To, by))
	}
	if n := refused + did.OverLimit; n > 0 {
		text += fmt.Sprintf("; %d can't be used", n)
	}
	if did.Repeated > 0 {
		text += fmt.Sprintf("; %d were known by their id", did.Repeated)
	}
	return strings.Join(append([]string{text}, p.faults...), "\n") + "\n", nil
}

func day(ms int64, d *district.District) string {
	return time.UnixMilli(ms).In(d.Zone).Format(time.DateOnly)
}
