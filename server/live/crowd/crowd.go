//go:build linux

package main

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// crowd is all screens.
type crowd struct {
	*settings
	screens []*screen
	closely int // how many are looked at closely
	epoll   int
	byFD    []atomic.Pointer[screen]
	mu      sync.Mutex           // held while sockets are read
	under   atomic.Pointer[load] // under way; nil: none

	bytes, frames, states, gaps, resumed, lost atomic.Int64
}

// mostFiles bounds the descriptors of a process that is not asked for more.
const mostFiles = 1 << 17

func gather(s *settings) (*crowd, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("make an epoll: %w", err)
	}
	c := &crowd{settings: s, epoll: epoll, byFD: make([]atomic.Pointer[screen], mostFiles)}
	healthy := s.screens - s.slow - s.stuck
	every := max(1, healthy/max(1, s.sample))
	for i := range s.screens {
		one := &screen{close: i < healthy && i%every == 0, slow: i >= healthy && i < healthy+s.slow, stuck: i >= healthy+s.slow}
		if one.slow {
			one.values = make([]atomic.Int64, s.tiles)
		}
		if one.close {
			c.closely++
			one.values = make([]atomic.Int64, s.tiles)
		}
		c.screens = append(c.screens, one)
	}
	go c.read()
	return c, nil
}

// poll lets the loop read a screen.
func (c *crowd) poll(s *screen) error {
	if s.fd >= len(c.byFD) {
		return fmt.Errorf("descriptor %d is beyond %d", s.fd, len(c.byFD))
	}
	c.byFD[s.fd].Store(s)
	return unix.EpollCtl(c.epoll, unix.EPOLL_CTL_ADD, s.fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(s.fd)})
}

// read is the one loop that reads all sockets.
func (c *crowd) read() {
	runtime.LockOSThread()
	room := make([]byte, 256<<10)
	events := make([]unix.EpollEvent, 1024)
	for {
		n, err := unix.EpollWait(c.epoll, events, -1)
		if err != nil && err != unix.EINTR {
			return
		}
		c.mu.Lock()
		for _, e := range events[:max(n, 0)] {
			s := c.byFD[e.Fd].Load()
			if s != nil && !c.take(s, room) {
				_ = unix.EpollCtl(c.epoll, unix.EPOLL_CTL_DEL, int(e.Fd), nil)
				c.lost.Add(1)
			}
		}
		c.mu.Unlock()
	}
}

// connected is what it took to connect all.
type connected struct {
	Screens    int
	Seconds    float64
	P50, P99   float64 // ms from dialling to the picture
	Resumed    int64
	Refused    int
	FirstError string
}

// at a time so many screens are connected.
const atOnce = 128

// connect connects all screens, each by what is given.
func (c *crowd) connect(one func(*screen) error) (any, error) {
	c.resumed.Store(0)
	began := time.Now()
	took := make([]float64, len(c.screens))
	var next atomic.Int64
	var mu sync.Mutex
	var failed []error
	var group sync.WaitGroup
	for range atOnce {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(c.screens); i = int(next.Add(1)) - 1 {
				at := time.Now()
				if err := one(c.screens[i]); err != nil {
					mu.Lock()
					failed = append(failed, err)
					mu.Unlock()
				}
				took[i] = float64(time.Since(at).Microseconds()) / 1000
			}
		})
	}
	group.Wait()
	slices.Sort(took)
	answer := connected{
		Screens: len(c.screens), Seconds: time.Since(began).Seconds(), Refused: len(failed), Resumed: c.resumed.Load(),
		P50: took[len(took)/2], P99: took[len(took)*99/100],
	}
	if len(failed) > 0 {
		answer.FirstError = failed[0].Error()
	}
	return answer, nil
}

// storm cuts all connections at once and brings all screens back.
func (c *crowd) storm() (any, error) {
	c.mu.Lock()
	for _, s := range c.screens {
		c.byFD[s.fd].Store(nil)
		if err := s.file.Close(); err != nil {
			c.mu.Unlock()
			return nil, err
		}
	}
	c.mu.Unlock()
	return c.connect(c.watch)
}
