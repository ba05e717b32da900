package host

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/rpc"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/yamux"
)

// rawPlugin is a process that was started by hand, to speak to in a host's place.
type rawPlugin struct {
	t      *testing.T
	cmd    *exec.Cmd
	line   string
	socket string
	ended  chan struct{}
	peak   int // KiB, as far as it was looked at

	mu     sync.Mutex
	stderr strings.Builder
}

func startRaw(t *testing.T, env ...string) *rawPlugin {
	t.Helper()
	r := &rawPlugin{t: t, cmd: exec.Command(probe.Executable), ended: make(chan struct{})}
	r.cmd.Env = append(append(os.Environ(), Handshake.MagicCookieKey+"="+Handshake.MagicCookieValue), env...)
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.cmd.Stderr = r
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewReader(out)
	line, err := lines.ReadString('\n')
	go func() {
		io.Copy(io.Discard, lines)
		r.cmd.Wait()
		close(r.ended)
	}()
	t.Cleanup(func() {
		r.cmd.Process.Kill()
		<-r.ended
		os.Remove(r.socket)
	})
	if err != nil {
		t.Fatalf("no handshake line: %v", err)
	}
	r.line = strings.TrimSuffix(line, "\n")
	if parts := strings.Split(r.line, "|"); len(parts) > 3 {
		r.socket = parts[3]
	}
	return r
}

// Write takes the process's stderr.
func (r *rawPlugin) Write(b []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stderr.Write(b)
}

func (r *rawPlugin) dial() net.Conn {
	r.t.Helper()
	conn, err := net.Dial("unix", r.socket)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { conn.Close() })
	return conn
}

func (r *rawPlugin) mustEnd() {
	r.t.Helper()
	select {
	case <-r.ended:
	case <-time.After(5 * time.Second):
		r.t.Fatalf("the process did not end; stderr: %s", r.said())
	}
}

func (r *rawPlugin) mustBeGone() {
	r.t.Helper()
	if _, err := os.Stat(r.socket); err == nil && strict {
		r.t.Errorf("the socket %s is still there", r.socket)
	}
}

func (r *rawPlugin) said() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stderr.String()
}

var panicWords = regexp.MustCompile(`(?m)panicked at|^panic: |^fatal runtime error|goroutine \d+ \[|memory allocation of`)

// memoryLimit is how many KiB a plugin may need, whatever a peer sends.
const memoryLimit = 64 * 1024

// healthy checks that the process did not end by a panic, and how much memory it had at most.
func (r *rawPlugin) healthy() {
	r.t.Helper()
	r.look()
	if r.peak > memoryLimit && strict { // Go's yamux starts a goroutine for each ping
		r.t.Errorf("its memory reached %d KiB", r.peak)
	}
	if text := r.said(); panicWords.MatchString(text) {
		r.t.Errorf("stderr speaks of a panic: %s", text)
	}
	select {
	case <-r.ended:
		if code := r.cmd.ProcessState.ExitCode(); code != 0 && code != 1 { // 1: it said why
			r.t.Errorf("it ended with %v; stderr: %s", r.cmd.ProcessState, r.said())
		}
	default:
	}
}

// look notes the highest memory so far; it has to be called while the process lives.
func (r *rawPlugin) look() {
	if kib := procStatus(r.cmd.Process.Pid, "VmHWM"); kib > r.peak {
		r.peak = kib
	}
}

// procStatus reads a value in KiB from /proc/<pid>/status; 0 when it is not there.
func procStatus(pid int, name string) int {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(raw), "\n") {
		if rest, ok := strings.CutPrefix(line, name+":"); ok {
			n, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				return 0
			}
			return n
		}
	}
	return 0
}

// rawSession is a connection with its first three streams, and the hooks when they were dispensed.
type rawSession struct {
	r       *rawPlugin
	mux     *yamux.Session
	control *rpc.Client
}

func (r *rawPlugin) session() *rawSession {
	r.t.Helper()
	config := yamux.DefaultConfig()
	config.LogOutput = io.Discard
	mux, err := yamux.Client(r.dial(), config)
	if err != nil {
		r.t.Fatal(err)
	}
	s := &rawSession{r: r, mux: mux}
	control := s.open()
	s.control = rpc.NewClient(control)
	for range 2 {
		go io.Copy(io.Discard, s.open())
	}
	r.t.Cleanup(s.close)
	return s
}

func (s *rawSession) open() net.Conn {
	s.r.t.Helper()
	conn, err := s.mux.Open()
	if err != nil {
		s.r.t.Fatal(err)
	}
	return conn
}

func (s *rawSession) close() { s.mux.Close() }

func (s *rawSession) ping() error {
	call := s.control.Go("Control.Ping", true, &struct{}{}, nil)
	select {
	case <-call.Done:
		return call.Error
	case <-time.After(5 * time.Second):
		return fmt.Errorf("no answer in 5 s")
	}
}

// hooks dispenses the hooks and answers their stream, acknowledged.
func (s *rawSession) hooks() net.Conn {
	s.r.t.Helper()
	var id uint32
	if err := s.control.Call("Dispenser.Dispense", "hooks", &id); err != nil {
		s.r.t.Fatal(err)
	}
	conn := s.open()
	s.dialled(conn, id)
	return conn
}

func (s *rawSession) dialled(conn net.Conn, id uint32) {
	s.r.t.Helper()
	if err := binary.Write(conn, binary.LittleEndian, id); err != nil {
		s.r.t.Fatal(err)
	}
	var ack uint32
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if err := binary.Read(conn, binary.LittleEndian, &ack); err != nil || ack != id {
		s.r.t.Fatalf("the id %d is acknowledged by %d, %v", id, ack, err)
	}
	conn.SetReadDeadline(time.Time{})
}
