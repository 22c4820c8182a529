package command

import (
	"fmt"
	"slices"
	"time"

	"citydeck/cockpits/respond/plan"
)

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

// Together is what a message says where it is said once for so many people, in
// both languages: it names nobody and has nobody's link.
func (s *State) Together(m *Message, people int) (zh, en string) {
	f := plan.Fields{Plan: s.Plan.Name, Exercise: s.Exercise}
	t := plan.Text{
		Zh: fmt.Sprintf("{drill}{plan}：已向 %d 人派出任务，请各自打开收到的通知签收。", people),
		En: fmt.Sprintf("{drill}{plan}: %d people have a task. Each of you, open the message that you got and answer.", people),
	}
	switch of := s.Plan.Template.Of(string(m.Purpose)); {
	case m.Text != "":
		t = plan.Text{Zh: m.Text, En: m.Text}
	case m.Purpose == ForTask:
	case of.Zh == "":
		t = plan.Text{Zh: "{drill}{plan}：任务结束。", En: "{drill}{plan}: the task is over."}
	default:
		t = s.Public(string(m.Purpose), s.estates(), s.estates())
		return t.Zh, t.En
	}
	zh = plan.Render(t.Zh, f, false)
	f.Plan = orSelf(s.Plan.NameEn, s.Plan.Name)
	return zh, plan.Render(t.En, f, true)
}

// estates names the estates of the frozen list.
func (s *State) estates() string {
	var list []string
	for i := range s.homes {
		if e := s.homes[i].Estate; !slices.Contains(list, e) {
			list = append(list, e)
		}
	}
	return short(list)
}
