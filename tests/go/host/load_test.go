package host

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// ask sends a request with a token of its own and checks that the answer is this request's.
func (f *fixture) ask(path, token string, status int, body string) error {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	answer, err := f.client.Get(f.base + path + separator + "token=" + token)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if got := answer.Header.Get("X-Token"); got != token {
		return fmt.Errorf("the answer to %s is for %q", token, got)
	}
	if answer.StatusCode != status || string(text) != body {
		return fmt.Errorf("%s answers %d %q", path, answer.StatusCode, text)
	}
	return nil
}

// together runs n calls at once and reports the errors, at most a few.
func together(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	errs := make(chan error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Add(1)
		go func() {
			defer wg.Done()
			if err := f(i); err != nil {
				errs <- err
			}
		}()
	}
	wg.Wait()
	close(errs)
	failed := 0
	for err := range errs {
		if failed++; failed <= 5 {
			t.Error(err)
		}
	}
	if failed > 0 {
		t.Errorf("%d of %d failed", failed, n)
	}
}

// noStreamTrouble checks what the host's libraries and the host log when streams go wrong.
func (f *fixture) noStreamTrouble(from int) {
	f.t.Helper()
	for _, text := range []string{"timeout waiting for accept", "couldn't accept", "couldn't Accept"} {
		if lines := f.Logs.Containing(text); len(lines) > 0 {
			f.t.Errorf("%d lines like %v", len(lines), lines[0])
		}
	}
	for _, line := range stderr.Lines()[from:] {
		for _, text := range []string{"backlog exceeded", "SYN tracking", "without inflight SYN", "duplicate stream", "protocol error", "keepalive failed", "timeout"} {
			if strings.Contains(line.Message, text) {
				f.t.Errorf("the host's library says: %s", line.Message)
			}
		}
	}
}

func TestAThousandRequestsInFlight(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		from := len(stderr.Lines())
		f := launch(t, s.options())
		defer f.watchMemory(false)()
		together(t, 1000, func(i int) error {
			return f.ask("/sleep?ms=500", fmt.Sprintf("t%d", i), 200, "OK")
		})
		f.noStreamTrouble(from)
		f.still()
	})
}

func TestThreeHundredConnectionsAtOnce(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		from := len(stderr.Lines())
		f := launch(t, s.options())
		together(t, 300, func(i int) error {
			for j := range 5 {
				if err := f.ask("/phone/onhook/bob/1?secret=s", fmt.Sprintf("t%d-%d", i, j), 200, "OK"); err != nil {
					return err
				}
			}
			return nil
		})
		f.noStreamTrouble(from)
	})
}

func TestFiveThousandInARow(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		from := len(stderr.Lines())
		f := launch(t, s.options())
		before := procStatus(f.Pid(), "VmRSS")
		for i := range 5000 {
			if err := f.ask("/phone/onhook/bob/1?secret=s", fmt.Sprintf("t%d", i), 200, "OK"); err != nil {
				t.Fatal(err)
			}
		}
		t.Logf("plugin memory: %d KiB before, %d KiB after", before, procStatus(f.Pid(), "VmRSS"))
		f.noStreamTrouble(from)
	})
}

// Requests of every kind at once, while the host calls hooks and the plugin the API.
func TestEverythingAtOnce(t *testing.T) {
	f := launch(t, servers[0].options())
	f.World.AddPeople(100)
	together(t, 200, func(i int) error {
		token := fmt.Sprintf("t%d", i)
		switch i % 6 {
		case 0:
			return f.ask("/phone/onhook/bob/1?secret=s", token, 200, "OK")
		case 1:
			return f.ask("/source?bytes=3", token, 200, "\x00\x01\x02")
		case 2:
			answer, failure := f.Command("bob", "/probe "+token)
			if failure != nil || answer == nil || answer.Text != "probe: "+token {
				return fmt.Errorf("/probe answers %+v, %v", answer, failure)
			}
			return nil
		case 3:
			answer, err := f.client.Get(f.base + "/statuses?n=100&token=" + token)
			if err != nil {
				return err
			}
			defer answer.Body.Close()
			text, err := io.ReadAll(answer.Body)
			if err != nil || strings.Count(string(text), "user_id") != 100 || answer.Header.Get("X-Token") != token {
				return fmt.Errorf("/statuses answers %d bytes, %v", len(text), err)
			}
			return nil
		case 4:
			return f.ask("/code/404", token, 404, "")
		default:
			return f.Ping()
		}
	})
	if errs := f.callErrors(); len(errs) > 0 {
		t.Errorf("calls failed: %v", errs)
	}
}

