package host

import (
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const productSecret = "7hK2-phones-secret-9fQ"

// productIDs are the ids under which the product is installed.
var productIDs = []string{"switchboard", "net.bytemine.sip"}

// eachProduct runs f for each of the ids under which the product answers phones, as each kind of server.
func eachProduct(t *testing.T, f func(t *testing.T, b Bundle, s server)) {
	for _, b := range bundles(t, productIDs) {
		for _, s := range servers {
			t.Run(b.ID+"/"+s.name, func(t *testing.T) { f(t, b, s) })
		}
	}
}

// bundles answers the product's bundles with these ids. SWITCHBOARD_BUNDLE holds unpacked bundles' folders; of an id that is
// not among them the first is made into one, as only the manifest tells them apart.
func bundles(t *testing.T, ids []string) []Bundle {
	t.Helper()
	list := os.Getenv(envBundle)
	if list == "" {
		t.Skipf("%s does not name an unpacked bundle of the product", envBundle)
	}
	given := map[string]Bundle{}
	var first Bundle
	for _, path := range filepath.SplitList(list) {
		b, err := OpenBundle(path)
		if err != nil {
			t.Fatal(err)
		}
		if first.ID == "" {
			first = b
		}
		given[b.ID] = b
	}
	var all []Bundle
	for _, id := range ids {
		b, there := given[id]
		if !there {
			b = rename(t, first, id)
		}
		all = append(all, b)
	}
	return all
}

// rename copies a bundle, program and manifest, and gives it another id.
func rename(t *testing.T, b Bundle, id string) Bundle {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(b.Dir)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "plugin.json")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var manifest map[string]any
	if err := json.Unmarshal(raw, &manifest); err != nil {
		t.Fatal(err)
	}
	manifest["id"] = id
	if raw, err = json.Marshal(manifest); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o644); err != nil {
		t.Fatal(err)
	}
	renamed, err := OpenBundle(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(renamed.Executable, 0o755); err != nil {
		t.Fatal(err)
	}
	return renamed
}

func goodSettings() map[string]any {
	return map[string]any{"TeamName": "acme", "ChannelName": "phones", "UserMail": "alice@example.com", "Secret": productSecret,
		"NumbersUsers": "123:bob,124:alice,0004f2abcdef:carol", "HideConnectionMessages": false}
}

// product launches the product with these settings and, at the end, checks that the secret is in no log.
func product(t *testing.T, b Bundle, s server, settings map[string]any) *fixture {
	t.Helper()
	w := NewWorld(s.version)
	w.SetConfig(settings)
	return launchBundle(t, b, s, w, productSecret)
}

// launchBundle launches a bundle and, at the end, checks that its secret is in no log, whichever way it was sent.
func launchBundle(t *testing.T, b Bundle, s server, w *World, secret string, fronts ...func(*Front)) *fixture {
	t.Helper()
	w.BundlePath = b.Dir
	f := launch(t, Options{Executable: b.Executable, PluginID: b.ID, World: w, WholeRequest: s.whole, NoFlush: s.noFlush, Logs: NewLogs(nil)}, fronts...)
	t.Cleanup(func() {
		for _, lines := range [][]LogLine{f.Logs.Lines(), w.APILogs()} {
			for _, l := range lines {
				text := fmt.Sprint(l.Message, l.Fields)
				if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) {
					t.Errorf("the secret is in the log: %v", l)
				}
			}
		}
	})
	return f
}

// withSecret adds the secret to a path.
func withSecret(path string) string {
	separator := "?"
	if strings.Contains(path, "?") {
		separator = "&"
	}
	return path + separator + "secret=" + url.QueryEscape(productSecret)
}

// posted waits for the next post after the first n, and answers its text.
func (f *fixture) posted(n int) string {
	f.t.Helper()
	eventually(f.t, fmt.Sprintf("there are %d posts", n+1), func() bool { return len(f.World.Posts()) > n })
	p := f.World.Posts()[n]
	if p.UserId != UserID("alice") || p.ChannelId != ChannelID("phones") || p.Props["sent_by_plugin"] != true {
		f.t.Errorf("the post is %+v", p)
	}
	return p.Message
}

func TestProductActivates(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		if errs := append(f.Logs.Errors(), f.World.APILogs()...); len(errs) > 0 {
			for _, l := range errs {
				if l.Level == "error" {
					t.Errorf("it logs an error: %v", l)
				}
			}
		}
		for _, trigger := range []string{"sip-dashboard", "sip-status"} {
			if c, there := f.World.Commands()[trigger]; !there || !c.AutoComplete {
				t.Errorf("command /%s: %v, %+v", trigger, there, c)
			}
		}
		if status, _, body := f.get(withSecret("/status")); status != 200 || strings.TrimSpace(body) != "OK" {
			t.Errorf("/status answers %d %q", status, body)
		}
		expect(t, "the number of posts", len(f.World.Posts()), 0)
	})
}

