package email_test

import (
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/email"
	"citydeck/server/channel/email/emailtest"
)

func TestAMessage(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		refuse   int
		password string
		want     string // empty: taken
	}{
		"taken":      {0, emailtest.Password, ""},
		"no mailbox": {550, emailtest.Password, "refused: smtp_550"},
		"not now":    {451, emailtest.Password, "not now: smtp_451"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fake, err := emailtest.New()
			if err != nil {
				t.Fatal(err)
			}
			defer fake.Close()
			fake.Refuse(tt.refuse)
			channel, err := email.New(email.Config{URL: strings.Replace(fake.URL, emailtest.Password, tt.password, 1), From: "deck@example.cn"})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := channel.Send(t.Context(), &command.Letter{Message: command.Message{ID: "c1-m1"}, To: command.Recipient{Address: "zhang@example.cn", Zh: "任务\r\nBcc: all@example.cn"}}); err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Fatalf("sending: %q, want %q", got, tt.want)
			}
			if tt.want == "" && !strings.Contains(fake.Taken()[0], "Message-ID: <c1-m1@example.cn>") {
				t.Errorf("the message is %s", fake.Taken()[0])
			}
		})
	}
}

func TestAnAddressThatIsNoneShowsNoPassword(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"http://u:s3cret@a", "smtp://u:s3cret@a:x", "s3cret", "smtp://"} {
		if _, err := email.New(email.Config{URL: bad}); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s gives %v", bad, err)
		}
	}
}
