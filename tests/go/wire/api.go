package wire

import "switchboard.test/go/model"

// Replies that several API calls share in form. gob matches fields, not type names.
type (
	Z_AppErrorReturns struct {
		A *model.AppError
	}
	Z_BoolReturns struct {
		A bool
	}
	Z_TextReturns struct {
		A string
	}
	Z_TextErrorReturns struct {
		A string
		B error
	}
	Z_BytesReturns struct {
		A []byte
		B *model.AppError
	}
	Z_BoolAppErrorReturns struct {
		A bool
		B *model.AppError
	}
	Z_UserReturns struct {
		A *model.User
		B *model.AppError
	}
	Z_UsersReturns struct {
		A []*model.User
		B *model.AppError
	}
	Z_TeamReturns struct {
		A *model.Team
		B *model.AppError
	}
	Z_TeamMemberReturns struct {
		A *model.TeamMember
		B *model.AppError
	}
	Z_ChannelReturns struct {
		A *model.Channel
		B *model.AppError
	}
	Z_ChannelMemberReturns struct {
		A *model.ChannelMember
		B *model.AppError
	}
	Z_PostReturns struct {
		A *model.Post
		B *model.AppError
	}
	Z_StatusReturns struct {
		A *model.Status
		B *model.AppError
	}
	Z_StatusesReturns struct {
		A []*model.Status
		B *model.AppError
	}
	Z_PreferencesReturns struct {
		A []model.Preference
		B *model.AppError
	}
	Z_SessionReturns struct {
		A *model.Session
		B *model.AppError
	}
	Z_BotReturns struct {
		A *model.Bot
		B *model.AppError
	}
	Z_KeysReturns struct {
		A []string
		B *model.AppError
	}
	Z_ConfigReturns struct {
		A *model.Config
	}
	Z_EphemeralReturns struct {
		A *model.Post
	}
	// Z_LoadPluginConfigurationArgsReturns holds the settings as JSON.
	Z_LoadPluginConfigurationArgsReturns struct {
		A []byte
	}
)

// Arguments, by form.
type (
	Z_TextArgs struct {
		A string
	}
	Z_TextsArgs struct {
		A []string
	}
	Z_TwoTextsArgs struct {
		A string
		B string
	}
	Z_GetChannelByNameArgs struct {
		A string
		B string
		C bool
	}
	Z_RegisterCommandArgs struct {
		A *model.Command
	}
	Z_GetUsersArgs struct {
		A *model.UserGetOptions
	}
	Z_SetUserStatusTimedDNDArgs struct {
		A string
		B int64
	}
	Z_UpdateUserCustomStatusArgs struct {
		A string
		B *model.CustomStatus
	}
	Z_CreatePostArgs struct {
		A *model.Post
	}
	Z_SendEphemeralPostArgs struct {
		A string
		B *model.Post
	}
	Z_BotArgs struct {
		A *model.Bot
	}
	Z_SetProfileImageArgs struct {
		A string
		B []byte
	}
	Z_KVSetWithOptionsArgs struct {
		A string
		B []byte
		C model.PluginKVSetOptions
	}
	Z_KVListArgs struct {
		A int
		B int
	}
	Z_PublishWebSocketEventArgs struct {
		A string
		B map[string]any
		C *model.WebsocketBroadcast
	}
	Z_PublishPluginClusterEventArgs struct {
		A model.PluginClusterEvent
		B model.PluginClusterEventSendOptions
	}
	Z_UpdatePreferencesForUserArgs struct {
		A string
		B []model.Preference
	}
	Z_OpenInteractiveDialogArgs struct {
		A model.OpenDialogRequest
	}
	Z_HasPermissionToArgs struct {
		A string
		B *model.Permission
	}
	Z_HasPermissionToChannelArgs struct {
		A string
		B string
		C *model.Permission
	}
	Z_LogArgs struct {
		A string
		B []any
	}
)
