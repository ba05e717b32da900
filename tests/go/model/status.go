package model

import "time"

// The statuses that a person can have.
const (
	StatusOnline  = "online"
	StatusAway    = "away"
	StatusDnd     = "dnd"
	StatusOffline = "offline"
)

// Status is a person's presence.
type Status struct {
	UserId         string `json:"user_id"`
	Status         string `json:"status"`
	Manual         bool   `json:"manual"`
	LastActivityAt int64  `json:"last_activity_at"`
	ActiveChannel  string `json:"active_channel,omitempty"`
	DNDEndTime     int64  `json:"dnd_end_time"`
	PrevStatus     string `json:"-"`
}

// CustomStatus is the emoji and text beside a person's name.
type CustomStatus struct {
	Emoji     string    `json:"emoji"`
	Text      string    `json:"text"`
	Duration  string    `json:"duration"`
	ExpiresAt time.Time `json:"expires_at"`
}
