package host

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// escaped percent-escapes the secret so many times.
func escaped(times int) string {
	text := presenceSecret
	for range times {
		text = url.QueryEscape(text)
	}
	return text
}

func (f *fixture) form(path, body string) (int, string) {
	f.t.Helper()
	r, err := http.NewRequest(http.MethodPost, f.base+path, strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, _, text := f.send(r)
	return status, text
}

func (f *fixture) bearer(path, secret string) (int, string) {
	f.t.Helper()
	r, err := http.NewRequest(http.MethodGet, f.base+path, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	status, _, text := f.send(r)
	return status, text
}

// dial opens a websocket, which fails when it is refused.
func (f *fixture) dial(query string) (*websocket.Conn, *http.Response, error) {
	ws, answer, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(f.base, "http")+"/api/v1/ws"+query, nil)
	if err == nil {
		f.t.Cleanup(func() { ws.Close() })
		ws.SetReadDeadline(time.Now().Add(later))
	}
	return ws, answer, err
}

func TestPresenceSecretInEveryForm(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		for times := 1; times <= 5; times++ {
			if status, _, body := f.get("/api/v1/status?page=0&secret=" + escaped(times)); status != 200 {
				t.Errorf("escaped %d times: %d %.200q", times, status, body)
			}
			if _, answer, err := f.dial("?secret=" + escaped(times)); err != nil {
				t.Errorf("a websocket with the secret escaped %d times: %v, %v", times, err, answer)
			}
			if status, body := f.form("/api/v1/status", "page=0&secret="+escaped(times)); status != 200 || !strings.Contains(body, "alice@example.com") {
				t.Errorf("a form with the secret escaped %d times: %d %.200q", times, status, body)
			}
		}
		if status, body := f.form("/api/v1/status?page=0", "secret="+escaped(1)); status != 200 || !strings.Contains(body, "alice@example.com") {
			t.Errorf("the secret in a form, the page in the URL: %d %.200q", status, body)
		}
		if status, body := f.form("/api/v1/status", "page=7&secret="+escaped(1)); status != 200 || strings.TrimSpace(body) != "[]" {
			t.Errorf("a form for a page beyond the end: %d %.200q", status, body)
		}
		if status, body := f.bearer("/api/v1/status?page=0", presenceSecret); status != 200 {
			t.Errorf("the secret as a bearer: %d %.200q", status, body)
		}
	})
}

func TestPresenceRefuses(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		for _, query := range []string{"", "?secret=", "?secret=wrong", "?secret=" + escaped(1)[:20], "?secret=" + escaped(1) + "x", "?secret=%zz", "?secret=" + strings.ToLower(escaped(1))} {
			page := "?page=0&" + strings.TrimPrefix(query, "?")
			if status, _, body := f.get("/api/v1/status" + page); status != 401 || strings.Contains(body, "example.com") {
				t.Errorf("/api/v1/status%s answers %d %.200q", page, status, body)
			}
			if _, answer, err := f.dial(query); err == nil || answer == nil || answer.StatusCode != 401 {
				t.Errorf("/api/v1/ws%s answers %v, %v", query, answer, err)
			}
		}
		if status, body := f.form("/api/v1/status", "page=0&secret=wrong"); status != 401 {
			t.Errorf("a wrong secret in a form answers %d %.200q", status, body)
		}
		if status, body := f.bearer("/api/v1/status?page=0", "wrong"); status != 401 {
			t.Errorf("a wrong secret as a bearer answers %d %.200q", status, body)
		}
		for _, page := range []string{"-1", "x", "1x", "1.5", "0x1", "%00", "+1", "1%201"} {
			status, _, body := f.get(secretly("/api/v1/status?page=" + page))
			if status != 400 || !strings.Contains(body, "page") {
				t.Errorf("page %s answers %d %.200q", page, status, body)
			}
		}
		if status, _, body := f.get(secretly("/api/v1/ws")); status != 426 || body == "" {
			t.Errorf("a GET of /ws that is no websocket answers %d %.200q", status, body)
		}
		for _, method := range []string{"PUT", "DELETE", "PATCH"} {
			if status, header, _ := f.do(method, secretly("/api/v1/status"), nil); status != 405 || header.Get("Allow") == "" {
				t.Errorf("%s of /api/v1/status answers %d", method, status)
			}
		}
		if status, _, _ := f.do("POST", secretly("/api/v1/ws"), nil); status != 405 && status != 426 {
			t.Errorf("POST of /api/v1/ws answers %d", status)
		}
		if status, _, body := f.get(secretly("/api/v1/status?page=0")); status != 200 {
			t.Errorf("after all that the right secret answers %d %.200q", status, body)
		}
	})
}

