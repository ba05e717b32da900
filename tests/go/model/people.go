// Package model declares the structs of Mattermost's plugin protocol that the host and the probe send.
// Field names are what gob matches, so they are Mattermost's own.
package model

// StringMap is a map that Mattermost stores as JSON in one column.
type StringMap map[string]string

// StringInterface is a map of free values, as in a post's props.
type StringInterface map[string]any

// StringArray is a list of strings that is stored in one column.
type StringArray []string

// User is a person, or a bot, with an account.
type User struct {
	Id                     string    `json:"id"`
	CreateAt               int64     `json:"create_at,omitempty"`
	UpdateAt               int64     `json:"update_at,omitempty"`
	DeleteAt               int64     `json:"delete_at"`
	Username               string    `json:"username"`
	Password               string    `json:"password,omitempty"`
	AuthData               *string   `json:"auth_data,omitempty"`
	AuthService            string    `json:"auth_service"`
	Email                  string    `json:"email"`
	EmailVerified          bool      `json:"email_verified,omitempty"`
	Nickname               string    `json:"nickname"`
	FirstName              string    `json:"first_name"`
	LastName               string    `json:"last_name"`
	Position               string    `json:"position"`
	Roles                  string    `json:"roles"`
	AllowMarketing         bool      `json:"allow_marketing,omitempty"`
	Props                  StringMap `json:"props,omitempty"`
	NotifyProps            StringMap `json:"notify_props,omitempty"`
	LastPasswordUpdate     int64     `json:"last_password_update,omitempty"`
	LastPictureUpdate      int64     `json:"last_picture_update,omitempty"`
	FailedAttempts         int       `json:"failed_attempts,omitempty"`
	Locale                 string    `json:"locale"`
	Timezone               StringMap `json:"timezone"`
	MfaActive              bool      `json:"mfa_active,omitempty"`
	MfaSecret              string    `json:"mfa_secret,omitempty"`
	RemoteId               *string   `json:"remote_id,omitempty"`
	LastActivityAt         int64     `json:"last_activity_at,omitempty"`
	IsBot                  bool      `json:"is_bot,omitempty"`
	BotDescription         string    `json:"bot_description,omitempty"`
	BotLastIconUpdate      int64     `json:"bot_last_icon_update,omitempty"`
	TermsOfServiceId       string    `json:"terms_of_service_id,omitempty"`
	TermsOfServiceCreateAt int64     `json:"terms_of_service_create_at,omitempty"`
	DisableWelcomeEmail    bool      `json:"disable_welcome_email"`
	LastLogin              int64     `json:"last_login,omitempty"`
}

// UserGetOptions says which people GetUsers lists, and which page of them.
type UserGetOptions struct {
	InTeamId         string   `json:"in_team_id,omitempty"`
	NotInTeamId      string   `json:"not_in_team_id,omitempty"`
	InChannelId      string   `json:"in_channel_id,omitempty"`
	NotInChannelId   string   `json:"not_in_channel_id,omitempty"`
	InGroupId        string   `json:"in_group_id,omitempty"`
	NotInGroupId     string   `json:"not_in_group_id,omitempty"`
	GroupConstrained bool     `json:"group_constrained,omitempty"`
	WithoutTeam      bool     `json:"without_team,omitempty"`
	Inactive         bool     `json:"inactive,omitempty"`
	Active           bool     `json:"active,omitempty"`
	Role             string   `json:"role,omitempty"`
	Roles            []string `json:"roles,omitempty"`
	ChannelRoles     []string `json:"channel_roles,omitempty"`
	TeamRoles        []string `json:"team_roles,omitempty"`
	Sort             string   `json:"sort,omitempty"`
	Page             int      `json:"page"`
	PerPage          int      `json:"per_page"`
}

// Bot is the part of a bot's account that a plugin may name.
type Bot struct {
	UserId         string `json:"user_id"`
	Username       string `json:"username"`
	DisplayName    string `json:"display_name,omitempty"`
	Description    string `json:"description,omitempty"`
	OwnerId        string `json:"owner_id"`
	LastIconUpdate int64  `json:"last_icon_update,omitempty"`
	CreateAt       int64  `json:"create_at"`
	UpdateAt       int64  `json:"update_at"`
	DeleteAt       int64  `json:"delete_at"`
}

// Session is a login.
type Session struct {
	Id             string        `json:"id"`
	Token          string        `json:"token"`
	CreateAt       int64         `json:"create_at"`
	ExpiresAt      int64         `json:"expires_at"`
	LastActivityAt int64         `json:"last_activity_at"`
	UserId         string        `json:"user_id"`
	DeviceId       string        `json:"device_id"`
	Roles          string        `json:"roles"`
	IsOAuth        bool          `json:"is_oauth"`
	ExpiredNotify  bool          `json:"expired_notify"`
	Props          StringMap     `json:"props"`
	TeamMembers    []*TeamMember `json:"team_members"`
	Local          bool          `json:"local"`
}

// Preference is one of a person's settings.
type Preference struct {
	UserId   string `json:"user_id"`
	Category string `json:"category"`
	Name     string `json:"name"`
	Value    string `json:"value"`
}

// Permission names one permission; Id is what is compared.
type Permission struct {
	Id          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Scope       string `json:"scope"`
}
