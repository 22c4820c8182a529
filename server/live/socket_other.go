//go:build !linux

package live

import (
	"net"
	"syscall"
)

// bound keeps the kernel from being a queue: its send buffer would grow by
// itself to megabytes of old frames.
func bound(conn net.Conn, buffer int) {
	if under, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = under.NetConn() // TLS
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(buffer)
	}
}

// unanswered is not known here.
func unanswered(syscall.RawConn) int { return 0 }

// offered is not known here.
func offered(syscall.RawConn) (window uint32, taken uint64, known bool) { return 0, 0, false }

// rawOf is nothing here: all writes wait.
func rawOf(net.Conn) syscall.RawConn { return nil }

// openFiles is not known here.
func openFiles() uint64 { return 0 }
