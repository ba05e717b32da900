package host

import (
	"net/http"
	"slices"
	"sync"
	"time"
)

// Trace records the calls on each request's response stream. A nil Trace records nothing.
type Trace struct {
	// Delay is how long each call takes at least: what is not waited for then shows.
	Delay time.Duration

	mu   sync.Mutex
	seen []*Calls
}

// Calls is what a plugin called for one request.
type Calls struct {
	URI string

	trace    *Trace
	mu       sync.Mutex
	names    []string
	active   int
	overlaps []string
	ended    bool
	late     []string
}

func (t *Trace) begin(r *http.Request) *Calls {
	if t == nil {
		return nil
	}
	c := &Calls{URI: r.RequestURI, trace: t}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen = append(t.seen, c)
	return c
}

// Requests answers each request's calls, in the order in which the requests came.
func (t *Trace) Requests() []*Calls {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.seen)
}

// Reset forgets what was recorded.
func (t *Trace) Reset() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen = nil
}

// enter notes that a call begins; what it returns notes its end.
func (c *Calls) enter(name string) func() {
	if c == nil {
		return func() {}
	}
	c.mu.Lock()
	if c.active > 0 {
		c.overlaps = append(c.overlaps, name)
	}
	if c.ended {
		c.late = append(c.late, name)
	}
	c.active++
	c.names = append(c.names, name)
	c.mu.Unlock()
	if c.trace.Delay > 0 {
		time.Sleep(c.trace.Delay)
	}
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.active--
	}
}

// end notes that ServeHTTP was answered.
func (c *Calls) end() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended = true
	if c.active > 0 {
		c.late = append(c.late, "a call still running")
	}
}

// Names answers the calls in the order in which they began.
func (c *Calls) Names() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.names)
}

// Overlaps answers the calls that began while another one ran.
func (c *Calls) Overlaps() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.overlaps)
}

// Late answers the calls that began, or still ran, when ServeHTTP had been answered.
func (c *Calls) Late() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.late)
}
