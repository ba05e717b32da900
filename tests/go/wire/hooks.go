// Package wire declares the arguments and replies of Mattermost's hooks and API calls, by the names and fields that
// travel. A hook's arguments are Z_<Hook>Args{A, B…}, its reply Z_<Hook>Returns{A, B…}; API calls the same.
package wire

import (
	"net/http"

	"switchboard.test/go/model"
)

// Context says where a request or a hook call comes from.
type Context struct {
	SessionId      string
	RequestId      string
	IPAddress      string
	AcceptLanguage string
	UserAgent      string
}

type (
	// Z_OnActivateArgs names the two streams that the plugin dials.
	Z_OnActivateArgs struct {
		APIMuxId    uint32
		DriverMuxId uint32
	}
	// Z_ErrorReturns is the reply of every hook whose only result is an error.
	Z_ErrorReturns struct {
		A error
	}
	// Z_Empty stands for arguments or a reply without fields.
	Z_Empty struct{}

	// Z_ServeHTTPArgs is a request as 9.11 and older servers send it. Package subset has the form of 11.x.
	Z_ServeHTTPArgs struct {
		ResponseWriterStream uint32
		Request              *http.Request
		Context              *Context
		RequestBodyStream    uint32
	}

	Z_ExecuteCommandArgs struct {
		A *Context
		B *model.CommandArgs
	}
	Z_ExecuteCommandReturns struct {
		A *model.CommandResponse
		B *model.AppError
	}

	// Z_UserArgs is the form of UserHasBeenCreated, UserHasBeenDeactivated and UserHasLoggedIn.
	Z_UserArgs struct {
		A *Context
		B *model.User
	}
	// Z_PostArgs is the form of MessageHasBeenPosted and MessageHasBeenDeleted.
	Z_PostArgs struct {
		A *Context
		B *model.Post
	}
	Z_MessageHasBeenUpdatedArgs struct {
		A *Context
		B *model.Post
		C *model.Post
	}
	Z_ChannelHasBeenCreatedArgs struct {
		A *Context
		B *model.Channel
	}
	// Z_ChannelMemberArgs is the form of UserHasJoinedChannel and UserHasLeftChannel.
	Z_ChannelMemberArgs struct {
		A *Context
		B *model.ChannelMember
		C *model.User
	}
	// Z_TeamMemberArgs is the form of UserHasJoinedTeam and UserHasLeftTeam.
	Z_TeamMemberArgs struct {
		A *Context
		B *model.TeamMember
		C *model.User
	}
	Z_OnPluginClusterEventArgs struct {
		A *Context
		B model.PluginClusterEvent
	}
	// Z_WebSocketArgs is the form of OnWebSocketConnect and OnWebSocketDisconnect: connection, user.
	Z_WebSocketArgs struct {
		A string
		B string
	}
	Z_WebSocketMessageHasBeenPostedArgs struct {
		A string
		B string
		C *model.WebSocketRequest
	}
	Z_PreferencesHaveChangedArgs struct {
		A *Context
		B []model.Preference
	}
)
