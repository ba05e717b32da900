package host

import (
	"bufio"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"switchboard.test/go/wire"
)

// Environment that this test program understands.
const (
	envProbe  = "SWITCHBOARD_PROBE"     // the probe to test, a program or a bundle's folder; unset: the Go probe is built
	envBundle = "SWITCHBOARD_BUNDLE"    // the product's bundle, unpacked
	envRSS    = "SWITCHBOARD_RSS_LIMIT" // how many MiB the plugin's memory may reach while bodies stream; unset: reported only
	envNames  = "HOST_TEST_NAMES"       // set by a test that runs this program again with other names
	envChild  = "HOST_TEST_CHILD"       // set by a test that runs this program as a host to be killed
)

var (
	probe  Bundle
	strict bool           // the probe is not the Go one, whose SDK has faults that are tolerated here
	stderr = NewLogs(nil) // what the host's libraries write to stderr: yamux, go-plugin
)

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Println("setting the tests up:", err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (int, error) {
	names := wire.NamesGo
	if n := os.Getenv(envNames); n != "" {
		names = wire.Names(n)
	}
	if err := wire.Register(names); err != nil {
		return 0, err
	}
	if os.Getenv(envChild) != "" {
		return 0, childHost()
	}
	if path := os.Getenv(envProbe); path != "" {
		strict = true
		b, err := OpenBundle(path)
		if err != nil {
			return 0, err
		}
		probe = b
	} else {
		dir, err := os.MkdirTemp("", "probe")
		if err != nil {
			return 0, err
		}
		defer os.RemoveAll(dir)
		path := filepath.Join(dir, "probe")
		if out, err := exec.Command("go", "build", "-o", path, "switchboard.test/go/probe").CombinedOutput(); err != nil {
			return 0, fmt.Errorf("building the probe: %w\n%s", err, out)
		}
		probe = Bundle{ID: "probe", Executable: path, Dir: dir}
	}
	if err := captureStderr(); err != nil {
		return 0, err
	}
	// Tests that run in parallel wait for minutes that pass, more than they work.
	flag.Parse()
	if err := flag.Set("test.parallel", "32"); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// captureStderr makes what the libraries write to os.Stderr lines of a record.
func captureStderr() error {
	r, w, err := os.Pipe()
	if err != nil {
		return err
	}
	os.Stderr = w
	log.SetOutput(w)
	go func() {
		lines := bufio.NewScanner(r)
		for lines.Scan() {
			stderr.Add("info", lines.Text())
		}
	}()
	return nil
}

// server is a version to be, in the form of its requests.
type server struct {
	name           string
	version        string
	whole, noFlush bool
}

var servers = []server{
	{"11.6", "11.6.0", false, false},
	{"9.11", "9.11.0", true, true},
}

func (s server) options() Options {
	return Options{Executable: probe.Executable, PluginID: probe.ID, World: NewWorld(s.version), WholeRequest: s.whole, NoFlush: s.noFlush, Logs: NewLogs(nil)}
}

// eachServer runs f once as each kind of server.
func eachServer(t *testing.T, f func(t *testing.T, s server)) {
	for _, s := range servers {
		t.Run(s.name, func(t *testing.T) { f(t, s) })
	}
}

// fixture is an activated plugin behind a front.
type fixture struct {
	*Plugin
	t      *testing.T
	front  *Front
	base   string // URL up to the plugin's own paths
	client *http.Client
}

// launch starts and activates a plugin, serves HTTP for it, and checks at the end that it left in good order.
func launch(t *testing.T, o Options, fronts ...func(*Front)) *fixture {
	t.Helper()
	p, err := Start(o)
	if err != nil {
		t.Fatalf("the plugin does not start: %v", err)
	}
	f := &fixture{Plugin: p, t: t, front: NewFront(p.World)}
	t.Cleanup(f.finish)
	if err := p.Activate(); err != nil {
		t.Fatalf("the plugin does not activate: %v", err)
	}
	if errs := p.callErrors(); len(errs) > 0 {
		t.Fatalf("calls failed at activation: %v", errs)
	}
	for _, set := range fronts {
		set(f.front)
	}
	f.front.Set(o.PluginID, p)
	base, stop, err := f.front.Listen()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	f.base = base + "/plugins/" + o.PluginID
	f.client = newClient()
	t.Cleanup(f.client.CloseIdleConnections)
	return f
}

func newClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{MaxIdleConnsPerHost: 2000, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Timeout:       time.Minute,
	}
}

// callErrors answers the lines that a server logs when a call to a plugin goes wrong.
func (p *Plugin) callErrors() []LogLine {
	return p.Logs.Find(func(l LogLine) bool {
		return l.Level == "error" && (strings.Contains(l.Message, "RPC call") || strings.Contains(l.Message, "Plugin failed") || strings.Contains(l.Message, "invalid http status"))
	})
}

// finish deactivates the plugin and checks that nothing of it is left.
func (f *fixture) finish() {
	f.t.Helper()
	if f.Exited() {
		f.Kill()
		return
	}
	pid, socket := f.Pid(), f.SocketPath()
	began := time.Now()
	if err := f.Deactivate(); err != nil {
		f.t.Errorf("OnDeactivate: %v", err)
	}
	if took := time.Since(began); took > 4*time.Second {
		f.t.Errorf("deactivation took %v", took)
	}
	if alive(pid) {
		f.t.Errorf("process %d is still there", pid)
	}
	if !strict {
		return // a Go plugin may be killed in the end, and then leaves its socket
	}
	for _, text := range []string{"failed to exit gracefully", "error closing client"} {
		for _, line := range f.Logs.Containing(text) {
			f.t.Errorf("not in good order: %v", line)
		}
	}
	if _, err := os.Stat(socket); err == nil {
		f.t.Errorf("the socket %s is still there", socket)
	}
}

// alive reports whether the process exists and is not a zombie.
func alive(pid int) bool {
	if pid == 0 || syscall.Kill(pid, 0) != nil {
		return false
	}
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	return !strings.HasPrefix(rest, "Z")
}

// get answers a GET's status, headers and body.
func (f *fixture) get(path string) (int, http.Header, string) {
	f.t.Helper()
	return f.do(http.MethodGet, path, nil)
}

func (f *fixture) do(method, path string, body io.Reader) (int, http.Header, string) {
	f.t.Helper()
	r, err := http.NewRequest(method, f.base+path, body)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.send(r)
}

func (f *fixture) send(r *http.Request) (int, http.Header, string) {
	f.t.Helper()
	answer, err := f.client.Do(r)
	if err != nil {
		f.t.Fatalf("%s %s: %v", r.Method, r.URL, err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		f.t.Fatalf("%s %s: body: %v", r.Method, r.URL, err)
	}
	return answer.StatusCode, answer.Header, string(text)
}

// still checks that the plugin serves requests and pings.
func (f *fixture) still() {
	f.t.Helper()
	if err := f.Ping(); err != nil {
		f.t.Fatalf("ping: %v", err)
	}
	if status, _, body := f.get("/ok"); status != 200 || body != "OK" {
		f.t.Fatalf("/ok answers %d %q", status, body)
	}
}
