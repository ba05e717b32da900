package host

import (
	"net/url"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"switchboard.test/go/outlook"
)

// The Go hub does for the Windows program what a plain plugin does. It also shows that the replica of that program has its
// weaknesses: it connects again when it hears nothing.
func TestPresenceOfTheGoHub(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "hub")
	if out, err := exec.Command("go", "build", "-o", path, "switchboard.test/go/hub").CombinedOutput(); err != nil {
		t.Fatalf("building the hub: %v\n%s", err, out)
	}
	s := servers[1]
	w := NewWorld(s.version)
	w.SetConfig(map[string]any{"Secret": presenceSecret})
	w.AddCrowd(150, func(i int) string { return []string{"online", "offline", ""}[i%3] })
	p, err := Start(Options{Executable: path, PluginID: "hub", World: w, WholeRequest: s.whole, NoFlush: s.noFlush})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Kill()
	if err := p.Activate(); err != nil {
		t.Fatal(err)
	}
	f := &fixture{Plugin: p, t: t, front: NewFront(w), client: newClient()}
	defer f.client.CloseIdleConnections()
	f.front.Set("hub", p)
	base, stop, err := f.front.Listen()
	f.ok0(err)
	defer stop()
	f.base = base + "/plugins/hub"
	program := outlook.Start(outlook.Options{Base: f.base, Secret: url.QueryEscape(presenceSecret)})
	defer program.Stop()
	f.ok0(program.StartError())
	expect(t, "the number of people that it knows", len(program.People()), 154)
	eventually(t, "the hub counts one client", func() bool { return f.metrics() == "hub_clients 1\n" })
	f.told(1, "dnd")
	f.ok0(program.WaitStatus(atOnce, PersonEmail(1), "dnd"))
	f.ok0(program.Wait(outlook.Silence+10*time.Second, "it connects again", func() bool { n, _ := program.Counts(); return n == 2 }))
	f.told(2, "away")
	f.ok0(program.WaitStatus(atOnce, PersonEmail(2), "away"))
	if faults := program.Faults(); len(faults) > 0 {
		t.Errorf("the Windows program: %q", faults)
	}
}
