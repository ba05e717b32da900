package host

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// Who pages while people come, go and change sees nobody twice, and everybody who was there all the time.
func TestPresencePagesWhilePeopleComeAndGo(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		const people, perPage = 450, 100
		f := presence(t, b, s, people)
		seen := map[string]int{}
		gone := 0
		for n := 0; ; n++ {
			entries := f.page(n)
			if len(entries) > perPage {
				t.Fatalf("page %d has %d entries", n, len(entries))
			}
			if len(entries) == 0 {
				break
			}
			for _, e := range entries {
				seen[e.UserID]++
			}
			// Some that were shown, and some that were not yet; and somebody new, first in the server's order.
			for _, i := range []int{gone, gone + 1, people - 1 - gone} {
				f.User("UserHasBeenDeactivated", &wire.Context{}, f.World.ChangeUser(PersonID(i), func(u *model.User) { u.DeleteAt = now() }))
			}
			gone += 2
			f.User("UserHasBeenCreated", &wire.Context{}, f.World.AddPerson(fmt.Sprintf("aaa%d", n), fmt.Sprintf("aaa%d@example.com", n)))
			f.told(200+n, "dnd")
		}
		for i := range people {
			switch n := seen[PersonID(i)]; {
			case n > 1:
				t.Errorf("%s is there %d times", PersonName(i), n)
			case n == 0 && i > gone && i < people-1-gone:
				t.Errorf("%s is not there", PersonName(i))
			}
		}
	})
}

func TestPresencePageSizes(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 30)
		for _, size := range []any{7, "7", 1000} {
			settings := presenceSettings(b.ID, presenceSecret)
			settings["PerPageStatuses"] = size
			f.World.SetConfig(settings)
			f.ok0(f.OnConfigurationChange())
			want := 7
			if size == 1000 {
				want = 34
			}
			expect(t, fmt.Sprintf("with %v a page the first page's length", size), len(f.page(0)), want)
			expect(t, fmt.Sprintf("with %v a page the number of people", size), len(f.pages()), 34)
		}
		for _, beyond := range []string{"1000", "4294967296", "18446744073709551615", "99999999999999999999999"} {
			if status, _, body := f.get(secretly("/api/v1/status?page=" + beyond)); status != 200 || strings.TrimSpace(body) != "[]" {
				t.Errorf("page %s answers %d %q", beyond, status, body)
			}
		}
		first := f.page(0)
		if status, _, body := f.get(secretly("/api/v1/status")); status != 200 || !strings.Contains(body, first[0].UserID) {
			t.Errorf("without a page it answers %d %.100q", status, body)
		}
	})
}

func TestPresenceETags(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 250)
		ask := func(page int, known string) (int, string, string) {
			r, err := http.NewRequest(http.MethodGet, f.base+secretly(fmt.Sprintf("/api/v1/status?page=%d", page)), nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("If-None-Match", known)
			status, header, body := f.send(r)
			return status, header.Get("ETag"), body
		}
		index := map[string]int{}
		for i := range 250 {
			index[PersonID(i)] = i
		}
		one := -1 // somebody of the crowd on page 1
		for _, e := range f.page(1) {
			if i, ok := index[e.UserID]; ok {
				one = i
			}
		}
		status, tag, _ := ask(1, "")
		if status != 200 || tag == "" {
			t.Fatalf("a page answers %d with the ETag %q", status, tag)
		}
		for _, known := range []string{tag, `"other", ` + tag, "W/" + strings.TrimPrefix(tag, "W/"), "*"} {
			if status, again, body := ask(1, known); status != 304 || body != "" || again != tag {
				t.Errorf("with If-None-Match: %s it answers %d, %q, %q", known, status, again, body)
			}
		}
		if status, other, _ := ask(2, tag); status != 200 || other == tag {
			t.Errorf("another page answers %d with the ETag %q", status, other)
		}
		for _, next := range []string{"dnd", "online"} {
			f.told(one, next)
			status, now, body := ask(1, tag)
			if status != 200 || now == tag || !strings.Contains(body, PersonID(one)) {
				t.Errorf("after a change it answers %d with the ETag %q (before %q)", status, now, tag)
			}
			tag = now
		}
	})
}

// While the first round is under way, a page waits and then is whole.
func TestPresencePagesWaitForTheFirstRound(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		const people = 1500
		free := make(chan struct{})
		f := presence(t, b, s, people, func(w *World) {
			w.OnCall(func(method string) {
				if method == "GetUserStatusesByIds" {
					<-free
				}
			})
		})
		time.AfterFunc(300*time.Millisecond, func() { close(free) })
		expect(t, "the number of people", len(f.pages()), people+4)
	})
}

func TestPresenceWithoutStatusesOnTheServer(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		t.Parallel()
		f := presence(t, b, s, 20, func(w *World) { w.EnableStatuses(false) })
		f.saysNoStatuses()
		f.World.EnableStatuses(true)
		eventuallyWithin(t, time.Minute, "there are statuses", func() bool {
			status, _, _ := f.get(secretly("/api/v1/status?page=0"))
			return status == 200
		})
		want := expected(20)
		if got := f.program().People(); !maps.Equal(got, want) {
			t.Errorf("the Windows program knows %v", got)
		}
	})
}

// saysNoStatuses waits until a page is refused because the server keeps no statuses.
func (f *fixture) saysNoStatuses() {
	f.t.Helper()
	eventuallyWithin(f.t, later, "a page says that there are no statuses", func() bool {
		status, _, body := f.get(secretly("/api/v1/status?page=0"))
		return status == 503 && strings.Contains(body, "EnableUserStatuses")
	})
}

// An admin turns the statuses off: nobody is called offline for it.
func TestPresenceWhenStatusesAreTurnedOff(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		f := presence(t, b, s, 20)
		p := f.program()
		f.World.EnableStatuses(false)
		f.saysNoStatuses()
		if got := p.People(); !maps.Equal(got, expected(20)) {
			t.Errorf("the Windows program knows %v", got)
		}
	})
}

// What is known stays known while the server fails, and it is asked again.
func TestPresenceBearsAServerThatFails(t *testing.T) {
	eachPresence(t, func(t *testing.T, b Bundle, s server) {
		t.Parallel()
		f := presence(t, b, s, 20)
		p := f.program()
		before := p.People()
		away := &model.AppError{Id: "db", Message: "the database is away", StatusCode: 500}
		f.World.Fail("GetUserStatusesByIds", away)
		f.World.Fail("GetUsers", away)
		failed := f.World.Calls("GetUserStatusesByIds")
		f.World.SetStatus(UserID("alice"), "dnd")
		eventually(t, "it was asked three times", func() bool { return f.World.Calls("GetUserStatusesByIds") >= failed+3 })
		expect(t, "the number of people", len(f.pages()), 24)
		expect(t, "alice's status while nothing can be read", p.Status("alice@example.com"), before["alice@example.com"])
		f.World.Fail("GetUserStatusesByIds", nil)
		f.World.Fail("GetUsers", nil)
		f.ok0(p.WaitStatus(40*time.Second, "alice@example.com", "dnd"))
		if n, _ := p.Counts(); n != 1 {
			t.Errorf("the Windows program has connected %d times", n)
		}
	})
}
