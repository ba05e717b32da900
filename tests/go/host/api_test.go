package host

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"switchboard.test/go/model"
)

type apiAnswer struct {
	Result json.RawMessage `json:"result"`
	Error  *struct {
		ID      string `json:"id"`
		Message string `json:"message"`
		Status  int    `json:"status_code"`
	} `json:"error"`
}

// api has the probe call a method and answers what came back.
func (f *fixture) api(method string, args ...any) apiAnswer {
	f.t.Helper()
	if args == nil {
		args = []any{}
	}
	text, err := json.Marshal(args)
	if err != nil {
		f.t.Fatal(err)
	}
	status, _, body := f.get("/api?method=" + method + "&args=" + url.QueryEscape(string(text)))
	var a apiAnswer
	if err := json.Unmarshal([]byte(body), &a); err != nil || status != 200 {
		f.t.Fatalf("%s%s answers %d %s (%v)", method, text, status, body, err)
	}
	return a
}

// ok has a method called that succeeds, and decodes its result.
func (f *fixture) ok(into any, method string, args ...any) {
	f.t.Helper()
	a := f.api(method, args...)
	if a.Error != nil {
		f.t.Errorf("%s: %+v", method, *a.Error)
		return
	}
	if into == nil {
		return
	}
	if err := json.Unmarshal(a.Result, into); err != nil {
		f.t.Errorf("%s: the result %s: %v", method, a.Result, err)
	}
}

// fails has a method called that the server refuses with an AppError of this status.
func (f *fixture) fails(status int, method string, args ...any) {
	f.t.Helper()
	a := f.api(method, args...)
	if a.Error == nil || a.Error.Status != status || a.Error.ID == "" || a.Error.Message == "" {
		f.t.Errorf("%s answers %s and %+v, not an AppError of status %d", method, a.Result, a.Error, status)
	}
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, not %v", what, got, want)
	}
}

func TestServerCalls(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		o := s.options()
		o.World.SetConfig(map[string]any{"TeamName": "acme", "Number": 7, "Flag": true, "Nothing": nil})
		f := launch(t, o)
		var text string
		f.ok(&text, "GetServerVersion")
		expect(t, "the version", text, s.version)
		f.World.BundlePath = "plugins/probe"
		f.ok(&text, "GetBundlePath")
		expect(t, "the bundle's path", text, "plugins/probe")
		f.World.BundlePath = ""
		if a := f.api("GetBundlePath"); a.Error == nil || a.Error.Message != "no bundle on disk" {
			t.Errorf("GetBundlePath without a bundle answers %+v", a)
		}
		var settings map[string]any
		f.ok(&settings, "LoadPluginConfiguration")
		if settings["teamname"] != "acme" || settings["number"] != 7.0 || settings["flag"] != true {
			t.Errorf("the settings are %v", settings)
		}
		if a := f.api("GetConfig"); a.Error != nil || !strings.Contains(string(a.Result), "https://mattermost.example.com") {
			t.Errorf("GetConfig answers %s %+v", a.Result, a.Error)
		}
		f.ok(nil, "RegisterCommand", model.Command{Trigger: "Phone", AutoComplete: true, AutoCompleteDesc: "d", DisplayName: "n"})
		if c := f.World.Commands()["phone"]; !c.AutoComplete || c.AutoCompleteDesc != "d" || c.DisplayName != "n" {
			t.Errorf("the command is %+v", c)
		}
		if a := f.api("RegisterCommand", model.Command{Trigger: "with blank"}); a.Error == nil || a.Error.Message != "invalid command" {
			t.Errorf("a bad command answers %+v", a)
		}
		f.ok(nil, "UnregisterCommand", "", "phone")
		expect(t, "the number of commands", len(f.World.Commands()), 0)
		f.ok(nil, "PublishPluginClusterEvent", model.PluginClusterEvent{Id: "e", Data: []byte{1, 0, 2}}, model.PluginClusterEventSendOptions{SendType: "reliable", TargetId: "n"})
		if e := f.World.ClusterEvents(); len(e) != 1 || e[0].Event.Id != "e" || string(e[0].Event.Data) != "\x01\x00\x02" || e[0].Options.SendType != "reliable" || e[0].Options.TargetId != "n" {
			t.Errorf("the cluster events are %+v", e)
		}
		f.ok(nil, "PublishWebSocketEvent", "changed", map[string]any{"text": "x", "number": 1.5, "list": []any{"a", true}, "map": map[string]any{"k": "v"}}, model.WebsocketBroadcast{UserId: UserID("bob"), ChannelId: "c"})
		if e := f.World.WebSocketEvents(); len(e) != 1 || e[0].Name != "custom_"+o.PluginID+"_changed" || e[0].Payload["text"] != "x" || e[0].Broadcast == nil || e[0].Broadcast.UserId != UserID("bob") {
			t.Errorf("the websocket events are %+v", e)
		}
		f.ok(nil, "OpenInteractiveDialog", model.OpenDialogRequest{TriggerId: "t", URL: "/u", Dialog: model.Dialog{CallbackId: "cb", Title: "T", NotifyOnCancel: true,
			Elements: []model.DialogElement{{DisplayName: "D", Name: "n", Type: "select", Optional: true, MaxLength: 5, Options: []*model.PostActionOptions{{Text: "a", Value: "b"}}}}}})
		if d := f.World.Dialogs(); len(d) != 1 || d[0].Dialog.Title != "T" || len(d[0].Dialog.Elements) != 1 || d[0].Dialog.Elements[0].Options[0].Value != "b" {
			t.Errorf("the dialogs are %+v", d)
		}
		f.fails(400, "OpenInteractiveDialog", model.OpenDialogRequest{})
		for _, level := range []string{"Debug", "Info", "Warn", "Error"} {
			f.ok(nil, "Log"+level, "message "+level, "key", "value")
		}
		logs := f.World.APILogs()
		if len(logs) != 4 || logs[0].Level != "debug" || logs[3].Level != "error" || logs[2].Message != "message Warn" || logs[1].Fields["key"] != "value" {
			t.Errorf("the log is %+v", logs)
		}
	})
}

