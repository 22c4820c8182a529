//go:build !linux

package redistest

import "syscall"

func dieWithParent() *syscall.SysProcAttr { return nil }

// Freeze skips the test: only Linux is known to do it.
func (s *Server) Freeze() { s.t.Skip("only on Linux") }

// Thaw lets a frozen server go on.
func (s *Server) Thaw() {}
