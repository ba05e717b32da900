package host

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

var bodySizes = []int{0, 1, 100, 4095, 4096, 4097, 32 * 1024, 65_537, 256 * 1024, 256*1024 + 1, 1 << 20, 20 << 20}

func randomBody(n int) []byte {
	b := make([]byte, n)
	src := rand.NewChaCha8([32]byte{byte(n), byte(n >> 8), byte(n >> 16)})
	src.Read(b)
	return b
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// watchMemory samples the process's memory until the returned function is called, which reports the highest value
// and, when the limit counts, compares it with the one in the environment.
func (f *fixture) watchMemory(limited bool) func() {
	pid, stop, done := f.Pid(), make(chan struct{}), make(chan struct{})
	var peak atomic.Int64
	before := procStatus(pid, "VmRSS")
	go func() {
		defer close(done)
		for {
			if kib := int64(procStatus(pid, "VmRSS")); kib > peak.Load() {
				peak.Store(kib)
			}
			select {
			case <-stop:
				return
			case <-time.After(2 * time.Millisecond):
			}
		}
	}()
	return func() {
		close(stop)
		<-done
		f.t.Logf("plugin memory: %.1f MiB before, %.1f MiB at most", float64(before)/1024, float64(peak.Load())/1024)
		if limit := os.Getenv(envRSS); limited && limit != "" {
			mib, err := strconv.Atoi(limit)
			if err != nil {
				f.t.Fatalf("%s: %v", envRSS, err)
			}
			if peak.Load() >= int64(mib)*1024 {
				f.t.Errorf("the plugin's memory reached %d KiB, not under %d MiB", peak.Load(), mib)
			}
		}
	}
}

func TestBodiesToThePlugin(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		defer f.watchMemory(true)()
		for _, size := range bodySizes {
			sent := randomBody(size)
			for _, known := range []bool{true, false} {
				var body io.Reader = bytes.NewReader(sent)
				if !known {
					body = struct{ io.Reader }{body} // without a length: chunked
				}
				status, _, text := f.do(http.MethodPost, "/sink", body)
				var got struct {
					Bytes  int    `json:"bytes"`
					Sha256 string `json:"sha256"`
				}
				if err := json.Unmarshal([]byte(text), &got); err != nil || status != 200 || got.Bytes != size || got.Sha256 != digest(sent) {
					t.Errorf("%d bytes (length known: %v) answer %d %s, %v", size, known, status, text, err)
				}
			}
		}
	})
}

func TestBodiesFromThePlugin(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		defer f.watchMemory(true)()
		for _, size := range bodySizes {
			want := make([]byte, size)
			for i := range want {
				want[i] = byte(i % 251)
			}
			status, _, text := f.get(fmt.Sprintf("/source?bytes=%d", size))
			if status != 200 || len(text) != size || digest([]byte(text)) != digest(want) {
				t.Errorf("%d bytes: %d, %d bytes, %s", size, status, len(text), digest([]byte(text)))
			}
		}
	})
}

func TestBodiesThereAndBack(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options(), func(front *Front) { front.FullDuplex = true })
		defer f.watchMemory(true)()
		for _, size := range bodySizes {
			sent := randomBody(size)
			status, _, text := f.do(http.MethodPost, "/echo", bytes.NewReader(sent))
			if status != 200 || digest([]byte(text)) != digest(sent) {
				t.Errorf("%d bytes come back as %d with status %d", size, len(text), status)
			}
		}
	})
}

// A reader that stops for a while stops the plugin too: nothing piles up in it.
func TestASlowReaderHoldsThePluginBack(t *testing.T) {
	f := launch(t, servers[0].options())
	defer f.watchMemory(true)()
	var answers []*http.Response
	for range 8 {
		answer, err := f.client.Get(f.base + "/source?bytes=20971520")
		if err != nil {
			t.Fatal(err)
		}
		answers = append(answers, answer)
	}
	f.still()
	for _, answer := range answers {
		n, err := io.Copy(io.Discard, answer.Body)
		answer.Body.Close()
		if err != nil || n != 20<<20 {
			t.Errorf("%d bytes came, %v", n, err)
		}
	}
}

// Requests whose body the plugin does not want, sent by clients that send all of it.
func TestUnwantedBodies(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		for path, want := range map[string]int{"/early": 413, "/ignore": 200, "/none": 404, "/panic": 500} {
			for _, size := range []int{0, 10, 100_000} {
				if status, _, _ := f.do(http.MethodPost, path, bytes.NewReader(randomBody(size))); status != want {
					t.Errorf("%s with %d bytes answers %d", path, size, status)
				}
			}
		}
		f.still()
		time.Sleep(acceptTimeout + 500*time.Millisecond)
		if lines := f.Logs.Containing("timeout waiting for accept"); len(lines) > 0 {
			t.Errorf("%d body streams were not dialled", len(lines))
		}
	})
}

// acceptTimeout is how long the host's broker waits for a stream to be dialled.
const acceptTimeout = 5 * time.Second
