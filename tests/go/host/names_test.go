package host

import (
	"os"
	"os/exec"
	"testing"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// Both error types, inside an interface, in a reply of the server's.
func TestErrorsInReplies(t *testing.T) {
	o := servers[0].options()
	if names := os.Getenv(envNames); names != "" {
		o.Env = []string{"PROBE_NAMES=" + names}
	}
	f := launch(t, o)
	f.World.FailNext("RegisterCommand", 1, &model.AppError{Id: "app.command", Message: "not now", DetailedError: "details", StatusCode: 503, Where: "RegisterCommand"})
	a := f.api("RegisterCommand", model.Command{Trigger: "x"})
	if a.Error == nil || a.Error.ID != "app.command" || a.Error.Message != "not now" || a.Error.Status != 503 {
		t.Errorf("an AppError arrives as %+v", a.Error)
	}
	a = f.api("RegisterCommand", model.Command{})
	if a.Error == nil || a.Error.Message != "invalid command" {
		t.Errorf("an ErrorString arrives as %+v", a.Error)
	}
	f.still()
}

// A plugin reads an error by the last element of its name, whatever stands before it.
func TestErrorsUnderOtherNames(t *testing.T) {
	for _, names := range []wire.Names{wire.NamesCurrent, wire.NamesV6} {
		t.Run(string(names), func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestErrorsInReplies$", "-test.v")
			cmd.Env = append(os.Environ(), envNames+"="+string(names))
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
