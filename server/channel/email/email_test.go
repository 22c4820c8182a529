package email_test

import (
	"crypto/x509"
	"net"
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

// elsewhere is an address of this machine that is not loopback; empty: it has none.
func elsewhere(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if p, ok := a.(*net.IPNet); ok && p.IP.To4() != nil && p.IP.IsGlobalUnicast() {
			return p.IP.String()
		}
	}
	return ""
}

func TestAMessageGoesEncrypted(t *testing.T) {
	t.Parallel()
	away := elsewhere(t)
	tests := map[string]struct {
		way, address string
		trusted      bool
		want         string // empty: taken
	}{
		"over STARTTLS":                         {emailtest.StartTLS, "127.0.0.1", true, ""},
		"over TLS from the start":               {emailtest.Implicit, "127.0.0.1", true, ""},
		"not to a server that nobody knows":     {emailtest.Implicit, "127.0.0.1", false, "not now: no_connection"},
		"nor over STARTTLS":                     {emailtest.StartTLS, "127.0.0.1", false, "not now: no_connection"},
		"elsewhere over STARTTLS":               {emailtest.StartTLS, away, true, ""},
		"elsewhere not to a server without TLS": {emailtest.Plain, away, true, "not now: no_connection"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if tt.address == "" {
				t.Skip("this machine has loopback alone")
			}
			fake, err := emailtest.Speaking(tt.way, tt.address)
			if err != nil {
				t.Fatal(err)
			}
			defer fake.Close()
			cfg := email.Config{URL: fake.URL, From: "deck@example.cn", Roots: x509.NewCertPool()}
			if tt.trusted {
				cfg.Roots = fake.Roots
			}
			channel, err := email.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			if err := channel.Send(t.Context(), &command.Letter{Message: command.Message{ID: "c1-m1"}, To: command.Recipient{Address: "zhang@example.cn", Zh: "任务"}}); err != nil {
				got = err.Error()
			}
			if got != tt.want || (len(fake.Taken()) == 1) != (tt.want == "") {
				t.Errorf("sending: %q, want %q; taken %d", got, tt.want, len(fake.Taken()))
			}
		})
	}
}
