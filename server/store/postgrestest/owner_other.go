//go:build !linux

package postgrestest

import (
	"syscall"
	"testing"
)

func owner(t testing.TB, _ string) *syscall.SysProcAttr {
	t.Helper()
	t.Skip("only on Linux")
	return nil
}
