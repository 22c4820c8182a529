package live

import (
	"net"

	"golang.org/x/sys/unix"
)

// deadAfter is for how long, in ms, sent bytes may stay unacknowledged before
// the kernel gives the connection up: a screen whose cable was pulled.
const deadAfter = 30_000

// bound keeps the kernel from being a queue: its send buffer would grow by
// itself to megabytes of old frames.
func bound(conn net.Conn, buffer int) {
	if under, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = under.NetConn() // TLS
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return
	}
	_ = tcp.SetWriteBuffer(buffer)
	if raw, err := tcp.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) {
			_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, deadAfter)
		})
	}
}
