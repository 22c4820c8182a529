package app_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/plan"
	"citydeck/server/app"
	"citydeck/server/channel/aliyun/aliyuntest"
	"citydeck/server/channel/dingtalk/dingtalktest"
	"citydeck/server/channel/email/emailtest"
	"citydeck/server/channel/feishu/feishutest"
	"citydeck/server/channel/wecom/wecomtest"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

// outlets are fakes of every provider, all of which a house is configured for.
type outlets struct {
	hook          *gateway
	text, call    *aliyuntest.Server
	robots, work  *dingtalktest.Server
	wecom         *wecomtest.Server
	feishu        *feishutest.Server
	mail          *emailtest.Server
	wecoms, birds []string // what the two have said so far
}

func newOutlets(t *testing.T) *outlets {
	mail, err := emailtest.New()
	if err != nil {
		t.Fatal(err)
	}
	o := &outlets{
		hook: newGateway(t), text: aliyuntest.New(), call: aliyuntest.New(), robots: dingtalktest.New(), work: dingtalktest.New(),
		wecom: wecomtest.New(), feishu: feishutest.New(), mail: mail,
	}
	for _, end := range []func(){o.text.Close, o.call.Close, o.robots.Close, o.work.Close, o.wecom.Close, o.feishu.Close, o.mail.Close} {
		t.Cleanup(end)
	}
	o.wecom.Limit.Most, o.feishu.Burst.Most = 0, 0
	return o
}

// settle configures all channels, in a plan that asks nobody to agree, calls by
// all of them at once, and residents by text at once and by telephone later.
func (o *outlets) settle(t *testing.T) func(*config.Config) {
	change := street(t, o.hook)
	return func(c *config.Config) {
		change(c)
		path := filepath.Join(c.District.Dir, "plans", "road-collapse.toml")
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.Replace(text, []byte(`second_person = "residents"`), []byte(`second_person = "none"`), 1)
		text = bytes.ReplaceAll(text, []byte(`after = "15s"`), []byte(`after = "0s"`))
		text = bytes.ReplaceAll(text, []byte(`after = "30s"`), []byte(`after = "0s"`))
		for _, kind := range []string{"dingtalk_robot", "wecom", "feishu", "email"} {
			text = fmt.Appendf(text, "\n[[channel]]\naudience = \"responders\"\nkind = %q\n", kind)
		}
		text = append(text, "\n[[channel]]\naudience = \"residents\"\nkind = \"voice\"\nafter = \"10m\"\n"...)
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		thrice := func(url string) config.Secrets { return config.Secrets{url, url, url} }
		c.SMS.URL, c.SMS.Key, c.SMS.Secret, c.SMS.SignName, c.SMS.Template, c.SMS.PerSecond = o.text.URL, aliyuntest.Key, aliyuntest.Secret, "城区", "SMS_1", 100
		c.Voice.URL, c.Voice.Key, c.Voice.Secret, c.Voice.ShownNumber, c.Voice.Template, c.Voice.PerSecond = o.call.URL, aliyuntest.Key, aliyuntest.Secret, "1", "TTS_1", 100
		c.DingTalkRobot.URLs, c.DingTalkRobot.Secrets, c.DingTalkRobot.PerMinute = config.Secrets{o.robots.Robot("a")}, config.Secrets{dingtalktest.Secret}, 20
		c.DingTalkWork.URL, c.DingTalkWork.Key, c.DingTalkWork.Secret, c.DingTalkWork.AgentID = o.work.URL, dingtalktest.Key, dingtalktest.Secret, "7"
		c.WeCom.URLs, c.WeCom.PerMinute = thrice(o.wecom.Robot(wecomtest.Key)), 1000
		c.Feishu.URLs, c.Feishu.Secrets, c.Feishu.PerMinute = thrice(o.feishu.URL), thrice(feishutest.Secret), 1000
		c.Email.URL, c.Email.From = config.Secret(o.mail.URL), "deck@example.cn"
	}
}

