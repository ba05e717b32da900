package host

import (
	"testing"
	"time"

	"switchboard.test/go/model"
	"switchboard.test/go/outlook"
)

// Nothing changes for longer than the Windows program bears silence: it stays connected. Outlook asks for nobody at first, so
// what it was told then is lost; the signs of life make up for it, the latest change first.
func TestPresenceIdle(t *testing.T) {
	t.Parallel()
	b, s := onePresence(t)
	f := presence(t, b, s, 200, func(w *World) {
		for i := range 200 {
			w.SetStatus(PersonID(i), "offline")
		}
	})
	p := f.program(func(o *outlook.Options) { o.NobodyAsks = true })
	patient := f.program()
	f.told(7, "dnd")
	f.ok0(patient.WaitStatus(atOnce, PersonEmail(7), "dnd"))
	expect(t, "the status before Outlook asks", p.Status(PersonEmail(7)), "offline")
	p.Attach()
	f.ok0(p.WaitStatus(outlook.Silence, PersonEmail(7), "dnd"))
	// Longer than its patience, from the last message that it was certain to get.
	_, before := patient.Counts()
	time.Sleep(outlook.Silence + 3*time.Second)
	for _, one := range []*outlook.Program{p, patient} {
		if connects, _ := one.Counts(); connects != 1 {
			t.Errorf("it connected %d times", connects)
		}
	}
	if _, after := patient.Counts(); after == before {
		t.Error("no sign of life came")
	}
}

// A changed address is noticed, and who knew the old one learns that nobody is there.
func TestPresenceNoticesANewAddress(t *testing.T) {
	t.Parallel()
	b, s := onePresence(t)
	f := presence(t, b, s, 20)
	p := f.program()
	f.World.ChangeUser(UserID("alice"), func(u *model.User) { u.Email = "Alice.Liddell@example.com" })
	f.ok0(p.WaitStatus(90*time.Second, "Alice.Liddell@example.com", "online"))
	f.ok0(p.WaitStatus(atOnce, "alice@example.com", "offline"))
	for _, e := range f.pages() {
		if e.UserID == UserID("alice") && e.Email != "Alice.Liddell@example.com" {
			t.Errorf("the pages say %+v", e)
		}
	}
}

// Accounts that come and go without a hook, as when the plugin was not there, are noticed too.
func TestPresenceNoticesAccountsWithoutHooks(t *testing.T) {
	t.Parallel()
	b, s := onePresence(t)
	f := presence(t, b, s, 20)
	p := f.program()
	f.World.AddPerson("dora", "dora@example.com")
	f.World.SetStatus(f.World.User("dora").Id, "away")
	f.World.ChangeUser(UserID("bob"), func(u *model.User) { u.DeleteAt = now() })
	f.ok0(p.WaitStatus(90*time.Second, "dora@example.com", "away"))
	f.ok0(p.WaitStatus(90*time.Second, "bob@example.com", "offline"))
}
