package print

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/report"
)

// Printer prints for one district.
type Printer struct {
	District string
	Zone     *time.Location
}

const stamp = "2006-01-02 15:04:05"

func (p Printer) when(ms *int64) string {
	if ms == nil {
		return "–"
	}
	return time.UnixMilli(*ms).In(p.Zone).Format(stamp)
}

// long is a length of time as people say it.
func long(ms *int64) string {
	if ms == nil {
		return "–"
	}
	return (time.Duration(*ms) * time.Millisecond).Round(time.Second / 10).String()
}

var milestoneWords = [command.Milestones]string{
	"决策启动 launched", "首条通知送出 first message sent", "首个签收 first acknowledgement", "首户撤离 first household out", "半数撤离 half out", "九成撤离 nine tenths out",
	"全部撤离 all out", "全部清点签字 all units signed", "全部安置 everybody accounted for", "解除 stood down", "回迁 returned",
}

var stateWords = map[string]string{
	"pending": "未通知", "notified": "已通知", "knocked": "已敲门", "left": "已撤离", "empty": "确认无人", "helped": "已协助转移", "refused": "拒绝", "need_help": "需协助", "no_answer": "无人应答",
	"queued": "待发", "sent": "已发", "delivered": "已送达", "seen": "已读", "acknowledged": "已签收", "cannot": "不能到岗", "done": "完成", "failed": "失败", "cancelled": "取消",
	"responders": "责任人", "residents": "居民", "problem": "问题", "action": "改进措施", "insight": "经验",
}

func word(id string) string {
	if w := stateWords[id]; w != "" {
		return w + " " + id
	}
	return id
}

// Report 复盘报告 is the after-action report on paper. Nothing in it is personal.
func (p Printer) Report(r *report.Report) ([]byte, error) {
	kind := "实战 actual"
	if r.Exercise {
		kind = "演练 exercise"
	}
	d := newPaper(fmt.Sprintf("%s · %s · %s", p.District, r.ID, kind))
	d.title("复盘报告 After-action report")
	d.title(r.PlanName)
	p.basics(d, r, kind)
	d.head("二、时间线 Milestones")
	for k, w := range milestoneWords {
		at := r.Milestones[fmt.Sprintf("T%d", k)]
		since := "–"
		if t0 := r.Milestones["T0"]; at != nil && t0 != nil {
			n := *at - *t0
			since = "+" + long(&n)
		}
		d.row([]float64{1, 5, 4, 3}, fmt.Sprintf("T%d", k), w, p.when(at), since)
	}
	figures(d, r)
	p.course(d, r)
	p.conclusions(d, r)
	return d.bytes()
}

func (p Printer) basics(d *paper, r *report.Report, kind string) {
	d.head("一、基本情况 Basics")
	two := []float64{3, 7}
	d.row(two, "编号 Id", r.ID)
	d.row(two, "性质 Kind", kind)
	d.row(two, "预案 Plan", fmt.Sprintf("%s (%s) v%d", r.PlanName, r.Plan, r.Version))
	d.row(two, "区域 Area", r.Area)
	d.row(two, "启动 Launched", p.when(&r.LaunchedAt)+" "+r.StartedBy)
	d.row(two, "状态 State", string(r.State))
	d.row(two, "限时 Budget", long(&r.Budget))
	d.row(two, "全部撤离用时 All out (T6 − T0)", long(r.AllOut))
}

func figures(d *paper, r *report.Report) {
	d.head("三、数据 Figures")
	two := []float64{3, 7}
	d.row(two, "户数 Households", strconv.Itoa(r.Total))
	for _, s := range command.HouseholdStates() {
		if n := r.Households[s]; n > 0 {
			d.row(two, "  "+word(s), strconv.Itoa(n))
		}
	}
	x := r.Residents
	d.row(two, "人数 Residents", fmt.Sprintf("%d，到安置点 checked in %d，投亲靠友 self-settled %d，失联 missing %d", x.Total, x.CheckedIn, x.Settled, x.Missing))
	for _, s := range command.TaskStates() {
		if n := r.Tasks[s]; n > 0 {
			d.row(two, "任务 Tasks: "+word(s), strconv.Itoa(n))
		}
	}
	a := r.Acknowledgement
	d.row(two, "签收用时 Time to acknowledge", fmt.Sprintf("P50 %s，P90 %s，max %s", long(a.P50), long(a.P90), long(a.Max)))
	d.row(two, "替补次数 Escalations", strconv.Itoa(r.Escalations))
	d.row(two, "上报 Reports", fmt.Sprintf("%d，说法不一 contested %d 户", r.Reports, r.Contested))
	d.row(two, "单元签字 Units signed", fmt.Sprintf("%d / %d", r.Signed, len(r.Units)))
	d.head("四、消息 Messages")
	for _, audience := range slices.Sorted(maps.Keys(r.Messages)) {
		for _, channel := range slices.Sorted(maps.Keys(r.Messages[audience])) {
			text := ""
			for _, s := range slices.Sorted(maps.Keys(r.Messages[audience][channel])) {
				text += fmt.Sprintf("%s %d  ", word(s), r.Messages[audience][channel][s])
			}
			d.row([]float64{3, 2, 5}, word(audience), channel, text)
		}
	}
	d.head("五、迟到单元与未联系上 Late units and unreachable")
	for _, u := range r.LateUnits {
		d.row([]float64{6, 4}, u.Unit, long(u.AllOut))
	}
	for _, id := range r.Unreachable {
		d.row([]float64{6, 4}, "未应答 no answer", id)
	}
	if len(r.LateUnits)+len(r.Unreachable) == 0 {
		d.text("无 none")
	}
}

// course is who decided what, and how the plan was kept.
func (p Printer) course(d *paper, r *report.Report) {
	d.head("六、指挥经过 Course of command")
	for _, m := range r.Timeline {
		text := string(m.Kind)
		for _, s := range []string{m.Milestone, m.Step, m.Unit, m.To, m.Reason} {
			if s != "" {
				text += " · " + s
			}
		}
		at := m.At
		d.row([]float64{3, 2, 6}, p.when(&at), m.By, text)
	}
	d.head("七、预案符合性 Against the plan")
	for _, s := range r.Steps {
		how := "未完成 not done"
		switch {
		case s.DoneAt != nil && s.Late:
			how = "迟 late " + p.when(s.DoneAt)
		case s.DoneAt != nil:
			how = "按时 in time " + p.when(s.DoneAt)
		}
		d.row([]float64{5, 3, 4}, s.Name+" "+s.NameEn, p.when(s.Due), how)
	}
	d.row([]float64{5, 7}, "扩大范围 Widened", strconv.Itoa(r.Widened))
	d.row([]float64{5, 7}, "改派 Reassigned", strconv.Itoa(r.Reassigned))
}

func (p Printer) conclusions(d *paper, r *report.Report) {
	d.head("八、问题、改进与经验 Lessons")
	for _, l := range r.Lessons {
		text := l.Text
		if l.Owner != "" {
			text += "（责任 owner " + l.Owner + "）"
		}
		if l.Due != "" {
			text += "（期限 due " + l.Due + "）"
		}
		d.row([]float64{2, 8}, word(l.Kind), text)
	}
	if len(r.Lessons) == 0 {
		d.text("尚未填写 none yet")
	}
	d.head("九、数据来源 Where this comes from")
	d.text(fmt.Sprintf("全部数字由台账 %d 行重新计算得出，不含个人信息。All figures are counted from the %d lines of the ledger; nothing is personal. 末行哈希 hash of the last line:", r.Ledger.Lines, r.Ledger.Lines))
	d.text(r.Ledger.Head)
}
