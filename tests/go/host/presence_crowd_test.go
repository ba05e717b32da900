package host

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// presenceRSS is how many KiB the plugin may take with 3,000 clients, after they all got many changes.
// Some 7 MiB are the clients'; the rest is the executable, of which the system maps whatever lies around what runs, and which has all
// the other parts of the product in it, too.
const presenceRSS = 13_250_000 / 1024

// listener is a client that counts which of some changes it has seen.
type listener struct {
	ws   *websocket.Conn
	mu   sync.Mutex
	last map[string]string
	err  error
}

func (l *listener) run() {
	for {
		_, text, err := l.ws.ReadMessage()
		var e listed
		if err == nil {
			err = json.Unmarshal(text, &e)
		}
		l.mu.Lock()
		if err != nil {
			l.err = err
			l.mu.Unlock()
			return
		}
		l.last[e.Email] = e.Status
		l.mu.Unlock()
	}
}

// knows reports whether it has these people's statuses.
func (l *listener) knows(want map[string]string) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for email, status := range want {
		if l.last[email] != status {
			return false, l.err
		}
	}
	return true, l.err
}

// listeners connects so many clients.
func (f *fixture) listeners(n int) []*listener {
	f.t.Helper()
	all := make([]*listener, n)
	dialer := websocket.Dialer{ReadBufferSize: 1024, WriteBufferSize: 256}
	address := "ws" + f.base[len("http"):] + "/api/v1/ws?secret=" + escaped(1)
	turns := make(chan struct{}, 50)
	together(f.t, n, func(i int) error {
		turns <- struct{}{}
		defer func() { <-turns }()
		ws, answer, err := dialer.Dial(address, nil)
		if err != nil {
			return fmt.Errorf("client %d: %w, %v", i, err, answer)
		}
		all[i] = &listener{ws: ws, last: map[string]string{}}
		return nil
	})
	if f.t.Failed() {
		f.t.FailNow()
	}
	for _, l := range all {
		f.t.Cleanup(func() { l.ws.Close() })
		go l.run()
	}
	return all
}

// allKnow waits until all of them do.
func (f *fixture) allKnow(all []*listener, want map[string]string) {
	f.t.Helper()
	for i, l := range all {
		eventuallyWithin(f.t, time.Minute, fmt.Sprintf("client %d knows what changed", i), func() bool {
			there, err := l.knows(want)
			if err != nil {
				f.t.Fatalf("client %d: %v", i, err)
			}
			return there
		})
	}
}

func TestPresenceWithThreeThousandClients(t *testing.T) {
	b, s := onePresence(t)
	const people = 50
	f := presence(t, b, s, people)
	want := expected(people)
	all := f.listeners(3000)
	f.allKnow(all, want)
	t.Logf("plugin memory with 3,000 clients: %d KiB", procStatus(f.Pid(), "VmRSS"))
	for _, status := range []string{"away", "dnd", "online"} {
		for i := range people {
			if want[PersonEmail(i)] != status {
				f.told(i, status)
				want[PersonEmail(i)] = status
			}
		}
	}
	f.allKnow(all, want)
	rss := procStatus(f.Pid(), "VmRSS")
	t.Logf("plugin memory after %d changes: %d KiB", 3*people, rss)
	if rss > presenceRSS {
		t.Errorf("the plugin takes %d KiB, more than %d", rss, presenceRSS)
	}
	if errs := f.callErrors(); len(errs) > 0 {
		t.Errorf("calls failed: %v", errs[0])
	}
}

// rawSocket opens a websocket whose side of the connection takes few bytes, and reads no more than the handshake's answer.
func (f *fixture) rawSocket() *net.TCPConn {
	f.t.Helper()
	u, err := url.Parse(f.base)
	f.ok0(err)
	conn, err := net.Dial("tcp", u.Host)
	f.ok0(err)
	f.t.Cleanup(func() { conn.Close() })
	tcp := conn.(*net.TCPConn)
	f.ok0(tcp.SetReadBuffer(1024))
	_, err = fmt.Fprintf(tcp, "GET %s/api/v1/ws?secret=%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", u.Path, escaped(1), u.Host)
	f.ok0(err)
	head := make([]byte, 12)
	_, err = tcp.Read(head)
	f.ok0(err)
	expect(f.t, "the answer to the handshake", string(head), "HTTP/1.1 101")
	return tcp
}

// Clients that do not read, hardly read, or vanish disturb nobody, and cost no memory.
func TestPresenceWithBadClients(t *testing.T) {
	b, s := onePresence(t)
	const people = 300
	w := NewWorld(s.version)
	w.SetConfig(presenceSettings(b.ID, presenceSecret))
	w.AddCrowd(people, somewhat)
	f := launchBundle(t, b, s, w, presenceSecret, func(front *Front) { front.SendBuffer = 4096 })
	want := expected(people)
	good := f.listeners(3)
	f.allKnow(good, want)
	before := procStatus(f.Pid(), "VmRSS")

	f.rawSocket() // never reads
	slow := f.rawSocket()
	stop := make(chan struct{})
	defer close(stop)
	go func() {
		for one := make([]byte, 1); ; {
			select {
			case <-stop:
				return
			case <-time.After(time.Second):
				if _, err := slow.Read(one); err != nil {
					return
				}
			}
		}
	}()
	for i := range 100 {
		gone := f.rawSocket()
		if i%2 == 0 {
			f.ok0(gone.SetLinger(0)) // a reset, as after a crash
		}
		if i%4 < 2 {
			f.ok0(gone.Close())
		} else {
			defer gone.Close() // it stays, and nobody is there
		}
	}
	for _, status := range []string{"away", "dnd", "online", "offline", "away", "dnd"} {
		for i := range people {
			if want[PersonEmail(i)] != status {
				f.told(i, status)
				want[PersonEmail(i)] = status
			}
		}
		f.allKnow(good, want)
	}
	p := f.program()
	for email, status := range want {
		if p.Status(email) != status {
			t.Errorf("%s is %q, not %q", email, p.Status(email), status)
		}
	}
	f.told(1, "online")
	f.ok0(p.WaitStatus(atOnce, PersonEmail(1), "online"))
	after := procStatus(f.Pid(), "VmRSS")
	t.Logf("plugin memory: %d KiB before, %d KiB with bad clients", before, after)
	if after > presenceRSS {
		t.Errorf("the plugin takes %d KiB, more than %d", after, presenceRSS)
	}
	if status, _, _ := f.get(secretly("/api/v1/status?page=0")); status != http.StatusOK {
		t.Errorf("a page answers %d", status)
	}
}
