package host

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"switchboard.test/go/model"
)

func (f *fixture) command(user, text string) string {
	f.t.Helper()
	answer, failure := f.Command(user, text)
	if failure != nil || answer == nil {
		f.t.Fatalf("%s answers %+v, %v", text, answer, failure)
	}
	if answer.ResponseType != "ephemeral" {
		f.t.Errorf("%s answers to everyone: %+v", text, answer)
	}
	return answer.Text
}

func TestProductCommandsAndDashboard(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		for _, path := range []string{"/sip/dnd-on/bob", "/sip/agent-login/alice", "/sip/offhook/zoe"} {
			if status, _, body := f.get(withSecret(path)); status != 200 {
				t.Fatalf("%s answers %d %q", path, status, body)
			}
		}
		table := f.command("bob", "/sip-status")
		last := -1
		for _, name := range []string{"alice", "bob", "zoe"} {
			at := strings.Index(table, name)
			if at < 0 || at < last {
				t.Errorf("%s is not in its place in %s", name, table)
			}
			last = at
		}
		for _, icon := range []string{"🚫", "🆗←", "📞"} {
			if !strings.Contains(table, icon) {
				t.Errorf("%s is not in %s", icon, table)
			}
		}
		link := f.command("bob", "/sip-dashboard")
		if !strings.Contains(link, "https://mattermost.example.com/plugins/"+b.ID+"/dashboard") {
			t.Errorf("/sip-dashboard answers %s", link)
		}
		if strings.Contains(link, productSecret) {
			t.Errorf("/sip-dashboard hands the secret to bob")
		}
		status, header, page := f.get(withSecret("/dashboard"))
		if status != 200 || !strings.HasPrefix(header.Get("Content-Type"), "text/html") || !strings.Contains(page, "bob") || !strings.Contains(page, "zoe") {
			t.Errorf("/dashboard answers %d %q %.300q", status, header.Get("Content-Type"), page)
		}
		if strings.Contains(page, productSecret) {
			t.Error("the page holds the secret")
		}
		if policy := header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors") {
			t.Errorf("the page's Content-Security-Policy is %q", policy)
		}
	})
}

func TestProductHidesConnectionMessages(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		settings := goodSettings()
		settings["HideConnectionMessages"] = "true"
		f := product(t, b, s, settings)
		for _, path := range []string{"/sip/onhook/bob", "/sip/offhook/bob", "/sip/dnd-on/alice"} {
			f.get(withSecret(path))
		}
		expect(t, "the post", f.posted(0), "alice DND on")
		if table := f.command("bob", "/sip-status"); !strings.Contains(table, "📞") {
			t.Errorf("bob's state is lost: %s", table)
		}
	})
}

// Keys in any case, values in each other's types.
func TestProductReadsSettingsInAnyDress(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		for _, raw := range []string{
			`{"teamname":"acme","channelname":"phones","usermail":"alice@example.com","secret":"` + productSecret + `","numbersusers":"123:bob","hideconnectionmessages":"false"}`,
			`{"TeamName":"acme","ChannelName":"phones","UserMail":"ALICE@example.com","Secret":"` + productSecret + `","NumbersUsers":"123:bob","HideConnectionMessages":0}`,
			`{"TEAMNAME":" acme ","CHANNELNAME":"phones","USERMAIL":"alice@example.com","SECRET":"` + productSecret + `","NUMBERSUSERS":" 123 : bob , ","unknown":{"a":[1]}}`,
			`{"teamname":"acme","channelname":"phones","usermail":"alice@example.com","secret":"` + productSecret + `","numbersusers":"123:bob","hideconnectionmessages":null}`,
		} {
			f.World.SetRawConfig(raw)
			if err := f.OnConfigurationChange(); err != nil {
				t.Errorf("OnConfigurationChange: %v", err)
			}
			n := len(f.World.Posts())
			if status, _, body := f.get(withSecret("/sip/offhook/123")); status != 200 {
				t.Fatalf("with %s a phone's URL answers %d %q", raw, status, body)
			}
			expect(t, "with "+raw+" the post", f.posted(n), "bob connected")
		}
	})
}

func TestProductKeepsItsStateWhenSettingsChange(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		f.get(withSecret("/sip/dnd-on/bob"))
		settings := goodSettings()
		settings["Secret"] = "another-secret-altogether"
		f.World.SetConfig(settings)
		if err := f.OnConfigurationChange(); err != nil {
			t.Fatal(err)
		}
		if table := f.command("alice", "/sip-status"); !strings.Contains(table, "bob") || !strings.Contains(table, "🚫") {
			t.Errorf("bob's state is lost: %s", table)
		}
		if status, _, _ := f.get(withSecret("/status")); status != 401 {
			t.Errorf("the old secret answers %d", status)
		}
		if status, _, _ := f.get("/status?secret=another-secret-altogether"); status != 200 {
			t.Errorf("the new secret answers %d", status)
		}
	})
}

