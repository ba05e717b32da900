package host

import (
	"cmp"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"slices"

	"switchboard.test/go/model"
)

// idAlphabet is the one of Mattermost's ids: 128 bits in 26 characters.
var idAlphabet = base32.NewEncoding("ybndrfg8ejkmcpqxot1uwisza345h769").WithPadding(base32.NoPadding)

// PersonName answers the user name of one of the crowd, counted from 0.
func PersonName(i int) string { return fmt.Sprintf("person%06d", i) }

// PersonID answers their id, which looks like any other and is the same in every run.
func PersonID(i int) string { return idOf(PersonName(i)) }

// PersonEmail answers their address.
func PersonEmail(i int) string { return PersonName(i) + "@example.com" }

func idOf(name string) string {
	sum := sha256.Sum256([]byte(name))
	return idAlphabet.EncodeToString(sum[:16])
}

// What stands in everybody's profile: a server hands out whole ones.
var (
	notifyProps = model.StringMap{"auto_responder_active": "false", "auto_responder_message": "I am out of office and cannot answer messages.", "channel": "true",
		"comments": "never", "desktop": "mention", "desktop_notification_sound": "Bing", "desktop_sound": "true", "desktop_threads": "all", "email": "true",
		"email_threads": "all", "first_name": "false", "mention_keys": "", "push": "mention", "push_status": "away", "push_threads": "all"}
	timezone = model.StringMap{"automaticTimezone": "Europe/Berlin", "manualTimezone": "", "useAutomaticTimezone": "true"}
	props    = model.StringMap{"customStatus": "", "last_search_pointer": "0"}
)

func profile(id, name, email string) *model.User {
	return &model.User{Id: id, Username: name, Email: email, EmailVerified: true, FirstName: "Ada", LastName: "Lovelace", Position: "Analyst", Roles: "system_user",
		Locale: "en", CreateAt: 1_700_000_000_000, UpdateAt: 1_700_000_000_000, LastPasswordUpdate: 1_700_000_000_000, LastPictureUpdate: 1_700_000_000_000,
		Props: props, NotifyProps: notifyProps, Timezone: timezone}
}

// AddCrowd adds n people, in no team. status says which status each of them has; "" leaves them without a record of one.
func (w *World) AddCrowd(n int, status func(i int) string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range n {
		w.enrol(profile(PersonID(i), PersonName(i), PersonEmail(i)))
		w.setStatus(PersonID(i), status(i))
	}
}

// AddPerson adds somebody who has just been created, without a record of a status, and answers the account.
func (w *World) AddPerson(name, email string) *model.User {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := profile(idOf(name), name, email)
	w.enrol(u)
	copied := *u
	return &copied
}

// ChangeUser changes an account, which has to exist, and answers what it is then.
func (w *World) ChangeUser(id string, change func(*model.User)) *model.User {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.users[id]
	delete(w.names, u.Username)
	change(u)
	w.names[u.Username] = u.Id
	w.listed = [2][]*model.User{}
	copied := *u
	return &copied
}

func (w *World) enrol(u *model.User) {
	w.users[u.Id] = u
	w.names[u.Username] = u.Id
	w.listed = [2][]*model.User{}
}

// list answers all accounts, or the active ones, sorted by user name. It is made anew only after a change, so that a page of a
// large server costs what it costs there: a page.
func (w *World) list(active bool) []*model.User {
	which := 0
	if active {
		which = 1
	}
	if w.listed[which] != nil {
		return w.listed[which]
	}
	all := make([]*model.User, 0, len(w.users))
	for _, u := range w.users {
		if !active || u.DeleteAt == 0 {
			all = append(all, u)
		}
	}
	slices.SortFunc(all, func(a, b *model.User) int { return cmp.Compare(a.Username, b.Username) })
	w.listed[which] = all
	return all
}

// SetStatus changes somebody's status as their browser would. "" removes the record.
func (w *World) SetStatus(userID, status string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.setStatus(userID, status)
}

// SetStatuses changes the statuses of many people at one moment.
func (w *World) SetStatuses(statuses map[string]string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id, status := range statuses {
		w.setStatus(id, status)
	}
}

func (w *World) setStatus(userID, status string) {
	if status == "" {
		delete(w.statuses, userID)
		return
	}
	w.statuses[userID] = &model.Status{UserId: userID, Status: status, LastActivityAt: now()}
}

// EnableStatuses is the server's setting EnableUserStatuses. Without it the bulk read answers an empty list.
func (w *World) EnableStatuses(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statusesOff = !on
}

// EnableCluster is the server's setting ClusterSettings.Enable.
func (w *World) EnableCluster(on bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clustered = on
}
