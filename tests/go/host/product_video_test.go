package host

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"switchboard.test/go/model"
)

// videoPIN is the hosts' PIN, which is in no log, too.
const videoPIN = "86420975"

// videoIDs are the ids under which the product has video conferences.
var videoIDs = []string{"com.pexip.pexip-app", "switchboard"}

// videoSettings are a bundle's settings with a conferencing node.
func videoSettings(id string) map[string]any {
	settings := map[string]any{}
	if id == "switchboard" {
		settings = goodSettings()
	}
	settings["Node"], settings["Pin"], settings["VideoPosts"] = "pexip.example.com", videoPIN, "one"
	return settings
}

// asks sends a person's request, with a body if there is one, and answers what came as JSON.
func (f *fixture) asks(user, method, path string, body any) map[string]any {
	f.t.Helper()
	var text []byte
	if body != nil {
		text, _ = json.Marshal(body)
	}
	r, err := http.NewRequest(method, f.base+path, strings.NewReader(string(text)))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer token-"+user)
	status, _, answer := f.send(r)
	var read map[string]any
	if err := json.Unmarshal([]byte(answer), &read); err != nil || status != 200 {
		f.t.Fatalf("%s %s answers %d %q", method, path, status, answer)
	}
	return read
}

// events answers the messages to browsers of a name.
func (f *fixture) events(name string) []WebSocketEvent {
	var found []WebSocketEvent
	for _, e := range f.World.WebSocketEvents() {
		if e.Name == "custom_"+f.PluginID+"_"+name {
			found = append(found, e)
		}
	}
	return found
}

func TestProductVideo(t *testing.T) {
	for _, b := range bundles(t, videoIDs) {
		for _, s := range servers {
			t.Run(b.ID+"/"+s.name, func(t *testing.T) {
				w := NewWorld(s.version)
				w.SetConfig(videoSettings(b.ID))
				f := launchBundle(t, b, s, w, videoPIN)
				town := ChannelID("town-square")
				expect(t, "the plugin's id", f.asks("bob", "GET", "/api/v1/webapp", nil)["id"], any(b.ID))
				joined := f.asks("bob", "POST", "/api/v1/video/join", map[string]any{"channelId": town, "tab": "1"})
				expect(t, "the PIN", joined["conference"].(map[string]any)["pin"], any(videoPIN))
				own := map[string]any{"participation": joined["participation"]}
				f.asks("bob", "POST", "/api/v1/video/joined", own)
				eventuallyWithin(t, 20*time.Second, "members are told, the channel and bob's status say it", func() bool {
					said := strings.Join(w.Messages(), "\n")
					status := w.User("bob").Props["customStatus"]
					return len(f.events("video_changed")) == 1 && strings.Contains(said, "Video conference: ") && strings.Contains(status, "In a video conference")
				})
				f.asks("bob", "POST", "/api/v1/video/leave", own)
				eventuallyWithin(t, 20*time.Second, "members are told, the channel and bob's status say that it is over", func() bool {
					said := strings.Join(w.Messages(), "\n")
					status := w.User("bob").Props["customStatus"]
					return len(f.events("video_changed")) == 2 && strings.Contains(said, "ended after") && !strings.Contains(status, "conference")
				})
				for i, people := range []string{"[" + UserID("bob") + "]", "[]"} {
					e := f.events("video_changed")[i]
					if e.Broadcast == nil || e.Broadcast.ChannelId != town || e.Payload["channelId"] != town || fmt.Sprint(e.Payload["people"]) != people || fmt.Sprint(e.Payload["count"]) != fmt.Sprint(1-i) {
						t.Errorf("message %d is %+v to %+v", i, e.Payload, e.Broadcast)
					}
				}

				// A server would stop at a message that says of nobody whom it is for.
				settings := videoSettings(b.ID)
				settings["Embedded"] = b.ID != "switchboard"
				w.SetConfig(settings)
				f.ok0(f.OnConfigurationChange())
				eventually(t, "everybody is told of new settings", func() bool { return len(f.events("settings_changed")) == 1 })
				if e := f.events("settings_changed")[0]; e.Broadcast == nil || !reflect.DeepEqual(*e.Broadcast, model.WebsocketBroadcast{}) || len(e.Payload) > 0 {
					t.Errorf("it says %+v to %+v", e.Payload, e.Broadcast)
				}
			})
		}
	}
}
