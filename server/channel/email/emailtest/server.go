// Package emailtest is a fake mail server that asks for a password and can refuse.
package emailtest

import (
	"io"
	"net"
	"sync"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Who the fake knows.
const (
	User     = "deck"
	Password = "s3cret"
)

// Server is the fake.
type Server struct {
	URL string

	server *smtp.Server
	mu     sync.Mutex
	refuse int      // guarded by mu
	taken  []string // guarded by mu
}

// New starts a fake on loopback; the caller closes it.
func New() (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &Server{URL: "smtp://" + User + ":" + Password + "@" + l.Addr().String()}
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }))
	s.server.AllowInsecureAuth = true
	go func() { _ = s.server.Serve(l) }() // ends with Close
	return s, nil
}

// Close ends it.
func (s *Server) Close() { _ = s.server.Close() }

// Refuse sets the code that recipients get; 0 heals.
func (s *Server) Refuse(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refuse = code
}

// Taken lists the messages as they came.
func (s *Server) Taken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.taken...)
}

type session struct {
	s    *Server
	auth bool
}

func (*session) AuthMechanisms() []string { return []string{sasl.Plain} }

func (n *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != User || password != Password {
			return smtp.ErrAuthFailed
		}
		n.auth = true
		return nil
	}), nil
}

func (n *session) Mail(string, *smtp.MailOptions) error {
	if !n.auth {
		return smtp.ErrAuthRequired
	}
	return nil
}

func (n *session) Rcpt(string, *smtp.RcptOptions) error {
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	if n.s.refuse != 0 {
		return &smtp.SMTPError{Code: n.s.refuse, Message: "no mailbox of Wang An"}
	}
	return nil
}

func (n *session) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	n.s.mu.Lock()
	defer n.s.mu.Unlock()
	n.s.taken = append(n.s.taken, string(text))
	return err
}

func (*session) Reset()        {}
func (*session) Logout() error { return nil }
