package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// loadResult is what one run of the load generator saw.
type loadResult struct {
	Requests int           `json:"requests"`
	Elapsed  time.Duration `json:"elapsed_ns"`
	P50      time.Duration `json:"p50_ns"`
	P99      time.Duration `json:"p99_ns"`
}

// loadMain is the process `bench load`: connections that each send a request as soon as they have the last one's answer.
// It prints "start" when it is warm and begins to count, "end" when it stops, and then the result.
func loadMain(args []string) error {
	f := flag.NewFlagSet("load", flag.ContinueOnError)
	target := f.String("url", "", "what to get; TOKEN is replaced by a text of its own for each request")
	conns := f.Int("conns", 1, "connections")
	duration := f.Duration("duration", time.Second, "how long to count")
	warmup := f.Duration("warmup", 0, "how long to send before that")
	count := f.Int("count", 0, "how many requests to send in all, in place of a duration")
	if err := f.Parse(args); err != nil {
		return err
	}
	u, err := url.Parse(*target)
	if err != nil {
		return err
	}
	l := &load{host: u.Host, head: "GET " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\nUser-Agent: bench\r\n\r\n", limit: int64(*count)}
	var wg sync.WaitGroup
	latencies, errs := make([][]time.Duration, *conns), make([]error, *conns)
	if *count > 0 {
		l.counting.Store(true)
	}
	for i := range *conns {
		wg.Add(1)
		go func() {
			defer wg.Done()
			latencies[i], errs[i] = l.run()
		}()
	}
	var began time.Time
	if *count == 0 {
		time.Sleep(*warmup)
		began = l.begin()
		time.Sleep(*duration)
		l.counting.Store(false)
		l.stop.Store(true)
	} else {
		began = l.begin()
		wg.Wait()
	}
	elapsed := time.Since(began)
	fmt.Println("end")
	wg.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	all := slices.Concat(latencies...)
	if len(all) == 0 {
		return errors.New("no request was answered")
	}
	slices.Sort(all)
	return json.NewEncoder(os.Stdout).Encode(loadResult{Requests: len(all), Elapsed: elapsed, P50: all[len(all)/2], P99: all[len(all)*99/100]})
}

type load struct {
	host, head     string
	limit          int64
	sent           atomic.Int64
	counting, stop atomic.Bool
}

func (l *load) begin() time.Time {
	fmt.Println("start")
	l.counting.Store(true)
	return time.Now()
}

// run sends requests over one connection and answers how long those took that were counted.
func (l *load) run() ([]time.Duration, error) {
	conn, err := net.Dial("tcp", l.host)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	r := bufio.NewReaderSize(conn, 64*1024)
	taken := make([]time.Duration, 0, 1<<16)
	request, withToken := []byte(l.head), strings.Contains(l.head, "TOKEN")
	for !l.stop.Load() {
		n := l.sent.Add(1)
		if l.limit > 0 && n > l.limit {
			break
		}
		token := ""
		if withToken {
			token = "t" + strconv.FormatInt(n, 10)
			request = []byte(strings.Replace(l.head, "TOKEN", token, 1))
		}
		counted := l.counting.Load()
		began := time.Now()
		conn.SetDeadline(began.Add(30 * time.Second))
		if _, err := conn.Write(request); err != nil {
			return nil, err
		}
		got, err := readAnswer(r)
		if err != nil {
			return nil, fmt.Errorf("request %d: %w", n, err)
		}
		if got != token {
			return nil, fmt.Errorf("the answer to %q is for %q", token, got)
		}
		if counted && l.counting.Load() {
			taken = append(taken, time.Since(began))
		}
	}
	return taken, nil
}

// readAnswer reads one answer, which has to be a 200, and gives its X-Token.
func readAnswer(r *bufio.Reader) (token string, err error) {
	line, err := r.ReadSlice('\n')
	if err != nil {
		return "", err
	}
	if !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
		return "", fmt.Errorf("the answer is %q", bytes.TrimSpace(line))
	}
	length, chunked := 0, false
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return "", err
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(": "))
		switch {
		case bytes.EqualFold(name, []byte("Content-Length")):
			if length, err = strconv.Atoi(string(value)); err != nil {
				return "", err
			}
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			chunked = true
		case bytes.EqualFold(name, []byte("X-Token")):
			token = string(value)
		}
	}
	if !chunked {
		_, err = r.Discard(length)
		return token, err
	}
	for {
		if line, err = r.ReadSlice('\n'); err != nil {
			return "", err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return "", err
		}
		if _, err := r.Discard(int(size) + 2); err != nil {
			return "", err
		}
		if size == 0 {
			return token, nil
		}
	}
}
