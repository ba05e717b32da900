package host

import (
	"maps"
	"testing"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// The Windows program's whole way: pages, then changes that were read, hinted at, or published.
func TestPresenceProgram(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		const people = 250
		f := presence(t, b, s, people, func(w *World) {
			w.ChangeUser(PersonID(249), func(u *model.User) { u.DeleteAt = 1 })
			w.ensureBot(&model.Bot{Username: "robot"})
			w.SetStatus(w.User("robot").Id, "")
		})
		p := f.program()
		want := expected(people)
		delete(want, PersonEmail(249))
		want["robot@localhost"] = model.StatusOffline
		if got := p.People(); !maps.Equal(got, want) {
			for email, status := range want {
				if got[email] != status {
					t.Errorf("%s is %q, not %q", email, got[email], status)
				}
			}
			t.Errorf("it knows %d people, not %d", len(got), len(want))
		}
		f.World.SetStatus(UserID("alice"), "dnd")
		f.ok0(p.WaitStatus(byRead, "alice@example.com", "dnd"))
		f.World.SetStatus(UserID("alice"), "ooo")
		f.ok0(p.WaitStatus(byRead, "alice@example.com", "away"))
		f.World.SetStatus(PersonID(3), "online")
		f.ok0(p.WaitStatus(later, PersonEmail(3), "online"))
		f.World.SetStatus(PersonID(6), "online")
		f.WebSocket("OnWebSocketConnect", "connection", PersonID(6))
		f.ok0(p.WaitStatus(byRead, PersonEmail(6), "online"))
		f.World.SetStatus(PersonID(6), "offline")
		f.WebSocket("OnWebSocketDisconnect", "connection", PersonID(6))
		f.ok0(p.WaitStatus(byRead, PersonEmail(6), "offline"))
		f.told(13, "away")
		f.ok0(p.WaitStatus(atOnce, PersonEmail(13), "away"))
		// What is not what the server says is believed until the server is asked.
		if code, text := f.publish(PersonName(10), published(PersonID(10), "dnd")); code != 200 {
			t.Fatalf("publishing answers %d %q", code, text)
		}
		f.ok0(p.WaitStatus(atOnce, PersonEmail(10), "dnd"))
		f.ok0(p.WaitStatus(byRead, PersonEmail(10), "online"))
		if n, _ := p.Counts(); n != 1 {
			t.Errorf("it has connected %d times", n)
		}
	})
}

// Hints with ids that nobody has, and none, change nothing.
func TestPresenceBearsOddHints(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 20)
		p := f.program()
		for _, id := range []string{"", "x", "nobody", idOf("nobody"), string(make([]byte, 1000))} {
			f.WebSocket("OnWebSocketConnect", "", id)
			f.WebSocket("OnWebSocketDisconnect", id, id)
			f.User("UserHasBeenCreated", &wire.Context{}, &model.User{Id: id})
			f.User("UserHasBeenDeactivated", &wire.Context{}, &model.User{Id: id})
			f.OnPluginClusterEvent(&wire.Context{}, model.PluginClusterEvent{Id: id, Data: []byte(id)})
		}
		for _, kind := range []string{"presence.", "presence.delta", "presence.snapshot", "presence.heartbeat"} {
			for _, data := range [][]byte{nil, {}, {0}, {1, 2, 3}, randomBody(100), randomBody(60_000)} {
				f.OnPluginClusterEvent(&wire.Context{}, model.PluginClusterEvent{Id: kind, Data: data})
			}
		}
		f.told(0, "dnd")
		f.ok0(p.WaitStatus(atOnce, PersonEmail(0), "dnd"))
		want := expected(20)
		want[PersonEmail(0)] = "dnd"
		if got := p.People(); !maps.Equal(got, want) {
			t.Errorf("it knows %v", got)
		}
	})
}

func TestPresenceTellsWhatChangedMeanwhile(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 50)
		p := f.program()
		p.Leave()
		f.ok0(p.Wait(atOnce, "it is away", func() bool { return len(p.Closes()) == 0 }))
		f.told(0, "dnd")
		f.World.SetStatus(UserID("bob"), "away")
		f.User("UserHasBeenCreated", &wire.Context{}, f.World.AddPerson("dora", "dora@example.com"))
		f.World.ChangeUser(UserID("carol"), func(u *model.User) { u.DeleteAt = now() })
		f.User("UserHasBeenDeactivated", &wire.Context{}, f.World.User("carol"))
		eventually(t, "the pages show what changed", func() bool {
			all := map[string]string{}
			for _, e := range f.pages() {
				all[e.Email] = e.Status
			}
			_, carol := all["carol@example.com"]
			return all[PersonEmail(0)] == "dnd" && all["bob@example.com"] == "away" && all["dora@example.com"] == "offline" && !carol
		})
		p.Return()
		for email, status := range map[string]string{PersonEmail(0): "dnd", "bob@example.com": "away", "dora@example.com": "offline", "carol@example.com": "offline"} {
			f.ok0(p.WaitStatus(byRead, email, status))
		}
	})
}

func TestPresenceNoticesPeopleWhoComeAndGo(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 30)
		p := f.program()
		dora := f.World.AddPerson("dora", "dora@example.com")
		f.World.SetStatus(dora.Id, "online")
		f.User("UserHasBeenCreated", &wire.Context{}, dora)
		f.ok0(p.WaitStatus(later, "dora@example.com", "online"))
		gone := f.World.ChangeUser(UserID("bob"), func(u *model.User) { u.DeleteAt = now() })
		f.User("UserHasBeenDeactivated", &wire.Context{}, gone)
		f.ok0(p.WaitStatus(byRead, "bob@example.com", "offline"))
		if code, text := f.publish("bob", published(UserID("bob"), "online")); code != 400 {
			t.Errorf("publishing as somebody deactivated answers %d %q", code, text)
		}
		here := false
		for _, e := range f.pages() {
			if e.Email == "bob@example.com" {
				t.Errorf("the pages list somebody deactivated: %+v", e)
			}
			here = here || e.Email == "dora@example.com" && e.Status == "online"
		}
		if !here {
			t.Error("the pages do not list somebody new")
		}
	})
}
