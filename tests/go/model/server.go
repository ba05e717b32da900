package model

import "fmt"

// AppError is the server's own error: an id, words for a person, and an HTTP status.
type AppError struct {
	Id              string `json:"id"`
	Message         string `json:"message"`
	DetailedError   string `json:"detailed_error"`
	RequestId       string `json:"request_id,omitempty"`
	StatusCode      int    `json:"status_code,omitempty"`
	Where           string `json:"-"`
	SkipTranslation bool   `json:"-"`
}

func (e *AppError) Error() string {
	text := e.Message
	if e.Where != "" {
		text = e.Where + ": " + text
	}
	if e.DetailedError != "" {
		text = fmt.Sprintf("%s, %s", text, e.DetailedError)
	}
	return text
}

// NewAppError makes an AppError whose message is its id's default text.
func NewAppError(where, id, message string, status int) *AppError {
	return &AppError{Id: id, Message: message, StatusCode: status, Where: where}
}

// PluginKVSetOptions says under which conditions a value is stored, and for how long.
type PluginKVSetOptions struct {
	Atomic          bool
	OldValue        []byte
	ExpireInSeconds int64
}

// PluginClusterEvent is a message to the same plugin on other nodes.
type PluginClusterEvent struct {
	Id   string
	Data []byte
}

// PluginClusterEventSendOptions says how and whereto such a message is sent.
type PluginClusterEventSendOptions struct {
	SendType string
	TargetId string
}

// WebsocketBroadcast says who gets a websocket event.
type WebsocketBroadcast struct {
	OmitUsers             map[string]bool  `json:"omit_users"`
	UserId                string           `json:"user_id"`
	ChannelId             string           `json:"channel_id"`
	TeamId                string           `json:"team_id"`
	ConnectionId          string           `json:"connection_id"`
	OmitConnectionId      string           `json:"omit_connection_id"`
	ContainsSanitizedData bool             `json:"contains_sanitized_data,omitempty"`
	ContainsSensitiveData bool             `json:"contains_sensitive_data,omitempty"`
	ReliableClusterSend   bool             `json:"-"`
	BroadcastHooks        []string         `json:"broadcast_hooks,omitempty"`
	BroadcastHookArgs     []map[string]any `json:"broadcast_hook_args,omitempty"`
}

// WebSocketRequest is a message that a client sent over its websocket.
type WebSocketRequest struct {
	Seq     int64          `json:"seq"`
	Action  string         `json:"action"`
	Data    map[string]any `json:"data"`
	Session Session        `json:"-"`
	Locale  string         `json:"-"`
}

// Config is a part of the server's configuration, with its pointers and nesting.
type Config struct {
	ServiceSettings      ServiceSettings
	TeamSettings         TeamSettings
	PrivacySettings      PrivacySettings
	LocalizationSettings LocalizationSettings
	ClusterSettings      ClusterSettings
	PluginSettings       PluginSettings
}

// ServiceSettings is how the server is reached.
type ServiceSettings struct {
	SiteURL                  *string
	WebsocketURL             *string
	ListenAddress            *string
	EnableUserStatuses       *bool
	EnableBotAccountCreation *bool
	SessionLengthWebInHours  *int
	TrustedProxyIPHeader     []string
	AllowCorsFrom            *string
}

// TeamSettings is what teams may hold.
type TeamSettings struct {
	SiteName                 *string
	MaxUsersPerTeam          *int
	EnableCustomUserStatuses *bool
}

// PrivacySettings is what people see of each other.
type PrivacySettings struct {
	ShowEmailAddress *bool
	ShowFullName     *bool
}

// LocalizationSettings is the languages.
type LocalizationSettings struct {
	DefaultServerLocale *string
	DefaultClientLocale *string
}

// ClusterSettings is whether there are several nodes.
type ClusterSettings struct {
	Enable      *bool
	ClusterName *string
}

// PluginSettings holds each plugin's state and settings.
type PluginSettings struct {
	Enable       *bool
	Plugins      map[string]map[string]any
	PluginStates map[string]*PluginState
}

// PluginState is whether a plugin is enabled.
type PluginState struct {
	Enable bool
}
