package host

import (
	"context"
	"strings"
	"testing"
	"time"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// sawHook waits for the line that the probe writes for a hook, and checks that it holds each text.
func (f *fixture) sawHook(name string, texts ...string) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_, err := f.Logs.Wait(ctx, func(l LogLine) bool {
		args, ok := l.Fields["args"].(string)
		if l.Message != "hook" || l.Fields["hook"] != name || !ok {
			return false
		}
		for _, text := range texts {
			if !strings.Contains(args, text) {
				return false
			}
		}
		return true
	})
	if err != nil {
		f.t.Errorf("hook %s with %q: %v; seen: %v", name, texts, err, f.Logs.Find(func(l LogLine) bool { return l.Fields["hook"] == name }))
	}
}

func TestEveryHookArrives(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		c := &wire.Context{SessionId: "session", RequestId: "request", IPAddress: "192.0.2.7", AcceptLanguage: "de", UserAgent: "test"}
		remote := "remote"
		user := &model.User{Id: "u-31", Username: "dora", Email: "dora@example.com", CreateAt: 1 << 41, AuthData: &remote, RemoteId: &remote,
			Props: model.StringMap{"customStatus": "{}"}, NotifyProps: model.StringMap{"desktop": "all"}, IsBot: true, LastLogin: -1}
		for _, hook := range []string{"UserHasBeenCreated", "UserHasBeenDeactivated", "UserHasLoggedIn"} {
			f.User(hook, c, user)
			f.sawHook(hook, "u-31", "dora")
		}
		following := true
		post := &model.Post{Id: "p-32", UserId: "u-31", ChannelId: "c-33", Message: "hello ☎", FileIds: model.StringArray{"a", "b"}, IsFollowing: &following,
			Props: model.StringInterface{
				"sent_by_plugin": true, "number": 7, "ratio": 1.5, "list": []any{"x", 1}, "map": map[string]any{"y": "z"},
				"attachments": []*model.SlackAttachment{{Text: "box", Timestamp: int64(5), Fields: []*model.SlackAttachmentField{{Title: "t", Value: "v"}},
					Actions: []*model.PostAction{{Id: "go", Integration: &model.PostActionIntegration{URL: "/x", Context: map[string]any{"k": "v"}}}}}},
			},
			Metadata:     &model.PostMetadata{Embeds: []*model.PostEmbed{{Type: "permalink", Data: &model.PreviewPost{PostID: "q"}}}, Images: map[string]*model.ImageDim{"i": {Width: 1}}},
			Participants: []*model.User{user}}
		for _, hook := range []string{"MessageHasBeenPosted", "MessageHasBeenDeleted"} {
			f.Post(hook, c, post)
			f.sawHook(hook, "p-32", "hello ☎")
		}
		f.MessageHasBeenUpdated(c, &model.Post{Id: "p-34", Message: "after"}, &model.Post{Id: "p-34", Message: "before"})
		f.sawHook("MessageHasBeenUpdated", "after", "before")
		f.ChannelHasBeenCreated(c, &model.Channel{Id: "c-35", Name: "new", Type: "P", Props: map[string]any{"a": "b"}})
		f.sawHook("ChannelHasBeenCreated", "c-35")
		for _, hook := range []string{"UserHasJoinedChannel", "UserHasLeftChannel"} {
			f.ChannelMember(hook, c, &model.ChannelMember{ChannelId: "c-36", UserId: "u-31", NotifyProps: model.StringMap{"a": "b"}}, user)
			f.sawHook(hook, "c-36", "dora")
			f.ChannelMember(hook, c, &model.ChannelMember{ChannelId: "c-37", UserId: "u-31"}, nil)
			f.sawHook(hook, "c-37")
		}
		for _, hook := range []string{"UserHasJoinedTeam", "UserHasLeftTeam"} {
			f.TeamMember(hook, c, &model.TeamMember{TeamId: "t-38", UserId: "u-31"}, nil)
			f.sawHook(hook, "t-38")
		}
		f.OnPluginClusterEvent(c, model.PluginClusterEvent{Id: "event-39", Data: []byte{0, 1, 255}})
		f.sawHook("OnPluginClusterEvent", "event-39")
		f.WebSocket("OnWebSocketConnect", "conn-40", "u-31")
		f.sawHook("OnWebSocketConnect", "conn-40", "u-31")
		f.WebSocket("OnWebSocketDisconnect", "conn-40", "")
		f.sawHook("OnWebSocketDisconnect", "conn-40")
		f.WebSocketMessageHasBeenPosted("conn-41", "u-31", &model.WebSocketRequest{Seq: 9, Action: "custom_probe_hi", Data: map[string]any{"text": "x-42", "n": 1.0},
			Session: model.Session{Id: "s-43", TeamMembers: []*model.TeamMember{{TeamId: "t"}}}, Locale: "de"})
		f.sawHook("WebSocketMessageHasBeenPosted", "conn-41", "custom_probe_hi")
		f.PreferencesHaveChanged(c, []model.Preference{{UserId: "u-31", Category: "cat-44", Name: "n", Value: "v"}})
		f.sawHook("PreferencesHaveChanged", "cat-44")
		if err := f.OnConfigurationChange(); err != nil {
			t.Errorf("OnConfigurationChange: %v", err)
		}
		f.sawHook("OnConfigurationChange")
		if errs := f.callErrors(); len(errs) > 0 {
			t.Errorf("calls failed: %v", errs)
		}
	})
}