// everywhere is the shipped roster, all of whom every channel finds.
func (h *house) everywhere() {
	h.t.Helper()
	text, err := os.ReadFile(shipped("responders.csv"))
	if err != nil {
		h.t.Fatal(err)
	}
	var out bytes.Buffer
	for row := range strings.Lines(string(text)) {
		if cells := strings.Split(row, ","); cells[0] != "id" {
			cells[5] = strings.ReplaceAll("app;webhook;dingtalk_robot;dingtalk_work:u-ID;wecom:w-ID;feishu:f-ID;email:ID@example.cn;sms;voice", "ID", cells[0])
			row = strings.Join(cells, ",")
		}
		out.WriteString(row)
	}
	path := filepath.Join(h.t.TempDir(), "responders.csv")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		h.t.Fatal(err)
	}
	h.must(app.Errand{Do: "import households", Path: shipped("households.csv")})
	h.must(app.Errand{Do: "import responders", Path: path})
}

// asked is how many requests came to each fake.
func (o *outlets) asked() map[string]int {
	hooks, _, bad := o.hook.counted()
	return map[string]int{
		"webhook": hooks + bad, "sms": o.text.Count(), "voice": o.call.Count(), "dingtalk_robot": o.robots.Count(), "dingtalk_work": o.work.Count(),
		"wecom": o.wecom.Count(), "feishu": o.feishu.Count(), "email": len(o.mail.Taken()),
	}
}

const wrong = "更正" // a correction says so, and nothing else does

