package host

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"switchboard.test/go/model"
)

// World is a small Mattermost in memory: people, a team, a channel, and a record of what a plugin did.
// All methods may be called from any goroutine.
type World struct {
	mu sync.Mutex

	Version    string // what GetServerVersion answers
	SiteURL    string
	BundlePath string // what GetBundlePath answers

	users       map[string]*model.User
	names       map[string]string // user name -> id
	listed      [2][]*model.User  // see list
	statusesOff bool
	clustered   bool
	team        *model.Team
	channels    map[string]*model.Channel
	members     map[string]map[string]bool // channel id -> user ids
	statuses    map[string]*model.Status
	posts       []*model.Post
	ephemerals  []Ephemeral
	commands    map[string]*model.Command
	prefs       map[string][]model.Preference
	sessions    map[string]*Session // by token
	images      map[string][]byte
	kv          map[string]kvEntry
	cluster     []ClusterEvent
	events      []WebSocketEvent
	dialogs     []model.OpenDialogRequest
	logs        []LogLine
	config      map[string]any
	rawConfig   json.RawMessage
	calls       map[string]*callCount
	failures    map[string][]*model.AppError
	failing     map[string]*model.AppError
	callHook    func(method string)
	nextID      int
	pendingPost map[string]string
}

// Ephemeral is a post that only one person saw.
type Ephemeral struct {
	UserID string
	Post   *model.Post
}

// Session is a login, with the token that a browser sends along and the one against forged requests.
type Session struct {
	ID, UserID, Token, CSRF string
}

// ClusterEvent is a message that the plugin sent to the other nodes.
type ClusterEvent struct {
	Event   model.PluginClusterEvent
	Options model.PluginClusterEventSendOptions
}

// WebSocketEvent is a message that the plugin sent to browsers.
type WebSocketEvent struct {
	Name      string
	Payload   map[string]any
	Broadcast *model.WebsocketBroadcast
}

// LogLine is a line in the server's log: through the API, or from the process's stderr.
type LogLine struct {
	Level   string
	Message string
	Fields  map[string]any
}

// NewWorld makes a server of the given version with alice, bob, carol and admin in team acme and its channel phones.
func NewWorld(version string) *World {
	w := &World{
		Version:     version,
		SiteURL:     "https://mattermost.example.com",
		users:       map[string]*model.User{},
		names:       map[string]string{},
		channels:    map[string]*model.Channel{},
		members:     map[string]map[string]bool{},
		statuses:    map[string]*model.Status{},
		commands:    map[string]*model.Command{},
		prefs:       map[string][]model.Preference{},
		sessions:    map[string]*Session{},
		images:      map[string][]byte{},
		kv:          map[string]kvEntry{},
		calls:       map[string]*callCount{},
		failures:    map[string][]*model.AppError{},
		failing:     map[string]*model.AppError{},
		pendingPost: map[string]string{},
		config:      map[string]any{},
	}
	w.team = &model.Team{Id: "teamacme0000000000000000ac", Name: "acme", DisplayName: "Acme", Type: "O", CreateAt: 1}
	w.addChannel("phones", "Phones")
	w.addChannel("town-square", "Town Square")
	for _, name := range []string{"alice", "bob", "carol", "admin"} {
		roles := "system_user"
		if name == "admin" {
			roles = "system_user system_admin"
		}
		w.addUser(&model.User{Id: fixedID(name), Username: name, Email: name + "@example.com", FirstName: strings.ToUpper(name[:1]) + name[1:],
			Roles: roles, Locale: "en", CreateAt: 1, EmailVerified: true,
			Props: model.StringMap{}, NotifyProps: model.StringMap{"desktop": "mention"}, Timezone: model.StringMap{"useAutomaticTimezone": "true"}})
		w.session("token-" + name)
	}
	return w
}

// fixedID makes a 26 character id, Mattermost's form, that is the same in every run.
func fixedID(name string) string {
	return (strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return 'x'
	}, name) + strings.Repeat("0", 26))[:26]
}

func (w *World) addUser(u *model.User) {
	w.enrol(u)
	w.statuses[u.Id] = &model.Status{UserId: u.Id, Status: model.StatusOnline, LastActivityAt: now()}
	for _, c := range w.channels {
		w.members[c.Id][u.Id] = true
	}
}

