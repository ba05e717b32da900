package host

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// Server-sent events need a host that sends before the end. One that does not is found out by the first stream, which is then answered otherwise.
func TestBoardEvents(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		path := withSecret("/api/v1/board/events")
		if s.noFlush {
			for range 2 {
				status, header, body := f.get(path)
				if status != http.StatusNotImplemented || !strings.Contains(body, "/api/v1/board/ws") {
					t.Errorf("a server that cannot flush answers %d %q", status, body)
				}
				if kind := header.Get("Content-Type"); kind != "application/json" {
					t.Errorf("the type is %q", kind)
				}
			}
			return
		}
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			request, err := http.NewRequestWithContext(ctx, "GET", f.base+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			answer, err := f.client.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			if kind := answer.Header.Get("Content-Type"); answer.StatusCode != 200 || kind != "text/event-stream" {
				t.Fatalf("%d %q", answer.StatusCode, kind)
			}
			lines := bufio.NewScanner(answer.Body)
			until := func(text string) {
				t.Helper()
				for lines.Scan() {
					if strings.Contains(lines.Text(), text) {
						return
					}
				}
				t.Fatalf("no %s before the end: %v", text, lines.Err())
			}
			until(`"whole":true`)
			for _, change := range []struct{ action, told string }{{"dnd-on", `"dnd":true`}, {"dnd-off", `"dnd":false`}} {
				if status, _, body := f.get(withSecret("/sip/" + change.action + "/bob")); status != 200 {
					t.Fatalf("%s answers %d %q", change.action, status, body)
				}
				until(change.told)
			}
			cancel()
		}
	})
}