// numbers are the telephones that were told something, or a correction.
func numbers(forms []url.Values, correction bool) []string {
	seen := map[string]bool{}
	for _, f := range forms {
		if strings.Contains(f.Get("TemplateParam")+f.Get("TtsParam"), wrong) == correction {
			seen[f.Get("PhoneNumbers")+f.Get("CalledNumber")] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

func tally(texts []string) (first, corrected int) {
	for _, text := range texts {
		if strings.Contains(text, wrong) {
			corrected++
			continue
		}
		first++
	}
	return first, corrected
}

// told is how many first messages and corrections each fake has taken; of what
// goes to telephones, how many of these.
func (o *outlets) told() map[string][2]int {
	for len(o.wecom.Last) > 0 {
		o.wecoms = append(o.wecoms, <-o.wecom.Last)
	}
	for len(o.feishu.Said) > 0 {
		o.birds = append(o.birds, <-o.feishu.Said)
	}
	var cards []string
	for _, n := range o.work.Notices() {
		cards = append(cards, fmt.Sprint(n))
	}
	var mails []string
	for _, text := range o.mail.Taken() {
		mails = append(mails, strings.ReplaceAll(text, "=E6=9B=B4=E6=AD=A3", wrong))
	}
	o.hook.mu.Lock()
	is := map[string][2]int{"webhook": {len(o.hook.said["task"]), len(o.hook.said["correction"])}}
	o.hook.mu.Unlock()
	for kind, texts := range map[string][]string{"dingtalk_robot": o.robots.Said(), "dingtalk_work": cards, "wecom": o.wecoms, "feishu": o.birds, "email": mails} {
		first, corrected := tally(texts)
		is[kind] = [2]int{first, corrected}
	}
	for kind, forms := range map[string][]url.Values{"sms": o.text.Taken(), "voice": o.call.Taken()} {
		is[kind] = [2]int{len(numbers(forms, false)), len(numbers(forms, true))}
	}
	return is
}

func TestADrillStaysInsideAndACorrectionReachesWhoWasReached(t *testing.T) {
	t.Parallel()
	o := newOutlets(t)
	h := newHouse(t, redistest.Start(t).URL(), o.settle(t))
	h.everywhere()
	boss := h.commander("boss")
	drill := h.press(boss, true, "潮安苑/1").ID
	var messages []command.MessageView
	h.until("all that a drill says by now is on record", func() bool {
		h.said(boss, "GET", "/commands/"+drill+"/messages", nil, &messages)
		return len(messages) > 0 && !slices.ContainsFunc(messages, func(m command.MessageView) bool {
			later := m.Audience == string(plan.Inhabitants) && m.Channel == "voice"
			return !later && m.State != string(command.Sent)
		})
	})
	for kind, n := range o.asked() {
		if n != 0 {
			t.Errorf("a drill has asked %s %d times", kind, n)
		}
	}
	for _, l := range h.links(boss, drill) {
		if !strings.Contains(l.Link, "/field#") {
			t.Errorf("%s has the link %q", l.Responder, l.Link)
		}
	}
	h.phone(h.links(boss, drill)[0].Link)

	real := h.again(boss, "潮安苑/1")
	if is := h.command(boss, drill); is.State != command.Down {
		t.Errorf("a real command in its zone leaves the drill %s", is.State)
	}
	tasks := len(h.links(boss, real))
	h.until("every provider has told everybody", func() bool {
		is := o.told()
		for kind, n := range is {
			if n[0] < tasks && kind != "dingtalk_robot" || n[0] == 0 {
				return false
			}
		}
		return true
	})
	h.corrects(o, boss, real, tasks)
}

// again launches for real where a drill is.
func (h *house) again(boss, building string) string {
	h.t.Helper()
	body := m{"plan": "road-collapse", "zone": m{"buildings": []string{building}}, "exercise": false}
	var seen command.Preview
	var view command.View
	h.said(boss, "POST", "/commands/preview", body, &seen)
	if status := h.said(boss, "POST", "/commands", body, &view, "If-Match", `"`+seen.Revision+`"`, "Idempotency-Key", "real"); status != 201 {
		h.t.Fatalf("the launch: %d", status)
	}
	return view.ID
}

// corrects stands a command down that was an error: whoever was told hears it.
func (h *house) corrects(o *outlets, boss, id string, tasks int) {
	h.t.Helper()
	began := time.Now()
	if status := h.said(boss, "POST", "/commands/"+id+"/stand-down", m{"reason": "the wrong estate", "correction": true}, nil); status != 200 {
		h.t.Fatalf("the stand-down: %d", status)
	}
	h.until("whoever was told is corrected", func() bool {
		is := o.told()
		for kind, n := range is {
			if kind != "dingtalk_robot" && n[0] != n[1] || n[1] == 0 {
				return false
			}
		}
		return slices.Equal(numbers(o.text.Taken(), false), numbers(o.text.Taken(), true)) && slices.Equal(numbers(o.call.Taken(), false), numbers(o.call.Taken(), true))
	})
	took := time.Since(began)
	is := o.told()
	h.t.Logf("%d called; corrected everywhere after %v: %v", tasks, took, is)
	if took > 10*time.Second {
		h.t.Errorf("the correction took %v", took)
	}
	if n := is["dingtalk_robot"]; n[0] > 3 || n[1] > 3 {
		h.t.Errorf("robots have spoken %d and %d times, once for all is enough", n[0], n[1])
	}
	for _, text := range o.robots.Said() {
		if strings.Contains(text, "/field#") {
			h.t.Errorf("before the group a robot says %q", text)
		}
	}
	var messages []command.MessageView
	h.until("nothing is queued", func() bool {
		h.said(boss, "GET", "/commands/"+id+"/messages", nil, &messages)
		return !slices.ContainsFunc(messages, func(m command.MessageView) bool { return m.State == command.Queued })
	})
	if !slices.ContainsFunc(messages, func(m command.MessageView) bool { return m.Channel == "voice" && m.State == command.Cancelled }) {
		h.t.Error("the calls that were to come are not cancelled")
	}
	before := o.asked()
	time.Sleep(300 * time.Millisecond) // what may not come can't be waited for
	if after := o.asked(); !maps.Equal(before, after) {
		h.t.Errorf("afterwards there come more: %v, before %v", after, before)
	}
}
