// Package email reaches a person's mailbox over SMTP.
package email

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/post"

	"github.com/wneessen/go-mail"
)

// Config is which server takes messages, and from whom.
type Config struct {
	URL  string // smtp:// or smtps://user:pass@host:port
	From string
	// Roots vouch for the server; nil: those of this machine.
	Roots *x509.CertPool
}

// Channel is the way by e-mail. A repeat has the same Message-ID.
type Channel struct {
	host, from string
	options    []mail.Option
}

var errURL = errors.New("channel.email.url is not of the form smtp://user:pass@host:port or smtps://…")

// New makes the channel. smtp:// demands STARTTLS but on loopback.
func New(cfg Config) (*Channel, error) {
	u, err := url.Parse(cfg.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errURL // err would show the password
	}
	port := map[string]int{"smtp": 587, "smtps": 465}[u.Scheme]
	if u.Port() != "" {
		if port, err = strconv.Atoi(u.Port()); err != nil {
			return nil, errURL
		}
	}
	options := []mail.Option{mail.WithTimeout(post.Deadline), mail.WithTLSPolicy(mail.TLSMandatory), mail.WithPort(port)}
	options = append(options, mail.WithTLSConfig(&tls.Config{ServerName: u.Hostname(), RootCAs: cfg.Roots, MinVersion: tls.VersionTLS12}))
	auth := mail.SMTPAuthAutoDiscover
	if u.Scheme == "smtps" {
		options = append(options, mail.WithSSL())
	} else if loopback(u.Hostname()) {
		options = append(options, mail.WithTLSPolicy(mail.TLSOpportunistic))
		auth = mail.SMTPAuthPlainNoEnc
	}
	if pass, said := u.User.Password(); said {
		options = append(options, mail.WithSMTPAuth(auth), mail.WithUsername(u.User.Username()), mail.WithPassword(pass))
	}
	return &Channel{u.Hostname(), cfg.From, options}, nil
}

func loopback(host string) bool {
	a, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && a.IsLoopback()
}

// Send hands one message to the server once. Its error is a *command.Refusal.
func (c *Channel) Send(ctx context.Context, l *command.Letter) error {
	if l.To.Address == "" {
		return post.Failed("no_address")
	}
	ctx, cancel := context.WithTimeout(ctx, post.Deadline)
	defer cancel()
	m := mail.NewMsg()
	if m.From(c.from) != nil || m.To(l.To.Address) != nil {
		return post.Failed("bad_address")
	}
	title, _, _ := strings.Cut(l.Text(), "\n")
	_, domain, _ := strings.Cut(c.from, "@")
	m.Subject(title)
	m.SetDate()
	m.SetMessageIDWithValue(l.Message.ID + "@" + strings.TrimSuffix(domain, ">"))
	m.SetBodyString(mail.TypeTextPlain, l.Text())
	client, err := mail.NewClient(c.host, c.options...)
	if err != nil {
		return post.Failed("bad_url")
	}
	return verdict(client.DialAndSendWithContext(ctx, m))
}

// verdict is what the server's answer means; its text may name a person.
func verdict(err error) error {
	var refused *mail.SendError
	var way net.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &refused) && refused.ErrorCode() >= 500:
		return post.Failed("smtp_" + strconv.Itoa(refused.ErrorCode()))
	case errors.As(err, &refused) && refused.ErrorCode() >= 400:
		return post.Again("smtp_"+strconv.Itoa(refused.ErrorCode()), 0)
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &way) && way.Timeout():
		return post.Again("timeout", 0)
	}
	return post.Again("no_connection", 0)
}
