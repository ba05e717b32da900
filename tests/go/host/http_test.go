package host

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestPlainRoutes(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		f.World.AddPeople(3)
		for _, c := range []struct {
			method, path string
			status       int
			body         string
		}{
			{"GET", "/empty", 200, ""},
			{"GET", "/ok", 200, "OK"},
			{"POST", "/ok", 200, "OK"},
			{"GET", "/phone/incoming-call/bob/0240404040?secret=s", 200, "OK"},
			{"GET", "/phone/incoming-call/bob/0240404040?secret=x", 401, "Unauthorized"},
			{"GET", "/none", 404, ""},
			{"GET", "/code/204", 204, ""},
			{"GET", "/code/299", 299, ""},
			{"GET", "/code/404", 404, ""},
			{"GET", "/code/599", 599, ""},
			{"GET", "/code/999", 999, ""},
			{"GET", "/panic", 500, ""},
			{"GET", "/sleep?ms=5", 200, "OK"},
			{"POST", "/early", 413, ""},
			{"POST", "/ignore", 200, "OK"},
			{"GET", "/stream?n=3&ms=1", 200, "line 0\nline 1\nline 2\n"},
			{"GET", "/source?bytes=5", 200, "\x00\x01\x02\x03\x04"},
		} {
			status, _, body := f.do(c.method, c.path, nil)
			if status != c.status || (c.body != "" && !strings.HasPrefix(body, c.body)) || (c.status == 200 && body != c.body) {
				t.Errorf("%s %s answers %d %q", c.method, c.path, status, body)
			}
		}
		if status, _, body := f.do("HEAD", "/ok", nil); status != 200 || body != "" {
			t.Errorf("HEAD answers %d %q", status, body)
		}
		var list []struct {
			UserID string `json:"user_id"`
			Status string `json:"status"`
		}
		_, _, body := f.get("/statuses?n=3")
		if err := json.Unmarshal([]byte(body), &list); err != nil || len(list) != 3 || list[2].UserID != "user0002" || list[2].Status != "online" {
			t.Errorf("/statuses answers %s (%v)", body, err)
		}
		if errs := f.callErrors(); len(errs) > 0 {
			t.Errorf("the server logs %v", errs)
		}
	})
}

// A status that is none never reaches net/http, which would panic in the server, and the plugin lives.
func TestStatusesThatAreNone(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		for _, code := range []string{"42", "99", "0", "-1", "1000", "70000", "2147483648"} {
			status, _, _ := f.get("/code/" + code)
			if status != 200 && status != 404 && status != 500 {
				t.Errorf("/code/%s answers %d", code, status)
			}
			f.still()
		}
	})
}

func TestPanicsCostOneRequestEach(t *testing.T) {
	f := launch(t, servers[0].options())
	pid := f.Pid()
	for range 50 {
		if status, _, _ := f.get("/panic"); status != 500 {
			t.Fatalf("/panic answers %d", status)
		}
	}
	f.still()
	expect(t, "the process", f.Pid(), pid)
	expect(t, "alive", alive(pid), true)
}

type echoedRequest struct {
	Method, Path, Query, Host, Remote, Proto string
	RequestURI                               string `json:"request_uri"`
	Header                                   http.Header
	UserID                                   string `json:"user_id"`
	Context                                  struct {
		SessionID      string `json:"session_id"`
		RequestID      string `json:"request_id"`
		IPAddress      string `json:"ip_address"`
		AcceptLanguage string `json:"accept_language"`
		UserAgent      string `json:"user_agent"`
	}
}

// echoed sends a request to /request and answers what arrived. path is what stands on the request line after the plugin's own path.
func (f *fixture) echoed(method, path string, header http.Header, body io.Reader) echoedRequest {
	f.t.Helper()
	r, err := http.NewRequest(method, f.base+path, body)
	if err != nil {
		f.t.Fatal(err)
	}
	for name, values := range header {
		r.Header[name] = values
	}
	status, _, text := f.send(r)
	var e echoedRequest
	if err := json.Unmarshal([]byte(text), &e); err != nil || status != 200 {
		f.t.Fatalf("%s %s answers %d %q (%v)", method, path, status, text, err)
	}
	return e
}

