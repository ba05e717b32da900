package host

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"path"
	"strings"
	"sync"

	"switchboard.test/go/wire"
)

// The names of Mattermost's cookie and headers.
const (
	cookieToken  = "MMAUTHTOKEN"
	headerCSRF   = "X-CSRF-Token"
	headerUserID = "Mattermost-User-Id"
)

// Front is the server's HTTP side: it does to a request what Mattermost does, and hands it to the plugin.
type Front struct {
	World *World
	// Preset is what stands in every response before the plugin sees it.
	Preset http.Header
	// FullDuplex lets a handler read the body on while it writes the answer, which Mattermost's server does not.
	FullDuplex bool
	// SendBuffer, when set, is how many bytes a connection's socket takes before its reader has to read.
	SendBuffer int

	mu      sync.RWMutex
	plugins map[string]*Plugin
}

// NewFront makes a front without plugins.
func NewFront(w *World) *Front { return &Front{World: w, plugins: map[string]*Plugin{}} }

// Set puts a plugin under /plugins/<id>; nil takes it away.
func (f *Front) Set(id string, p *Plugin) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if p == nil {
		delete(f.plugins, id)
		return
	}
	f.plugins[id] = p
}

// ServeHTTP serves /plugins/<id>/….
func (f *Front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if clean := cleanPath(r.URL.Path); clean != r.URL.Path {
		u := *r.URL
		u.Path = clean
		http.Redirect(w, r, u.String(), http.StatusMovedPermanently)
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/plugins/")
	if !ok || strings.ContainsAny(r.URL.Path, "\n") {
		http.NotFound(w, r)
		return
	}
	id, _, _ := strings.Cut(rest, "/")
	f.mu.RLock()
	p := f.plugins[id]
	f.mu.RUnlock()
	if p == nil {
		http.NotFound(w, r)
		return
	}
	for name, values := range f.Preset {
		w.Header()[name] = values
	}
	if f.FullDuplex {
		if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	p.ServeHTTP(f.prepare(r, id), w, r)
}

// cleanPath is what the router redirects to: no empty, "." or ".." parts.
func cleanPath(p string) string {
	if p == "" {
		return "/"
	}
	clean := path.Clean("/" + p)
	if strings.HasSuffix(p, "/") && clean != "/" {
		clean += "/"
	}
	return clean
}

// prepare signs the request in, or not, and takes out what a plugin must not see.
func (f *Front) prepare(r *http.Request, id string) *wire.Context {
	ip, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		ip = r.RemoteAddr
	}
	f.World.mu.Lock()
	requestID := f.World.newID()
	f.World.mu.Unlock()
	c := &wire.Context{RequestId: requestID, IPAddress: ip, AcceptLanguage: r.Header.Get("Accept-Language"), UserAgent: r.UserAgent()}
	r.Header.Del("Mattermost-Plugin-ID")
	r.Header.Del(headerUserID)
	token, cookie := sessionToken(r)
	if s := f.World.Session(token); token != "" && s != nil && (!cookie || r.Method == http.MethodGet || sentCSRF(r) == s.CSRF) {
		r.Header.Set(headerUserID, s.UserID)
		c.SessionId = s.ID
		r.Header.Del("Authorization")
	}
	cookies := r.Cookies()
	r.Header.Del("Cookie")
	for _, c := range cookies {
		if c.Name != cookieToken {
			r.AddCookie(c)
		}
	}
	r.Header.Del("Referer")
	query := r.URL.Query()
	query.Del("access_token")
	r.URL.RawQuery = query.Encode()
	r.URL.Path = strings.TrimPrefix(r.URL.Path, "/plugins/"+id)
	return c
}

// sessionToken finds the token that a request brings, and whether it came as the cookie.
func sessionToken(r *http.Request) (token string, cookie bool) {
	auth := r.Header.Get("Authorization")
	for _, scheme := range []string{"bearer ", "token "} {
		if len(auth) > len(scheme) && strings.EqualFold(auth[:len(scheme)], scheme) {
			return auth[len(scheme):], false
		}
	}
	if c, err := r.Cookie(cookieToken); err == nil {
		return c.Value, true
	}
	return r.URL.Query().Get("access_token"), false
}

// sentCSRF is the token against forged requests: the header, or the form's field. The body can still be read.
func sentCSRF(r *http.Request) string {
	if t := r.Header.Get(headerCSRF); t != "" {
		return t
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return ""
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	value := r.FormValue("csrf")
	r.Body = io.NopCloser(bytes.NewReader(body))
	return value
}

// Metrics is what the server has on the address of its metrics: each plugin's own at /plugins/<id>/metrics, for everyone.
func (f *Front) Metrics() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/plugins/"), "/")
		f.mu.RLock()
		p := f.plugins[id]
		f.mu.RUnlock()
		if p == nil || rest != "metrics" {
			http.NotFound(w, r)
			return
		}
		r.URL.Path = "/metrics"
		p.ServeMetrics(&wire.Context{}, w, r)
	})
}

// Listen serves on a free port of 127.0.0.1 and answers its URL and how to stop.
func (f *Front) Listen() (base string, stop func(), err error) { return listen(f, f.SendBuffer) }

// Listen serves h on a free port of 127.0.0.1 and answers its URL and how to stop.
func Listen(h http.Handler) (base string, stop func(), err error) { return listen(h, 0) }

func listen(h http.Handler, sendBuffer int) (base string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{Handler: h, ConnState: func(c net.Conn, state http.ConnState) {
		if tcp, ok := c.(*net.TCPConn); ok && state == http.StateNew && sendBuffer > 0 {
			tcp.SetWriteBuffer(sendBuffer)
		}
	}}
	go server.Serve(l)
	return fmt.Sprintf("http://%s", l.Addr()), func() { server.Close() }, nil
}
