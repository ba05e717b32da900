package host

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

var (
	errNotHijacked = errors.New("response is not hijacked")
	errHijacked    = errors.New("response was already hijacked")
	errCannot      = errors.New("response cannot be hijacked")
)

// responseServer answers the plugin's calls on a response stream, each in a goroutine of its own as net/rpc does it.
type responseServer struct {
	w     http.ResponseWriter
	logs  *Logs
	calls *Calls

	conn net.Conn
	rw   *bufio.ReadWriter
	buf  []byte
}

// flushServer is a response on 11.x.
type flushServer struct{ responseServer }

// Flush sends what is buffered.
func (s *flushServer) Flush(struct{}, *struct{}) error {
	defer s.calls.enter("Flush")()
	if f, ok := s.w.(http.Flusher); ok {
		f.Flush()
	}
	return nil
}

// Header answers the headers that are set so far.
func (s *responseServer) Header(_ struct{}, reply *http.Header) error {
	defer s.calls.enter("Header")()
	*reply = s.w.Header()
	return nil
}

// SyncHeader makes the headers what the plugin says, and nothing else.
func (s *responseServer) SyncHeader(header http.Header, _ *struct{}) error {
	defer s.calls.enter("SyncHeader")()
	own := s.w.Header()
	for name := range own {
		if _, keep := header[name]; !keep {
			delete(own, name)
		}
	}
	for name, values := range header {
		own[name] = values
	}
	return nil
}

// WriteHeader sends the status, if it is one.
func (s *responseServer) WriteHeader(status int, _ *struct{}) error {
	defer s.calls.enter("WriteHeader")()
	if status < 100 || status > 999 {
		s.logs.Add("error", fmt.Sprintf("Plugin tried to write an invalid http status code: %d.", status))
		return errors.New("invalid http status code")
	}
	s.w.WriteHeader(status)
	return nil
}

// Write sends bytes of the body.
func (s *responseServer) Write(b []byte, _ *struct{}) error {
	defer s.calls.enter("Write")()
	_, err := s.w.Write(b)
	return err
}

// HijackResponse takes the connection out of the HTTP server.
func (s *responseServer) HijackResponse(struct{}, *struct{}) error {
	defer s.calls.enter("HijackResponse")()
	if s.conn != nil {
		return errHijacked
	}
	h, ok := s.w.(http.Hijacker)
	if !ok {
		return errCannot
	}
	conn, rw, err := h.Hijack()
	if err != nil {
		return err
	}
	s.conn, s.rw, s.buf = conn, rw, make([]byte, 4096)
	return nil
}

// HjConnRead reads from the connection, past the buffered reader.
func (s *responseServer) HjConnRead(size int, reply *[]byte) error {
	defer s.calls.enter("HjConnRead")()
	if s.conn == nil {
		return errNotHijacked
	}
	if size > len(s.buf) {
		s.buf = make([]byte, size)
	}
	n, err := s.conn.Read(s.buf[:size])
	*reply = s.buf[:n]
	if n > 0 {
		return nil
	}
	return err
}

// HjConnRWRead reads through the buffered reader, as many bytes as were sent.
func (s *responseServer) HjConnRWRead(b []byte, reply *[]byte) error {
	defer s.calls.enter("HjConnRWRead")()
	if s.conn == nil {
		return errNotHijacked
	}
	data := make([]byte, len(b))
	n, err := s.rw.Read(data)
	if err != nil {
		return err
	}
	*reply = data[:n]
	return nil
}

// HjConnWrite writes to the connection.
func (s *responseServer) HjConnWrite(b []byte, reply *int) error {
	defer s.calls.enter("HjConnWrite")()
	if s.conn == nil {
		return errNotHijacked
	}
	n, err := s.conn.Write(b)
	*reply = n
	return err
}

// HjConnRWWrite writes into the buffered writer, which nothing flushes but more of the same.
func (s *responseServer) HjConnRWWrite(b []byte, reply *int) error {
	defer s.calls.enter("HjConnRWWrite")()
	if s.conn == nil {
		return errNotHijacked
	}
	n, err := s.rw.Write(b)
	*reply = n
	return err
}

// HjConnClose closes the connection.
func (s *responseServer) HjConnClose(struct{}, *struct{}) error {
	defer s.calls.enter("HjConnClose")()
	if s.conn == nil {
		return errNotHijacked
	}
	return s.conn.Close()
}

func (s *responseServer) deadline(name string, set func(net.Conn) error) error {
	defer s.calls.enter(name)()
	if s.conn == nil {
		return errNotHijacked
	}
	return set(s.conn)
}

// HjConnSetDeadline limits reads and writes.
func (s *responseServer) HjConnSetDeadline(t time.Time, _ *struct{}) error {
	return s.deadline("HjConnSetDeadline", func(c net.Conn) error { return c.SetDeadline(t) })
}

// HjConnSetReadDeadline limits reads.
func (s *responseServer) HjConnSetReadDeadline(t time.Time, _ *struct{}) error {
	return s.deadline("HjConnSetReadDeadline", func(c net.Conn) error { return c.SetReadDeadline(t) })
}

// HjConnSetWriteDeadline limits writes.
func (s *responseServer) HjConnSetWriteDeadline(t time.Time, _ *struct{}) error {
	return s.deadline("HjConnSetWriteDeadline", func(c net.Conn) error { return c.SetWriteDeadline(t) })
}
