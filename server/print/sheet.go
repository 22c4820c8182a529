package print

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// Sheet 纸质预案 is a plan with its call list, for the day when no server is
// there: who is called, which doors there are, where people go. It is personal,
// and sealed with a password.
func (p Printer) Sheet(of *plan.Plan, s *household.Survey, at time.Time, password string) ([]byte, error) {
	d := newPaper(fmt.Sprintf("%s · %s v%d · %s · 含个人信息，用后销毁 personal, destroy after use", p.District, of.Name, of.Version, at.In(p.Zone).Format(stamp)))
	d.title("纸质预案 " + of.Name)
	d.text(of.NameEn)
	d.text(fmt.Sprintf("名单算于 list of %s；%d 户 households，%d 人 responders", at.In(p.Zone).Format(stamp), len(s.Homes), len(s.People)))
	outline(d, of)
	callList(d, s)
	doors(d, s)
	d.head("五、安置点 Shelters")
	for i := range s.Shelters {
		x := &s.Shelters[i]
		d.row([]float64{5, 3, 3}, x.Name, x.Area, fmt.Sprintf("可容 room for %d", x.Capacity))
	}
	plain, err := d.bytes()
	if err != nil {
		return nil, err
	}
	return seal(plain, password)
}

func outline(d *paper, of *plan.Plan) {
	d.head("一、步骤 Steps")
	d.row([]float64{2, 5, 3}, "限时 budget", "全部撤离 all out", time.Duration(of.AllOut).String())
	for _, s := range of.Steps {
		d.row([]float64{2, 5, 3}, "□ T0 + "+time.Duration(s.Due).String(), s.Name+" "+s.NameEn, s.Role)
	}
	for _, c := range of.Closing {
		d.text("□ 结束条件 closing: " + c)
	}
	d.head("二、通知稿 Texts")
	for _, t := range []struct {
		name string
		text plan.Text
	}{{"责任人 responders", of.Template.Task}, {"居民 residents", of.Template.Alert}, {"解除 stand-down", of.Template.StandDown}, {"更正 correction", of.Template.Correction}} {
		if t.text.Zh != "" {
			d.row([]float64{2, 8}, t.name, t.text.Zh)
		}
	}
}

func callList(d *paper, s *household.Survey) {
	d.head("三、人员 Call list")
	shares := []float64{1, 3, 3, 5, 5, 2}
	d.row(shares, "□", "姓名 name", "电话 phone", "岗位 roles", "片区 areas", "在岗 on duty")
	for i := range s.People {
		x := &s.People[i]
		duty := ""
		if x.OnDuty {
			duty = "是 yes"
		}
		d.row(shares, "□", x.Name, x.Phone, strings.Join(x.Roles, " "), strings.Join(x.Areas, " "), duty)
	}
}

func doors(d *paper, s *household.Survey) {
	d.head("四、住户 Doors")
	shares := []float64{1, 2, 2, 1, 3, 3, 4, 6}
	for u := range s.Units {
		d.room(4 * body * leading)
		d.y += 4
		d.row([]float64{7, 5}, s.Units[u].Key+fmt.Sprintf("  %d 户", len(s.Units[u].Homes)), "签字 signed: ______________")
		for _, i := range s.Units[u].Homes {
			h := &s.Homes[i]
			d.row(shares, "□", h.Floor, h.Room, strconv.Itoa(h.Residents), h.ContactName, h.ContactPhone, strings.Join(h.Needs, " "), "离 无 扶 助 敲 拒")
		}
	}
}
