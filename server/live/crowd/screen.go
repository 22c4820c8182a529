//go:build linux

package main

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

// screen is one connection, and as much of its picture as a load client needs.
type screen struct {
	fd     int
	file   *os.File // of fd
	frames bool     // WebSocket frames; else bytes that are only counted
	close  bool     // looked at closely
	slow   bool     // reads three frames a second
	stuck  bool     // reads no more
	held   []byte   // of a frame that has not come whole
	epoch  string
	seq    uint64
	values []atomic.Int64 // by tile, of one that is looked at closely
}

// watch connects a screen and reads on to its first picture.
func (c *crowd) watch(s *screen) error {
	conn, err := net.DialTimeout("tcp", c.server, 30*time.Second)
	if err != nil {
		return err
	}
	if err := conn.SetDeadline(time.Now().Add(30 * time.Second)); err != nil {
		return err
	}
	offer := ""
	if c.compress {
		offer = "Sec-WebSocket-Extensions: permessage-deflate\r\n"
	}
	_, err = fmt.Fprintf(conn, "GET /api/v1/live HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n%s\r\n", c.server, offer)
	if err != nil {
		return err
	}
	in := bufio.NewReaderSize(conn, 4<<10)
	res, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }() // an upgrade has none
	if res.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("handshake: %s", res.Status)
	}
	op := `{"op":"subscribe","cockpit":"` + c.cockpit + `"}`
	if s.epoch != "" {
		op = `{"op":"subscribe","cockpit":"` + c.cockpit + `","epoch":"` + s.epoch + `","seq":` + strconv.FormatUint(s.seq, 10) + `}`
	}
	// A text frame whose mask is all zeros.
	if _, err := conn.Write(append([]byte{0x81, 0x80 | 126, byte(len(op) >> 8), byte(len(op)), 0, 0, 0, 0}, op...)); err != nil {
		return err
	}
	s.frames = true
	if err := c.first(s, in); err != nil {
		return err
	}
	return c.adopt(s, conn, in)
}

// first reads frames until one brings the cockpit's state.
func (c *crowd) first(s *screen, in *bufio.Reader) error {
	had := s.epoch
	for s.epoch = ""; s.epoch == ""; {
		if err := c.one(s, in); err != nil {
			return err
		}
	}
	if had != "" && had == s.epoch {
		c.resumed.Add(1)
	}
	return nil
}

// one reads and looks at a frame; pings before it are no work.
func (c *crowd) one(s *screen, in *bufio.Reader) error {
	head, err := in.Peek(2)
	for err == nil && head[0] == ping {
		probe := make([]byte, 2+head[1])
		if _, err = io.ReadFull(in, probe); err == nil {
			s.pong(probe)
			head, err = in.Peek(2)
		}
	}
	if err != nil {
		return err
	}
	size, start := int(head[1]), 2
	switch size {
	case 126:
		if head, err = in.Peek(4); err != nil {
			return err
		}
		size, start = int(binary.BigEndian.Uint16(head[2:])), 4
	case 127:
		if head, err = in.Peek(10); err != nil {
			return err
		}
		size, start = int(binary.BigEndian.Uint64(head[2:])), 10
	}
	frame := make([]byte, start+size)
	if _, err := io.ReadFull(in, frame); err != nil {
		return err
	}
	text := frame[start:]
	switch frame[0] {
	case closing:
		return errors.New("closed by the server")
	case compressed:
		if text, err = inflate(text); err != nil {
			return err
		}
	}
	c.look(s, text)
	return nil
}

// pong answers a ping.
func (s *screen) pong(probe []byte) {
	if s.fd > 0 {
		answer := append([]byte{0x8a, 0x80 | probe[1], 0, 0, 0, 0}, probe[2:]...)
		_, _ = syscall.Write(s.fd, answer) // one that doesn't fit is as if it had not read
	}
}

// plain connects to what only sends bytes.
func (c *crowd) plain(s *screen) error {
	conn, err := net.DialTimeout("tcp", c.server, 30*time.Second)
	if err != nil {
		return err
	}
	s.frames = false
	return c.adopt(s, conn, bufio.NewReaderSize(conn, 16))
}

