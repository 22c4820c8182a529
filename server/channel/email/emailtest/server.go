// Package emailtest is a fake mail server that asks for a password and can refuse.
package emailtest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"net"
	"sync"
	"time"

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
	URL   string
	Roots *x509.CertPool // vouch for a fake with TLS

	server *smtp.Server
	mu     sync.Mutex
	refuse int      // guarded by mu
	taken  []string // guarded by mu
}

// The ways in which a fake speaks.
const (
	Plain    = "plain"
	StartTLS = "starttls" // what is said before it is said again within TLS
	Implicit = "smtps"
)

// New starts a fake on loopback; the caller closes it.
func New() (*Server, error) { return Speaking(Plain, "127.0.0.1") }

// Speaking starts a fake on one of this machine's addresses that speaks in one
// of the ways; it takes no password outside of TLS but when it is plain.
func Speaking(way, address string) (*Server, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
	if err != nil {
		return nil, err
	}
	s := &Server{}
	scheme := "smtp://"
	s.server = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{s: s}, nil }))
	s.server.AllowInsecureAuth = way == Plain
	if way != Plain {
		if s.server.TLSConfig, s.Roots, err = certified(address); err != nil {
			return nil, errors.Join(err, l.Close())
		}
	}
	if way == Implicit {
		scheme, l = "smtps://", tls.NewListener(l, s.server.TLSConfig)
	}
	s.URL = scheme + User + ":" + Password + "@" + l.Addr().String()
	go func() { _ = s.server.Serve(l) }() // ends with Close
	return s, nil
}

// certified makes a certificate for an address, and who vouches for it.
func certified(address string) (*tls.Config, *x509.CertPool, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	of := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IPAddresses: []net.IP{net.ParseIP(address)},
	}
	raw, err := x509.CreateCertificate(rand.Reader, of, of, &key.PublicKey, key)
	if err != nil {
		return nil, nil, err
	}
	signed, err := x509.ParseCertificate(raw)
	if err != nil {
		return nil, nil, err
	}
	roots := x509.NewCertPool()
	roots.AddCert(signed)
	own := tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
	return &tls.Config{Certificates: []tls.Certificate{own}, MinVersion: tls.VersionTLS12}, roots, nil
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
