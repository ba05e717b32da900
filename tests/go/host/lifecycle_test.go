package host

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"switchboard.test/go/wire"
)

func TestWithoutTheCookieItSaysWhatItIs(t *testing.T) {
	cmd := exec.Command(probe.Executable)
	var errOut, out bytes.Buffer
	cmd.Stderr, cmd.Stdout = &errOut, &out
	err := cmd.Run()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("it ends with %v, not with status 1", err)
	}
	if !strings.Contains(errOut.String(), "plugin") {
		t.Errorf("stderr says %q, nothing of a plugin", errOut.String())
	}
	if out.Len() > 0 {
		t.Errorf("stdout says %q", out.String())
	}
}

func TestHandshakeLine(t *testing.T) {
	for _, c := range []struct {
		name string
		env  []string
		last string
	}{
		{"plain", nil, ""},
		{"with multiplexing", []string{"PLUGIN_MULTIPLEX_GRPC=true"}, "|true"},
		{"with a group", []string{"PLUGIN_UNIX_SOCKET_GROUP=" + strconv.Itoa(os.Getgid())}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			r := startRaw(t, append(c.env, "PLUGIN_UNIX_SOCKET_DIR="+dir)...)
			if want := "1|1|unix|" + r.socket + "|netrpc|" + c.last; r.line != want {
				t.Errorf("the line is %q, not %q", r.line, want)
			}
			if filepath.Dir(r.socket) != dir {
				t.Errorf("the socket %s is not in %s", r.socket, dir)
			}
			info, err := os.Stat(r.socket)
			if err != nil {
				t.Fatal(err)
			}
			if len(c.env) > 0 && strings.HasPrefix(c.env[0], "PLUGIN_UNIX_SOCKET_GROUP") && info.Mode().Perm() != 0o660 {
				t.Errorf("the socket's mode is %o, not 660", info.Mode().Perm())
			}
		})
	}
}

func TestInterruptIsIgnored(t *testing.T) {
	r := startRaw(t)
	s := r.session()
	if !strict { // go-plugin begins to ignore it a moment after its handshake line
		if err := s.ping(); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		if err := r.cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
	}
	for range 20 {
		if err := s.ping(); err != nil {
			t.Fatalf("ping after SIGINT: %v", err)
		}
	}
}

// The host's client waits for Quit's answer; a process that is gone first makes it log two warnings.
func TestQuitIsAnswered(t *testing.T) {
	unanswered := 0
	for range 20 {
		r := startRaw(t)
		s := r.session()
		if err := s.control.Call("Control.Quit", true, &struct{}{}); err != nil {
			unanswered++
		}
		s.close()
		r.mustEnd()
		r.mustBeGone()
	}
	if unanswered > 0 && strict {
		t.Errorf("%d of 20 Quits had no answer", unanswered)
	}
	t.Logf("%d of 20 Quits had no answer", unanswered)
}