func TestProductPhoneURLs(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		for i, c := range []struct{ path, message string }{
			{"/sip/dnd-on/bob", "bob DND on"},
			{"/sip/dnd-off/bob", "bob DND off"},
			{"/sip/offhook/bob", "bob connected"},
			{"/sip/onhook/bob", "bob disconnected"},
			{"/sip/paused-on/bob", "bob paused"},
			{"/sip/paused-off/bob", "bob unpaused"},
			{"/sip/login/bob", "bob logged in"},
			{"/sip/logout/bob", "bob logged out"},
			{"/sip/agent-login/bob", "bob logged in as agent"},
			{"/sip/agent-logout/bob", "bob logged out as agent"},
			{"/sip/answering-call/bob", "bob answers call"},
			{"/sip/incoming-call/bob/1234567", "incoming call for bob from 1234567"},
			{"/sip/incoming-conf/bob/1234567", "incoming call for bob from 1234567"},
			{"/sip/unknown-exten/bob/1234567", "incoming call for bob from unknown extension 1234567"},
			{"/sip/dnd-on/123", "bob DND on"},
			{"/sip/incoming-call/123/124", "incoming call for bob from alice"},
			{"/sip/incoming-call/bob", "incoming call for bob"},
			{"/sip/incoming-call?user=bob&number=1234567", "incoming call for bob from 1234567"},
			{"/sip/incoming-call?user=123&number=&call_id=7", "incoming call for bob"},
			{"/sip/incoming-call?user=bob&number=" + url.QueryEscape("$remote"), "incoming call for bob"},
			{"/sip/incoming-call?user=bob&number=" + url.QueryEscape("$$REMOTENUMBER$$"), "incoming call for bob"},
			{"/sip/incoming-call?user=bob&number=" + url.QueryEscape("{remoteNumber}"), "incoming call for bob"},
			{"/sip/incoming-call?user=bob&number=" + url.QueryEscape("<sip:100@pbx;user=phone>"), "incoming call for bob from 100"},
			{"/sip/incoming-call?user=bob&number=" + url.QueryEscape("sip:+4924040@pbx.example.com:5060"), "incoming call for bob from +4924040"},
			{"/sip/incoming-call/bob/%2B49%20240", "incoming call for bob from +49 240"},
			{"/sip/dnd-on?user=" + url.QueryEscape("sip:123@pbx"), "bob DND on"},
			{"/sip/dnd-on?mac=0004F2ABCDEF", "carol DND on"},
			{"/sip/dnd-on?mac=00:04:f2:ab:cd:ef", "carol DND on"},
		} {
			method := []string{"GET", "POST"}[i%2]
			status, _, body := f.do(method, withSecret(c.path), nil)
			if status != 200 {
				t.Fatalf("%s %s answers %d %q", method, c.path, status, body)
			}
			if got := f.posted(i); normalBlanks(got) != c.message {
				t.Errorf("%s posts %q, not %q", c.path, got, c.message)
			}
		}
	})
}

// normalBlanks takes out what is not to be seen, which may stand between an @ and a name.
func normalBlanks(s string) string {
	return strings.NewReplacer("\u200b", "", "\u2060", "", "\u00a0", " ", "\\", "").Replace(s)
}

func TestProductPolycom(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		for i, c := range []struct{ body, message string }{
			{`<OffHookEvent><PhoneIP>192.0.2.1</PhoneIP><MACAddress>0004f2abcdef</MACAddress><TimeStamp>2026-01-01T00:00:00</TimeStamp></OffHookEvent>`, "carol connected"},
			{`<?xml version="1.0" encoding="UTF-8"?><PolycomIPPhone><OnHookEvent><PhoneIP>192.0.2.1</PhoneIP><MACAddress>00:04:F2:AB:CD:EF</MACAddress></OnHookEvent></PolycomIPPhone>`, "carol disconnected"},
			{`<IncomingCallEvent><PhoneIP>192.0.2.1</PhoneIP><MACAddress>0004f2abcdef</MACAddress><CallingPartyName>X</CallingPartyName><CallingPartyNumber>sip:1234567@pbx</CallingPartyNumber><CalledPartyNumber>sip:999@pbx</CalledPartyNumber></IncomingCallEvent>`, "incoming call for carol from 1234567"},
		} {
			status, _, body := f.do("POST", withSecret("/sip/polycom"), strings.NewReader(c.body))
			if status != 200 {
				t.Fatalf("%s answers %d %q", c.body, status, body)
			}
			if got := f.posted(i); normalBlanks(got) != c.message {
				t.Errorf("%s posts %q", c.body, got)
			}
		}
		for _, bad := range []string{"", "<", "not XML", "<OffHookEvent>", strings.Repeat("<a>", 100_000), `<!DOCTYPE a [<!ENTITY b "c">]><OffHookEvent>&b;</OffHookEvent>`} {
			if status, _, _ := f.do("POST", withSecret("/sip/polycom"), strings.NewReader(bad)); status != 400 && status != 413 {
				t.Errorf("%.40q answers %d", bad, status)
			}
		}
		f.healthy200()
	})
}

