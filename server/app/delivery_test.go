package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
	"citydeck/cockpits/xiacheng"
	"citydeck/server/app"
	"citydeck/server/channel/aliyun/aliyuntest"
	"citydeck/server/channel/dingtalk"
	"citydeck/server/channel/dingtalk/dingtalktest"
	"citydeck/server/channel/email"
	"citydeck/server/channel/email/emailtest"
	"citydeck/server/channel/post/posttest"
	"citydeck/server/channel/sms"
	"citydeck/server/channel/voice"
	"citydeck/server/config"
	"citydeck/server/dispatch"
	"citydeck/server/store/record"
)

// storm is a day on which no way to people works as it should. Its providers are
// real servers, outside of the clock that the desk lives by: while one of them is
// asked, that clock stands, so whatever they do takes no time.
type storm struct {
	t       *testing.T
	text    *aliyuntest.Server
	robots  *dingtalktest.Server
	notices *dingtalktest.Server
	mail    *emailtest.Server
	dead    string // the address of a gateway that is down
	cfg     config.Config
	plan    *district.District
	illegal []string // who has a number that doesn't exist
	dropped []string // whose text is taken, and then not delivered
}

// ways are the channels of each fourth of those who are called.
func ways(i int, id string) string {
	switch {
	case i%23 == 5:
		return "voice"
	case i%4 == 0:
		return "dingtalk_robot;sms;voice"
	case i%4 == 1:
		return "dingtalk_work:u-" + id + ";sms;voice"
	case i%4 == 2:
		return "sms;voice"
	}
	return "sms;email:" + id + "@example.cn"
}

func newStorm(t *testing.T) *storm {
	mail, err := emailtest.New()
	if err != nil {
		t.Fatal(err)
	}
	s := &storm{t: t, text: aliyuntest.New(), robots: dingtalktest.New(), notices: dingtalktest.New(), mail: mail}
	for _, close := range []func(){s.text.Close, s.robots.Close, s.notices.Close, s.mail.Close} {
		t.Cleanup(close)
	}
	gone := aliyuntest.New()
	s.dead = gone.URL
	gone.Close()
	s.text.Config.SetKeepAlivesEnabled(false) // an open connection would keep the clock from moving
	s.robots.Config.SetKeepAlivesEnabled(false)
	s.notices.Config.SetKeepAlivesEnabled(false)
	s.lists()
	s.trouble()
	return s
}

// lists puts the shipped households and people in, who are reached in other ways.
func (s *storm) lists() {
	dir := s.t.TempDir()
	if err := os.CopyFS(dir, xiacheng.Files); err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(dir, "plans", "road-collapse.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, more := range []string{`kind = "dingtalk_robot"`, "kind = \"email\"\nafter = \"30s\""} {
		text = append(text, "\n[[channel]]\naudience = \"responders\"\n"+more+"\n"...)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		s.t.Fatal(err)
	}
	if s.plan, err = district.Load(os.DirFS(dir)); err != nil {
		s.t.Fatal(err)
	}
	s.cfg = config.Default()
	s.cfg.District.Dir, s.cfg.Data.Dir, s.cfg.Demo.Enabled = dir, s.t.TempDir(), false
	roster := filepath.Join(s.t.TempDir(), "responders.csv")
	if err := os.WriteFile(roster, s.roster(), 0o600); err != nil {
		s.t.Fatal(err)
	}
	for list, path := range map[string]string{"households": shipped("households.csv"), "responders": roster} {
		if _, err := (app.Errand{Do: "import " + list, Path: path}).Run(s.t.Context(), s.cfg, slog.New(slog.DiscardHandler)); err != nil {
			s.t.Fatal(err)
		}
	}
}

// roster is the shipped one with other channels; it picks whose telephones fail.
func (s *storm) roster() []byte {
	text, err := os.ReadFile(shipped("responders.csv"))
	if err != nil {
		s.t.Fatal(err)
	}
	var out bytes.Buffer
	i := -1
	for row := range strings.Lines(string(text)) {
		cells := strings.Split(row, ",")
		if i >= 0 {
			cells[5] = ways(i, cells[0])
			switch i % 10 {
			case 2:
				s.text.Illegal = append(s.text.Illegal, cells[4])
				s.illegal = append(s.illegal, cells[0])
			case 7:
				s.dropped = append(s.dropped, cells[0])
			}
		}
		i++
		out.WriteString(strings.Join(cells, ","))
	}
	return out.Bytes()
}

