package model

// Command is a slash command.
type Command struct {
	Id                   string            `json:"id"`
	Token                string            `json:"token"`
	CreateAt             int64             `json:"create_at"`
	UpdateAt             int64             `json:"update_at"`
	DeleteAt             int64             `json:"delete_at"`
	CreatorId            string            `json:"creator_id"`
	TeamId               string            `json:"team_id"`
	Trigger              string            `json:"trigger"`
	Method               string            `json:"method"`
	Username             string            `json:"username"`
	IconURL              string            `json:"icon_url"`
	AutoComplete         bool              `json:"auto_complete"`
	AutoCompleteDesc     string            `json:"auto_complete_desc"`
	AutoCompleteHint     string            `json:"auto_complete_hint"`
	DisplayName          string            `json:"display_name"`
	Description          string            `json:"description"`
	URL                  string            `json:"url"`
	PluginId             string            `json:"plugin_id"`
	AutocompleteData     *AutocompleteData `json:"autocomplete_data,omitempty"`
	AutocompleteIconData string            `json:"autocomplete_icon_data,omitempty"`
}

// AutocompleteData describes a command, or a subcommand, to the one who types it.
type AutocompleteData struct {
	Trigger     string
	Hint        string
	HelpText    string
	RoleID      string
	Arguments   []*AutocompleteArg
	SubCommands []*AutocompleteData
}

// AutocompleteArg is an argument; Data is one of the three types below.
type AutocompleteArg struct {
	Name     string
	HelpText string
	Type     string
	Required bool
	Data     any
}

// AutocompleteTextArg is free text.
type AutocompleteTextArg struct {
	Hint    string
	Pattern string
}

// AutocompleteListItem is one of a fixed list.
type AutocompleteListItem struct {
	Item     string
	Hint     string
	HelpText string
}

// AutocompleteStaticListArg is a fixed list.
type AutocompleteStaticListArg struct {
	PossibleArguments []AutocompleteListItem
}

// AutocompleteDynamicListArg is a list that is fetched.
type AutocompleteDynamicListArg struct {
	FetchURL string
}

// CommandArgs is a command as someone typed it.
type CommandArgs struct {
	UserId          string            `json:"user_id"`
	ChannelId       string            `json:"channel_id"`
	TeamId          string            `json:"team_id"`
	RootId          string            `json:"root_id"`
	ParentId        string            `json:"parent_id"`
	TriggerId       string            `json:"trigger_id,omitempty"`
	Command         string            `json:"command"`
	SiteURL         string            `json:"-"`
	UserMentions    map[string]string `json:"-"`
	ChannelMentions map[string]string `json:"-"`
}

// CommandResponse is what the one who typed a command sees.
type CommandResponse struct {
	ResponseType     string             `json:"response_type"`
	Text             string             `json:"text"`
	Username         string             `json:"username"`
	ChannelId        string             `json:"channel_id"`
	IconURL          string             `json:"icon_url"`
	Type             string             `json:"type"`
	Props            StringInterface    `json:"props"`
	GotoLocation     string             `json:"goto_location"`
	TriggerId        string             `json:"trigger_id"`
	SkipSlackParsing bool               `json:"skip_slack_parsing"`
	Attachments      []*SlackAttachment `json:"attachments"`
	ExtraResponses   []*CommandResponse `json:"extra_responses"`
}

// OpenDialogRequest asks for a form to be shown.
type OpenDialogRequest struct {
	TriggerId string `json:"trigger_id"`
	URL       string `json:"url"`
	Dialog    Dialog `json:"dialog"`
}

// Dialog is a form.
type Dialog struct {
	CallbackId       string          `json:"callback_id"`
	Title            string          `json:"title"`
	IntroductionText string          `json:"introduction_text"`
	IconURL          string          `json:"icon_url"`
	Elements         []DialogElement `json:"elements"`
	SubmitLabel      string          `json:"submit_label"`
	NotifyOnCancel   bool            `json:"notify_on_cancel"`
	State            string          `json:"state"`
}

// DialogElement is a field of a form.
type DialogElement struct {
	DisplayName string               `json:"display_name"`
	Name        string               `json:"name"`
	Type        string               `json:"type"`
	SubType     string               `json:"subtype"`
	Default     string               `json:"default"`
	Placeholder string               `json:"placeholder"`
	HelpText    string               `json:"help_text"`
	Optional    bool                 `json:"optional"`
	MinLength   int                  `json:"min_length"`
	MaxLength   int                  `json:"max_length"`
	DataSource  string               `json:"data_source"`
	Options     []*PostActionOptions `json:"options"`
}
