package live

import (
	"net"
	"syscall"

	"golang.org/x/sys/unix"
)

// deadAfter is for how long, in ms, sent bytes may stay unacknowledged before
// the kernel gives the connection up: a screen whose cable was pulled.
const deadAfter = 30_000

// tcpOf is the TCP connection under a connection, perhaps with TLS between; nil: none.
func tcpOf(conn net.Conn) *net.TCPConn {
	if under, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = under.NetConn()
	}
	tcp, _ := conn.(*net.TCPConn)
	return tcp
}

// bound keeps the kernel from being a queue: its send buffer would grow by
// itself to megabytes of old frames.
func bound(conn net.Conn, buffer int) {
	tcp := tcpOf(conn)
	if tcp == nil {
		return
	}
	_ = tcp.SetWriteBuffer(buffer)
	raw, err := tcp.SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Control(func(fd uintptr) {
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, deadAfter)
	})
}

// unanswered is how often the kernel has sent again, and in vain, what the other
// side should have acknowledged.
func unanswered(raw syscall.RawConn) int {
	if raw == nil {
		return 0
	}
	again := 0
	_ = raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			again = int(info.Retransmits)
		}
	})
	return again
}

// offered is how many bytes the other side would still take (kernels before 5.4
// say 0), and how many it has taken.
func offered(raw syscall.RawConn) (window uint32, taken uint64, known bool) {
	_ = raw.Control(func(fd uintptr) {
		info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO)
		if err == nil {
			window, taken, known = info.Snd_wnd, info.Bytes_acked, true
		}
	})
	return window, taken, known
}

// rawOf is a connection that can be written to without waiting; nil: it can't.
func rawOf(conn net.Conn) syscall.RawConn {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	return raw
}

// openFiles is how many files this process may have open; 0: nobody knows.
func openFiles() uint64 {
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &limit) != nil {
		return 0
	}
	return limit.Cur
}
