package live_test

import (
	"bufio"
	"compress/flate"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	gorilla "github.com/gorilla/websocket"

	"citydeck/cockpits/tile"
)

// foreigner connects with another library.
func (h *house) foreigner(t testing.TB, d gorilla.Dialer) *gorilla.Conn {
	t.Helper()
	conn, resp, err := d.DialContext(t.Context(), "ws"+strings.TrimPrefix(h.url, "http"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(); _ = resp.Body.Close() })
	if err := conn.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

// hear reads messages into a picture until one of an op was there.
func hear(t testing.TB, conn *gorilla.Conn, p *picture, op string) object {
	t.Helper()
	for {
		_, frame, err := conn.ReadMessage()
		if err != nil {
			t.Fatalf("waiting for %s: %v", op, err)
		}
		many, err := messages(frame)
		if err != nil {
			t.Fatalf("%q: %v", short(string(frame)), err)
		}
		var found object
		for _, m := range many {
			if err := p.take(m); err != nil {
				t.Fatal(err)
			}
			if m["op"] == op {
				found = m
			}
		}
		if found != nil {
			return found
		}
	}
}

// Screens that agreed on compression get the same pictures in fewer bytes, and
// may compress what they say.
func TestCompressedScreensSeeTheSame(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.Publish("a", 1000, wall(0))
	h.Ready()
	h.Flush()
	small := h.foreigner(t, gorilla.Dialer{EnableCompression: true})
	small.EnableWriteCompression(true)
	large := h.foreigner(t, gorilla.Dialer{})
	var p, q picture
	for conn, p := range map[*gorilla.Conn]*picture{small: &p, large: &q} {
		long := `{"op":"subscribe","cockpit":"a","filler":"` + strings.Repeat("x", 1000) + `"}`
		if err := conn.WriteMessage(gorilla.TextMessage, []byte(long)); err != nil {
			t.Fatal(err)
		}
		hear(t, conn, p, "snapshot")
	}
	for n := range 20 {
		h.Publish("a", int64(2000+n), wall(n+1))
		h.Flush()
		hear(t, small, &p, "delta")
		hear(t, large, &q, "delta")
	}
	if p.text() != q.text() || p.Seq != 21 {
		t.Errorf("the compressed picture differs at state %v", p.Seq)
	}
}

// The compressed bytes themselves: small, one frame, and true to RFC 7692.
func TestWhatGoesOverTheWireIsCompressed(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.Publish("a", 1000, wall(0))
	h.Ready()
	h.Flush()
	w := h.wire(t, "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n")
	if got := w.extensions; !strings.Contains(got, "permessage-deflate") || !strings.Contains(got, "server_no_context_takeover") {
		t.Fatalf("agreed on %q, want permessage-deflate without context", got)
	}
	if first, text := w.frame(); first != 0x81 || !strings.Contains(text, "hello") {
		t.Errorf("a short message came with %#x: %q, want it plain", first, text)
	}
	w.send(0x81, `{"op":"subscribe","cockpit":"a"}`)
	first, squeezed := w.frame()
	if first != 0xc1 {
		t.Fatalf("a snapshot came with %#x, want one whole compressed text frame", first)
	}
	text, err := io.ReadAll(flate.NewReader(strings.NewReader(squeezed + "\x00\x00\xff\xff\x01\x00\x00\xff\xff")))
	if err != nil {
		t.Fatalf("inflating: %v", err)
	}
	many, err := messages(text)
	if err != nil || many[0]["op"] != "snapshot" {
		t.Errorf("inflated: %s (%v), want the snapshot", short(string(text)), err)
	}
	if len(squeezed)*4 > len(text) {
		t.Errorf("%d bytes became %d, want a quarter at most", len(text), len(squeezed))
	}
	bomb := strings.Repeat(" ", 1<<20)
	conn := h.foreigner(t, gorilla.Dialer{EnableCompression: true})
	conn.EnableWriteCompression(true)
	if err := conn.WriteMessage(gorilla.TextMessage, []byte(bomb)); err != nil {
		t.Fatal(err)
	}
	for err = nil; err == nil; {
		_, _, err = conn.ReadMessage()
	}
	if !gorilla.IsCloseError(err, 1009) {
		t.Errorf("a megabyte in a few bytes: %v, want it closed with 1009", err)
	}
}

func TestFramesThatBreakTheRules(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	op := `{"op":"subscribe","cockpit":"a"}`
	tests := map[string]struct {
		send func(*wire)
		code uint16
	}{
		"no mask":                      {func(w *wire) { w.raw("\x81\x02{}") }, 1002},
		"a reserved bit":               {func(w *wire) { w.send(0x91, op) }, 1002},
		"compression nobody agreed on": {func(w *wire) { w.send(0xc1, op) }, 1002},
		"a continuation of nothing":    {func(w *wire) { w.send(0x80, op) }, 1002},
		"an unknown opcode":            {func(w *wire) { w.send(0x83, op) }, 1002},
		"a fragmented ping":            {func(w *wire) { w.send(0x09, "x") }, 1002},
		"a new message within another": {func(w *wire) { w.send(0x01, "{"); w.send(0x81, "}") }, 1002},
		"half a letter":                {func(w *wire) { w.send(0x81, "{\"op\":\"\xe4\xb8") }, 1007},
		"fragments over 64 KiB": {func(w *wire) {
			w.send(0x01, strings.Repeat(" ", 40<<10))
			w.send(0x80, strings.Repeat(" ", 40<<10))
		}, 1009},
		"an endless message": {func(w *wire) {
			w.raw("\x81\xff\x00\x00\x00\x00\x7f\xff\xff\xff\x00\x00\x00\x00" + strings.Repeat(" ", 70<<10))
		}, 1009},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := h.wire(t, "")
			tt.send(w)
			if code := w.closed(); code != tt.code {
				t.Errorf("closed with %d, want %d", code, tt.code)
			}
		})
	}
	t.Run("a letter cut in two by fragments is whole", func(t *testing.T) {
		t.Parallel()
		w := h.wire(t, "")
		w.frame()
		letter := "下"
		w.send(0x01, `{"op":"subscribe","cockpit":"a","x":"`+letter[:1])
		w.send(0x89, "there?")
		w.send(0x80, letter[1:]+`"}`)
		if first, text := w.frame(); first != 0x8a || text != "there?" {
			t.Errorf("between fragments a ping brought %#x %q, want the pong", first, text)
		}
		if _, text := w.frame(); !strings.Contains(text, "snapshot") {
			t.Errorf("the answer is %s, want the snapshot", short(text))
		}
	})
}