// trouble is what the providers do: one text in ten is answered with an error or
// with nothing, though some of those were taken; the notices ask for patience,
// and both robots have said all that they may.
func (s *storm) trouble() {
	s.text.Next(posttest.Act{Lose: true}, posttest.Act{Drop: true}, posttest.Act{Status: http.StatusBadGateway})
	s.text.Every(10, posttest.Act{Status: http.StatusServiceUnavailable})
	s.notices.Every(3, posttest.Act{Status: http.StatusTooManyRequests, Retry: "2"})
	busy := dingtalk.NewRobot(dingtalk.RobotConfig{URLs: []string{s.robots.Robot("a"), s.robots.Robot("b")}, Secrets: s.secrets(), PerMinute: 20})
	for range 40 {
		if err := busy.Send(s.t.Context(), &command.Letter{To: command.Recipient{Zh: "早上好"}}); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *storm) secrets() []string { return []string{dingtalktest.Secret, dingtalktest.Secret} }

// desk is one that calls through the storm.
func (s *storm) desk(r *record.Record) *dispatch.Desk {
	mail, err := email.New(email.Config{URL: s.mail.URL, From: "deck@example.cn"})
	if err != nil {
		s.t.Fatal(err)
	}
	ways := map[string]dispatch.Channel{
		"sms":            sms.New(sms.Config{URL: s.text.URL, Key: aliyuntest.Key, Secret: aliyuntest.Secret, SignName: "城区", Template: "SMS_1"}),
		"voice":          voice.New(voice.Config{URL: s.dead, Key: aliyuntest.Key, Secret: aliyuntest.Secret, Template: "TTS_1", ShownNumber: "1"}),
		"dingtalk_robot": dingtalk.NewRobot(dingtalk.RobotConfig{URLs: []string{s.robots.Robot("a"), s.robots.Robot("b")}, Secrets: s.secrets(), PerMinute: 20}),
		"dingtalk_work":  dingtalk.NewWork(dingtalk.WorkConfig{URL: s.notices.URL, Key: dingtalktest.Key, Secret: dingtalktest.Secret, AgentID: "7"}),
		"email":          mail,
	}
	rates := map[string]plan.Rate{"sms": {PerSecond: 50}, "voice": {PerSecond: 10}, "dingtalk_robot": {PerSecond: 40.0 / 60, Merge: true}, "dingtalk_work": {}, "email": {}}
	link := func(_, responder, message string) string {
		return "https://deck.example/field#" + responder + "-" + message
	}
	return dispatch.New(dispatch.Config{District: s.plan, Channels: ways, Rates: rates, Link: link}, r, r, slog.New(slog.DiscardHandler))
}

// called is who has the message of an id, and in which task.
type called struct{ to, task, channel, state string }

// outbox is every message of a command by its id, and its tasks by responder.
func (s *storm) outbox(desk *dispatch.Desk, id string) (messages map[string]called, tasks map[string]string, v command.View) {
	s.t.Helper()
	messages, tasks = map[string]called{}, map[string]string{}
	err := desk.Look(s.t.Context(), id, func(st *command.State) error {
		v = st.View(time.Now().UnixMilli())
		for _, t := range st.Tasks() {
			tasks[t.Responder] = t.ID
		}
		for _, m := range st.Messages() {
			if m.Audience == string(plan.Responders) {
				messages[m.ID] = called{m.To, tasks[m.To], m.Channel, m.State}
			}
		}
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return messages, tasks, v
}

var addressee = regexp.MustCompile(`(?m)^To: <(\w+)@`)

// reached is who has a message in hand, by what the providers have taken.
func (s *storm) reached(messages map[string]called) map[string]bool {
	who := map[string]bool{}
	for _, form := range s.text.Taken() {
		if m := messages[form.Get("OutId")]; !slices.Contains(s.dropped, m.to) {
			who[m.to] = true
		}
	}
	for _, notice := range s.notices.Notices() {
		who[strings.TrimPrefix(fmt.Sprint(notice["userid_list"]), "u-")] = true
	}
	for _, text := range s.mail.Taken() {
		for _, to := range addressee.FindAllStringSubmatch(text, -1) {
			who[to[1]] = true
		}
	}
	return who
}

// undelivered has the provider say that some texts did not arrive.
func (s *storm) undelivered(desk *dispatch.Desk, id string, messages map[string]called) {
	s.t.Helper()
	n := 0
	for _, form := range s.text.Taken() {
		if m := messages[form.Get("OutId")]; slices.Contains(s.dropped, m.to) {
			body, _ := json.Marshal([]map[string]any{{"out_id": form.Get("OutId"), "success": false, "err_code": "MOBILE_NOT_ON_SERVICE"}})
			reports, err := sms.Reports(body)
			if err == nil {
				err = desk.Do(s.t.Context(), id, reports[0])
			}
			if err != nil {
				s.t.Fatal(err)
			}
			n++
		}
	}
	if n == 0 {
		s.t.Fatal("no text was taken that is not delivered")
	}
}

func TestInAStormExactlyTheUnreachableAreNamed(t *testing.T) {
	t.Parallel()
	s := newStorm(t)
	now := time.Now()
	synctest.Test(t, func(t *testing.T) {
		s.t = t
		time.Sleep(time.Until(now)) // providers look at when they are asked
		in := func(name string) string { return filepath.Join(s.cfg.Data.Dir, name) }
		r, err := record.Open(t.Context(), record.Config{Path: in("record.db"), KeyFile: in("record.keys"), Anchor: in("record.anchors")}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = r.Close() }()
		s.blows(s.desk(r))
	})
}

// blows launches for the whole estate and looks at who is reached.
func (s *storm) blows(desk *dispatch.Desk) {
	t := s.t
	ctx, end := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- desk.Run(ctx) }()
	defer func() {
		end()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("the desk ends with %v", err)
		}
	}()
	zone := household.Zone{Areas: []string{"tidong-06", "tidong-09"}}
	seen, err := desk.Preview(ctx, "road-collapse", zone, false)
	if err != nil || seen.Households != 792 {
		t.Fatalf("the preview: %d households, %v", seen.Households, err)
	}
	t0 := time.Now()
	id, _, err := desk.Launch(ctx, &command.Press{
		Who: command.Who{By: "user:boss", Commander: true}, Key: command.Key{User: "boss", Key: "k", Digest: "d"}, Plan: "road-collapse", Zone: zone, Revision: seen.Revision,
	})
	if err != nil {
		t.Fatal(err)
	}
	at := func(d time.Duration) {
		time.Sleep(time.Until(t0.Add(d)))
		synctest.Wait()
	}
	at(20 * time.Second)
	messages, _, _ := s.outbox(desk, id)
	s.undelivered(desk, id, messages)
	at(45 * time.Second)
	messages, tasks, _ := s.outbox(desk, id)
	reached := s.reached(messages)
	var want []string
	for who, task := range tasks {
		if !reached[who] {
			want = append(want, who)
			continue
		}
		if err := desk.Do(ctx, id, command.Acknowledge{Who: command.Who{By: "responder:" + who, Responder: who}, Task: task, Answer: "yes"}); err != nil {
			t.Fatal(err)
		}
	}
	slices.Sort(want)
	if len(tasks) != 92 || len(want) < 5 || len(want) > 30 {
		t.Fatalf("%d are called, unreachable are %v", len(tasks), want)
	}
	at(59_900 * time.Millisecond)
	if _, now, v := s.outbox(desk, id); len(v.Unreachable) > 0 || len(now) != len(tasks) || v.Tasks["no_answer"] > 0 {
		t.Errorf("at 59.9 s %v are given up", v.Unreachable)
	}
	at(60 * time.Second)
	messages, _, v := s.outbox(desk, id)
	if !slices.Equal(v.Unreachable, want) {
		t.Errorf("unreachable are %v, want %v", v.Unreachable, want)
	}
	s.everybodyElse(messages, tasks, want)
	s.deputies(desk, id, t0, len(want))
	t.Logf("of %d called %d are unreachable: %v; %d texts asked for, %d taken", len(tasks), len(want), want, s.text.Count(), s.text.Distinct())
}

// everybodyElse has a message that went out over a way that names him.
func (s *storm) everybodyElse(messages map[string]called, tasks map[string]string, unreachable []string) {
	sent := map[string]bool{}
	for _, m := range messages {
		switch {
		case m.channel == "voice" && m.state != command.Queued && m.state != command.Cancelled && m.state != command.Failing:
			s.t.Errorf("a call to %s is %s: the gateway is down", m.to, m.state)
		case m.channel != "dingtalk_robot" && m.state == string(command.Sent):
			sent[m.to] = true
		}
	}
	for who := range tasks {
		if named := slices.Contains(unreachable, who); named == sent[who] {
			s.t.Errorf("%s: named as unreachable %v, a message is sent %v", who, named, sent[who])
		}
	}
	if n := len(s.robots.Said()); n != 40 {
		s.t.Errorf("the robots have said %d things, want the 40 of before", n)
	}
}

// deputies are called at 60.000 s, not earlier and not later.
func (s *storm) deputies(desk *dispatch.Desk, id string, t0 time.Time, want int) {
	s.t.Helper()
	events, err := desk.Events(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	escalated, tasked := 0, 0
	for _, e := range events {
		after := time.UnixMilli(e.ReceivedAt).Sub(t0.Truncate(time.Millisecond))
		switch {
		case e.Kind == command.Escalated:
			escalated++
		case e.Kind == command.Tasked && after > 0:
			tasked++
		default:
			continue
		}
		if after != time.Minute {
			s.t.Errorf("%s %s after %v", e.Kind, e.Responder, after)
		}
	}
	if escalated != want || tasked == 0 {
		s.t.Errorf("%d charges went on to %d deputies, want %d", escalated, tasked, want)
	}
}
