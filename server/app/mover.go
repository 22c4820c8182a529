package app

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
)

// mover is a part of the program that runs until it is told to stop.
type mover struct {
	name string
	run  func(context.Context) error
	end  context.CancelFunc
	done chan struct{}
	err  error // valid once done is closed
}

// start runs the mover. What makes it end before it is told to goes to failed.
func (m *mover) start(failed chan<- error) {
	ctx, cancel := context.WithCancel(context.Background())
	m.end, m.done = cancel, make(chan struct{})
	go func() {
		defer close(m.done)
		m.err = m.guarded(ctx)
		if ctx.Err() == nil {
			failed <- m.err
			m.err = nil // it is told already
		}
	}()
}

// guarded runs the mover and turns its panic into an error, so that the others
// stop in order. It is an error too when the mover just ends.
func (m *mover) guarded(ctx context.Context) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("%s panicked: %v\n%s", m.name, v, debug.Stack())
		}
	}()
	err = m.run(ctx)
	switch {
	case ctx.Err() != nil && (err == nil || errors.Is(err, context.Canceled)):
		return nil
	case err == nil:
		return fmt.Errorf("%s ended by itself", m.name)
	}
	return fmt.Errorf("%s: %w", m.name, err)
}

// stop tells the mover to end, waits for it, and returns what went wrong meanwhile.
func (m *mover) stop() error {
	m.end()
	<-m.done
	return m.err
}