// What comes in one packet with the handshake is not lost.
func TestOpsRightBehindTheHandshake(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	w := &wire{t: t, host: strings.Split(strings.TrimPrefix(h.url, "http://"), "/")[0]}
	w.dial("", masked(0x81, `{"op":"subscribe","cockpit":"a"}`)+masked(0x81, strings.Repeat(" ", 3000)+`{"op":"subscribe","cockpit":"b"}`))
	var p, q picture
	for p.Seq == 0 || q.Seq == 0 {
		_, text := w.frame()
		many, err := messages([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range many {
			if m["cockpit"] == "a" {
				err = p.take(m)
			} else {
				err = q.take(m)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// A pong while a frame is stuck half-way is not put into its middle.
func TestAPongWaitsForTheFrameUnderWay(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	big := stat("x", 1)
	big.Level = ptr(strings.Repeat("l", 4<<20))
	h.Publish("a", 1000, []tile.Tile{big})
	h.Ready()
	h.Flush()
	w := h.wire(t, "")
	w.frame()
	w.send(0x81, `{"op":"subscribe","cockpit":"a"}`)
	if _, err := w.in.Peek(1); err != nil { // the snapshot is under way, and far too long to fit
		t.Fatal(err)
	}
	for range 10 {
		w.send(0x89, "there?")
	}
	for range 5 {
		h.Publish("*", 1000, []tile.Tile{stat("a", 1)})
		h.Flush()
	}
	if _, text := w.frame(); len(text) < 4<<20 || !strings.HasSuffix(text, "]}") {
		t.Errorf("the snapshot arrived with %d bytes", len(text))
	}
	for pongs := 0; pongs < 10; {
		switch first, text := w.frame(); {
		case first == 0x8a && text == "there?":
			pongs++
		case first != 0x81 || !strings.Contains(text, "beat"):
			t.Fatalf("after %d pongs came %#x %q", pongs, first, short(text))
		}
	}
}

// wire is a connection at the level of frames.
type wire struct {
	t          testing.TB
	host       string
	conn       net.Conn
	in         *bufio.Reader
	extensions string
}

func (h *house) wire(t testing.TB, header string) *wire {
	t.Helper()
	w := &wire{t: t, host: strings.Split(strings.TrimPrefix(h.url, "http://"), "/")[0]}
	w.dial(header, "")
	return w
}

// dial shakes hands, and sends more in the same packet.
func (w *wire) dial(header, more string) {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.host)
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = conn.Close() })
	w.conn, w.in = conn, bufio.NewReader(conn)
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		w.t.Fatal(err)
	}
	w.raw(fmt.Sprintf("GET /api/v1/live HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n%s\r\n%s", w.host, header, more))
	resp, err := http.ReadResponse(w.in, nil)
	if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
		w.t.Fatalf("handshake: %v, %v", resp, err)
	}
	w.extensions = resp.Header.Get("Sec-WebSocket-Extensions")
}

func (w *wire) raw(bytes string) {
	w.t.Helper()
	if _, err := io.WriteString(w.conn, bytes); err != nil {
		w.t.Logf("write: %v", err) // the other side may have had enough
	}
}

func (w *wire) send(first byte, text string) {
	w.t.Helper()
	w.raw(masked(first, text))
}

// masked is a frame as clients send it.
func masked(first byte, text string) string {
	b := []byte{first}
	switch {
	case len(text) < 126:
		b = append(b, 0x80|byte(len(text)))
	case len(text) < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(len(text)))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(len(text)))
	}
	mask := [4]byte{1, 2, 3, 4}
	b = append(b, mask[:]...)
	for i := range len(text) {
		b = append(b, text[i]^mask[i%4])
	}
	return string(b)
}

// frame reads one frame of the server's.
func (w *wire) frame() (first byte, text string) {
	w.t.Helper()
	first, text, err := w.tryFrame()
	if err != nil {
		w.t.Fatalf("reading a frame: %v", err)
	}
	return first, text
}

func (w *wire) tryFrame() (first byte, text string, err error) {
	var head [2]byte
	if _, err = io.ReadFull(w.in, head[:]); err != nil {
		return 0, "", err
	}
	size := uint64(head[1])
	if more := map[uint64]int{126: 2, 127: 8}[size]; more > 0 {
		var long [8]byte
		if _, err = io.ReadFull(w.in, long[8-more:]); err != nil {
			return 0, "", err
		}
		size = binary.BigEndian.Uint64(long[:])
	}
	b := make([]byte, size)
	_, err = io.ReadFull(w.in, b)
	return head[0], string(b), err
}

// closed reads on to the close frame and gives its code; 0: there was none.
func (w *wire) closed() uint16 {
	for {
		first, text, err := w.tryFrame()
		if err != nil {
			return 0
		}
		if first == 0x88 && len(text) >= 2 {
			return binary.BigEndian.Uint16([]byte(text))
		}
	}
}
