package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/hashicorp/go-hclog"

	"switchboard.test/go/sdk"
	"switchboard.test/go/wire"
)

const (
	phoneSecret = "s"
	sourceChunk = 32 * 1024
)

type probe struct {
	log hclog.Logger
	api *sdk.API

	requests atomic.Int64 // that ServeHTTP got

	mu     sync.Mutex
	phones map[string]string // user -> last action
}

// ServeHTTP serves the routes of the contract.
func (p *probe) ServeHTTP(c *wire.Context, w http.ResponseWriter, r *http.Request) {
	p.requests.Add(1)
	defer func() {
		if reason := recover(); reason != nil {
			p.log.Error("a handler panicked", "path", r.URL.Path, "reason", fmt.Sprint(reason))
			http.Error(w, "500 internal server error", http.StatusInternalServerError)
		}
	}()
	if r.URL.RawQuery != "" {
		if token := r.URL.Query().Get("token"); token != "" {
			w.Header().Set("X-Token", token)
		}
	}
	first, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	switch first {
	case "empty":
	case "ok":
		io.WriteString(w, "OK")
	case "phone":
		p.phone(w, r, rest)
	case "echo":
		copyBody(w, r.Body)
	case "sink":
		sink(w, r)
	case "source":
		source(w, number(r, "bytes"))
	case "code":
		code, err := strconv.Atoi(rest)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		w.WriteHeader(code)
	case "request":
		request(c, w, r)
	case "headers":
		w.Header().Set("X-Probe", "1")
		w.Header().Add("Set-Cookie", "a=1")
		w.Header().Add("Set-Cookie", "b=2")
		w.WriteHeader(http.StatusOK)
	case "hijack":
		hijack(w)
	case "ws":
		echoMessages(w, r)
	case "panic":
		panic("as asked for")
	case "sleep":
		time.Sleep(time.Duration(number(r, "ms")) * time.Millisecond)
		io.WriteString(w, "OK")
	case "stream":
		stream(w, number(r, "n"), time.Duration(number(r, "ms"))*time.Millisecond)
	case "early":
		w.WriteHeader(http.StatusRequestEntityTooLarge)
	case "ignore":
		io.WriteString(w, "OK")
	case "statuses":
		p.statuses(w, number(r, "n"))
	case "api":
		p.callAPI(w, r)
	default:
		http.NotFound(w, r)
	}
}

// ServeMetrics answers how many requests ServeHTTP got, in Prometheus's text form.
func (p *probe) ServeMetrics(_ *wire.Context, w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, "probe_requests_total %d\n", p.requests.Load())
}

func number(r *http.Request, name string) int64 {
	n, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func answerJSON(w http.ResponseWriter, status int, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		status, text = http.StatusInternalServerError, []byte(`{"error":"the answer is not JSON"}`)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(text)
}

func (p *probe) phone(w http.ResponseWriter, r *http.Request, rest string) {
	parts := strings.Split(rest, "/")
	if len(parts) != 3 {
		http.NotFound(w, r)
		return
	}
	if subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("secret")), []byte(phoneSecret)) != 1 {
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
		return
	}
	p.mu.Lock()
	p.phones[parts[1]] = parts[0]
	p.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	io.WriteString(w, "OK")
}

func copyBody(w http.ResponseWriter, body io.Reader) {
	w.Header().Set("Content-Type", "application/octet-stream")
	chunk := make([]byte, sourceChunk)
	for {
		n, err := body.Read(chunk)
		if n > 0 {
			if _, err := w.Write(chunk[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func sink(w http.ResponseWriter, r *http.Request) {
	h := sha256.New()
	n, err := io.Copy(h, r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{"bytes": n, "sha256": hex.EncodeToString(h.Sum(nil))})
}

func source(w http.ResponseWriter, n int64) {
	w.Header().Set("Content-Type", "application/octet-stream")
	chunk := make([]byte, sourceChunk)
	for at := int64(0); at < n; {
		size := min(n-at, int64(len(chunk)))
		for i := range chunk[:size] {
			chunk[i] = byte((at + int64(i)) % 251)
		}
		if _, err := w.Write(chunk[:size]); err != nil {
			return
		}
		at += size
	}
}

func request(c *wire.Context, w http.ResponseWriter, r *http.Request) {
	answerJSON(w, http.StatusOK, map[string]any{
		"method": r.Method, "path": r.URL.Path, "query": r.URL.RawQuery, "request_uri": r.RequestURI, "host": r.Host,
		"remote": r.RemoteAddr, "proto": r.Proto, "header": r.Header, "user_id": r.Header.Get("Mattermost-User-Id"),
		"context": map[string]any{"session_id": c.SessionId, "request_id": c.RequestId, "ip_address": c.IPAddress,
			"accept_language": c.AcceptLanguage, "user_agent": c.UserAgent},
	})
}

func hijack(w http.ResponseWriter) {
	conn, rw, err := w.(http.Hijacker).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"); err != nil {
		return
	}
	io.Copy(conn, rw.Reader)
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

func echoMessages(w http.ResponseWriter, r *http.Request) {
	conn, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer conn.Close()
	for {
		kind, message, err := conn.ReadMessage()
		if err != nil {
			return
		}
		if err := conn.WriteMessage(kind, message); err != nil {
			return
		}
	}
}

func stream(w http.ResponseWriter, lines int64, pause time.Duration) {
	w.Header().Set("Content-Type", "text/plain")
	for i := range lines {
		if i > 0 {
			time.Sleep(pause)
		}
		if _, err := fmt.Fprintf(w, "line %d\n", i); err != nil {
			return
		}
		w.(http.Flusher).Flush()
	}
}

func (p *probe) statuses(w http.ResponseWriter, n int64) {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("user%04d", i)
	}
	var reply wire.Z_StatusesReturns
	if err := p.api.Call("GetUserStatusesByIds", &wire.Z_TextsArgs{A: ids}, &reply); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if reply.B != nil {
		http.Error(w, reply.B.Error(), reply.B.StatusCode)
		return
	}
	answerJSON(w, http.StatusOK, reply.A)
}
