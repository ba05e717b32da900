package outlook

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gorilla/websocket"
)

// update changes the program and wakes whoever waits for that.
func (p *Program) update(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *Program) fault(ctx context.Context, text string) {
	if ctx.Err() == nil {
		p.update(func() { p.faults = append(p.faults, text) })
	}
}

// wait waits for the pause, or for any change when that is 0.
func (p *Program) wait(ctx context.Context, pause time.Duration) {
	p.mu.Lock()
	changed := p.changed
	p.mu.Unlock()
	if pause > 0 {
		changed = nil
	}
	timer := time.NewTimer(max(pause, time.Second))
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-ctx.Done():
	}
}

func (p *Program) isAway() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.away
}

// Attach is Outlook asking for somebody for the first time: from now on frames count.
func (p *Program) Attach() { p.update(func() { p.attached = true }) }

// Leave drops the connection without a word, as a laptop does that is closed.
func (p *Program) Leave() {
	p.update(func() {
		p.away = true
		if p.conn != nil {
			p.conn.NetConn().Close()
		}
	})
}

// Return connects again. It does not page again.
func (p *Program) Return() { p.update(func() { p.away = false }) }

// People answers everybody's status, by address.
func (p *Program) People() map[string]string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.people)
}

// Status answers somebody's status, "" for whom it does not know.
func (p *Program) Status(email string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.people[email]
}

// Counts answers how often it has connected, and how many messages came.
func (p *Program) Counts() (connects, messages int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.connects, p.messages
}

// Faults answers what a server must not do to it.
func (p *Program) Faults() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.faults)
}

// Closes answers the close frames that it got. 1006 stands for a connection that ended without one.
func (p *Program) Closes() []websocket.CloseError {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.closes)
}

// Wait waits until the program fulfils a condition.
func (p *Program) Wait(limit time.Duration, what string, holds func() bool) error {
	late := time.NewTimer(limit)
	defer late.Stop()
	for {
		p.mu.Lock()
		changed := p.changed
		p.mu.Unlock()
		if holds() {
			return nil
		}
		select {
		case <-changed:
		case <-late.C:
			connects, messages := p.Counts()
			return fmt.Errorf("not within %v: %s (%d connections, %d messages, faults %q)", limit, what, connects, messages, p.Faults())
		}
	}
}

// WaitStatus waits until somebody has that status.
func (p *Program) WaitStatus(limit time.Duration, email, status string) error {
	return p.Wait(limit, email+" is "+status, func() bool { return p.Status(email) == status })
}
