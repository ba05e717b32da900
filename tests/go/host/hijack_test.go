package host

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// hijacked opens a connection to /hijack, sends extra together with the request, and answers the connection after the
// response's head.
func (f *fixture) hijacked(extra []byte) (net.Conn, *bufio.Reader) {
	f.t.Helper()
	u, err := url.Parse(f.base)
	if err != nil {
		f.t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	head := fmt.Sprintf("GET %s/hijack HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n", u.Path, u.Host)
	if _, err := conn.Write(append([]byte(head), extra...)); err != nil {
		f.t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	answer, err := http.ReadResponse(r, nil)
	if err != nil || answer.StatusCode != http.StatusSwitchingProtocols || answer.Header.Get("Upgrade") != "echo" {
		f.t.Fatalf("/hijack answers %v, %v", answer, err)
	}
	return conn, r
}

func mustEcho(t *testing.T, r io.Reader, want []byte) {
	t.Helper()
	got := make([]byte, len(want))
	if n, err := io.ReadFull(r, got); err != nil || !bytes.Equal(got, want) {
		t.Fatalf("%d of %d bytes come back, %v; equal: %v", n, len(want), err, bytes.Equal(got, want))
	}
}

func TestHijackedBytesComeBack(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		for _, extra := range []string{"", "sent together with the request", strings.Repeat("0123456789", 300)} {
			conn, r := f.hijacked([]byte(extra))
			mustEcho(t, r, []byte(extra))
			for _, size := range []int{1, 4096, 4097, 100_000} {
				sent := randomBody(size)
				go conn.Write(sent)
				mustEcho(t, r, sent)
			}
			conn.(*net.TCPConn).CloseWrite()
			if rest, err := io.ReadAll(r); err != nil || len(rest) > 0 {
				t.Errorf("after the client's end come %d bytes, %v", len(rest), err)
			}
		}
		f.still()
		if errs := f.callErrors(); len(errs) > 0 {
			t.Errorf("calls failed: %v", errs)
		}
	})
}

func TestManyHijackedConnections(t *testing.T) {
	f := launch(t, servers[0].options())
	defer f.watchMemory(false)()
	const n = 200
	conns, readers := make([]net.Conn, n), make([]*bufio.Reader, n)
	for i := range n {
		conns[i], readers[i] = f.hijacked(nil)
	}
	together(t, n, func(i int) error {
		for j := range 10 {
			sent := fmt.Sprintf("connection %d message %d;", i, j)
			if _, err := io.WriteString(conns[i], sent); err != nil {
				return err
			}
			got := make([]byte, len(sent))
			if _, err := io.ReadFull(readers[i], got); err != nil || string(got) != sent {
				return fmt.Errorf("%q comes back as %q, %v", sent, got, err)
			}
		}
		return nil
	})
	for _, c := range conns {
		c.Close()
	}
	f.still()
}

// A plugin that is stopped while clients hang on closes their connections.
func TestStoppingWithHijackedConnections(t *testing.T) {
	o := servers[0].options()
	f := launch(t, o)
	_, r := f.hijacked(nil)
	pid := f.Pid()
	began := time.Now()
	if err := f.Deactivate(); err != nil {
		t.Errorf("OnDeactivate: %v", err)
	}
	if took := time.Since(began); took > 4*time.Second {
		t.Errorf("deactivation took %v", took)
	}
	if alive(pid) {
		t.Errorf("process %d is still there", pid)
	}
	if !strict {
		t.Log("the Go probe does not close hijacked connections: not judged")
		return
	}
	if _, err := io.ReadAll(r); err != nil {
		t.Errorf("the client's connection ends with %v", err)
	}
}

func TestWebSocket(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		ws, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(f.base, "http")+"/ws", nil)
		if err != nil {
			t.Fatalf("%v (%v)", err, answer)
		}
		defer ws.Close()
		ws.SetReadDeadline(time.Now().Add(20 * time.Second))
		pong := make(chan string, 1)
		ws.SetPongHandler(func(text string) error { pong <- text; return nil })
		if err := ws.WriteControl(websocket.PingMessage, []byte("are you there"), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		for _, message := range [][]byte{[]byte("text"), {}, randomBody(125), randomBody(126), randomBody(65_535), randomBody(65_536), randomBody(300_000)} {
			kind := websocket.BinaryMessage
			if len(message) == 4 {
				kind = websocket.TextMessage
			}
			if err := ws.WriteMessage(kind, message); err != nil {
				t.Fatal(err)
			}
			gotKind, got, err := ws.ReadMessage()
			if err != nil || gotKind != kind || !bytes.Equal(got, message) {
				t.Fatalf("%d bytes of kind %d come back as %d bytes of kind %d, %v", len(message), kind, len(got), gotKind, err)
			}
		}
		select {
		case text := <-pong:
			expect(t, "the pong", text, "are you there")
		default:
			t.Error("the ping was not answered")
		}
		if err := ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, _, err := ws.ReadMessage(); !websocket.IsCloseError(err, websocket.CloseNormalClosure) {
			t.Errorf("the close is answered by %v", err)
		}
		if status, _, _ := f.get("/ws"); status != 400 && status != 426 {
			t.Errorf("a plain GET of /ws answers %d", status)
		}
		f.still()
	})
}
