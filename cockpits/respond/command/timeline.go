package command

import (
	"fmt"
	"slices"
)

// marksMost is how many lines of the timeline are kept.
const marksMost = 60

// Mark is one line of the timeline: what a wall may say of what happened.
// Nothing in it is personal: no name, no door, nobody's words.
type Mark struct {
	N      int64
	At     int64 // Unix ms, when the server learned of it
	Kind   Kind
	Text   string
	TextEn string
	SeenAt int64 // Unix ms, when it was seen, where the server learned of it much later; else 0

	unit  string // whose late reports it counts; empty: it counts none
	doors int
}

// tardy is how much later than it was seen a report arrives for both clocks to
// be told, in ms: a telephone was without a network.
const tardy = 60_000

// trace keeps what boards show of an event that has been applied; out is how
// many households were out before.
func (s *State) trace(e *Event, b *body, out int) {
	if t0 := s.Milestone[0]; t0 != 0 && len(s.outs) == 0 {
		s.outs = append(s.outs, PaceMark{At: t0})
	}
	if s.terminal != out {
		s.outs = append(s.outs, PaceMark{At: e.ReceivedAt, Out: s.terminal})
	}
	s.touch(e)
	m := Mark{N: e.N, At: e.ReceivedAt, Kind: e.Kind}
	if (e.Kind == Reported || e.Kind == CheckedIn) && e.ReceivedAt-e.At >= tardy {
		m.SeenAt = e.At
	}
	if m.Text, m.TextEn = s.told(e, b); m.Text == "" && m.SeenAt != 0 && e.Kind == Reported {
		s.gathers(e, &m)
	}
	if m.Text == "" {
		return
	}
	if len(s.marks) == marksMost {
		s.marks = append(s.marks[:0:0], s.marks[1:]...)
	}
	s.marks = append(s.marks, m)
}

// gathers makes one line of what a telephone that was without a network brings
// of one unit: how many reports, and when the first of them was made.
func (s *State) gathers(e *Event, m *Mark) {
	i, found := s.homeAt[e.Household]
	if !found {
		return
	}
	m.unit, m.doors = s.units[s.homes[i].unit].key, 1
	last := len(s.marks) - 1
	for last >= 0 && s.marks[last].Kind == Reached { // a milestone that the one before has reached
		last--
	}
	if last >= 0 && s.marks[last].unit == m.unit {
		m.doors += s.marks[last].doors
		m.SeenAt = min(m.SeenAt, s.marks[last].SeenAt)
		s.marks = slices.Concat(s.marks[:last], s.marks[last+1:])
	}
	m.Text, m.TextEn = fmt.Sprintf("%s 补报 %d 条", m.unit, m.doors), fmt.Sprintf("%s: %d late reports", m.unit, m.doors)
}

// touch notes whose task an event is about.
func (s *State) touch(e *Event) {
	switch e.Kind {
	case Launched, Confirmed, Lapsed, Paused, Resumed, HandedOver, Widened, Broadcasts, StoodDown, Returned, Closed:
		s.touched = e.N
	}
	if t, found := s.taskAt[e.Task]; found {
		s.tasks[t].touched = e.N
	}
	ids := e.Households
	if e.Household != "" {
		ids = append(ids[:len(ids):len(ids)], e.Household)
	}
	for _, id := range ids {
		s.touchDoor(id, e.N)
	}
	if u, found := s.unitAt[e.Unit]; found {
		for _, i := range s.units[u].homes {
			s.touchDoor(s.homes[i].ID, e.N)
		}
	}
}

func (s *State) touchDoor(household string, n int64) {
	i, found := s.homeAt[household]
	if !found {
		return
	}
	for _, t := range []int{s.homes[i].task, s.homes[i].helper} {
		if t >= 0 {
			s.tasks[t].touched = n
		}
	}
}

// told is what the timeline says of an event, in Chinese and English; empty: nothing.
func (s *State) told(e *Event, b *body) (zh, en string) {
	switch e.Kind {
	case Launched:
		return s.toldLaunch()
	case Confirmed:
		return "第二人已确认", "a second person agrees"
	case Lapsed:
		return "无人确认，启动作废", "nobody agreed: the launch lapses"
	case Reached:
		return toldMilestone(e)
	case Escalated:
		return toldEscalation(e)
	case Answered:
		return toldAnswer(e)
	case Reported:
		return s.toldReport(e)
	case Signed:
		return e.Unit + " 已签字清点", e.Unit + " is signed"
	case CheckedIn:
		if e.State == Missing {
			return fmt.Sprintf("%d 人失联", e.Persons), fmt.Sprintf("%d persons are missing", e.Persons)
		}
	case Stepped:
		return s.toldStep(e.Step)
	case Widened:
		return fmt.Sprintf("扩大范围，增加 %d 户", len(b.Homes)), fmt.Sprintf("the zone grows by %d households", len(b.Homes))
	case Reassigned:
		return fmt.Sprintf("改派 %d 户", len(e.Households)), fmt.Sprintf("%d households are reassigned", len(e.Households))
	case Broadcasts:
		return toldBroadcast(e, b)
	default:
		w := deeds[e.Kind]
		return w[0], w[1]
	}
	return "", ""
}

