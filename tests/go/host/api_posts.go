package host

import (
	"net/http"
	"slices"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

func (s *apiServer) GetTeamByName(a *wire.Z_TextArgs, r *wire.Z_TeamReturns) error {
	if s.stopped("GetTeamByName", &r.B) {
		return nil
	}
	if a.A != s.w.team.Name {
		r.B = notFound("GetTeamByName", "team")
		return nil
	}
	team := *s.w.team
	r.A = &team
	return nil
}

func (s *apiServer) GetTeamMember(a *wire.Z_TwoTextsArgs, r *wire.Z_TeamMemberReturns) error {
	if s.stopped("GetTeamMember", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if a.A != s.w.team.Id || s.w.users[a.B] == nil {
		r.B = notFound("GetTeamMember", "team member")
		return nil
	}
	r.A = &model.TeamMember{TeamId: a.A, UserId: a.B, Roles: "team_user", SchemeUser: true}
	return nil
}

func (s *apiServer) channel(method string, match func(*model.Channel) bool, r *wire.Z_ChannelReturns) error {
	if s.stopped(method, &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	for _, c := range s.w.channels {
		if match(c) {
			copied := *c
			r.A = &copied
			return nil
		}
	}
	r.B = notFound(method, "channel")
	return nil
}

func (s *apiServer) GetChannel(a *wire.Z_TextArgs, r *wire.Z_ChannelReturns) error {
	return s.channel("GetChannel", func(c *model.Channel) bool { return c.Id == a.A }, r)
}

func (s *apiServer) GetChannelByName(a *wire.Z_GetChannelByNameArgs, r *wire.Z_ChannelReturns) error {
	return s.channel("GetChannelByName", func(c *model.Channel) bool {
		return c.TeamId == a.A && c.Name == a.B && (c.DeleteAt == 0 || a.C)
	}, r)
}

func (s *apiServer) GetChannelMember(a *wire.Z_TwoTextsArgs, r *wire.Z_ChannelMemberReturns) error {
	if s.stopped("GetChannelMember", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if !s.w.members[a.A][a.B] {
		r.B = notFound("GetChannelMember", "channel member")
		return nil
	}
	r.A = &model.ChannelMember{ChannelId: a.A, UserId: a.B, Roles: "channel_user", SchemeUser: true, NotifyProps: model.StringMap{"desktop": "default"}}
	return nil
}

func (s *apiServer) GetDirectChannel(a *wire.Z_TwoTextsArgs, r *wire.Z_ChannelReturns) error {
	if s.stopped("GetDirectChannel", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.w.users[a.A] == nil || s.w.users[a.B] == nil {
		r.B = notFound("GetDirectChannel", "user")
		return nil
	}
	pair := []string{a.A, a.B}
	slices.Sort(pair)
	name := pair[0] + "__" + pair[1]
	for _, c := range s.w.channels {
		if c.Name == name {
			copied := *c
			r.A = &copied
			return nil
		}
	}
	c := &model.Channel{Id: s.w.newID(), Type: "D", Name: name, CreateAt: now()}
	s.w.channels[c.Id] = c
	s.w.members[c.Id] = map[string]bool{a.A: true, a.B: true}
	copied := *c
	r.A = &copied
	return nil
}

func badPost(method, id string) *model.AppError {
	return model.NewAppError(method, "model.post.is_valid."+id+".app_error", "Invalid "+id+".", http.StatusBadRequest)
}

// CreatePost takes a pending id once: the same one again answers the post that it made.
func (s *apiServer) CreatePost(a *wire.Z_CreatePostArgs, r *wire.Z_PostReturns) error {
	if s.stopped("CreatePost", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	switch {
	case a.A == nil || s.w.users[a.A.UserId] == nil:
		r.B = badPost("CreatePost", "user_id")
		return nil
	case s.w.channels[a.A.ChannelId] == nil:
		r.B = badPost("CreatePost", "channel_id")
		return nil
	case len([]rune(a.A.Message)) > 16383:
		r.B = badPost("CreatePost", "message_length")
		return nil
	}
	if known := s.w.pendingPost[a.A.PendingPostId]; a.A.PendingPostId != "" && known != "" {
		r.A = s.w.post(known)
		return nil
	}
	p := *a.A
	p.Id, p.CreateAt = s.w.newID(), now()
	p.UpdateAt = p.CreateAt
	s.w.posts = append(s.w.posts, &p)
	if p.PendingPostId != "" {
		s.w.pendingPost[p.PendingPostId] = p.Id
	}
	copied := p
	r.A = &copied
	return nil
}

func (w *World) post(id string) *model.Post {
	for _, p := range w.posts {
		if p.Id == id {
			copied := *p
			return &copied
		}
	}
	return nil
}

func (s *apiServer) UpdatePost(a *wire.Z_CreatePostArgs, r *wire.Z_PostReturns) error {
	if s.stopped("UpdatePost", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	for _, p := range s.w.posts {
		if a.A != nil && p.Id == a.A.Id {
			p.Message, p.Props, p.EditAt, p.UpdateAt = a.A.Message, a.A.Props, now(), now()
			copied := *p
			r.A = &copied
			return nil
		}
	}
	r.B = notFound("UpdatePost", "post")
	return nil
}

func (s *apiServer) GetPost(a *wire.Z_TextArgs, r *wire.Z_PostReturns) error {
	if s.stopped("GetPost", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if r.A = s.w.post(a.A); r.A == nil {
		r.B = notFound("GetPost", "post")
	}
	return nil
}

func (s *apiServer) SendEphemeralPost(a *wire.Z_SendEphemeralPostArgs, r *wire.Z_EphemeralReturns) error {
	s.w.called("SendEphemeralPost")
	if a.B == nil {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	p := *a.B
	p.Id, p.CreateAt, p.Type = s.w.newID(), now(), "system_ephemeral"
	s.w.ephemerals = append(s.w.ephemerals, Ephemeral{UserID: a.A, Post: &p})
	copied := p
	r.A = &copied
	return nil
}
