package host

import (
	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// call calls a hook when the plugin has it, and logs a call that failed: the server goes on as if it had succeeded.
func (p *Plugin) call(hook string, args, reply any) bool {
	if !p.implemented[hook] {
		return false
	}
	if err := p.rpc.Call("Plugin."+hook, args, reply); err != nil {
		p.Logs.Add("error", "RPC call "+hook+" to plugin failed.", "error", err.Error())
		return false
	}
	return true
}

func (p *Plugin) notify(hook string, args any) { p.call(hook, args, &wire.Z_Empty{}) }

// OnDeactivate tells the plugin to finish.
func (p *Plugin) OnDeactivate() error {
	var reply wire.Z_ErrorReturns
	p.call("OnDeactivate", &wire.Z_Empty{}, &reply)
	return reply.A
}

// OnConfigurationChange tells the plugin that some setting was saved.
func (p *Plugin) OnConfigurationChange() error {
	var reply wire.Z_ErrorReturns
	p.call("OnConfigurationChange", &wire.Z_Empty{}, &reply)
	return reply.A
}

// ExecuteCommand runs a slash command.
func (p *Plugin) ExecuteCommand(c *wire.Context, args *model.CommandArgs) (*model.CommandResponse, *model.AppError) {
	var reply wire.Z_ExecuteCommandReturns
	p.call("ExecuteCommand", &wire.Z_ExecuteCommandArgs{A: c, B: args}, &reply)
	return reply.A, reply.B
}

// Command runs what a person typed in a channel.
func (p *Plugin) Command(user, text string) (*model.CommandResponse, *model.AppError) {
	return p.ExecuteCommand(&wire.Context{SessionId: fixedID("session" + user), RequestId: fixedID("request"), IPAddress: "127.0.0.1"},
		&model.CommandArgs{UserId: UserID(user), ChannelId: ChannelID("phones"), TeamId: TeamID, Command: text,
			SiteURL: p.World.SiteURL, TriggerId: "trigger", UserMentions: map[string]string{}, ChannelMentions: map[string]string{}})
}

// User calls UserHasBeenCreated, UserHasBeenDeactivated or UserHasLoggedIn.
func (p *Plugin) User(hook string, c *wire.Context, u *model.User) {
	p.notify(hook, &wire.Z_UserArgs{A: c, B: u})
}

// Post calls MessageHasBeenPosted or MessageHasBeenDeleted.
func (p *Plugin) Post(hook string, c *wire.Context, post *model.Post) {
	p.notify(hook, &wire.Z_PostArgs{A: c, B: post})
}

// MessageHasBeenUpdated tells of a post's new and old form.
func (p *Plugin) MessageHasBeenUpdated(c *wire.Context, after, before *model.Post) {
	p.notify("MessageHasBeenUpdated", &wire.Z_MessageHasBeenUpdatedArgs{A: c, B: after, C: before})
}

// ChannelHasBeenCreated tells of a new channel.
func (p *Plugin) ChannelHasBeenCreated(c *wire.Context, channel *model.Channel) {
	p.notify("ChannelHasBeenCreated", &wire.Z_ChannelHasBeenCreatedArgs{A: c, B: channel})
}

// ChannelMember calls UserHasJoinedChannel or UserHasLeftChannel. actor may be nil.
func (p *Plugin) ChannelMember(hook string, c *wire.Context, m *model.ChannelMember, actor *model.User) {
	p.notify(hook, &wire.Z_ChannelMemberArgs{A: c, B: m, C: actor})
}

// TeamMember calls UserHasJoinedTeam or UserHasLeftTeam. actor may be nil.
func (p *Plugin) TeamMember(hook string, c *wire.Context, m *model.TeamMember, actor *model.User) {
	p.notify(hook, &wire.Z_TeamMemberArgs{A: c, B: m, C: actor})
}

// OnPluginClusterEvent delivers a message from another node.
func (p *Plugin) OnPluginClusterEvent(c *wire.Context, event model.PluginClusterEvent) {
	p.notify("OnPluginClusterEvent", &wire.Z_OnPluginClusterEventArgs{A: c, B: event})
}

// WebSocket calls OnWebSocketConnect or OnWebSocketDisconnect.
func (p *Plugin) WebSocket(hook, connection, user string) {
	p.notify(hook, &wire.Z_WebSocketArgs{A: connection, B: user})
}

// WebSocketMessageHasBeenPosted delivers what a browser sent.
func (p *Plugin) WebSocketMessageHasBeenPosted(connection, user string, r *model.WebSocketRequest) {
	p.notify("WebSocketMessageHasBeenPosted", &wire.Z_WebSocketMessageHasBeenPostedArgs{A: connection, B: user, C: r})
}

// PreferencesHaveChanged tells of saved preferences.
func (p *Plugin) PreferencesHaveChanged(c *wire.Context, prefs []model.Preference) {
	p.notify("PreferencesHaveChanged", &wire.Z_PreferencesHaveChangedArgs{A: c, B: prefs})
}
