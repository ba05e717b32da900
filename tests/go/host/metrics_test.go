package host

import (
	"io"
	"strings"
	"testing"
)

// metrics answers what the plugin tells on the address of the server's metrics.
func (f *fixture) metrics() string {
	f.t.Helper()
	base, stop, err := Listen(f.front.Metrics())
	if err != nil {
		f.t.Fatal(err)
	}
	defer stop()
	answer, err := f.client.Get(base + "/plugins/" + f.PluginID + "/metrics")
	if err != nil {
		f.t.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != 200 || !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/plain") {
		f.t.Fatalf("the metrics answer %d, %v, of type %q", answer.StatusCode, err, answer.Header.Get("Content-Type"))
	}
	return string(text)
}

func TestMetrics(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		expect(t, "the metrics", f.metrics(), "probe_requests_total 0\n")
		for range 3 {
			f.get("/ok")
		}
		expect(t, "the metrics after three requests", f.metrics(), "probe_requests_total 3\n")
	})
}