func TestWhatArrivesOfARequest(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		id := f.PluginID
		e := f.echoed("GET", "/request/a%2Fb%20c/%C3%BC?z=1&a=%20x&a=2&access_token=none", http.Header{
			"Referer": {"http://x/?secret=1"}, "Accept-Language": {"de"}, "User-Agent": {"phone/1"}, "Mattermost-User-Id": {"forged"}, "Mattermost-Plugin-Id": {"forged"},
			"X-Many": {"1", "2"}, "Authorization": {"Basic abc"}, "Cookie": {"MMAUTHTOKEN=wrong; other=1"}}, nil)
		expect(t, "the path", e.Path, "/request/a/b c/ü")
		expect(t, "the request URI", e.RequestURI, "/plugins/"+id+"/request/a%2Fb%20c/%C3%BC?z=1&a=%20x&a=2&access_token=none")
		expect(t, "the query", e.Query, "a=+x&a=2&z=1")
		expect(t, "the method", e.Method, "GET")
		expect(t, "the protocol", e.Proto, "HTTP/1.1")
		expect(t, "the host", "http://"+e.Host+"/plugins/"+id, f.base)
		expect(t, "the user", e.UserID, "")
		expect(t, "Referer", e.Header.Get("Referer"), "")
		expect(t, "the plugin id header", e.Header.Get("Mattermost-Plugin-Id"), "")
		expect(t, "Authorization without a session", e.Header.Get("Authorization"), "Basic abc")
		expect(t, "Cookie", e.Header.Get("Cookie"), "other=1")
		expect(t, "X-Many", strings.Join(e.Header["X-Many"], ","), "1,2")
		expect(t, "the user agent", e.Context.UserAgent, "phone/1")
		expect(t, "the language", e.Context.AcceptLanguage, "de")
		expect(t, "the address", e.Context.IPAddress, "127.0.0.1")
		expect(t, "the session", e.Context.SessionID, "")
		if e.Context.RequestID == "" || !strings.HasPrefix(e.Remote, "127.0.0.1:") {
			t.Errorf("request id %q, remote %q", e.Context.RequestID, e.Remote)
		}
		alice := UserID("alice")
		for what, c := range map[string]struct {
			method, query string
			header        http.Header
			user          string
		}{
			"bearer":             {"POST", "", http.Header{"Authorization": {"Bearer token-alice"}}, alice},
			"token":              {"POST", "", http.Header{"Authorization": {"token token-alice"}}, alice},
			"cookie, GET":        {"GET", "", http.Header{"Cookie": {"MMAUTHTOKEN=token-alice"}}, alice},
			"cookie, POST":       {"POST", "", http.Header{"Cookie": {"MMAUTHTOKEN=token-alice"}}, ""},
			"cookie, POST, CSRF": {"POST", "", http.Header{"Cookie": {"MMAUTHTOKEN=token-alice"}, "X-Csrf-Token": {"csrf-alice"}}, alice},
			"query":              {"GET", "?access_token=token-alice", http.Header{}, alice},
			"unknown token":      {"GET", "", http.Header{"Authorization": {"Bearer none"}}, ""},
		} {
			e := f.echoed(c.method, "/request"+c.query, c.header, nil)
			expect(t, what+": the user", e.UserID, c.user)
			if c.user != "" && (e.Header.Get("Authorization") != "" || e.Context.SessionID == "" || strings.Contains(e.Query, "access_token")) {
				t.Errorf("%s: what signed the request in arrives: %+v", what, e)
			}
		}
	})
}

// A client may send letters of Latin-1 in its headers, as some phones do in their names.
func TestHeadersThatAreNotUTF8(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		r, err := http.NewRequest("GET", f.base+"/ok", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("User-Agent", "Tel\xf6fon")
		r.Header.Set("Accept-Language", "d\xeb")
		status, _, body := f.send(r)
		expect(t, "the status", status, 200)
		expect(t, "the body", body, "OK")
		if errs := f.callErrors(); len(errs) > 0 {
			t.Errorf("the server logs %v", errs)
		}
	})
}