func TestStoppingAndStartingLeavesNothingBehind(t *testing.T) {
	dir := t.TempDir()
	for range 20 {
		o := servers[0].options()
		o.Env = []string{"PLUGIN_UNIX_SOCKET_DIR=" + dir}
		p, err := Start(o)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Activate(); err != nil {
			t.Fatal(err)
		}
		pid := p.Pid()
		began := time.Now()
		if err := p.OnDeactivate(); err != nil {
			t.Fatal(err)
		}
		// Deactivate would wait for the host's own streams as well: a broker that had no time to accept what
		// the plugin dialled, because it ends within a millisecond, keeps waiting for 5 seconds.
		p.client.Kill()
		if took := time.Since(began); took > 2*time.Second && strict {
			t.Errorf("it took %v to stop", took)
		}
		if alive(pid) {
			t.Errorf("process %d is still there", pid)
		}
		if lines := p.Logs.Containing("failed to exit gracefully"); strict && len(lines) > 0 {
			t.Errorf("it was killed: %v", p.Logs.Lines())
		}
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if strict && len(left) > 0 {
		t.Errorf("%d sockets are left", len(left))
	}
}

// childHost is a host in a process of its own: it starts the probe, says where it is, and waits to be killed.
func childHost() error {
	p, err := Start(Options{Executable: os.Getenv(envChild), PluginID: "probe"})
	if err != nil {
		return err
	}
	if err := p.Activate(); err != nil {
		return err
	}
	return errors.Join(json.NewEncoder(os.Stdout).Encode(map[string]any{"pid": p.Pid(), "socket": p.SocketPath()}), waitForever())
}

func waitForever() error { select {} }

func TestItEndsWithItsHost(t *testing.T) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envChild+"="+probe.Executable)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var child struct {
		Pid    int    `json:"pid"`
		Socket string `json:"socket"`
	}
	line, err := bufio.NewReader(out).ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &child)
	}
	cmd.Process.Kill()
	cmd.Wait()
	if err != nil {
		t.Fatalf("the host in a process of its own: %v (%s)", err, line)
	}
	if !strict {
		t.Log("a Go plugin outlives its host: it is ended here, not judged")
		syscall.Kill(child.Pid, syscall.SIGKILL)
		os.Remove(child.Socket)
		return
	}
	t.Cleanup(func() {
		if alive(child.Pid) {
			syscall.Kill(child.Pid, syscall.SIGKILL)
		}
	})
	eventually(t, "the plugin is gone", func() bool { return !alive(child.Pid) })
	if _, err := os.Stat(child.Socket); err == nil {
		t.Errorf("the socket %s is still there", child.Socket)
	}
}

func TestItEndsWhenTheHostHangsUp(t *testing.T) {
	r := startRaw(t)
	s := r.session()
	if err := s.ping(); err != nil {
		t.Fatal(err)
	}
	s.close()
	if !strict {
		t.Log("a Go plugin stays when its host hangs up: not judged")
		return
	}
	r.mustEnd()
	r.mustBeGone()
}

// A plugin that dials without waiting learns of it only when it asks the API something: that call then fails.
func TestAHostThatNeverTakesTheAPIStreams(t *testing.T) {
	o := servers[0].options()
	o.NoAcceptAPI = true
	p, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	done := make(chan error, 1)
	go func() { done <- p.Activate() }()
	select {
	case err = <-done:
	case <-time.After(20 * time.Second):
		t.Fatal("OnActivate does not return")
	}
	t.Logf("OnActivate answers %v, the log has %v", err, p.callErrors())
	if err := p.Ping(); err != nil {
		t.Errorf("ping: %v", err)
	}
	if err != nil || len(p.callErrors()) > 0 {
		return
	}
	answer := httptest.NewRecorder()
	p.ServeHTTP(&wire.Context{}, answer, httptest.NewRequest("GET", "/api?method=GetServerVersion", nil))
	if body := answer.Body.String(); !strings.Contains(body, `"message"`) {
		t.Errorf("an API call without an API answers %d %s", answer.Code, body)
	}
	if err := p.Ping(); err != nil {
		t.Errorf("ping: %v", err)
	}
}

func TestAHostThatNeverTakesAResponseStream(t *testing.T) {
	f := launch(t, servers[0].options())
	f.NoAcceptHTTP = true
	if status, _, _ := f.get("/ok"); status != 500 && status != 200 {
		t.Errorf("a request whose streams nobody takes answers %d", status)
	}
	f.NoAcceptHTTP = false
	f.still()
}

func TestKilledHardItCanStartAgain(t *testing.T) {
	f := launch(t, servers[0].options())
	pid := f.Pid()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := f.WaitExit(ctx); err != nil {
		t.Fatal(err)
	}
	if err := f.Ping(); err == nil {
		t.Error("a dead plugin answers a ping")
	}
	if status, _, _ := f.get("/ok"); status != 500 {
		t.Errorf("a dead plugin's request answers %d", status)
	}
	again := launch(t, servers[0].options())
	again.still()
}

// eventually waits up to 5 seconds for a condition.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	eventuallyWithin(t, 5*time.Second, what, holds)
}

func eventuallyWithin(t *testing.T, limit time.Duration, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("after %v it does not hold that %s", limit, what)
}
