package sdk

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/rpc"
	"time"
)

// bodyReader asks for as many bytes as fit, each time.
type bodyReader struct{ conn io.ReadWriteCloser }

func (r *bodyReader) Read(b []byte) (int, error) {
	if _, err := r.conn.Write(binary.AppendVarint(nil, int64(len(b)))); err != nil {
		return 0, err
	}
	return r.conn.Read(b)
}

func (r *bodyReader) Close() error { return r.conn.Close() }

// response is a response on its stream: headers are synchronised before the status and before each write.
type response struct {
	client *rpc.Client
	header http.Header
}

func (w *response) call(method string, args, reply any) error {
	return w.client.Call("Plugin."+method, args, reply)
}

func (w *response) Header() http.Header {
	if w.header == nil {
		if err := w.call("Header", struct{}{}, &w.header); err != nil || w.header == nil {
			w.header = http.Header{}
		}
	}
	return w.header
}

func (w *response) WriteHeader(status int) {
	if w.call("SyncHeader", w.header, nil) == nil {
		w.call("WriteHeader", status, nil)
	}
}

func (w *response) Write(b []byte) (int, error) {
	if err := w.call("SyncHeader", w.header, nil); err != nil {
		return 0, err
	}
	if err := w.call("Write", b, nil); err != nil {
		return 0, err
	}
	return len(b), nil
}

// Flush does nothing on a server that has no such call.
func (w *response) Flush() { w.call("Flush", struct{}{}, nil) }

// Hijack takes the connection. The buffered side reads what the client has sent already.
func (w *response) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	if err := w.call("HijackResponse", struct{}{}, nil); err != nil {
		return nil, nil, err
	}
	rw := bufferedSide{w}
	return hijacked{w}, bufio.NewReadWriter(bufio.NewReader(rw), bufio.NewWriter(rw)), nil
}

type bufferedSide struct{ w *response }

func (c bufferedSide) Read(b []byte) (int, error) {
	var data []byte
	err := c.w.call("HjConnRWRead", b, &data)
	return copy(b, data), err
}

func (c bufferedSide) Write(b []byte) (n int, err error) {
	err = c.w.call("HjConnRWWrite", b, &n)
	return n, err
}

type hijacked struct{ w *response }

func (c hijacked) Read(b []byte) (int, error) {
	var data []byte
	err := c.w.call("HjConnRead", len(b), &data)
	return copy(b, data), err
}

func (c hijacked) Write(b []byte) (n int, err error) {
	err = c.w.call("HjConnWrite", b, &n)
	return n, err
}

func (c hijacked) Close() error                  { return c.w.call("HjConnClose", struct{}{}, nil) }
func (c hijacked) LocalAddr() net.Addr           { return nil }
func (c hijacked) RemoteAddr() net.Addr          { return nil }
func (c hijacked) SetDeadline(t time.Time) error { return c.w.call("HjConnSetDeadline", t, nil) }
func (c hijacked) SetReadDeadline(t time.Time) error {
	return c.w.call("HjConnSetReadDeadline", t, nil)
}
func (c hijacked) SetWriteDeadline(t time.Time) error {
	return c.w.call("HjConnSetWriteDeadline", t, nil)
}