func TestPeopleCalls(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		bob := UserID("bob")
		var user struct{ ID, Username, Email string }
		for method, key := range map[string]string{"GetUser": bob, "GetUserByEmail": "bob@example.com", "GetUserByUsername": "bob"} {
			user.Username = ""
			f.ok(&user, method, key)
			expect(t, method, user.Username, "bob")
			f.fails(404, method, "nobody")
		}
		var users []struct{ Username string }
		f.ok(&users, "GetUsers", model.UserGetOptions{Page: 1, PerPage: 2, Active: true})
		if len(users) != 2 || users[0].Username != "bob" || users[1].Username != "carol" {
			t.Errorf("page 1 of the people is %v", users)
		}
		var status struct {
			Status string `json:"status"`
			Manual bool   `json:"manual"`
			UserID string `json:"user_id"`
		}
		f.ok(&status, "GetUserStatus", bob)
		expect(t, "bob's status", status.Status, "online")
		f.ok(&status, "UpdateUserStatus", bob, "away")
		expect(t, "bob's new status", status.Status, "away")
		f.fails(400, "UpdateUserStatus", bob, "asleep")
		f.fails(404, "GetUserStatus", "nobody")
		f.ok(&status, "SetUserStatusTimedDND", bob, 1893456000)
		if st := f.World.Status(bob); st.Status != "dnd" || st.DNDEndTime != 1893456000 {
			t.Errorf("bob's status is %+v", st)
		}
		var list []struct {
			Status string `json:"status"`
			UserID string `json:"user_id"`
		}
		f.ok(&list, "GetUserStatusesByIds", []string{bob, UserID("alice")})
		if len(list) != 2 || list[0].Status != "dnd" || list[1].UserID != UserID("alice") || list[1].Status != "online" {
			t.Errorf("the statuses are %v", list)
		}
		f.ok(nil, "UpdateUserCustomStatus", bob, map[string]any{"emoji": "phone", "text": "In a call", "duration": "date_and_time", "expires_at": "2030-01-02T03:04:05.678Z"})
		custom := f.World.User("bob").Props["customStatus"]
		for _, part := range []string{"phone", "In a call", "2030-01-02T03:04:05.678Z"} {
			if !strings.Contains(custom, part) {
				t.Errorf("bob's custom status %s lacks %s", custom, part)
			}
		}
		var prefs []model.Preference
		f.ok(&prefs, "GetPreferencesForUser", bob)
		if len(prefs) != 1 || prefs[0].Name != "recent_custom_statuses" {
			t.Errorf("bob's preferences are %+v", prefs)
		}
		f.ok(nil, "UpdatePreferencesForUser", bob, []model.Preference{{UserId: bob, Category: "c", Name: "n", Value: "v"}})
		f.ok(&prefs, "GetPreferencesForUser", bob)
		if len(prefs) != 2 || prefs[1].Value != "v" {
			t.Errorf("bob's preferences are %+v", prefs)
		}
		f.fails(403, "UpdatePreferencesForUser", bob, []model.Preference{{UserId: "other"}})
		f.ok(nil, "RemoveUserCustomStatus", bob)
		if _, there := f.World.User("bob").Props["customStatus"]; there {
			t.Error("bob's custom status is still there")
		}
		var id, again string
		f.ok(&id, "EnsureBotUser", model.Bot{Username: "switchboard", DisplayName: "Switchboard", Description: "d"})
		f.ok(&again, "EnsureBotUser", model.Bot{Username: "switchboard"})
		if id == "" || id != again {
			t.Errorf("the bot is %q, then %q", id, again)
		}
		if a := f.api("EnsureBotUser", model.Bot{}); a.Error == nil || a.Error.Message == "" {
			t.Errorf("a nameless bot answers %+v", a)
		}
		var bot struct {
			UserID string `json:"user_id"`
		}
		f.ok(&bot, "CreateBot", model.Bot{Username: "second"})
		if bot.UserID == "" {
			t.Error("the created bot has no id")
		}
		f.fails(400, "CreateBot", model.Bot{Username: "second"})
		picture := []byte("\x89PNG\x00\xff")
		f.ok(nil, "SetProfileImage", id, base64.StdEncoding.EncodeToString(picture))
		expect(t, "the picture", string(f.World.ProfileImage(id)), string(picture))
		var session struct {
			UserID string `json:"user_id"`
		}
		f.ok(&session, "GetSession", fixedID("sessionalice"))
		expect(t, "the session's user", session.UserID, UserID("alice"))
		f.fails(401, "GetSession", "none")
		var may bool
		f.ok(&may, "HasPermissionTo", UserID("admin"), model.Permission{Id: "manage_system"})
		expect(t, "the admin's permission", may, true)
		f.ok(&may, "HasPermissionTo", bob, model.Permission{Id: "manage_system"})
		expect(t, "bob's permission", may, false)
		f.ok(&may, "HasPermissionToChannel", bob, ChannelID("phones"), model.Permission{Id: "read_channel"})
		expect(t, "bob's permission in the channel", may, true)
	})
}

