package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// feedLimit is how long one round of changes, or catching up, may take.
const feedLimit = 3 * time.Minute

// feed is the process `bench sockets`: many websockets, and somebody who publishes. It does what the lines on its
// input say and answers each with a line of JSON; the end of the input ends it.
type feed struct {
	*sockets
	snapshot bool
	client   http.Client
	status   []string // of each person
	turn     int      // who changes next
	pending  *round
}

func socketsMain(args []string) error {
	f := flag.NewFlagSet("sockets", flag.ContinueOnError)
	base := f.String("url", "", "up to the plugin's own paths")
	secret := f.String("secret", "", "the presence secret")
	people := f.Int("people", 0, "how many people there are")
	snapshot := f.Bool("snapshot", false, "a new connection is told everybody's status")
	if err := f.Parse(args); err != nil {
		return err
	}
	s, err := newSockets(*base, *secret, *people)
	if err != nil {
		return err
	}
	l := &feed{sockets: s, snapshot: *snapshot, client: http.Client{Timeout: feedLimit, Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}}
	for i := range *people {
		l.status = append(l.status, crowdStatus(i))
	}
	out := json.NewEncoder(os.Stdout)
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		result, err := l.command(lines.Text())
		if err != nil {
			result.Error = fmt.Sprintf("%s: %v", lines.Text(), err)
		}
		if err := out.Encode(result); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (l *feed) command(line string) (feedResult, error) {
	var (
		from, n, step int
		status        string
	)
	word, rest, _ := strings.Cut(line, " ")
	scan := func(into ...any) error {
		_, err := fmt.Sscan(rest, into...)
		return err
	}
	switch word {
	case "connect": // <how many in all>
		if err := scan(&n); err != nil {
			return feedResult{}, err
		}
		return l.connect(n)
	case "one": // <for how many milliseconds>
		if err := scan(&n); err != nil {
			return feedResult{}, err
		}
		return l.oneAtATime(time.Duration(n) * time.Millisecond)
	case "burst": // <how many people>
		if err := scan(&n); err != nil {
			return feedResult{}, err
		}
		return l.burst(n)
	case "paced": // <how many people> <milliseconds between them>
		if err := scan(&n, &step); err != nil {
			return feedResult{}, err
		}
		return l.paced(n, time.Duration(step)*time.Millisecond)
	case "expect": // <from> <how many> <step> <status, or next>: these people will have it
		if err := scan(&from, &n, &step, &status); err != nil {
			return feedResult{}, err
		}
		var who []int
		var want []string
		for i := range n {
			person := from + i*step
			l.status[person] = otherStatus(status, l.status[person])
			who, want = append(who, person), append(want, l.status[person])
		}
		l.pending = l.expect(who, want)
		return feedResult{}, nil
	case "finish":
		err := l.finish(l.pending, feedLimit)
		return l.pending.result(), err
	}
	return feedResult{}, errors.New("there is no such command")
}

func (l *feed) connect(n int) (feedResult, error) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return feedResult{}, err
	}
	if limit.Cur < uint64(n)+100 {
		return feedResult{}, fmt.Errorf("%d sockets do not fit into the %d open files that are allowed (ulimit -Hn)", n, limit.Cur)
	}
	began := time.Now()
	l.mu.Lock()
	n -= len(l.all)
	l.mu.Unlock()
	errs, at := make(chan error, max(n, 0)), make(chan struct{}, 32)
	for range n {
		at <- struct{}{}
		go func() { errs <- l.open(); <-at }()
	}
	for range n {
		if err := <-errs; err != nil {
			return feedResult{}, err
		}
	}
	for time.Since(began) < feedLimit {
		l.mu.Lock()
		there, err := !l.snapshot || l.caughtUp == len(l.all), l.broken
		frames := 0
		for _, s := range l.all {
			frames += s.frames
		}
		l.mu.Unlock()
		if there || err != nil {
			return feedResult{Messages: frames, Elapsed: time.Since(began)}, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return feedResult{}, errors.New("not everybody's status came")
}
