package wecom_test

import (
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/post/posttest"
	"citydeck/server/channel/wecom"
	"citydeck/server/channel/wecom/wecomtest"
)

func TestARobot(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		key, text string
		set       func(*wecomtest.Server)
		want      string // empty: said
	}{
		"said":      {wecomtest.Key, "任务", func(*wecomtest.Server) {}, ""},
		"wrong key": {"s3cret", "任务", func(*wecomtest.Server) {}, "refused: errcode_93000"},
		"too long":  {wecomtest.Key, strings.Repeat("任", 683), func(*wecomtest.Server) {}, "refused: too_long"},
		"too fast":  {wecomtest.Key, "任务", func(s *wecomtest.Server) { s.Next(posttest.Act{Status: 429}) }, "not now: http_429"},
		"dropped":   {wecomtest.Key, "任务", func(s *wecomtest.Server) { s.Next(posttest.Act{Drop: true}) }, "not now: no_connection"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := wecomtest.New()
			defer fake.Close()
			tt.set(fake)
			channel := wecom.New(wecom.Config{URLs: []string{fake.Robot(tt.key)}, PerMinute: 20})
			got := ""
			if err := channel.Send(t.Context(), &command.Letter{To: command.Recipient{Address: "u1", Zh: tt.text}}); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Fatalf("saying it: %q, want %q", got, tt.want)
			}
			if tt.want != "" {
				return
			}
			if said := <-fake.Last; said != "任务[u1]" {
				t.Errorf("the robot said %q", said)
			}
		})
	}
}

func TestTheProvidersLimit(t *testing.T) {
	t.Parallel()
	fake := wecomtest.New()
	defer fake.Close()
	channel := wecom.New(wecom.Config{URLs: []string{fake.Robot(wecomtest.Key)}, PerMinute: 100})
	var got []string
	for range 22 {
		if err := channel.Send(t.Context(), &command.Letter{To: command.Recipient{Zh: "a"}}); err != nil {
			got = append(got, err.Error())
		}
	}
	if strings.Join(got, ", ") != "not now: errcode_45009, not now: own_limit" || fake.Count() != 21 {
		t.Errorf("22 messages to a robot of 20: %q, %d requests", got, fake.Count())
	}
}