func TestPostCalls(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		alice, phones := UserID("alice"), ChannelID("phones")
		var team, channel struct{ ID, Name string }
		f.ok(&team, "GetTeamByName", "acme")
		expect(t, "the team", team.ID, TeamID)
		f.fails(404, "GetTeamByName", "other")
		f.ok(&channel, "GetChannelByName", TeamID, "phones", false)
		expect(t, "the channel", channel.ID, phones)
		f.fails(404, "GetChannelByName", TeamID, "other", false)
		f.ok(&channel, "GetChannel", phones)
		expect(t, "the channel's name", channel.Name, "phones")
		var member struct {
			UserID string `json:"user_id"`
		}
		f.ok(&member, "GetChannelMember", phones, alice)
		expect(t, "the channel's member", member.UserID, alice)
		f.fails(404, "GetChannelMember", phones, "nobody")
		f.ok(&member, "GetTeamMember", TeamID, alice)
		expect(t, "the team's member", member.UserID, alice)
		f.ok(&channel, "GetDirectChannel", alice, UserID("bob"))
		if channel.ID == "" || channel.ID == phones {
			t.Errorf("the direct channel is %q", channel.ID)
		}
		var post struct {
			ID      string `json:"id"`
			Message string `json:"message"`
		}
		f.ok(&post, "CreatePost", map[string]any{"user_id": alice, "channel_id": phones, "message": "bob DND on", "pending_post_id": alice + ":1", "props": map[string]any{"sent_by_plugin": true, "n": 2.0, "list": []any{"a"}}})
		posts := f.World.Posts()
		if len(posts) != 1 || posts[0].Message != "bob DND on" || posts[0].Props["sent_by_plugin"] != true || posts[0].Id != post.ID || posts[0].UserId != alice {
			t.Fatalf("the posts are %+v", posts)
		}
		first := post.ID
		f.ok(&post, "CreatePost", map[string]any{"user_id": alice, "channel_id": phones, "message": "again", "pending_post_id": alice + ":1"})
		expect(t, "the post with the same pending id", post.ID, first)
		f.ok(&post, "GetPost", first)
		expect(t, "the post", post.Message, "bob DND on")
		f.fails(404, "GetPost", "none")
		f.ok(&post, "UpdatePost", map[string]any{"id": first, "message": "changed"})
		expect(t, "the changed post", f.World.Messages()[0], "changed")
		f.fails(400, "CreatePost", map[string]any{"user_id": alice, "channel_id": "none", "message": "x"})
		f.World.FailNext("CreatePost", 1, &model.AppError{Id: "db", Message: "the database is away", DetailedError: "details", StatusCode: 503})
		f.fails(503, "CreatePost", map[string]any{"user_id": alice, "channel_id": phones, "message": "x"})
		f.ok(&post, "SendEphemeralPost", alice, map[string]any{"channel_id": phones, "message": "only you"})
		if e := f.World.Ephemerals(); len(e) != 1 || e[0].UserID != alice || e[0].Post.Message != "only you" {
			t.Errorf("the ephemeral posts are %+v", e)
		}
	})
}

