package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"strings"

	"github.com/hashicorp/go-hclog"

	"switchboard.test/go/model"
	"switchboard.test/go/sdk"
	"switchboard.test/go/wire"
)

// hooks are the methods that net/rpc serves: the protocol's own from sdk, and the probe's, which log what they get.
type hooks struct {
	*sdk.Server
	p *probe
}

// Implemented names the hooks.
func (h *hooks) Implemented(_ struct{}, reply *[]string) error {
	*reply = sdk.HookNames(h)
	return nil
}

func (p *probe) logHook(name string, args ...any) {
	if args == nil {
		args = []any{}
	}
	text, err := json.Marshal(args)
	if err != nil {
		text = []byte(err.Error())
	}
	p.log.Info("hook", "hook", name, "args", string(text))
}

// ExecuteCommand answers /probe.
func (h *hooks) ExecuteCommand(a *wire.Z_ExecuteCommandArgs, r *wire.Z_ExecuteCommandReturns) error {
	h.p.logHook("ExecuteCommand", a.B)
	text, ours := strings.CutPrefix(a.B.Command, "/probe ")
	switch {
	case !ours:
		r.B = model.NewAppError("ExecuteCommand", "probe.unknown", "unknown command", http.StatusNotFound)
	case text == "error":
		r.B = model.NewAppError("ExecuteCommand", "probe.error", "error as asked for", http.StatusTeapot)
	default:
		r.A = &model.CommandResponse{ResponseType: "ephemeral", Text: "probe: " + text}
	}
	return nil
}

func (h *hooks) UserHasBeenCreated(a *wire.Z_UserArgs, _ *wire.Z_Empty) error {
	h.p.logHook("UserHasBeenCreated", a.B)
	return nil
}

func (h *hooks) UserHasBeenDeactivated(a *wire.Z_UserArgs, _ *wire.Z_Empty) error {
	h.p.logHook("UserHasBeenDeactivated", a.B)
	return nil
}

func (h *hooks) UserHasLoggedIn(a *wire.Z_UserArgs, _ *wire.Z_Empty) error {
	h.p.logHook("UserHasLoggedIn", a.B)
	return nil
}

func (h *hooks) MessageHasBeenPosted(a *wire.Z_PostArgs, _ *wire.Z_Empty) error {
	h.p.logHook("MessageHasBeenPosted", a.B)
	return nil
}

func (h *hooks) MessageHasBeenDeleted(a *wire.Z_PostArgs, _ *wire.Z_Empty) error {
	h.p.logHook("MessageHasBeenDeleted", a.B)
	return nil
}

func (h *hooks) MessageHasBeenUpdated(a *wire.Z_MessageHasBeenUpdatedArgs, _ *wire.Z_Empty) error {
	h.p.logHook("MessageHasBeenUpdated", a.B, a.C)
	return nil
}

func (h *hooks) ChannelHasBeenCreated(a *wire.Z_ChannelHasBeenCreatedArgs, _ *wire.Z_Empty) error {
	h.p.logHook("ChannelHasBeenCreated", a.B)
	return nil
}

func (h *hooks) UserHasJoinedChannel(a *wire.Z_ChannelMemberArgs, _ *wire.Z_Empty) error {
	h.p.logHook("UserHasJoinedChannel", a.B, a.C)
	return nil
}

func (h *hooks) UserHasLeftChannel(a *wire.Z_ChannelMemberArgs, _ *wire.Z_Empty) error {
	h.p.logHook("UserHasLeftChannel", a.B, a.C)
	return nil
}

func (h *hooks) UserHasJoinedTeam(a *wire.Z_TeamMemberArgs, _ *wire.Z_Empty) error {
	h.p.logHook("UserHasJoinedTeam", a.B, a.C)
	return nil
}

func (h *hooks) UserHasLeftTeam(a *wire.Z_TeamMemberArgs, _ *wire.Z_Empty) error {
	h.p.logHook("UserHasLeftTeam", a.B, a.C)
	return nil
}

func (h *hooks) OnPluginClusterEvent(a *wire.Z_OnPluginClusterEventArgs, _ *wire.Z_Empty) error {
	h.p.logHook("OnPluginClusterEvent", a.B)
	return nil
}

func (h *hooks) OnWebSocketConnect(a *wire.Z_WebSocketArgs, _ *wire.Z_Empty) error {
	h.p.logHook("OnWebSocketConnect", a.A, a.B)
	return nil
}

func (h *hooks) OnWebSocketDisconnect(a *wire.Z_WebSocketArgs, _ *wire.Z_Empty) error {
	h.p.logHook("OnWebSocketDisconnect", a.A, a.B)
	return nil
}

func (h *hooks) WebSocketMessageHasBeenPosted(a *wire.Z_WebSocketMessageHasBeenPostedArgs, _ *wire.Z_Empty) error {
	h.p.logHook("WebSocketMessageHasBeenPosted", a.A, a.B, a.C)
	return nil
}

func (h *hooks) PreferencesHaveChanged(a *wire.Z_PreferencesHaveChangedArgs, _ *wire.Z_Empty) error {
	h.p.logHook("PreferencesHaveChanged", a.B)
	return nil
}

// SetAPI keeps the way to the server.
func (p *probe) SetAPI(api *sdk.API) { p.api = api }

// OnConfigurationChange logs that it came.
func (p *probe) OnConfigurationChange() error {
	p.logHook("OnConfigurationChange")
	return nil
}

// OnDeactivate logs that it came.
func (p *probe) OnDeactivate() error {
	p.logHook("OnDeactivate")
	return nil
}

// OnActivate fails in the way that the environment asks for.
func (p *probe) OnActivate() error {
	p.logHook("OnActivate")
	for _, level := range []hclog.Level{hclog.Debug, hclog.Info, hclog.Warn, hclog.Error} {
		p.log.Log(level, "probe levels", "number", 7)
	}
	switch os.Getenv("PROBE_FAIL_ACTIVATE") {
	case "":
	case "app":
		return model.NewAppError("OnActivate", "probe.activate", "activation refused", http.StatusInternalServerError)
	default:
		return errors.New("activation refused")
	}
	if os.Getenv("PROBE_PANIC_ACTIVATE") != "" {
		panic("as asked for")
	}
	if os.Getenv("PROBE_EXIT_ACTIVATE") != "" {
		os.Exit(3)
	}
	return nil
}