func (f *fixture) healthy200() {
	f.t.Helper()
	if status, _, body := f.get(withSecret("/status")); status != 200 {
		f.t.Errorf("/status answers %d %q", status, body)
	}
}

func TestProductRefuses(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		for _, c := range []struct {
			method, path string
			body         int
			status       int
			says         string
		}{
			{"GET", "/sip/dnd-on/bob", 0, 401, "Unauthorized"},
			{"GET", "/sip/dnd-on/bob?secret=wrong", 0, 401, "Unauthorized"},
			{"GET", "/sip/dnd-on/bob?secret=", 0, 401, "Unauthorized"},
			{"GET", "/status", 0, 401, "Unauthorized"},
			{"GET", "/dashboard", 0, 401, ""},
			{"GET", withSecret("/sip/dance/bob"), 0, 404, "dnd-on"},
			{"GET", withSecret("/sip/dnd-on/bob/1/2/3"), 0, 400, ""},
			{"GET", withSecret("/sip/"), 0, 400, ""},
			{"GET", withSecret("/sip/dnd-on"), 0, 400, ""},
			{"GET", withSecret("/nothing"), 0, 404, ""},
			{"DELETE", withSecret("/sip/dnd-on/bob"), 0, 405, ""},
			{"PUT", withSecret("/sip/dnd-on/bob"), 10, 405, ""},
			{"POST", withSecret("/status"), 0, 405, ""},
			{"POST", withSecret("/sip/polycom"), 20 << 20, 413, ""},
			{"GET", withSecret("/sip/dnd-on/bob?x=" + strings.Repeat("x", 100_000)), 0, 414, ""},
		} {
			status, header, body := f.do(c.method, c.path, strings.NewReader(strings.Repeat("x", c.body)))
			if status != c.status || !strings.Contains(body, c.says) {
				t.Errorf("%s %.60s answers %d %.200q", c.method, c.path, status, body)
			}
			if status == 405 && !strings.Contains(header.Get("Allow"), "GET") {
				t.Errorf("%s %s: Allow is %q", c.method, c.path, header.Get("Allow"))
			}
			if strings.Contains(body, productSecret) {
				t.Errorf("%s %s: the answer holds the secret", c.method, c.path)
			}
		}
		expect(t, "the number of posts", len(f.World.Posts()), 0)
		f.healthy200()
	})
}

func TestProductWithoutASecretRefusesEveryone(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		settings := goodSettings()
		settings["Secret"] = ""
		f := product(t, b, s, settings)
		for _, path := range []string{"/sip/dnd-on/bob", "/sip/dnd-on/bob?secret=", "/sip/dnd-on/bob?secret=x", "/status", "/status?secret="} {
			if status, _, body := f.get(path); status != 503 || !strings.Contains(body, "Secret") {
				t.Errorf("%s answers %d %q", path, status, body)
			}
		}
		expect(t, "the number of posts", len(f.World.Posts()), 0)
	})
}

// live is what a post must not hold of foreign text: a mention, a link's middle that is not escaped, and the like.
var live = regexp.MustCompile("@(all|channel|here|bob)\\b|(^|[^\\\\])\\]\\(|http://evil|\\*\\*bold\\*\\*|`code`|~~gone~~|\n|:smile:|~town-square")

// What a phone sends is someone else's text.
func TestProductDefusesForeignText(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		for i, text := range []string{"@all", "@channel", "@here", "@bob", "x @all", "**bold**", "[x](http://evil.example)", "http://evil.example/a", "![x](http://evil.example/a.png)",
			"`code`", "# big", "a|b", "~~gone~~", "line\nbreak", ":smile:", "~town-square", "<b>", strings.Repeat("9", 5000)} {
			path := withSecret("/sip/incoming-call?user=" + url.QueryEscape(text) + "&number=" + url.QueryEscape(text))
			if status, _, body := f.get(path); status != 200 && status != 400 && status != 414 {
				t.Fatalf("%.40q answers %d %q", text, status, body)
			}
			// A marker after each one: posts are in order, so what came before it is there.
			f.get(withSecret(fmt.Sprintf("/sip/incoming-call?user=marker&number=%d", 5550000+i)))
			eventually(t, "the marker is posted", func() bool {
				return strings.Contains(strings.Join(f.World.Messages(), "\n"), fmt.Sprint(5550000+i))
			})
			for _, message := range f.World.Messages() {
				if what := live.FindString(message); what != "" {
					t.Fatalf("%q holds %q as it came", message, what)
				}
				if len(message) > 2000 {
					t.Fatalf("a post has %d bytes", len(message))
				}
			}
		}
	})
}
