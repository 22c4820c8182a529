package live

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
)

// tap is the response as the library has it. It keeps the connection that a
// handshake takes over, and gives the library buffers that fit what screens say
// and what it writes itself: control frames. An answer that refuses the
// handshake it holds back: the server's error handler writes it.
type tap struct {
	http.ResponseWriter
	screen *screen
	status int
}

// WriteHeader lets the upgrade pass alone.
func (t *tap) WriteHeader(status int) {
	t.status = status
	if status == http.StatusSwitchingProtocols {
		t.ResponseWriter.WriteHeader(status)
	}
}

// Write drops the text of a refusal.
func (t *tap) Write(b []byte) (int, error) { return len(b), nil }

const (
	readBuffer  = 512
	writeBuffer = 144 // more than the longest control frame
)

// Hijack takes the connection over from the HTTP server.
func (t *tap) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	line, rw, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	t.screen.line = line
	p := &pen{Conn: line, screen: t.screen}
	r := bufio.NewReaderSize(p, readBuffer)
	if n := rw.Reader.Buffered(); n > 0 { // what came right behind the handshake
		came, err := rw.Reader.Peek(n)
		if err != nil {
			return nil, nil, err
		}
		r = bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(came)), p), max(n, readBuffer))
		if _, err := r.Peek(n); err != nil { // it must be seen as buffered
			return nil, nil, err
		}
	}
	return p, bufio.NewReadWriter(r, bufio.NewWriterSize(p, writeBuffer)), nil
}
