package command

import "time"

// Letter is a message made ready for its channel: the row of the outbox, whom
// it is for, and what it belongs to. It is personal.
type Letter struct {
	Message  Message
	To       Recipient
	Command  string
	Link     string // the responder's own; empty: none
	Exercise bool
}

// Text is what it says: Chinese, and English below it where there is any.
func (l *Letter) Text() string {
	if l.To.En == "" || l.To.En == l.To.Zh {
		return l.To.Zh
	}
	return l.To.Zh + "\n" + l.To.En
}

// Refusal is a channel's error: a message was not taken, and whether trying
// again makes sense. It holds nothing personal and no secret.
type Refusal struct {
	Again  bool          // the same message may be taken later
	After  time.Duration // not before; 0: the sender's own pace
	Detail string        // a word for the record: timeout, no_address, the provider's code
	Cause  error         // for the log; nil: none
}

func (r *Refusal) Error() string {
	text := "refused: "
	if r.Again {
		text = "not now: "
	}
	text += r.Detail
	if r.Cause != nil {
		text += ": " + r.Cause.Error()
	}
	return text
}

// Unwrap is what lay below.
func (r *Refusal) Unwrap() error { return r.Cause }
