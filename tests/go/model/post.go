package model

// Post is a message in a channel.
type Post struct {
	Id            string          `json:"id"`
	CreateAt      int64           `json:"create_at"`
	UpdateAt      int64           `json:"update_at"`
	EditAt        int64           `json:"edit_at"`
	DeleteAt      int64           `json:"delete_at"`
	IsPinned      bool            `json:"is_pinned"`
	UserId        string          `json:"user_id"`
	ChannelId     string          `json:"channel_id"`
	RootId        string          `json:"root_id"`
	OriginalId    string          `json:"original_id"`
	Message       string          `json:"message"`
	MessageSource string          `json:"message_source,omitempty"`
	Type          string          `json:"type"`
	Props         StringInterface `json:"props"`
	Hashtags      string          `json:"hashtags"`
	Filenames     StringArray     `json:"-"`
	FileIds       StringArray     `json:"file_ids,omitempty"`
	PendingPostId string          `json:"pending_post_id"`
	HasReactions  bool            `json:"has_reactions,omitempty"`
	RemoteId      *string         `json:"remote_id,omitempty"`
	ReplyCount    int64           `json:"reply_count"`
	LastReplyAt   int64           `json:"last_reply_at"`
	Participants  []*User         `json:"participants"`
	IsFollowing   *bool           `json:"is_following,omitempty"`
	Metadata      *PostMetadata   `json:"metadata,omitempty"`
}

// PostMetadata is what the server adds to a post for its readers.
type PostMetadata struct {
	Embeds    []*PostEmbed         `json:"embeds,omitempty"`
	Images    map[string]*ImageDim `json:"images,omitempty"`
	Reactions []*Reaction          `json:"reactions,omitempty"`
}

// PostEmbed is a link's preview; its Data is one of the registered types.
type PostEmbed struct {
	Type string `json:"type"`
	URL  string `json:"url,omitempty"`
	Data any    `json:"data,omitempty"`
}

// ImageDim is an image's size in pixels.
type ImageDim struct {
	Width      int    `json:"width"`
	Height     int    `json:"height"`
	Format     string `json:"format"`
	FrameCount int    `json:"frame_count"`
}

// Reaction is an emoji that someone put under a post.
type Reaction struct {
	UserId    string  `json:"user_id"`
	PostId    string  `json:"post_id"`
	EmojiName string  `json:"emoji_name"`
	CreateAt  int64   `json:"create_at"`
	UpdateAt  int64   `json:"update_at"`
	DeleteAt  int64   `json:"delete_at"`
	RemoteId  *string `json:"remote_id"`
	ChannelId string  `json:"channel_id"`
}

// PreviewPost is the post behind a permalink.
type PreviewPost struct {
	PostID             string `json:"post_id"`
	Post               *Post  `json:"post"`
	TeamName           string `json:"team_name"`
	ChannelDisplayName string `json:"channel_display_name"`
	ChannelType        string `json:"channel_type"`
	ChannelID          string `json:"channel_id"`
}

// SlackAttachment is a box under a post's text.
type SlackAttachment struct {
	Id         int64                   `json:"id"`
	Fallback   string                  `json:"fallback"`
	Color      string                  `json:"color"`
	Pretext    string                  `json:"pretext"`
	AuthorName string                  `json:"author_name"`
	AuthorLink string                  `json:"author_link"`
	AuthorIcon string                  `json:"author_icon"`
	Title      string                  `json:"title"`
	TitleLink  string                  `json:"title_link"`
	Text       string                  `json:"text"`
	Fields     []*SlackAttachmentField `json:"fields"`
	ImageURL   string                  `json:"image_url"`
	ThumbURL   string                  `json:"thumb_url"`
	Footer     string                  `json:"footer"`
	FooterIcon string                  `json:"footer_icon"`
	Timestamp  any                     `json:"ts"`
	Actions    []*PostAction           `json:"actions,omitempty"`
}

// SlackAttachmentField is a row in an attachment.
type SlackAttachmentField struct {
	Title string `json:"title"`
	Value any    `json:"value"`
	Short bool   `json:"short"`
}

// PostAction is a button or menu in an attachment.
type PostAction struct {
	Id            string                 `json:"id,omitempty"`
	Type          string                 `json:"type,omitempty"`
	Name          string                 `json:"name,omitempty"`
	Disabled      bool                   `json:"disabled,omitempty"`
	Style         string                 `json:"style,omitempty"`
	DataSource    string                 `json:"data_source,omitempty"`
	Options       []*PostActionOptions   `json:"options,omitempty"`
	DefaultOption string                 `json:"default_option,omitempty"`
	Integration   *PostActionIntegration `json:"integration,omitempty"`
	Cookie        string                 `json:"cookie,omitempty"`
}

// PostActionOptions is one entry of a menu.
type PostActionOptions struct {
	Text  string `json:"text"`
	Value string `json:"value"`
}

// PostActionIntegration is where a button's press is sent.
type PostActionIntegration struct {
	URL     string         `json:"url,omitempty"`
	Context map[string]any `json:"context,omitempty"`
}