// adopt gives the connection to the loop.
func (c *crowd) adopt(s *screen, conn net.Conn, in *bufio.Reader) error {
	if err := conn.SetDeadline(time.Time{}); err != nil {
		return err
	}
	rest, err := in.Peek(in.Buffered())
	if err != nil {
		return err
	}
	s.held = append(s.held[:0], rest...)
	// A copy of the descriptor, so that the runtime doesn't poll it too.
	if s.file, err = conn.(*net.TCPConn).File(); err != nil {
		return err
	}
	if err := conn.Close(); err != nil {
		return err
	}
	s.fd = int(s.file.Fd())
	if err := syscall.SetNonblock(s.fd, true); err != nil {
		return err
	}
	switch {
	case s.stuck:
		return nil
	case s.slow:
		if err := syscall.SetNonblock(s.fd, false); err != nil {
			return err
		}
		go c.crawl(s)
		return nil
	}
	return c.poll(s)
}

// crawl reads a frame of a slow screen now and then.
func (c *crowd) crawl(s *screen) {
	r := bufio.NewReaderSize(io.MultiReader(bytes.NewReader(bytes.Clone(s.held)), s.file), 1<<10)
	for {
		time.Sleep(333 * time.Millisecond)
		if err := c.one(s, r); err != nil {
			c.lost.Add(1)
			return
		}
	}
}

// take reads what is there; false: the connection has ended.
func (c *crowd) take(s *screen, room []byte) bool {
	for {
		n, err := syscall.Read(s.fd, room)
		switch {
		case err == syscall.EAGAIN:
			return true
		case err == syscall.EINTR:
			continue
		case err != nil || n == 0:
			return false
		}
		c.bytes.Add(int64(n))
		if !s.frames {
			continue
		}
		data := room[:n]
		if len(s.held) > 0 {
			s.held = append(s.held, data...)
			data = s.held
		}
		rest := c.split(s, data)
		s.held = append(s.held[:0], rest...)
		if n < len(room) {
			return true
		}
	}
}

// The first bytes of whole frames.
const (
	plainText  = 0x81
	compressed = 0xc1
	closing    = 0x88
	ping       = 0x89
)

// inflate undoes permessage-deflate without context.
func inflate(b []byte) ([]byte, error) {
	const end = "\x00\x00\xff\xff\x01\x00\x00\xff\xff"
	return io.ReadAll(flate.NewReader(io.MultiReader(bytes.NewReader(b), strings.NewReader(end))))
}

// split takes whole frames off, and gives what is left.
func (c *crowd) split(s *screen, data []byte) []byte {
	for len(data) >= 2 {
		size, start := int(data[1]), 2
		switch {
		case size == 126 && len(data) >= 4:
			size, start = int(binary.BigEndian.Uint16(data[2:])), 4
		case size == 127 && len(data) >= 10:
			size, start = int(binary.BigEndian.Uint64(data[2:])), 10
		case size >= 126:
			return data
		}
		if len(data) < start+size {
			return data
		}
		if data[0] == ping {
			s.pong(data[:start+size])
		} else {
			c.frames.Add(1)
		}
		switch text := data[start : start+size]; {
		case data[0] == plainText:
			c.look(s, text)
		case data[0] == compressed && s.close:
			if text, err := inflate(text); err == nil {
				c.look(s, text)
			}
		}
		data = data[start+size:]
	}
	return data
}

// look reads the head of a frame's snapshot or delta; of a screen that is looked
// at closely the values too.
func (c *crowd) look(s *screen, text []byte) {
	from, isDelta := number(text, `"from":`)
	seq, isState := number(text, `"seq":`)
	if !isState {
		return
	}
	if isDelta && from != s.seq {
		c.gaps.Add(1)
	}
	s.seq = seq
	if i := bytes.Index(text, []byte(`"epoch":"`)); i >= 0 && s.epoch == "" {
		rest := text[i+len(`"epoch":"`):]
		if j := bytes.IndexByte(rest, '"'); j >= 0 {
			s.epoch = strings.Clone(string(rest[:j]))
		}
	}
	if s.values != nil && c.producing() {
		c.values(s, text)
		return
	}
	c.states.Add(int64(bytes.Count(text, []byte(`{"id":"t`))))
}

// number finds a number behind a key in a frame's head.
func number(text []byte, key string) (uint64, bool) {
	head := text[:min(len(text), 200)]
	i := bytes.Index(head, []byte(key))
	if i < 0 {
		return 0, false
	}
	var n uint64
	for _, b := range text[i+len(key):] {
		if b < '0' || b > '9' {
			break
		}
		n = n*10 + uint64(b-'0')
	}
	return n, true
}
