package app_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

// certified writes a certificate for this machine into two files.
func certified(t *testing.T, name string) (cert, key string, pool *x509.CertPool) {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &k.PublicKey, k)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	for file, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "EC PRIVATE KEY", Bytes: raw}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool = x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	return cert, key, pool
}

func TestOverTLS(t *testing.T) {
	t.Parallel()
	cert, key, pool := certified(t, "first")
	cfg := settings(t, redistest.Start(t).URL())
	cfg.HTTP.TLSCert, cfg.HTTP.TLSKey = cert, key
	cfg.Auth.Anonymous = "none"
	p := serve(t, cfg)
	p.url = strings.Replace(p.url, "http://", "https://", 1)
	p.http.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	h := &house{p, cfg}
	h.ready()
	h.add("wang", "viewer", "valley")
	res, _ := h.request("POST", "/api/v1/session", `{"name":"wang","password":"`+good+`"}`)
	if res.StatusCode != http.StatusNoContent || len(res.Cookies()) != 1 {
		t.Fatalf("sign in: %d", res.StatusCode)
	}
	c := res.Cookies()[0]
	if c.Name != "__Host-citydeck" || !c.Secure || !c.HttpOnly || c.Path != "/" || c.Domain != "" {
		t.Errorf("cookie = %v", c)
	}
	if !strings.HasPrefix(res.Header.Get("Strict-Transport-Security"), "max-age=31536000") {
		t.Errorf("Strict-Transport-Security = %q", res.Header.Get("Strict-Transport-Security"))
	}
	for name, want := range map[string]int{"__Host-citydeck": 200, "citydeck": 401} {
		if res, _ := h.request("GET", "/api/v1/session", "", "Cookie", name+"="+c.Value); res.StatusCode != want {
			t.Errorf("with the cookie %s: %d, want %d", name, res.StatusCode, want)
		}
	}
	old := &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}
	if conn, err := tls.Dial("tcp", p.app.Addr(), old); err == nil {
		_ = conn.Close()
		t.Error("TLS 1.1 is spoken")
	}
	plain, err := http.Get("http://" + p.app.Addr() + "/healthz")
	if err == nil {
		text, _ := io.ReadAll(plain.Body)
		_ = plain.Body.Close()
		if plain.StatusCode != http.StatusBadRequest {
			t.Errorf("plain HTTP: %d %s", plain.StatusCode, text)
		}
	}
}

func TestACertificateThatCantBeUsedIsSaidAtTheStart(t *testing.T) {
	t.Parallel()
	cert, key, _ := certified(t, "one")
	_, other, _ := certified(t, "another")
	for name, files := range map[string][2]string{
		"no key": {cert, ""}, "no certificate": {"", key}, "another's key": {cert, other}, "a file that lacks": {cert, key + ".none"},
	} {
		cfg := settings(t, "redis://127.0.0.1:1")
		cfg.HTTP.TLSCert, cfg.HTTP.TLSKey = files[0], files[1]
		if err := start(cfg); err == nil || !strings.Contains(err.Error(), "http.tls_cert") {
			t.Errorf("%s: %v, want one that names http.tls_cert", name, err)
		}
	}
}

// start builds a program that must not be; it is ended at once.
func start(cfg config.Config) error {
	a, err := app.New(cfg, slog.New(slog.DiscardHandler))
	if err == nil {
		a.Stop()
	}
	return err
}