func TestKeyValueCalls(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		b64 := func(s string) any { return base64.StdEncoding.EncodeToString([]byte(s)) }
		var done bool
		set := func(want bool, key string, value any, options map[string]any) {
			t.Helper()
			done = !want
			f.ok(&done, "KVSetWithOptions", key, value, options)
			expect(t, "storing "+key, done, want)
		}
		get := func(key, want string) {
			t.Helper()
			var value []byte
			f.ok(&value, "KVGet", key)
			expect(t, "the value of "+key, string(value), want)
		}
		set(true, "a", b64("1"), map[string]any{})
		get("a", "1")
		get("none", "")
		set(false, "a", b64("2"), map[string]any{"Atomic": true, "OldValue": b64("9")})
		get("a", "1")
		set(true, "a", b64("2"), map[string]any{"Atomic": true, "OldValue": b64("1")})
		get("a", "2")
		set(false, "a", b64("3"), map[string]any{"Atomic": true})
		set(true, "b", b64("1"), map[string]any{"Atomic": true})
		set(true, "b", nil, map[string]any{"Atomic": true, "OldValue": b64("1")})
		get("b", "")
		set(true, "c", b64("\x00\xff"), map[string]any{"ExpireInSeconds": 1})
		get("c", "\x00\xff")
		f.World.expire("c")
		get("c", "")
		f.fails(400, "KVSetWithOptions", strings.Repeat("k", 51), b64("1"), map[string]any{})
		set(true, "d", b64("4"), map[string]any{})
		var keys []string
		f.ok(&keys, "KVList", 0, 10)
		expect(t, "the keys", strings.Join(keys, " "), "a d")
		f.ok(&keys, "KVList", 1, 1)
		expect(t, "page 1 of the keys", strings.Join(keys, " "), "d")
		f.ok(nil, "KVDelete", "a")
		get("a", "")
	})
}

// expire ends a value's time.
func (w *World) expire(key string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	e := w.kv[key]
	e.expires = time.Unix(1, 0)
	w.kv[key] = e
}

// A reply of a net/rpc error, not of the method's own, is an error too.
func TestAMethodThatTheServerDoesNotHave(t *testing.T) {
	f := launch(t, servers[0].options())
	status, _, body := f.get("/api?method=NoSuchMethod&args=[]")
	if status != 400 || !strings.Contains(body, "error") {
		t.Errorf("an unknown method answers %d %s", status, body)
	}
	f.still()
}
