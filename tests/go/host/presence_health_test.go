package host

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// sample is a line of Prometheus's text form.
var sample = regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^}]*\})? (-?[0-9.e+-]+|NaN|[+-]Inf)$`)

// samples reads metrics: name and labels -> value.
func samples(t *testing.T, text string) map[string]string {
	t.Helper()
	all := map[string]string{}
	typed := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, _, _ := strings.Cut(rest, " ")
			typed[name] = true
			continue
		}
		if strings.HasPrefix(line, "# HELP ") {
			continue
		}
		m := sample.FindStringSubmatch(line)
		if m == nil {
			t.Errorf("this is no metric: %q", line)
			continue
		}
		if !typed[m[1]] {
			t.Errorf("%s has no type", m[1])
		}
		if _, twice := all[m[1]+m[2]]; twice {
			t.Errorf("%s%s is there twice", m[1], m[2])
		}
		all[m[1]+m[2]] = m[3]
	}
	return all
}

// sum adds a metric's samples up, whatever their labels.
func sum(t *testing.T, all map[string]string, name string) (total float64) {
	t.Helper()
	found := false
	for sample, text := range all {
		if base, _, _ := strings.Cut(sample, "{"); base == name {
			value, err := strconv.ParseFloat(text, 64)
			if err != nil {
				t.Errorf("%s is %s", sample, text)
			}
			total, found = total+value, true
		}
	}
	if !found {
		t.Errorf("there is no metric %s: %v", name, all)
	}
	return total
}

// Numbers of people and clients are in the metrics and on /status, and names and the secret in neither.
func TestPresenceTellsHowItIs(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 30)
		expect(t, "the number of people", len(f.pages()), 34)
		for range 3 {
			ws := f.socket()
			f.ok0(until(ws, "alice@example.com", "online"))
		}
		text := f.metrics()
		all := samples(t, text)
		expect(t, "the clients in the metrics", sum(t, all, "switchboard_feed_clients"), 3)
		expect(t, "the people in the metrics", sum(t, all, "switchboard_presence_people"), 34)
		secret := presenceSecret
		if b.ID == "switchboard" {
			secret = productSecret
		}
		status, _, lines := f.get("/status?secret=" + url.QueryEscape(secret))
		if status != 200 || !strings.HasPrefix(lines, "OK\n") {
			t.Errorf("/status answers %d %q", status, lines)
		}
		for _, word := range []string{"34", "3 clients", "round"} {
			if !strings.Contains(lines, word) {
				t.Errorf("/status tells nothing of %q: %q", word, lines)
			}
		}
		for _, page := range []string{text, lines} {
			for _, word := range []string{presenceSecret, productSecret, "example.com", UserID("alice")} {
				if strings.Contains(page, word) {
					t.Errorf("it tells %q: %s", word, page)
				}
			}
		}
		if status, _, _ := f.get("/status?secret=wrong"); status != 401 {
			t.Errorf("/status with a wrong secret answers %d", status)
		}
	})
}

// A reading of statuses stays within its budget, also in the first round.
func TestPresenceStaysWithinItsBudget(t *testing.T) {
	t.Parallel()
	b, s := onePresence(t)
	const people = 30_000
	f := presence(t, b, s, people)
	p := f.program()
	expect(t, "the number of people", len(p.People()), people+4)
	seen := f.World.Calls("GetUserStatusesByIds")
	eventuallyWithin(t, later, "everybody was read twice more", func() bool {
		return f.World.Calls("GetUserStatusesByIds") >= seen+60
	})
	for i := range 200 {
		f.WebSocket("OnWebSocketConnect", fmt.Sprint(i), PersonID(i*100))
	}
	f.World.SetStatus(PersonID(100), "dnd")
	f.ok0(p.WaitStatus(byRead, PersonEmail(100), "dnd"))
	// Ten a second, evenly: the first and the eleventh are a second apart when they leave, and may be a little less when they arrive.
	if most := f.World.MostCallsInASecond("GetUserStatusesByIds"); most > 11 {
		t.Errorf("%d calls for statuses came within a second", most)
	}
}
