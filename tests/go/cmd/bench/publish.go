package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"switchboard.test/go/host"
)

// next picks the next n people and gives each another status.
func (l *feed) next(n int) (people []int, want []string) {
	for range n {
		l.status[l.turn] = nextStatus(l.status[l.turn])
		people, want = append(people, l.turn), append(want, l.status[l.turn])
		l.turn = (l.turn + 1) % len(l.status)
	}
	return people, want
}

func (l *feed) publish(r *round, place, person int) error {
	body := fmt.Sprintf(`{"user_id":"%s","status":"%s"}`, host.PersonID(person), r.want[place])
	q, err := http.NewRequest(http.MethodPost, l.base+"/api/v1/status/publish", strings.NewReader(body))
	if err != nil {
		return err
	}
	q.Header.Set("Authorization", "Bearer token-"+host.PersonName(person))
	q.Header.Set("Content-Type", "application/json")
	l.sent(r, place)
	answer, err := l.client.Do(q)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("publishing answers %s: %s", answer.Status, text)
	}
	return err
}

// oneAtATime publishes a change, waits until all have it, and so on.
func (l *feed) oneAtATime(length time.Duration) (all feedResult, err error) {
	began := time.Now()
	for time.Since(began) < length {
		people, want := l.next(1)
		r := l.expect(people, want)
		if err := l.publish(r, 0, people[0]); err != nil {
			return all, err
		}
		if err := l.finish(r, feedLimit); err != nil {
			return all, err
		}
		all.Messages += len(r.taken)
		all.Changes++
	}
	all.Elapsed = time.Since(began)
	return all, nil
}

// burst publishes the changes of many people at once, each over a connection of their own.
func (l *feed) burst(n int) (feedResult, error) {
	people, want := l.next(n)
	r := l.expect(people, want)
	errs := make(chan error, n)
	for place := range n {
		go func() { errs <- l.publish(r, place, people[place]) }()
	}
	return l.conclude(r, errs)
}

// conclude waits for all answers, and until all messages have come.
func (l *feed) conclude(r *round, errs chan error) (feedResult, error) {
	for range r.want {
		if err := <-errs; err != nil {
			return feedResult{}, err
		}
	}
	err := l.finish(r, feedLimit)
	return r.result(), err
}

// paced publishes a change at each tick, whether or not all have the last one.
func (l *feed) paced(n int, each time.Duration) (feedResult, error) {
	people, want := l.next(n)
	r := l.expect(people, want)
	errs := make(chan error, n)
	tick := time.NewTicker(each)
	defer tick.Stop()
	for place := range n {
		<-tick.C
		go func() { errs <- l.publish(r, place, people[place]) }()
	}
	return l.conclude(r, errs)
}
