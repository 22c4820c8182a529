package feishu_test

import (
	"errors"
	"testing"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/feishu"
	"citydeck/server/channel/feishu/feishutest"
	"citydeck/server/channel/post/posttest"
)

func TestThePublishedSignature(t *testing.T) {
	t.Parallel()
	if got := feishu.Sign("1599360473", "this is secret"); got != "/eYKrXQBzTjUZJ3s6NX16VxGbTwmK7AEs8/FnvC1CSw=" {
		t.Errorf("signature %q", got)
	}
}

func TestARobot(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		secret string
		set    func(*feishutest.Server)
		want   string // empty: said
	}{
		"said":         {feishutest.Secret, func(*feishutest.Server) {}, ""},
		"wrong secret": {"guess", func(*feishutest.Server) {}, "refused: code_19021"},
		"too fast":     {feishutest.Secret, func(s *feishutest.Server) { s.Limit.Most = 1; s.Limit.Takes(time.Now()) }, "not now: code_11232"},
		"dropped":      {feishutest.Secret, func(s *feishutest.Server) { s.Next(posttest.Act{Drop: true}) }, "not now: no_connection"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake := feishutest.New()
			defer fake.Close()
			tt.set(fake)
			channel := feishu.New(feishu.Config{URLs: []string{fake.URL}, Secrets: []string{tt.secret}, PerMinute: 100})
			got := ""
			if err := channel.Send(t.Context(), &command.Letter{To: command.Recipient{Address: "ou_1", Zh: "任务"}}); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Fatalf("saying it: %q, want %q", got, tt.want)
			}
			if tt.want != "" {
				return
			}
			if said := <-fake.Said; said != `<at user_id="ou_1"></at> 任务` {
				t.Errorf("the robot said %q", said)
			}
		})
	}
}

// However many are due, a robot is asked for five a second: the fake has said no to none.
func TestARobotIsAskedForFiveASecond(t *testing.T) {
	t.Parallel()
	fake := feishutest.New()
	defer fake.Close()
	fake.Burst.Span = 600 * time.Millisecond // on a busy machine the way to it is not always as long
	channel := feishu.New(feishu.Config{URLs: []string{fake.URL}, Secrets: []string{feishutest.Secret}, PerMinute: 100})
	said, waited := 0, 0
	for said < 12 {
		err := channel.Send(t.Context(), &command.Letter{To: command.Recipient{Zh: "任务"}})
		no := new(command.Refusal)
		switch {
		case err == nil:
			said++
		case errors.As(err, &no) && no.Detail == "own_limit":
			waited++
			time.Sleep(no.After)
		default:
			t.Fatalf("after %d: %v", said, err)
		}
	}
	if waited == 0 {
		t.Error("twelve went out at once")
	}
}
