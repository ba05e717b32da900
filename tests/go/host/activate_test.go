package host

import (
	"context"
	"strings"
	"testing"
	"time"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// A failed activation has to arrive as one of the server's own error types, on servers of every age: a net/rpc error in
// its place counts as success.
func TestAFailedActivationArrivesTyped(t *testing.T) {
	for _, version := range []string{"6.2.1", "7.8.15", "8.1.0", "9.11.0", "11.6.0"} {
		for _, kind := range []string{"string", "app"} {
			t.Run(version+"/"+kind, func(t *testing.T) {
				o := servers[0].options()
				o.World = NewWorld(version)
				o.WholeRequest = !strings.HasPrefix(version, "11")
				o.Env = []string{"PROBE_FAIL_ACTIVATE=" + kind}
				p, err := Start(o)
				if err != nil {
					t.Fatal(err)
				}
				t.Cleanup(p.Kill)
				err = p.Activate()
				if errs := p.callErrors(); len(errs) > 0 {
					t.Errorf("the call failed, which the server takes as success: %v", errs)
				}
				switch e := err.(type) {
				case *wire.ErrorString:
					if kind != "string" || e.Err != "activation refused" {
						t.Errorf("it arrives as %#v", e)
					}
				case *model.AppError:
					if kind != "app" || e.Id != "probe.activate" || e.Message != "activation refused" || e.StatusCode != 500 {
						t.Errorf("it arrives as %#v", e)
					}
				default:
					t.Errorf("it arrives as %#v", err)
				}
				if err := p.Ping(); err != nil {
					t.Errorf("ping after a failed activation: %v", err)
				}
			})
		}
	}
}

func TestAPanicAtActivation(t *testing.T) {
	o := servers[0].options()
	o.Env = []string{"PROBE_PANIC_ACTIVATE=1"}
	p, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	err = p.Activate()
	if !strict {
		t.Log("a Go plugin dies of a panic in OnActivate: not judged")
		return
	}
	if err == nil {
		t.Errorf("the server takes the activation as a success; log: %v", p.Logs.Errors())
	}
	if err := p.Ping(); err != nil {
		t.Errorf("ping after a panic in OnActivate: %v", err)
	}
}

func TestAnExitAtActivation(t *testing.T) {
	o := servers[0].options()
	o.Env = []string{"PROBE_EXIT_ACTIVATE=1"}
	p, err := Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Kill)
	done := make(chan error, 1)
	go func() { done <- p.Activate() }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("OnActivate does not return when the process is gone")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := p.WaitExit(ctx); err != nil {
		t.Error(err)
	}
}