// Guessing is slowed down, and a colleague behind the same address is not.
func TestPresenceLimitsWrongSecrets(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		limited := 0
		for i := range 200 {
			status, header, _ := f.get(fmt.Sprintf("/api/v1/status?page=0&secret=guess%d", i))
			switch status {
			case 401:
				if limited > 0 {
					t.Fatalf("guess %d is not limited, an earlier one was", i)
				}
			case 429:
				limited++
				if header.Get("Retry-After") == "" {
					t.Error("429 without Retry-After")
				}
			default:
				t.Fatalf("guess %d answers %d", i, status)
			}
			if i%50 == 49 {
				if status, _, body := f.get(secretly("/api/v1/status?page=0")); status != 200 {
					t.Errorf("the right secret answers %d %.200q", status, body)
				}
				if _, answer, err := f.dial("?secret=" + escaped(1)); err != nil {
					t.Errorf("a websocket with the right secret: %v, %v", err, answer)
				}
			}
		}
		if limited == 0 {
			t.Error("200 wrong secrets were not limited")
		}
		lines := f.Logs.Containing("127.0.0.1")
		if len(lines) == 0 {
			t.Error("no line of the log tells of wrong secrets")
		}
		for _, l := range f.Logs.Lines() {
			if strings.Contains(fmt.Sprint(l), "guess1") {
				t.Errorf("a guess is in the log: %v", l)
			}
		}
	})
}

func TestPresenceLogsClients(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		var conns []*websocket.Conn
		logged := func(want ...string) {
			t.Helper()
			eventually(t, fmt.Sprintf("the log tells of %v clients in turn", want), func() bool {
				var numbers []string
				for _, l := range f.Logs.Lines() {
					if n, ok := l.Fields["clients"]; ok && l.Level == "info" {
						numbers = append(numbers, fmt.Sprint(n))
					}
				}
				return slices.Equal(numbers, want)
			})
		}
		for range 2 {
			conns = append(conns, f.socket())
		}
		logged("1", "2")
		conns[0].Close()
		logged("1", "2", "1")
		conns[1].Close()
		logged("1", "2", "1", "0")
	})
}

func TestPresencePublishing(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 10)
		f.page(0) // the first round is over
		alice := UserID("alice")
		for _, c := range []struct {
			as, body string
			want     int
		}{
			{"", published(alice, "dnd"), 401},
			{"nobody", published(alice, "dnd"), 401},
			{"bob", published(alice, "dnd"), 403},
			{"admin", published(alice, "dnd"), 403},
			{"alice", published(alice, "busy"), 400},
			{"alice", published(alice, "ooo"), 400},
			{"alice", published(alice, "Online"), 400},
			{"alice", published(alice, ""), 400},
			{"alice", published("", "dnd"), 400},
			{"alice", published(idOf("nobody"), "dnd"), 400},
			{"alice", published(alice+"x", "dnd"), 400},
			{"alice", fmt.Sprintf(`{"user_id":%q}`, alice), 400},
			{"alice", fmt.Sprintf(`{"user_id":%q,"status":null}`, alice), 400},
			{"alice", fmt.Sprintf(`{"user_id":%q,"status":["dnd"]}`, alice), 400},
			{"alice", `[]`, 400},
			{"alice", ``, 400},
			{"alice", `{`, 400},
			{"alice", "\xff\xfe", 400},
			{"alice", strings.Repeat("[", 20_000), 400},
		} {
			if status, body := f.publish(c.as, c.body); status != c.want || body == "" {
				t.Errorf("%q publishes %.80q: %d %.200q, not %d", c.as, c.body, status, body, c.want)
			}
		}
		if status, _ := f.publish("alice", `{"user_id":"`+strings.Repeat("x", 1<<20)+`"}`); status != 413 && status != 400 {
			t.Errorf("a body of a megabyte answers %d", status)
		}
		// A GET is signed in by a cookie alone, whoever sent somebody there.
		r, err := http.NewRequest(http.MethodGet, f.base+"/api/v1/status/publish?user_id="+alice+"&status=dnd", nil)
		f.ok0(err)
		r.AddCookie(&http.Cookie{Name: cookieToken, Value: "token-alice"})
		if status, _, _ := f.send(r); status != 405 {
			t.Errorf("a GET answers %d", status)
		}
		for _, e := range f.pages() {
			if e.UserID == alice && e.Status != "online" {
				t.Errorf("alice is %s", e.Status)
			}
		}
		if status, body := f.publish("alice", published(alice, "away")); status != 200 || strings.TrimSpace(body) != `{"status":"OK"}` {
			t.Errorf("publishing one's own status answers %d %q", status, body)
		}
	})
}
