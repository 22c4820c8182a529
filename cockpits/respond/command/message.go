package command

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"citydeck/cockpits/respond/plan"
)

// Purpose says why a message is sent.
type Purpose string

// The purposes, as the webhook's body names them.
const (
	ForTask       Purpose = "task"
	ForAlert      Purpose = "alert"
	ForStandDown  Purpose = "stand_down"
	ForCorrection Purpose = "correction"
	ForBroadcast  Purpose = "broadcast"
)

// The states of a message. A cancelled one lost its sense before it was sent.
const (
	Queued    = "queued"
	Cancelled = "cancelled"
)

// Message is one row of the outbox: one text to one person or household by one
// channel. Its id stays the same over every repeat.
type Message struct {
	ID       string        `json:"id"`
	To       string        `json:"to"` // responder or household
	Audience plan.Audience `json:"audience"`
	Channel  string        `json:"channel"`
	Purpose  Purpose       `json:"kind"`
	Task     string        `json:"task,omitempty"`
	Due      int64         `json:"due"`            // Unix ms: not before
	Text     string        `json:"text,omitempty"` // of a broadcast; others are rendered from the plan
	Rung     int           `json:"rung"`           // its place in the ladder
	Batch    int           `json:"batch"`          // the charge of its task that it speaks of
	State    string        `json:"-"`
	At       int64         `json:"-"` // of the state
	Detail   string        `json:"-"`
}

// rank orders a message's states.
func rank(state string) int {
	return slices.Index([]string{Cancelled, Failing, Queued, string(Sent), string(Delivered), string(Seen)}, state)
}

// Failing is the state of a message that could not be sent.
const Failing = string(Failed)

// urgency orders what is due at the same time: the end and the correction
// overtake everything, responders come before residents.
func urgency(p Purpose) int {
	return slices.Index([]Purpose{ForStandDown, ForCorrection, ForTask, ForBroadcast, ForAlert}, p)
}

// Due lists the messages that are to be sent now, the most urgent first. A
// channel's own limit is the sender's to keep, in this order.
func (s *State) Due(now int64) []Message {
	if s.Phase == Waiting || s.Phase == Held || s.Phase == Finished {
		return nil
	}
	var list []Message
	for i := range s.messages {
		if m := &s.messages[i]; m.State == Queued && m.Due <= now {
			list = append(list, *m)
		}
	}
	slices.SortStableFunc(list, func(a, b Message) int {
		return cmp.Or(cmp.Compare(urgency(a.Purpose), urgency(b.Purpose)), cmp.Compare(a.Due, b.Due))
	})
	return list
}

// Message finds one by its id.
func (s *State) Message(id string) (Message, bool) {
	i, found := s.letterAt[id]
	if !found {
		return Message{}, false
	}
	return s.messages[i], true
}

// Next is the next instant after now at which something is due without anybody
// doing anything: a message, a deadline, the end of waiting. 0: never.
func (s *State) Next(now int64) int64 {
	next := int64(0)
	consider := func(at int64) {
		if at > now && (next == 0 || at < next) {
			next = at
		}
	}
	if s.Phase == Waiting {
		return s.Launched + plan.Second.Milliseconds()
	}
	if s.Phase != Running && s.Phase != Down {
		return 0
	}
	for i := range s.messages {
		if s.messages[i].State == Queued {
			consider(s.messages[i].Due)
		}
	}
	if s.Phase == Down {
		return next
	}
	for i := range s.tasks {
		for j := range s.tasks[i].charges {
			if c := &s.tasks[i].charges[j]; c.state == asked {
				consider(c.deadline)
			}
		}
	}
	return next
}

// outbox plans messages ahead so that no channel is asked for more than it can do.
type outbox struct {
	s     *State
	rates map[string]plan.Rate
	count int              // of messages made so far
	next  map[slot]int64   // the next free slot after a full one
	last  map[string]int64 // by channel, when its last message leaves
}

type slot struct {
	channel string
	at      int64
}

func newOutbox(s *State, rates map[string]plan.Rate) *outbox {
	return &outbox{s: s, rates: rates, next: map[slot]int64{}, last: map[string]int64{}}
}

// put plans a message for the first free instant of its channel at or after when.
func (o *outbox) put(m Message, when int64) Message {
	o.count++
	if o.s != nil {
		m.ID = fmt.Sprintf("%s-m%d", o.s.ID, len(o.s.messages)+o.count)
	}
	m.Due = when
	if gap := int64(o.rates[m.Channel].Gap() / time.Microsecond); gap > 0 {
		m.Due = o.free(m.Channel, (when*1000+gap-1)/gap) * gap / 1000
		m.Due = max(m.Due, when)
	}
	if o.rates[m.Channel].Ready {
		o.last[m.Channel] = max(o.last[m.Channel], m.Due)
	}
	return m
}

// free finds and takes the first free slot, shortening the way for who comes next.
func (o *outbox) free(channel string, at int64) int64 {
	var way []slot
	k := slot{channel, at}
	for {
		next, full := o.next[k]
		if !full {
			break
		}
		way = append(way, k)
		k.at = next
	}
	o.next[k] = k.at + 1
	for _, w := range way {
		o.next[w] = k.at + 1
	}
	return k.at
}

// rungs lists the channels by which a responder is called: those of the plan's
// ladder that are his; where none is, those that find him anyway.
func rungs(p *plan.Plan, c *contact) []plan.Channel {
	ladder := p.Ladder(plan.Responders)
	own := slices.DeleteFunc(slices.Clone(ladder), func(r plan.Channel) bool {
		return !slices.ContainsFunc(c.Channels, func(h channelOf) bool { return h.Kind == r.Kind })
	})
	if len(own) > 0 {
		slices.SortStableFunc(own, func(a, b plan.Channel) int { return cmp.Compare(a.After, b.After) })
		return own
	}
	return slices.DeleteFunc(ladder, func(r plan.Channel) bool { return c.address(r.Kind) == "" && r.Kind != plan.App })
}

// toResponder plans a responder's ladder for what he is asked.
func (o *outbox) toResponder(p *plan.Plan, who *candidate, task string, batch int, from int64) []Message {
	var list []Message
	for i, r := range rungs(p, &who.contact) {
		m := Message{To: who.ID, Audience: plan.Responders, Channel: r.Kind, Purpose: ForTask, Task: task, Rung: i, Batch: batch}
		list = append(list, o.put(m, from+r.After.Milliseconds()))
	}
	return list
}

// toResidents plans the ladder of each household.
func (o *outbox) toResidents(p *plan.Plan, homes []string, from int64) []Message {
	var list []Message
	ladder := p.Ladder(plan.Inhabitants)
	slices.SortStableFunc(ladder, func(a, b plan.Channel) int { return cmp.Compare(a.After, b.After) })
	for i, r := range ladder {
		for _, id := range homes {
			m := Message{To: id, Audience: plan.Inhabitants, Channel: r.Kind, Purpose: ForAlert, Rung: i}
			list = append(list, o.put(m, from+r.After.Milliseconds()))
		}
	}
	return list
}