// A request with a long URL and many headers. Rust's http crate holds URLs of up to 64 KiB; longer ones are 414.
func TestALargeRequestHead(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		long := strings.Repeat("x", 60_000)
		header := http.Header{}
		for i := range 500 {
			header.Set(fmt.Sprintf("X-Header-%d", i), strings.Repeat("v", 500))
		}
		e := f.echoed("GET", "/request?q="+long, header, nil)
		expect(t, "the query's length", len(e.Query), len(long)+2)
		expect(t, "the last header's length", len(e.Header.Get("X-Header-499")), 500)
		for _, path := range []string{"/ok?q=" + strings.Repeat("x", 70_000), "/ok?q=" + strings.Repeat("x", 700_000)} {
			if status, _, _ := f.get(path); status != 200 && status != 414 {
				t.Errorf("a URL of %d bytes answers %d", len(path), status)
			}
		}
		f.still()
	})
}

func TestHeadersOfTheServerStay(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options(), func(front *Front) {
			front.Preset = http.Header{"Vary": {"Origin"}, "X-Ratelimit-Limit": {"101"}}
		})
		status, header, _ := f.get("/headers")
		expect(t, "the status", status, 200)
		expect(t, "X-Probe", header.Get("X-Probe"), "1")
		expect(t, "the cookies", strings.Join(header["Set-Cookie"], ","), "a=1,b=2")
		expect(t, "Vary", header.Get("Vary"), "Origin")
		expect(t, "X-Ratelimit-Limit", header.Get("X-Ratelimit-Limit"), "101")
		if !strict {
			return // Mattermost's Go SDK deletes them when a handler writes without asking for the headers
		}
		for _, path := range []string{"/ok", "/empty"} {
			_, header, _ = f.get(path)
			expect(t, path+": Vary", header.Get("Vary"), "Origin")
		}
	})
}

// On 11.x each line comes as it is made; before, the server keeps them until there are enough.
func TestAStreamIsLiveWhereTheServerCanFlush(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		o := s.options()
		o.Trace = &Trace{}
		f := launch(t, o)
		answer, err := f.client.Get(f.base + "/stream?n=3&ms=300")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		began := time.Now()
		first := make([]byte, 7)
		if _, err := io.ReadFull(answer.Body, first); err != nil || string(first) != "line 0\n" {
			t.Fatalf("the stream begins with %q, %v", first, err)
		}
		early := time.Since(began)
		rest, err := io.ReadAll(answer.Body)
		if err != nil || string(rest) != "line 1\nline 2\n" {
			t.Errorf("the stream goes on with %q, %v", rest, err)
		}
		flushed := 0
		for _, name := range o.Trace.Requests()[0].Names() {
			if name == "Flush" {
				flushed++
			}
		}
		if !s.noFlush && flushed == 0 {
			t.Errorf("nothing was flushed; the first line came after %v", early)
		}
		if errs := f.callErrors(); len(errs) > 0 {
			t.Errorf("the server logs %v", errs)
		}
		f.still()
	})
}

func TestClientsThatLeave(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		u, err := url.Parse(f.base)
		if err != nil {
			t.Fatal(err)
		}
		leave := func(head string, sent int, read int) {
			t.Helper()
			conn, err := net.Dial("tcp", u.Host)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			fmt.Fprintf(conn, head, u.Path, u.Host)
			conn.Write(make([]byte, sent))
			conn.SetReadDeadline(time.Now().Add(5 * time.Second))
			io.CopyN(io.Discard, conn, int64(read))
		}
		for range 5 {
			leave("POST %s/sink HTTP/1.1\r\nHost: %s\r\nContent-Length: 10000000\r\n\r\n", 1_000_000, 0)
			leave("POST %s/echo HTTP/1.1\r\nHost: %s\r\nContent-Length: 10000000\r\n\r\n", 1_000_000, 10_000)
			leave("GET %s/source?bytes=20000000 HTTP/1.1\r\nHost: %s\r\n\r\n", 0, 100_000)
			leave("GET %s/stream?n=50&ms=2 HTTP/1.1\r\nHost: %s\r\n\r\n", 0, 0)
		}
		f.still()
		if lines := f.Logs.Containing("timeout waiting for accept"); len(lines) > 0 {
			t.Errorf("streams were not dialled: %v", lines)
		}
		if text := f.Logs.Containing("panicked"); len(text) > 0 {
			t.Errorf("a client that left made the plugin panic: %v", text)
		}
	})
}
