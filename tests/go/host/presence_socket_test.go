package host

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// socket opens a websocket with the right secret.
func (f *fixture) socket() *websocket.Conn {
	f.t.Helper()
	ws, answer, err := f.dial("?secret=" + escaped(1))
	if err != nil {
		f.t.Fatalf("a websocket: %v, %v", err, answer)
	}
	return ws
}

// until reads messages until somebody has that status.
func until(ws *websocket.Conn, email, status string) error {
	for {
		_, text, err := ws.ReadMessage()
		if err != nil {
			return fmt.Errorf("waiting for %s to be %s: %w", email, status, err)
		}
		var e listed
		if err := json.Unmarshal(text, &e); err != nil {
			return err
		}
		if e.Email == email && e.Status == status {
			return nil
		}
	}
}

// ends reads until the server closes, and checks the close frame's code.
func ends(t *testing.T, ws *websocket.Conn, codes ...int) {
	t.Helper()
	ws.SetReadDeadline(time.Now().Add(later))
	for {
		if _, _, err := ws.ReadMessage(); err != nil {
			if !websocket.IsCloseError(err, codes...) {
				t.Errorf("the websocket ends with %v, not a close frame of %v", err, codes)
			}
			return
		}
	}
}

// What a client sends is read and means nothing.
func TestPresenceIgnoresWhatClientsSay(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		f.page(0) // the first round is over
		ws := f.socket()
		pong := make(chan string, 1)
		ws.SetPongHandler(func(text string) error { pong <- text; return nil })
		for _, message := range []string{"", "hello", published(UserID("alice"), "dnd"), strings.Repeat("x", 1000)} {
			for _, kind := range []int{websocket.TextMessage, websocket.BinaryMessage} {
				f.ok0(ws.WriteMessage(kind, []byte(message)))
			}
		}
		f.ok0(ws.WriteControl(websocket.PingMessage, []byte("here?"), time.Now().Add(time.Second)))
		f.told(0, "dnd")
		f.ok0(until(ws, PersonEmail(0), "dnd"))
		f.told(0, "away")
		f.ok0(until(ws, PersonEmail(0), "away"))
		select {
		case text := <-pong:
			expect(t, "the pong", text, "here?")
		default:
			t.Error("the ping was not answered")
		}
		f.ok0(ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(time.Second)))
		ends(t, ws, websocket.CloseNormalClosure)
	})
}

// What RFC 6455 forbids ends the connection with its code, and no other one.
func TestPresenceClosesAtViolations(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		f.page(0) // the first round is over
		other := f.socket()
		masked := func(head ...byte) []byte { return append(head, 0, 0, 0, 0) }
		huge := binary.BigEndian.AppendUint64([]byte{0x81, 0xff}, 1<<40)
		for _, c := range []struct {
			name  string
			bytes []byte
			code  int
		}{
			{"an unmasked frame", []byte{0x81, 0x02, 'h', 'i'}, websocket.CloseProtocolError},
			{"a reserved bit", masked(0xc1, 0x80), websocket.CloseProtocolError},
			{"an unknown kind", masked(0x83, 0x80), websocket.CloseProtocolError},
			{"a ping in pieces", masked(0x09, 0x80), websocket.CloseProtocolError},
			{"a ping of 126 bytes", append(masked(0x89, 0xfe, 0, 126), make([]byte, 126)...), websocket.CloseProtocolError},
			{"a continuation of nothing", masked(0x80, 0x80), websocket.CloseProtocolError},
			{"a close frame of one byte", append(masked(0x88, 0x81), 3), websocket.CloseProtocolError},
			{"a terabyte", append(huge, 0, 0, 0, 0), websocket.CloseMessageTooBig},
		} {
			t.Run(c.name, func(t *testing.T) {
				ws := f.socket()
				if _, err := ws.NetConn().Write(c.bytes); err != nil {
					t.Fatal(err)
				}
				ends(t, ws, c.code)
			})
		}
		f.told(0, "dnd")
		f.ok0(until(other, PersonEmail(0), "dnd"))
	})
}

// A message that is too long ends the connection, and costs no memory.
func TestPresenceBoundsWhatClientsSay(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		before := procStatus(f.Pid(), "VmRSS")
		ws := f.socket()
		go func() {
			chunk := bytes.Repeat([]byte("x"), 1<<20)
			w, err := ws.NextWriter(websocket.TextMessage)
			for range 64 {
				if err != nil {
					return // it was closed, which is judged below
				}
				_, err = w.Write(chunk)
			}
		}()
		ends(t, ws, websocket.CloseMessageTooBig, websocket.CloseAbnormalClosure)
		if after := procStatus(f.Pid(), "VmRSS"); after > before+4096 {
			t.Errorf("the plugin's memory went from %d to %d KiB", before, after)
		}
	})
}

func TestPresenceSaysGoodBye(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		old := f.socket()
		settings := presenceSettings(b.ID, "another-secret-altogether")
		f.World.SetConfig(settings)
		changed := make(chan error, 1)
		go func() { changed <- f.OnConfigurationChange() }()
		ends(t, old, websocket.ClosePolicyViolation, websocket.CloseGoingAway, websocket.CloseServiceRestart, websocket.CloseNormalClosure)
		f.ok0(<-changed)
		if status, _, _ := f.get(secretly("/api/v1/status?page=0")); status != 401 {
			t.Errorf("the old secret answers %d", status)
		}
		if _, answer, err := f.dial("?secret=" + escaped(1)); err == nil || answer == nil || answer.StatusCode != http.StatusUnauthorized {
			t.Errorf("a websocket with the old secret: %v, %v", answer, err)
		}
		now, answer, err := f.dial("?secret=another-secret-altogether")
		if err != nil {
			t.Fatalf("a websocket with the new secret: %v, %v", err, answer)
		}
		f.ok0(until(now, "alice@example.com", "online"))
		// What changes nothing closes nothing.
		f.ok0(f.OnConfigurationChange())
		f.told(0, "dnd")
		f.ok0(until(now, PersonEmail(0), "dnd"))
		stopped := make(chan error, 1)
		go func() { stopped <- f.Deactivate() }()
		ends(t, now, websocket.CloseGoingAway)
		f.ok0(<-stopped)
	})
}

// Without a secret everybody is refused, also who was let in before.
func TestPresenceWithoutASecret(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		ws := f.socket()
		f.World.SetConfig(presenceSettings(b.ID, ""))
		f.ok0(f.OnConfigurationChange())
		ends(t, ws, websocket.ClosePolicyViolation, websocket.CloseGoingAway, websocket.CloseServiceRestart, websocket.CloseNormalClosure)
		for _, query := range []string{"", "?secret=", "?secret=" + escaped(1)} {
			if status, _, body := f.get("/api/v1/status" + query); (status != 401 && status != 503) || strings.Contains(body, "example.com") {
				t.Errorf("without a secret set, %q answers %d %.200q", query, status, body)
			}
			if _, _, err := f.dial(query); err == nil {
				t.Errorf("without a secret set, a websocket with %q opens", query)
			}
		}
		if status, _ := f.publish("alice", published(UserID("alice"), "dnd")); status == 200 {
			t.Error("without a secret set, publishing answers 200")
		}
	})
}
