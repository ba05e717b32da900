package host

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// apiServer answers a plugin's API calls. net/rpc takes each of its methods as Plugin.<Method>.
type apiServer struct {
	w        *World
	pluginID string
}

// stopped reports whether a call was ordered to fail, and writes that failure where the reply has its error.
func (s *apiServer) stopped(method string, to **model.AppError) bool {
	*to = s.w.called(method)
	return *to != nil
}

func (s *apiServer) LoadPluginConfiguration(_ *wire.Z_Empty, r *wire.Z_LoadPluginConfigurationArgsReturns) error {
	s.w.called("LoadPluginConfiguration")
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if s.w.rawConfig != nil {
		r.A = s.w.rawConfig
		return nil
	}
	var err error
	r.A, err = json.Marshal(s.w.config)
	return err
}

func (s *apiServer) GetServerVersion(_ *wire.Z_Empty, r *wire.Z_TextReturns) error {
	s.w.called("GetServerVersion")
	r.A = s.w.Version
	return nil
}

func (s *apiServer) GetBundlePath(_ *wire.Z_Empty, r *wire.Z_TextErrorReturns) error {
	s.w.called("GetBundlePath")
	if s.w.BundlePath == "" {
		r.B = &wire.ErrorString{Err: "no bundle on disk"}
		return nil
	}
	r.A = s.w.BundlePath
	return nil
}

func (s *apiServer) GetConfig(_ *wire.Z_Empty, r *wire.Z_ConfigReturns) error {
	s.w.called("GetConfig")
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	site, name, listen, locale, empty := s.w.SiteURL, "Mattermost", ":8065", "en", ""
	yes, hours, people := true, 720, 50
	statuses, clustered := !s.w.statusesOff, s.w.clustered
	settings := map[string]any{}
	for k, v := range s.w.config {
		settings[k] = v
	}
	r.A = &model.Config{
		ServiceSettings: model.ServiceSettings{SiteURL: &site, WebsocketURL: &empty, ListenAddress: &listen, EnableUserStatuses: &statuses,
			EnableBotAccountCreation: &yes, SessionLengthWebInHours: &hours, TrustedProxyIPHeader: []string{}, AllowCorsFrom: &empty},
		TeamSettings:         model.TeamSettings{SiteName: &name, MaxUsersPerTeam: &people, EnableCustomUserStatuses: &yes},
		PrivacySettings:      model.PrivacySettings{ShowEmailAddress: &yes, ShowFullName: &yes},
		LocalizationSettings: model.LocalizationSettings{DefaultServerLocale: &locale, DefaultClientLocale: &locale},
		ClusterSettings:      model.ClusterSettings{Enable: &clustered, ClusterName: &empty},
		PluginSettings: model.PluginSettings{Enable: &yes, Plugins: map[string]map[string]any{s.pluginID: settings},
			PluginStates: map[string]*model.PluginState{s.pluginID: {Enable: true}}},
	}
	return nil
}

func (s *apiServer) RegisterCommand(a *wire.Z_RegisterCommandArgs, r *wire.Z_ErrorReturns) error {
	if err := s.w.called("RegisterCommand"); err != nil {
		r.A = err
		return nil
	}
	if a.A == nil || a.A.Trigger == "" || strings.Contains(a.A.Trigger, " ") {
		r.A = &wire.ErrorString{Err: "invalid command"}
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	c := *a.A
	c.PluginId = s.pluginID
	s.w.commands[strings.ToLower(c.Trigger)] = &c
	return nil
}

func (s *apiServer) UnregisterCommand(a *wire.Z_TwoTextsArgs, r *wire.Z_ErrorReturns) error {
	if err := s.w.called("UnregisterCommand"); err != nil {
		r.A = err
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	delete(s.w.commands, strings.ToLower(a.B))
	return nil
}

func (s *apiServer) PublishWebSocketEvent(a *wire.Z_PublishWebSocketEventArgs, _ *wire.Z_Empty) error {
	s.w.called("PublishWebSocketEvent")
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.events = append(s.w.events, WebSocketEvent{Name: "custom_" + s.pluginID + "_" + a.A, Payload: a.B, Broadcast: a.C})
	return nil
}

func (s *apiServer) PublishPluginClusterEvent(a *wire.Z_PublishPluginClusterEventArgs, r *wire.Z_ErrorReturns) error {
	if err := s.w.called("PublishPluginClusterEvent"); err != nil {
		r.A = err
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.cluster = append(s.w.cluster, ClusterEvent{Event: a.A, Options: a.B})
	return nil
}

func (s *apiServer) OpenInteractiveDialog(a *wire.Z_OpenInteractiveDialogArgs, r *wire.Z_AppErrorReturns) error {
	if s.stopped("OpenInteractiveDialog", &r.A) {
		return nil
	}
	if a.A.TriggerId == "" {
		r.A = model.NewAppError("OpenInteractiveDialog", "interactive_message.decode_trigger_id.base64_decode_failed", "The trigger id is not valid.", http.StatusBadRequest)
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.dialogs = append(s.w.dialogs, a.A)
	return nil
}

func (s *apiServer) log(level string, a *wire.Z_LogArgs) error {
	s.w.called("Log" + strings.ToUpper(level[:1]) + level[1:])
	line := LogLine{Level: level, Message: a.A, Fields: map[string]any{}}
	for i := 0; i+1 < len(a.B); i += 2 {
		line.Fields[fmt.Sprint(a.B[i])] = a.B[i+1]
	}
	if len(a.B)%2 == 1 {
		line.Fields["odd"] = a.B[len(a.B)-1]
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	s.w.logs = append(s.w.logs, line)
	return nil
}

func (s *apiServer) LogDebug(a *wire.Z_LogArgs, _ *wire.Z_Empty) error { return s.log("debug", a) }
func (s *apiServer) LogInfo(a *wire.Z_LogArgs, _ *wire.Z_Empty) error  { return s.log("info", a) }
func (s *apiServer) LogWarn(a *wire.Z_LogArgs, _ *wire.Z_Empty) error  { return s.log("warn", a) }
func (s *apiServer) LogError(a *wire.Z_LogArgs, _ *wire.Z_Empty) error { return s.log("error", a) }