func (w *World) addChannel(name, display string) {
	c := &model.Channel{Id: fixedID("channel" + name), TeamId: w.team.Id, Type: "O", Name: name, DisplayName: display, CreateAt: 1, Props: map[string]any{}}
	w.channels[c.Id] = c
	w.members[c.Id] = map[string]bool{}
}

// AddPeople adds n users user0000, user0001 … whose ids are their names.
func (w *World) AddPeople(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range n {
		name := fmt.Sprintf("user%04d", i)
		w.addUser(&model.User{Id: name, Username: name, Email: name + "@example.com", Roles: "system_user", Locale: "en", CreateAt: 1})
	}
}

func now() int64 { return time.Now().UnixMilli() }

func (w *World) newID() string {
	w.nextID++
	return fmt.Sprintf("%026d", w.nextID)
}

func notFound(where, id string) *model.AppError {
	return model.NewAppError(where, "app."+id+".missing", "There is no such "+id+".", http.StatusNotFound)
}

// OnCall has f called for every API call, before it does anything. f may block: the call waits.
func (w *World) OnCall(f func(method string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.callHook = f
}

// SetConfig sets the plugin's settings. Like the server it hands the top-level keys out in lower case.
func (w *World) SetConfig(settings map[string]any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.config = map[string]any{}
	for k, v := range settings {
		w.config[strings.ToLower(k)] = v
	}
	w.rawConfig = nil
}

// SetRawConfig sets the settings to this JSON as it is, keys in the case they have there.
func (w *World) SetRawConfig(raw string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rawConfig = json.RawMessage(raw)
}

// Posts answers the posts so far, in their order.
func (w *World) Posts() []model.Post {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]model.Post, len(w.posts))
	for i, p := range w.posts {
		all[i] = *p
	}
	return all
}

// Messages answers the text of each post, in their order.
func (w *World) Messages() []string {
	var all []string
	for _, p := range w.Posts() {
		all = append(all, p.Message)
	}
	return all
}

// Ephemerals answers the ephemeral posts so far.
func (w *World) Ephemerals() []Ephemeral {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Ephemeral(nil), w.ephemerals...)
}

// Commands answers the registered commands' triggers, each with the command.
func (w *World) Commands() map[string]model.Command {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := map[string]model.Command{}
	for t, c := range w.commands {
		all[t] = *c
	}
	return all
}

// ClusterEvents answers what the plugin sent to other nodes.
func (w *World) ClusterEvents() []ClusterEvent {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]ClusterEvent(nil), w.cluster...)
}

// WebSocketEvents answers what the plugin sent to browsers.
func (w *World) WebSocketEvents() []WebSocketEvent {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]WebSocketEvent(nil), w.events...)
}

// Dialogs answers the forms that the plugin opened.
func (w *World) Dialogs() []model.OpenDialogRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]model.OpenDialogRequest(nil), w.dialogs...)
}

// APILogs answers what the plugin logged through the API.
func (w *World) APILogs() []LogLine {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]LogLine(nil), w.logs...)
}

// Session answers the login with this token, or nil. Everybody has one, token-<user name>.
func (w *World) Session(token string) *Session {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.session(token)
}

func (w *World) session(token string) *Session {
	s := w.sessions[token]
	if name, ok := strings.CutPrefix(token, "token-"); ok && s == nil && w.names[name] != "" {
		s = &Session{ID: fixedID("session" + name), UserID: w.names[name], Token: token, CSRF: "csrf-" + name}
		w.sessions[token] = s
	}
	return s
}

// User answers a person by name, or nil.
func (w *World) User(name string) *model.User {
	w.mu.Lock()
	defer w.mu.Unlock()
	u := w.users[w.names[name]]
	if u == nil {
		return nil
	}
	copied := *u
	return &copied
}

// ChannelID answers the id of the channel with this name.
func ChannelID(name string) string { return fixedID("channel" + name) }

// UserID answers the id of alice, bob, carol or admin.
func UserID(name string) string { return fixedID(name) }

// TeamID is the id of team acme.
const TeamID = "teamacme0000000000000000ac"