// What the plugin puts on the wire, frame by frame.
func TestFrames(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		from := len(stderr.Lines())
		o := s.options()
		o.Frames = NewFrames()
		f := launch(t, o, func(front *Front) { front.FullDuplex = true })
		_, before := o.Frames.Dialled()
		ids, _ := o.Frames.Dialled()
		const requests = 600
		together(t, requests, func(i int) error {
			token := fmt.Sprintf("t%d", i)
			switch i % 4 {
			case 0:
				return f.ask("/sleep?ms=200", token, 200, "OK")
			case 1:
				return f.ask("/code/204", token, 204, "")
			case 2:
				return f.ask("/early", token, 413, "")
			default:
				answer, err := f.client.Post(f.base+"/echo", "text/plain", strings.NewReader(strings.Repeat("x", 100_000)))
				if err != nil {
					return err
				}
				defer answer.Body.Close()
				n, err := io.Copy(io.Discard, answer.Body)
				if err != nil || n != 100_000 || answer.StatusCode != http.StatusOK {
					return fmt.Errorf("/echo answers %d, %d bytes, %v", answer.StatusCode, n, err)
				}
				return nil
			}
		})
		eventually(t, "both streams of each request were dialled", func() bool {
			now, _ := o.Frames.Dialled()
			return now == ids+2*requests
		})
		if _, twice := o.Frames.Dialled(); twice != before {
			t.Errorf("%d ids were dialled twice", twice)
		}
		if most := o.Frames.MostUnacknowledged(); most > 256 {
			t.Errorf("%d streams were unacknowledged at once", most)
		} else {
			t.Logf("%d streams were unacknowledged at once, %d frames came from the plugin", most, o.Frames.Seen())
		}
		for _, v := range o.Frames.Violations() {
			t.Error(v)
		}
		f.noStreamTrouble(from)
	})
}

// Calls whose order matters are not pipelined, and ServeHTTP is answered after the last of them. Each call takes a while
// here, so what is not waited for shows.
func TestCallsWaitForEachOther(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		o := s.options()
		o.Trace = &Trace{Delay: 10 * time.Millisecond}
		f := launch(t, o)
		for _, path := range []string{"/ok", "/headers", "/code/404", "/request", "/stream?n=3&ms=1", "/source?bytes=100000", "/phone/onhook/bob/1?secret=s", "/none", "/empty", "/panic"} {
			f.get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "token=x")
		}
		for _, c := range o.Trace.Requests() {
			var order []string
			for _, name := range c.Names() {
				if name == "SyncHeader" || name == "WriteHeader" || name == "Write" {
					order = append(order, name)
				}
			}
			if overlaps := c.Overlaps(); len(overlaps) > 0 {
				for _, name := range overlaps {
					if name != "Header" {
						t.Errorf("%s: %s began while another call ran (%v)", c.URI, name, c.Names())
					}
				}
			}
			if late := c.Late(); len(late) > 0 {
				t.Errorf("%s: after ServeHTTP's answer: %v", c.URI, late)
			}
			if first, last := indexOf(order, "Write"), lastIndexOf(order, "WriteHeader"); first >= 0 && last > first {
				t.Errorf("%s: the status comes after the body began: %v", c.URI, order)
			}
			if sync := indexOf(order, "SyncHeader"); sync > 0 && indexOf(order, "SyncHeader") > indexOf(order, "WriteHeader") && indexOf(order, "WriteHeader") >= 0 {
				t.Errorf("%s: the headers come after the status: %v", c.URI, order)
			}
			writes := strings.Count(strings.Join(order, " ")+" ", "Write ")
			small := !strings.Contains(c.URI, "/stream") && !strings.Contains(c.URI, "/source")
			if small && writes > 1 && strict {
				t.Errorf("%s: a small answer in %d writes", c.URI, writes)
			}
		}
	})
}

func indexOf(list []string, want string) int {
	for i, v := range list {
		if v == want {
			return i
		}
	}
	return -1
}

func lastIndexOf(list []string, want string) int {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i] == want {
			return i
		}
	}
	return -1
}