func TestTheConfigurationComesBeforeActivation(t *testing.T) {
	f := launch(t, servers[0].options())
	f.sawHook("OnActivate")
	var order []string
	for _, l := range f.Logs.Find(func(l LogLine) bool { return l.Message == "hook" }) {
		order = append(order, l.Fields["hook"].(string))
	}
	if len(order) != 2 || order[0] != "OnConfigurationChange" || order[1] != "OnActivate" {
		t.Errorf("the hooks came as %v", order)
	}
}

func TestCommands(t *testing.T) {
	eachServer(t, func(t *testing.T, s server) {
		f := launch(t, s.options())
		answer, failure := f.Command("alice", "/probe hello there")
		if failure != nil || answer == nil || answer.Text != "probe: hello there" || answer.ResponseType != "ephemeral" {
			t.Errorf("/probe answers %+v, %v", answer, failure)
		}
		answer, failure = f.Command("alice", "/probe error")
		if answer != nil || failure == nil || failure.Id != "probe.error" || failure.StatusCode != 418 || failure.Message == "" {
			t.Errorf("/probe error answers %+v, %+v", answer, failure)
		}
		if _, failure = f.Command("alice", "/other"); failure == nil || failure.Id != "probe.unknown" || failure.StatusCode != 404 {
			t.Errorf("/other answers %+v", failure)
		}
		f.sawHook("ExecuteCommand", "/probe hello there", UserID("alice"), ChannelID("phones"), TeamID)
	})
}

func TestLogLinesKeepTheirLevelsAndFields(t *testing.T) {
	f := launch(t, servers[0].options())
	for _, level := range []string{"debug", "info", "warn", "error"} {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		line, err := f.Logs.Wait(ctx, func(l LogLine) bool { return l.Message == "probe levels" && l.Level == level })
		cancel()
		if err != nil {
			t.Fatalf("level %s: %v", level, err)
		}
		if line.Fields["number"] != float64(7) {
			t.Errorf("level %s: the field number is %v of type %T", level, line.Fields["number"], line.Fields["number"])
		}
		if stamp, ok := line.Fields["timestamp"].(string); !ok || strings.HasPrefix(stamp, "0001") {
			t.Errorf("level %s: the line has no time: %v", level, line.Fields["timestamp"])
		}
	}
}