// deeds are what needs no figure.
var deeds = map[Kind][2]string{
	Paused:     {"指挥暂停", "paused"},
	Resumed:    {"指挥继续", "goes on"},
	HandedOver: {"指挥权移交", "handed over"},
	Joined:     {"又一名指挥加入", "another commander joins"},
	StoodDown:  {"解除", "stood down"},
	Returned:   {"回迁", "people return"},
	Closed:     {"指挥结束", "closed"},
}

func (s *State) toldLaunch() (zh, en string) {
	zh, en = "启动", "launched"
	if s.Exercise {
		zh, en = "演练启动", "drill launched"
	}
	zh, en = fmt.Sprintf("%s%s：%d 户", s.Plan.Name, zh, s.total), fmt.Sprintf("%s: %s, %d households", orSelf(s.Plan.NameEn, s.Plan.Name), en, s.total)
	if s.Phase == Waiting {
		zh, en = zh+"，等第二人确认", en+", waiting for a second person"
	}
	return zh, en
}

func (s *State) toldStep(id string) (zh, en string) {
	for _, p := range s.Plan.Steps {
		if p.ID == id {
			return "步骤完成：" + p.Name, "step done: " + orSelf(p.NameEn, p.Name)
		}
	}
	return "", ""
}

func orSelf(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// reachedWords are the milestones' words; those of T0, T9 and T10 are their deeds'.
var reachedWords = [Milestones][2]string{
	1: {"首条通知已发出", "first message sent"},
	2: {"首个签收", "first acknowledgement"},
	3: {"首户撤离", "first household out"},
	4: {"半数住户已撤离", "half of the households out"},
	5: {"九成住户已撤离", "nine tenths of the households out"},
	6: {"全部撤离", "all out"},
	7: {"全部单元已签字", "all units signed"},
	8: {"全部安置", "everybody accounted for"},
}

func toldMilestone(e *Event) (zh, en string) {
	k := indexOf(e.Milestone)
	if k < 0 || reachedWords[k][0] == "" {
		return "", ""
	}
	zh, en = e.Milestone+" "+reachedWords[k][0], e.Milestone+" "+reachedWords[k][1]
	if e.Void {
		return zh + "：不再成立", en + ": no longer so"
	}
	return zh, en
}

func toldEscalation(e *Event) (zh, en string) {
	n := len(e.Households)
	if e.To == "" {
		return fmt.Sprintf("无人应答也无人可替：%d 户待指挥处理", n), fmt.Sprintf("no answer and nobody left to ask: %d households are the commander's", n)
	}
	return fmt.Sprintf("未应答，第 %d 替补接手 %d 户", e.Round, n), fmt.Sprintf("no answer: deputy %d takes %d households", e.Round, n)
}

func toldAnswer(e *Event) (zh, en string) {
	switch {
	case e.Late:
		return "一人迟到应答", "somebody answers late"
	case e.Answer == "cannot":
		return "一人表示不能到岗", "somebody can't come"
	}
	return "", ""
}

var reportWords = map[string][2]string{
	NeedHelp: {"一户需协助", "a household needs help"},
	Refused:  {"一户拒绝", "a household refuses"},
	NoAnswer: {"一户无人应答", "nobody answers at a door"},
}

func (s *State) toldReport(e *Event) (zh, en string) {
	i, found := s.homeAt[e.Household]
	if !found {
		return "", ""
	}
	unit := s.units[s.homes[i].unit].key
	switch {
	case e.Voids != "":
		return unit + " 有一户重新打开，签字作废", unit + ": a household is open again, the signature is void"
	case e.Contested != nil && *e.Contested:
		return unit + " 一户说法不一", unit + ": reports differ on a household"
	}
	w, said := reportWords[e.State]
	if !said {
		return "", ""
	}
	return unit + " " + w[0], unit + ": " + w[1]
}

func toldBroadcast(e *Event, b *body) (zh, en string) {
	zh, en = "向居民广播", "broadcast to residents"
	if e.Audience == "responders" {
		zh, en = "向责任人广播", "broadcast to responders"
	}
	if b.Recall == ForCorrection || len(b.Messages) > 0 && b.Messages[0].Purpose == ForCorrection {
		return zh + "（更正）", en + " (correction)"
	}
	return zh, en
}
