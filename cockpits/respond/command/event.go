package command

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// Kind says what happened.
type Kind string

// The kinds of ledger lines.
const (
	Launched   Kind = "launched"
	Confirmed  Kind = "confirmed"
	Lapsed     Kind = "lapsed"
	Tasked     Kind = "tasked"
	Sent       Kind = "sent"
	Delivered  Kind = "delivered"
	Seen       Kind = "seen"
	Failed     Kind = "failed"
	Answered   Kind = "acknowledged"
	Escalated  Kind = "escalated"
	Reported   Kind = "reported"
	Signed     Kind = "signed"
	CheckedIn  Kind = "checked_in"
	Paused     Kind = "paused"
	Resumed    Kind = "resumed"
	HandedOver Kind = "handed_over"
	Joined     Kind = "joined"
	Widened    Kind = "widened"
	Reassigned Kind = "reassigned"
	Broadcasts Kind = "broadcast"
	StoodDown  Kind = "stood_down"
	Returned   Kind = "returned"
	Closed     Kind = "closed"
	Reached    Kind = "milestone"
	Stepped    Kind = "step"   // a step of the plan is done
	Learnt     Kind = "lesson" // added to the report, also after the end

	Photographed Kind = "photo" // of what was seen at a door
)

// Event 台账 is one line of a command's ledger, and what belongs to it. Times
// are Unix ms: At is when it happened, ReceivedAt when the server learned of it.
type Event struct {
	N          int64  `json:"n"`
	At         int64  `json:"at"`
	ReceivedAt int64  `json:"received_at"`
	Kind       Kind   `json:"kind"`
	By         string `json:"by"` // user:N, responder:ID, system, channel:KIND

	SaidAt     int64           `json:"said_at,omitempty"` // what a clock ahead of ours said
	Command    string          `json:"command,omitempty"`
	Plan       string          `json:"plan,omitempty"`
	Version    int             `json:"version,omitempty"`
	Zone       *household.Zone `json:"zone,omitempty"`
	Area       string          `json:"area,omitempty"`
	Exercise   *bool           `json:"exercise,omitempty"`
	Total      int             `json:"total,omitempty"` // households
	Revision   string          `json:"revision,omitempty"`
	Task       string          `json:"task,omitempty"`
	Responder  string          `json:"responder,omitempty"`
	Role       string          `json:"role,omitempty"`
	Households []string        `json:"households,omitempty"`
	Helping    []string        `json:"helping,omitempty"`
	Charge     int             `json:"charge,omitempty"` // which of the task's, from 1
	Round      int             `json:"round,omitempty"`  // 1: the first deputy
	To         string          `json:"to,omitempty"`
	Answer     string          `json:"answer,omitempty"`
	Late       bool            `json:"late,omitempty"`
	Message    string          `json:"message,omitempty"`
	Channel    string          `json:"channel,omitempty"`
	Audience   string          `json:"audience,omitempty"`
	Detail     string          `json:"detail,omitempty"`
	Household  string          `json:"household,omitempty"`
	State      string          `json:"state,omitempty"`
	Report     string          `json:"report,omitempty"`
	Contested  *bool           `json:"contested,omitempty"`
	Counts     bool            `json:"counts,omitempty"`
	Voids      string          `json:"voids,omitempty"` // the unit whose signature ends
	Unit       string          `json:"unit,omitempty"`
	Photo      string          `json:"photo,omitempty"`
	SHA256     string          `json:"sha256,omitempty"` // of the photo
	CheckIn    string          `json:"check_in,omitempty"`
	Shelter    string          `json:"shelter,omitempty"`
	Persons    int             `json:"persons,omitempty"`
	Milestone  string          `json:"milestone,omitempty"`
	Void       bool            `json:"void,omitempty"` // the milestone no longer holds
	Step       string          `json:"step,omitempty"`
	Reason     string          `json:"reason,omitempty"`
	Digest     string          `json:"digest,omitempty"` // SHA-256 of Body
	Sealed     string          `json:"sealed,omitempty"` // SHA-256 of Private, which holds its own salt

	Body    []byte `json:"-"` // JSON of a body: kept beside the line
	Private []byte `json:"-"` // JSON of what is personal: kept beside, and deleted by rule
}

