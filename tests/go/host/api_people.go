package host

import (
	"net/http"
	"slices"
	"strings"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// foundUser answers a person, or that there is none. find runs under the world's lock.
func (s *apiServer) foundUser(method string, find func() *model.User, r *wire.Z_UserReturns) error {
	if s.stopped(method, &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	u := find()
	if u == nil {
		r.B = notFound(method, "user")
		return nil
	}
	copied := *u
	r.A = &copied
	return nil
}

func (s *apiServer) GetUser(a *wire.Z_TextArgs, r *wire.Z_UserReturns) error {
	return s.foundUser("GetUser", func() *model.User { return s.w.users[a.A] }, r)
}

func (s *apiServer) GetUserByEmail(a *wire.Z_TextArgs, r *wire.Z_UserReturns) error {
	return s.foundUser("GetUserByEmail", func() *model.User {
		for _, u := range s.w.users {
			if strings.EqualFold(u.Email, a.A) {
				return u
			}
		}
		return nil
	}, r)
}

func (s *apiServer) GetUserByUsername(a *wire.Z_TextArgs, r *wire.Z_UserReturns) error {
	return s.foundUser("GetUserByUsername", func() *model.User { return s.w.users[s.w.names[strings.ToLower(a.A)]] }, r)
}

// GetUsers answers a page of the accounts, sorted by user name.
func (s *apiServer) GetUsers(a *wire.Z_GetUsersArgs, r *wire.Z_UsersReturns) error {
	if s.stopped("GetUsers", &r.B) {
		return nil
	}
	opts := a.A
	if opts == nil {
		opts = &model.UserGetOptions{PerPage: 60}
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	all := s.w.list(opts.Active)
	if opts.Inactive || opts.InChannelId != "" {
		all = slices.DeleteFunc(slices.Clone(all), func(u *model.User) bool {
			return opts.Inactive && u.DeleteAt == 0 || opts.InChannelId != "" && !s.w.members[opts.InChannelId][u.Id]
		})
	}
	from := min(opts.Page*opts.PerPage, len(all))
	for _, u := range all[from:min(from+opts.PerPage, len(all))] {
		copied := *u
		r.A = append(r.A, &copied)
	}
	return nil
}

// GetUsersByIds answers people in no order, unknown ids left out.
func (s *apiServer) GetUsersByIds(a *wire.Z_TextsArgs, r *wire.Z_UsersReturns) error {
	if s.stopped("GetUsersByIds", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	for _, id := range a.A {
		if u := s.w.users[id]; u != nil {
			copied := *u
			r.A = append(r.A, &copied)
		}
	}
	return nil
}

func (s *apiServer) GetUserStatus(a *wire.Z_TextArgs, r *wire.Z_StatusReturns) error {
	if s.stopped("GetUserStatus", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	st := s.w.statuses[a.A]
	if st == nil {
		r.B = notFound("GetUserStatus", "status")
		return nil
	}
	copied := *st
	r.A = &copied
	return nil
}

// GetUserStatusesByIds leaves the do-not-disturb end and the previous status out, as the server does after a cache miss. Whoever
// has no record, or no account, is offline; without statuses on the server the list is empty.
func (s *apiServer) GetUserStatusesByIds(a *wire.Z_TextsArgs, r *wire.Z_StatusesReturns) error {
	if s.stopped("GetUserStatusesByIds", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	r.A = make([]*model.Status, 0, len(a.A))
	if s.w.statusesOff {
		return nil
	}
	for _, id := range a.A {
		st := s.w.statuses[id]
		if st == nil {
			r.A = append(r.A, &model.Status{UserId: id, Status: model.StatusOffline})
			continue
		}
		r.A = append(r.A, &model.Status{UserId: id, Status: st.Status, Manual: st.Manual, LastActivityAt: st.LastActivityAt, ActiveChannel: st.ActiveChannel})
	}
	return nil
}

func (s *apiServer) setStatus(method, user, status string, dndEnd int64, r *wire.Z_StatusReturns) error {
	if s.stopped(method, &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	st := s.w.statuses[user]
	if st == nil {
		r.B = notFound(method, "user")
		return nil
	}
	switch status {
	case model.StatusOnline, model.StatusAway, model.StatusDnd, model.StatusOffline:
	default:
		r.B = model.NewAppError(method, "plugin.api.update_user_status.bad_status", "There is no such status.", http.StatusBadRequest)
		return nil
	}
	st.PrevStatus, st.Status = st.Status, status
	st.Manual = status != model.StatusOnline
	st.DNDEndTime, st.LastActivityAt = dndEnd, now()
	copied := *st
	r.A = &copied
	return nil
}

func (s *apiServer) UpdateUserStatus(a *wire.Z_TwoTextsArgs, r *wire.Z_StatusReturns) error {
	return s.setStatus("UpdateUserStatus", a.A, a.B, 0, r)
}

func (s *apiServer) SetUserStatusTimedDND(a *wire.Z_SetUserStatusTimedDNDArgs, r *wire.Z_StatusReturns) error {
	return s.setStatus("SetUserStatusTimedDND", a.A, model.StatusDnd, a.B, r)
}

func (s *apiServer) UpdateUserCustomStatus(a *wire.Z_UpdateUserCustomStatusArgs, r *wire.Z_AppErrorReturns) error {
	if s.stopped("UpdateUserCustomStatus", &r.A) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	u := s.w.users[a.A]
	if u == nil || a.B == nil {
		r.A = notFound("UpdateUserCustomStatus", "user")
		return nil
	}
	s.w.setCustomStatus(u, a.B)
	return nil
}

func (s *apiServer) RemoveUserCustomStatus(a *wire.Z_TextArgs, r *wire.Z_AppErrorReturns) error {
	if s.stopped("RemoveUserCustomStatus", &r.A) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	u := s.w.users[a.A]
	if u == nil {
		r.A = notFound("RemoveUserCustomStatus", "user")
		return nil
	}
	s.w.setCustomStatus(u, nil)
	return nil
}

func (s *apiServer) EnsureBotUser(a *wire.Z_BotArgs, r *wire.Z_TextErrorReturns) error {
	if err := s.w.called("EnsureBotUser"); err != nil {
		r.B = err
		return nil
	}
	if a.A == nil || a.A.Username == "" {
		r.B = &wire.ErrorString{Err: "passed a nil or nameless bot"}
		return nil
	}
	r.A = s.w.ensureBot(a.A)
	return nil
}

func (s *apiServer) CreateBot(a *wire.Z_BotArgs, r *wire.Z_BotReturns) error {
	if s.stopped("CreateBot", &r.B) {
		return nil
	}
	if a.A == nil || a.A.Username == "" || s.w.User(a.A.Username) != nil {
		r.B = model.NewAppError("CreateBot", "app.bot.createbot.internal_error", "The bot cannot be saved.", http.StatusBadRequest)
		return nil
	}
	bot := *a.A
	bot.UserId = s.w.ensureBot(a.A)
	r.A = &bot
	return nil
}

func (s *apiServer) SetProfileImage(a *wire.Z_SetProfileImageArgs, r *wire.Z_AppErrorReturns) error {
	if s.stopped("SetProfileImage", &r.A) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.w.users[a.A] == nil {
		r.A = notFound("SetProfileImage", "user")
		return nil
	}
	s.w.images[a.A] = a.B
	return nil
}

func (s *apiServer) GetSession(a *wire.Z_TextArgs, r *wire.Z_SessionReturns) error {
	if s.stopped("GetSession", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	for _, session := range s.w.sessions {
		if session.ID == a.A {
			u := s.w.users[session.UserID]
			r.A = &model.Session{Id: session.ID, UserId: u.Id, Roles: u.Roles, CreateAt: 1, Props: model.StringMap{"csrf": session.CSRF},
				TeamMembers: []*model.TeamMember{{TeamId: s.w.team.Id, UserId: u.Id, SchemeUser: true}}}
			return nil
		}
	}
	r.B = model.NewAppError("GetSession", "api.context.session_expired.app_error", "The session has ended.", http.StatusUnauthorized)
	return nil
}

func (s *apiServer) GetPreferencesForUser(a *wire.Z_TextArgs, r *wire.Z_PreferencesReturns) error {
	if s.stopped("GetPreferencesForUser", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	r.A = append([]model.Preference{}, s.w.prefs[a.A]...)
	return nil
}

func (s *apiServer) UpdatePreferencesForUser(a *wire.Z_UpdatePreferencesForUserArgs, r *wire.Z_AppErrorReturns) error {
	if s.stopped("UpdatePreferencesForUser", &r.A) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	for _, p := range a.B {
		if p.UserId != a.A {
			r.A = model.NewAppError("UpdatePreferencesForUser", "api.preference.update_preferences.set.app_error", "These are someone else's preferences.", http.StatusForbidden)
			return nil
		}
	}
	for _, p := range a.B {
		s.w.setPreference(p)
	}
	return nil
}

func (s *apiServer) HasPermissionTo(a *wire.Z_HasPermissionToArgs, r *wire.Z_BoolReturns) error {
	s.w.called("HasPermissionTo")
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	u := s.w.users[a.A]
	r.A = u != nil && a.B != nil && strings.Contains(u.Roles, "system_admin")
	return nil
}

func (s *apiServer) HasPermissionToChannel(a *wire.Z_HasPermissionToChannelArgs, r *wire.Z_BoolReturns) error {
	s.w.called("HasPermissionToChannel")
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	u := s.w.users[a.A]
	r.A = u != nil && a.C != nil && (s.w.members[a.B][a.A] || strings.Contains(u.Roles, "system_admin"))
	return nil
}
