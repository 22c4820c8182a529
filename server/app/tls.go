package app

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"
)

// stale is after how long the files of a certificate are looked at again.
const stale = 10 * time.Second

// certificate is a certificate in two files, which may be replaced at any time.
type certificate struct {
	cert, key string
	log       *slog.Logger

	mu     sync.Mutex
	held   *tls.Certificate // guarded by mu
	from   [2]time.Time     // guarded by mu: when the files were written
	looked time.Time        // guarded by mu
}

// encrypted wraps a listener in TLS.
func encrypted(l net.Listener, cert, key string, log *slog.Logger) (net.Listener, error) {
	if cert == "" || key == "" {
		return nil, errors.New("http.tls_cert and http.tls_key belong together")
	}
	c := &certificate{cert: cert, key: key, log: log}
	if _, err := c.get(nil); err != nil {
		return nil, err
	}
	return tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}, GetCertificate: c.get}), nil
}

// get is the certificate as its files are by now. One that can't be read is
// said once, and the one before goes on.
func (c *certificate) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.held != nil && now.Sub(c.looked) < stale {
		return c.held, nil
	}
	c.looked = now
	from, err := c.written()
	if err == nil && c.held != nil && from == c.from {
		return c.held, nil
	}
	if err == nil {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(c.cert, c.key); err == nil {
			c.held, c.from = &pair, from
			return c.held, nil
		}
	}
	if c.held == nil {
		return nil, fmt.Errorf("http.tls_cert, http.tls_key: %w", err)
	}
	c.log.Warn("the new certificate can't be used, the old one goes on", "error", err)
	return c.held, nil
}

func (c *certificate) written() (at [2]time.Time, err error) {
	for i, name := range []string{c.cert, c.key} {
		info, err := os.Stat(name)
		if err != nil {
			return at, err
		}
		at[i] = info.ModTime()
	}
	return at, nil
}
