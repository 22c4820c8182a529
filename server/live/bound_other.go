//go:build !linux

package live

import "net"

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