func TestProductLivesWithBadSettings(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		for _, c := range []struct {
			key   string
			value any
			says  []string
		}{
			{"TeamName", "nosuchteam", []string{"TeamName", "nosuchteam"}},
			{"TeamName", "", []string{"TeamName"}},
			{"ChannelName", "nosuchchannel", []string{"ChannelName", "nosuchchannel"}},
			{"UserMail", "nobody@example.com", []string{"UserMail", "nobody@example.com"}},
			{"NumbersUsers", "123:bob,nonsense", []string{"NumbersUsers", "nonsense"}},
		} {
			settings := goodSettings()
			settings[c.key] = c.value
			f := product(t, b, s, settings)
			body := ""
			eventually(t, fmt.Sprintf("/status answers 503 with %s %q", c.key, c.value), func() bool {
				status, _, text := f.get(withSecret("/status"))
				body = text
				return status == 503
			})
			for _, text := range c.says {
				if !strings.Contains(body, text) {
					t.Errorf("%s %q: /status says %q, nothing of %s", c.key, c.value, body, text)
				}
			}
			f.World.SetConfig(goodSettings())
			if err := f.OnConfigurationChange(); err != nil {
				t.Errorf("OnConfigurationChange: %v", err)
			}
			eventually(t, "all is well when the setting is", func() bool {
				status, _, _ := f.get(withSecret("/status"))
				return status == 200
			})
		}
	})
}

// Every request that was answered 200 has its post when the plugin has stopped, in order per person, and none twice.
func TestProductLosesNoPostWhenItStops(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		f.World.OnCall(func(method string) {
			if method == "CreatePost" {
				time.Sleep(2 * time.Millisecond)
			}
		})
		people := []string{"alice", "bob", "carol", "zoe"}
		const each = 50
		var wg sync.WaitGroup
		var accepted atomic.Int64
		for _, name := range people {
			wg.Add(1)
			go func() {
				defer wg.Done()
				for i := range each {
					status, _, body := f.get(withSecret(fmt.Sprintf("/sip/incoming-call/%s/%d", name, 4_000_000+i)))
					if status != 200 {
						t.Errorf("a phone's URL answers %d %q", status, body)
						return
					}
					accepted.Add(1)
				}
			}()
		}
		wg.Wait()
		if err := f.Deactivate(); err != nil {
			t.Errorf("OnDeactivate: %v", err)
		}
		messages := f.World.Messages()
		expect(t, "the number of posts", int64(len(messages)), accepted.Load())
		for _, name := range people {
			var own, want []string
			for i := range each {
				want = append(want, fmt.Sprintf("incoming call for %s from %d", name, 4_000_000+i))
			}
			for _, m := range messages {
				if strings.Contains(m, "for "+name+" ") {
					own = append(own, m)
				}
			}
			if !slices.Equal(own, want) {
				t.Errorf("%s's posts are %d, not %d in order", name, len(own), len(want))
			}
		}
		if lines := f.Logs.Containing("took too long"); len(lines) > 0 {
			t.Errorf("%v", lines)
		}
	})
}

func TestProductRepeatsAFailedPost(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		f := product(t, b, s, goodSettings())
		f.World.FailNext("CreatePost", 2, &model.AppError{Id: "db", Message: "the database is away", StatusCode: 500})
		for _, path := range []string{"/sip/dnd-on/bob", "/sip/dnd-off/bob"} {
			if status, _, body := f.get(withSecret(path)); status != 200 {
				t.Fatalf("%s answers %d %q", path, status, body)
			}
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		for len(f.World.Posts()) < 2 && ctx.Err() == nil {
			time.Sleep(5 * time.Millisecond)
		}
		if got := f.World.Messages(); !slices.Equal(got, []string{"bob DND on", "bob DND off"}) {
			t.Errorf("the posts are %q", got)
		}
	})
}

// Phones do not wait for posts: 300 requests are answered while the server takes no post.
func TestProductAnswersPhonesWhilePostsAreStuck(t *testing.T) {
	eachProduct(t, func(t *testing.T, b Bundle, s server) {
		from := len(stderr.Lines())
		f := product(t, b, s, goodSettings())
		free := make(chan struct{})
		f.World.OnCall(func(method string) {
			if method == "CreatePost" {
				<-free
			}
		})
		together(t, 300, func(i int) error {
			answer, err := f.client.Get(f.base + withSecret(fmt.Sprintf("/sip/incoming-call/user%d/%d", i%20, 5_000_000+i)))
			if err != nil {
				return err
			}
			answer.Body.Close()
			if answer.StatusCode != 200 {
				return fmt.Errorf("a phone's URL answers %d", answer.StatusCode)
			}
			return nil
		})
		close(free)
		eventually(t, "all 300 posts are there", func() bool { return len(f.World.Posts()) == 300 })
		f.noStreamTrouble(from)
	})
}
