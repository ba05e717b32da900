package main

import (
	"fmt"
	"slices"
	"time"
)

// round is a number of changes that every socket has to see. Only sockets' lock is used.
type round struct {
	sockets int
	slot    map[int]int // person -> place in what follows
	want    []string
	since   []time.Time // when the change was made
	seen    []bool      // socket by socket
	left    int
	first   time.Time
	last    time.Time
	taken   []time.Duration
	err     error
	done    chan struct{}
}

// feedResult is what one command to the sockets saw.
type feedResult struct {
	Messages int           `json:"messages"`
	Changes  int           `json:"changes"`
	Elapsed  time.Duration `json:"elapsed_ns"`  // from the first change to the last message
	Arriving time.Duration `json:"arriving_ns"` // from the first message to the last
	P50      time.Duration `json:"p50_ns"`
	P99      time.Duration `json:"p99_ns"`
	Most     time.Duration `json:"most_ns"`
	Error    string        `json:"error,omitempty"`
}

// expect begins a round; what is made of it counts from now on, unless sent says otherwise.
func (s *sockets) expect(people []int, want []string) *round {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &round{sockets: len(s.all), slot: map[int]int{}, want: want, since: make([]time.Time, len(people)), seen: make([]bool, len(people)*len(s.all)),
		left: len(people) * len(s.all), done: make(chan struct{})}
	now := time.Now()
	for i, person := range people {
		r.slot[person], r.since[i] = i, now
	}
	r.taken = make([]time.Duration, 0, r.left)
	if s.broken != nil {
		r.fail(s.broken)
	}
	s.round = r
	return r
}

// sent notes that a change is made now.
func (s *sockets) sent(r *round, place int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.since[place] = time.Now()
}

func (r *round) frame(socket, person int, status []byte, now time.Time) {
	place, known := r.slot[person]
	if !known || socket >= r.sockets || string(status) != r.want[place] || r.seen[place*r.sockets+socket] {
		return
	}
	r.seen[place*r.sockets+socket] = true
	if r.first.IsZero() {
		r.first = now
	}
	r.last = now
	r.taken = append(r.taken, now.Sub(r.since[place]))
	if r.left--; r.left == 0 && r.err == nil {
		close(r.done)
	}
}

func (r *round) fail(err error) {
	if r.err == nil && r.left > 0 {
		r.err = err
		close(r.done)
	}
}

// finish waits until every socket has seen every change.
func (s *sockets) finish(r *round, limit time.Duration) error {
	select {
	case <-r.done:
	case <-time.After(limit):
		s.mu.Lock()
		defer s.mu.Unlock()
		s.round = nil
		return fmt.Errorf("%d of %d messages have not come within %v", r.left, len(r.seen), limit)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.round = nil
	return r.err
}

func (r *round) result() feedResult {
	result := feedResult{Messages: len(r.taken), Changes: len(r.want)}
	if len(r.taken) == 0 {
		return result
	}
	slices.Sort(r.taken)
	n := len(r.taken)
	result.Elapsed, result.Arriving = r.last.Sub(slices.MinFunc(r.since, time.Time.Compare)), r.last.Sub(r.first)
	result.P50, result.P99, result.Most = r.taken[n/2], r.taken[n*99/100], r.taken[n-1]
	return result
}
