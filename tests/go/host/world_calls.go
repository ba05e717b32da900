package host

import (
	"time"

	"switchboard.test/go/model"
)

// callCount counts the calls of a method, and how many of them came within one second at most.
type callCount struct {
	total, most int
	recent      []time.Time // the calls of the last second
}

func (c *callCount) add(now time.Time) {
	c.total++
	old := 0
	for old < len(c.recent) && now.Sub(c.recent[old]) >= time.Second {
		old++
	}
	c.recent = append(c.recent[old:], now)
	c.most = max(c.most, len(c.recent))
}

// called counts a call and hands out the failure that was ordered for it, if any.
func (w *World) called(method string) *model.AppError {
	w.mu.Lock()
	c := w.calls[method]
	if c == nil {
		c = &callCount{}
		w.calls[method] = c
	}
	c.add(time.Now())
	failure := w.failing[method]
	if queue := w.failures[method]; len(queue) > 0 {
		failure, w.failures[method] = queue[0], queue[1:]
	}
	hook := w.callHook
	w.mu.Unlock()
	if hook != nil {
		hook(method)
	}
	return failure
}

// Calls answers how often the plugin has called the method.
func (w *World) Calls(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.calls[method]; c != nil {
		return c.total
	}
	return 0
}

// MostCallsInASecond answers how many calls of the method came within one second at most, whenever that second began.
func (w *World) MostCallsInASecond(method string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.calls[method]; c != nil {
		return c.most
	}
	return 0
}

// ForgetCalls sets both counts of every method back to 0.
func (w *World) ForgetCalls() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.calls)
}

// FailNext makes the next n calls of the method answer err.
func (w *World) FailNext(method string, n int, err *model.AppError) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for range n {
		w.failures[method] = append(w.failures[method], err)
	}
}

// Fail makes every call of the method answer err, until it is called with nil.
func (w *World) Fail(method string, err *model.AppError) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failing[method] = err
}