// body is what an event needs besides its line to be folded. Nothing in it is personal.
type body struct {
	Plan     *plan.Plan           `json:"plan,omitempty"`
	Rates    map[string]plan.Rate `json:"rates,omitempty"`
	Homes    []door               `json:"homes,omitempty"`
	Members  []member             `json:"members,omitempty"`
	Shelters []string             `json:"shelters,omitempty"`
	Messages []Message            `json:"messages,omitempty"`
	Tried    []string             `json:"tried,omitempty"` // who was asked before
	Text     string               `json:"text,omitempty"`
	Recall   Purpose              `json:"recall,omitempty"` // said to everybody who was reached
	Lesson   *Lesson              `json:"lesson,omitempty"`
	Quiet    bool                 `json:"quiet,omitempty"` // nobody is asked: helpers, and who has agreed already
}

// door is a household of the frozen list, without what is personal.
type door struct {
	ID        string  `json:"id"`
	Area      string  `json:"area"`
	Estate    string  `json:"estate"`
	Building  string  `json:"building"`
	Unit      string  `json:"unit"`
	Floor     string  `json:"floor"`
	Room      string  `json:"room"`
	Residents int     `json:"residents"`
	Lon       float64 `json:"lon"`
	Lat       float64 `json:"lat"`
}

// member is a candidate of the frozen roster.
type member struct {
	ID     string   `json:"id"`
	Roles  []string `json:"roles"`
	Covers []int    `json:"covers"`
	Lon    float64  `json:"lon"`
	Lat    float64  `json:"lat"`
}

// private is what is deleted when the plan's retention is over.
type private struct {
	Salt   string             `json:"salt"`
	Homes  map[string]contact `json:"homes,omitempty"`
	People map[string]contact `json:"people,omitempty"`
	Note   string             `json:"note,omitempty"`
}

type contact struct {
	Name     string              `json:"name,omitempty"`
	Phone    string              `json:"phone,omitempty"`
	Needs    []string            `json:"needs,omitempty"`
	Channels []household.Channel `json:"channels,omitempty"`
}

// with puts a body beside an event, and its digest into the line.
func (e Event) with(b body) Event {
	e.Body = encode(b)
	e.Digest = digest(e.Body)
	return e
}

// sealing puts what is personal beside an event.
func (e Event) sealing(p private) Event {
	e.Private = encode(p)
	e.Sealed = digest(e.Private)
	return e
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil { // only a number that no file can hold
		return []byte("{}")
	}
	return text
}

func digest(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Zero is the hash before the first line.
var zero = strings.Repeat("0", 64)

// Line is the event as the ledger holds it, without its hash.
func (e *Event) Line() []byte { return encode(e) }

// Hash is the hash of a line after the one whose hash is before; empty: the first.
func Hash(before string, line []byte) string {
	if before == "" {
		before = zero
	}
	return digest([]byte(before + "\n" + string(line)))
}

// Sealed is a line as it is sent: with its hash as the last member.
func Sealed(line []byte, hash string) string {
	return strings.TrimSuffix(string(line), "}") + `,"hash":"` + hash + `"}`
}

// Parse reads a line of the ledger, with or without its hash, and puts beside it
// what was kept beside it. What was deleted by rule is nil.
func Parse(line, body, private []byte) (Event, error) {
	var e Event
	if err := json.Unmarshal(line, &e); err != nil {
		return Event{}, fmt.Errorf("parse a ledger line: %w", err)
	}
	if body != nil && digest(body) != e.Digest || private != nil && digest(private) != e.Sealed {
		return Event{}, fmt.Errorf("parse ledger line %d: what stands beside it is not what it was", e.N)
	}
	e.Body, e.Private = body, private
	return e, nil
}
