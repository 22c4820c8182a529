package rollup_test

import (
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// processor measures what the benchmark's own goroutine spends, so that a
// machine that is shared with others still says something.
func processor(b *testing.B) (spent func() time.Duration) {
	b.Helper()
	runtime.LockOSThread()
	b.Cleanup(runtime.UnlockOSThread)
	return func() time.Duration {
		var t unix.Timespec
		if err := unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &t); err != nil {
			b.Fatal(err)
		}
		return time.Duration(t.Nano())
	}
}
