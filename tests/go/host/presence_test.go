package host

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard.test/go/model"
	"switchboard.test/go/outlook"
)

// presenceSecret has what Mattermost's own generated secrets have, a plus and a slash.
const presenceSecret = "Ab+/cdEF0123456789+zz/98765432xy"

// How soon a change is seen, at most: at once when it was published, in seconds when it was to be read.
const (
	atOnce = 3 * time.Second
	byRead = 5 * time.Second
	later  = 20 * time.Second // on a small server, for whom nothing hints at
)

// presenceIDs are the ids under which the product tells who is there.
var presenceIDs = []string{"com.mattermost.outlook-presence", "switchboard"}

// eachPresence runs f for each of these ids, as each kind of server.
func eachPresence(t *testing.T, f func(t *testing.T, b Bundle, s server)) {
	for _, b := range bundles(t, presenceIDs) {
		for _, s := range servers {
			t.Run(b.ID+"/"+s.name, func(t *testing.T) { f(t, b, s) })
		}
	}
}

// onePresence is for tests that take long: one id, one kind of server.
func onePresence(t *testing.T) (Bundle, server) {
	t.Helper()
	return bundles(t, presenceIDs[:1])[0], servers[1]
}

// presenceSettings are a bundle's settings with this secret.
func presenceSettings(id, secret string) map[string]any {
	if id != "switchboard" {
		return map[string]any{"Secret": secret, "PerPageStatuses": 100}
	}
	settings := goodSettings()
	settings["PresenceSecret"], settings["PerPageStatuses"] = secret, "100"
	return settings
}

// somewhat is what the crowd of most tests has: some online, most offline, some without a record.
func somewhat(i int) string {
	return []string{"online", "away", "dnd", "offline", "offline", "offline", "", "", "ooo", "offline"}[i%10]
}

// presence launches a bundle with a crowd of people, beside alice, bob, carol and admin, who are online.
func presence(t *testing.T, b Bundle, s server, people int, more ...func(*World)) *fixture {
	t.Helper()
	w := NewWorld(s.version)
	w.SetConfig(presenceSettings(b.ID, presenceSecret))
	w.AddCrowd(people, somewhat)
	for _, change := range more {
		change(w)
	}
	return launchBundle(t, b, s, w, presenceSecret)
}

// program starts the Windows program, and checks at the end that nothing was done to it that it does not bear.
func (f *fixture) program(options ...func(*outlook.Options)) *outlook.Program {
	f.t.Helper()
	o := outlook.Options{Base: f.base, Secret: url.QueryEscape(presenceSecret)}
	for _, set := range options {
		set(&o)
	}
	p := outlook.Start(o)
	f.t.Cleanup(func() {
		p.Stop()
		for _, fault := range p.Faults() {
			f.t.Errorf("the Windows program: %s", fault)
		}
	})
	if err := p.StartError(); err != nil {
		f.t.Fatalf("the Windows program's start: %v", err)
	}
	f.ok0(p.Wait(atOnce, "it is connected", func() bool { n, _ := p.Counts(); return n == 1 }))
	return p
}

// ok0 ends the test at an error.
func (f *fixture) ok0(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// secretly answers a path with the presence secret.
func secretly(path string) string {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return path + separator + "secret=" + url.QueryEscape(presenceSecret)
}

type listed struct {
	UserID string `json:"user_id"`
	Email  string `json:"email"`
	Status string `json:"status"`
}

// page answers a page, which has to be 200 and JSON.
func (f *fixture) page(n int) []listed {
	f.t.Helper()
	status, header, body := f.get(secretly(fmt.Sprintf("/api/v1/status?page=%d", n)))
	if status != 200 || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		f.t.Fatalf("page %d answers %d %q %.200q", n, status, header.Get("Content-Type"), body)
	}
	var entries []listed
	if err := json.Unmarshal([]byte(body), &entries); err != nil || entries == nil {
		f.t.Fatalf("page %d is %.200q: %v", n, body, err)
	}
	return entries
}

// pages answers all pages, the empty one at the end left out.
func (f *fixture) pages() (all []listed) {
	f.t.Helper()
	for n := 0; ; n++ {
		entries := f.page(n)
		if len(entries) == 0 {
			return all
		}
		all = append(all, entries...)
	}
}

// publish posts a body as somebody who is signed in, or nobody.
func (f *fixture) publish(name, body string) (int, string) {
	f.t.Helper()
	r, err := http.NewRequest(http.MethodPost, f.base+"/api/v1/status/publish", strings.NewReader(body))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if name != "" {
		r.Header.Set("Authorization", "Bearer token-"+name)
	}
	status, _, text := f.send(r)
	return status, text
}

// told is somebody of the crowd changing their status in a browser, which publishes it.
func (f *fixture) told(i int, status string) {
	f.t.Helper()
	f.World.SetStatus(PersonID(i), status)
	if code, text := f.publish(PersonName(i), published(PersonID(i), status)); code != 200 || strings.TrimSpace(text) != `{"status":"OK"}` {
		f.t.Fatalf("publishing answers %d %q", code, text)
	}
}

func published(id, status string) string {
	return fmt.Sprintf(`{"user_id":%q,"status":%q}`, id, status)
}

// expected is what Outlook is to show of the crowd, and of those that every world has.
func expected(people int) map[string]string {
	all := map[string]string{}
	for _, name := range []string{"alice", "bob", "carol", "admin"} {
		all[name+"@example.com"] = model.StatusOnline
	}
	for i := range people {
		status := somewhat(i)
		switch status {
		case "":
			status = model.StatusOffline
		case "ooo":
			status = model.StatusAway
		}
		all[PersonEmail(i)] = status
	}
	return all
}
