package main

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strconv"

	"github.com/gorilla/websocket"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// entry is somebody's status, in a page as in a frame.
type entry struct {
	UserID string `json:"user_id"`
	Email  string `json:"email"`
	Status string `json:"status"`
}

var upgrader = websocket.Upgrader{ReadBufferSize: 1024, WriteBufferSize: 1024, CheckOrigin: func(*http.Request) bool { return true }}

// ServeHTTP serves the API.
func (p *presence) ServeHTTP(_ *wire.Context, w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/api/v1/status":
		if p.authorized(w, r) {
			p.page(w, r)
		}
	case "/api/v1/ws":
		if p.authorized(w, r) {
			if conn, err := upgrader.Upgrade(w, r, nil); err == nil {
				(&client{hub: p.hub, conn: conn, send: make(chan *websocket.PreparedMessage, waiting)}).serve()
			}
		}
	case "/api/v1/status/publish":
		p.publish(w, r)
	default:
		http.NotFound(w, r)
	}
}

func (p *presence) authorized(w http.ResponseWriter, r *http.Request) bool {
	if subtle.ConstantTimeCompare([]byte(r.URL.Query().Get("secret")), []byte(p.settings.Load().Secret)) == 1 {
		return true
	}
	http.Error(w, "Unauthorized", http.StatusUnauthorized)
	return false
}

// page asks the server for a page of people and their statuses.
func (p *presence) page(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.URL.Query().Get("page"))
	if err != nil || number < 0 {
		http.Error(w, "page is not a number", http.StatusBadRequest)
		return
	}
	var users wire.Z_UsersReturns
	options := &model.UserGetOptions{Active: true, Page: number, PerPage: p.settings.Load().PerPage}
	if p.failed(w, p.api.Call("GetUsers", &wire.Z_GetUsersArgs{A: options}, &users), users.B) {
		return
	}
	ids := make([]string, len(users.A))
	for i, u := range users.A {
		ids[i] = u.Id
	}
	var statuses wire.Z_StatusesReturns
	if p.failed(w, p.api.Call("GetUserStatusesByIds", &wire.Z_TextsArgs{A: ids}, &statuses), statuses.B) {
		return
	}
	of := make(map[string]string, len(statuses.A))
	for _, s := range statuses.A {
		of[s.UserId] = s.Status
	}
	entries := make([]entry, len(users.A))
	for i, u := range users.A {
		entries[i] = entry{UserID: u.Id, Email: u.Email, Status: of[u.Id]}
	}
	answer(w, entries)
}

// publish tells everyone what a person's own browser says.
func (p *presence) publish(w http.ResponseWriter, r *http.Request) {
	var e entry
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096)).Decode(&e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if user := r.Header.Get("Mattermost-User-Id"); user == "" || user != e.UserID {
		http.Error(w, "not yours", http.StatusForbidden)
		return
	}
	switch e.Status {
	case model.StatusOnline, model.StatusAway, model.StatusDnd, model.StatusOffline:
	default:
		http.Error(w, "no such status", http.StatusBadRequest)
		return
	}
	var user wire.Z_UserReturns
	if p.failed(w, p.api.Call("GetUser", &wire.Z_TextArgs{A: e.UserID}, &user), user.B) {
		return
	}
	e.Email = user.A.Email
	text, err := json.Marshal(e)
	if p.failed(w, err, nil) {
		return
	}
	message, err := websocket.NewPreparedMessage(websocket.TextMessage, text)
	if p.failed(w, err, nil) {
		return
	}
	p.hub.broadcast <- message
	answer(w, map[string]string{"status": "OK"})
}

func (p *presence) failed(w http.ResponseWriter, err error, refused *model.AppError) bool {
	if err == nil && refused != nil {
		err = refused
	}
	if err == nil {
		return false
	}
	p.log.Error("a request failed", "error", err)
	http.Error(w, err.Error(), http.StatusInternalServerError)
	return true
}

func answer(w http.ResponseWriter, v any) {
	text, err := json.Marshal(v)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Write(text)
}
