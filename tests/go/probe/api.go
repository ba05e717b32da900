package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// form is a method's arguments and reply, each as an empty struct.
type form struct{ args, reply any }

var methods = map[string]form{
	"GetServerVersion":          {wire.Z_Empty{}, wire.Z_TextReturns{}},
	"GetBundlePath":             {wire.Z_Empty{}, wire.Z_TextErrorReturns{}},
	"GetConfig":                 {wire.Z_Empty{}, wire.Z_ConfigReturns{}},
	"RegisterCommand":           {wire.Z_RegisterCommandArgs{}, wire.Z_ErrorReturns{}},
	"UnregisterCommand":         {wire.Z_TwoTextsArgs{}, wire.Z_ErrorReturns{}},
	"GetTeamByName":             {wire.Z_TextArgs{}, wire.Z_TeamReturns{}},
	"GetTeamMember":             {wire.Z_TwoTextsArgs{}, wire.Z_TeamMemberReturns{}},
	"GetChannelByName":          {wire.Z_GetChannelByNameArgs{}, wire.Z_ChannelReturns{}},
	"GetChannel":                {wire.Z_TextArgs{}, wire.Z_ChannelReturns{}},
	"GetChannelMember":          {wire.Z_TwoTextsArgs{}, wire.Z_ChannelMemberReturns{}},
	"GetDirectChannel":          {wire.Z_TwoTextsArgs{}, wire.Z_ChannelReturns{}},
	"GetUser":                   {wire.Z_TextArgs{}, wire.Z_UserReturns{}},
	"GetUserByEmail":            {wire.Z_TextArgs{}, wire.Z_UserReturns{}},
	"GetUserByUsername":         {wire.Z_TextArgs{}, wire.Z_UserReturns{}},
	"GetUsers":                  {wire.Z_GetUsersArgs{}, wire.Z_UsersReturns{}},
	"GetUsersByIds":             {wire.Z_TextsArgs{}, wire.Z_UsersReturns{}},
	"GetUserStatus":             {wire.Z_TextArgs{}, wire.Z_StatusReturns{}},
	"GetUserStatusesByIds":      {wire.Z_TextsArgs{}, wire.Z_StatusesReturns{}},
	"UpdateUserStatus":          {wire.Z_TwoTextsArgs{}, wire.Z_StatusReturns{}},
	"SetUserStatusTimedDND":     {wire.Z_SetUserStatusTimedDNDArgs{}, wire.Z_StatusReturns{}},
	"UpdateUserCustomStatus":    {wire.Z_UpdateUserCustomStatusArgs{}, wire.Z_AppErrorReturns{}},
	"RemoveUserCustomStatus":    {wire.Z_TextArgs{}, wire.Z_AppErrorReturns{}},
	"CreatePost":                {wire.Z_CreatePostArgs{}, wire.Z_PostReturns{}},
	"UpdatePost":                {wire.Z_CreatePostArgs{}, wire.Z_PostReturns{}},
	"GetPost":                   {wire.Z_TextArgs{}, wire.Z_PostReturns{}},
	"SendEphemeralPost":         {wire.Z_SendEphemeralPostArgs{}, wire.Z_EphemeralReturns{}},
	"EnsureBotUser":             {wire.Z_BotArgs{}, wire.Z_TextErrorReturns{}},
	"CreateBot":                 {wire.Z_BotArgs{}, wire.Z_BotReturns{}},
	"SetProfileImage":           {wire.Z_SetProfileImageArgs{}, wire.Z_AppErrorReturns{}},
	"KVSetWithOptions":          {wire.Z_KVSetWithOptionsArgs{}, wire.Z_BoolAppErrorReturns{}},
	"KVGet":                     {wire.Z_TextArgs{}, wire.Z_BytesReturns{}},
	"KVDelete":                  {wire.Z_TextArgs{}, wire.Z_AppErrorReturns{}},
	"KVList":                    {wire.Z_KVListArgs{}, wire.Z_KeysReturns{}},
	"PublishWebSocketEvent":     {wire.Z_PublishWebSocketEventArgs{}, wire.Z_Empty{}},
	"PublishPluginClusterEvent": {wire.Z_PublishPluginClusterEventArgs{}, wire.Z_ErrorReturns{}},
	"GetSession":                {wire.Z_TextArgs{}, wire.Z_SessionReturns{}},
	"GetPreferencesForUser":     {wire.Z_TextArgs{}, wire.Z_PreferencesReturns{}},
	"UpdatePreferencesForUser":  {wire.Z_UpdatePreferencesForUserArgs{}, wire.Z_AppErrorReturns{}},
	"OpenInteractiveDialog":     {wire.Z_OpenInteractiveDialogArgs{}, wire.Z_AppErrorReturns{}},
	"HasPermissionTo":           {wire.Z_HasPermissionToArgs{}, wire.Z_BoolReturns{}},
	"HasPermissionToChannel":    {wire.Z_HasPermissionToChannelArgs{}, wire.Z_BoolReturns{}},
	"LoadPluginConfiguration":   {wire.Z_Empty{}, wire.Z_LoadPluginConfigurationArgsReturns{}},
	"LogDebug":                  {wire.Z_LogArgs{}, wire.Z_Empty{}},
	"LogInfo":                   {wire.Z_LogArgs{}, wire.Z_Empty{}},
	"LogWarn":                   {wire.Z_LogArgs{}, wire.Z_Empty{}},
	"LogError":                  {wire.Z_LogArgs{}, wire.Z_Empty{}},
}

func (p *probe) callAPI(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	result, failure, err := p.call(query.Get("method"), query.Get("args"))
	if err != nil {
		answerJSON(w, http.StatusBadRequest, map[string]any{"error": err.Error()})
		return
	}
	answerJSON(w, http.StatusOK, map[string]any{"result": result, "error": failure})
}

// call calls a method with the arguments in text, a JSON array. failure is the server's error.
func (p *probe) call(method, text string) (result, failure any, err error) {
	form, known := methods[method]
	if !known {
		return nil, nil, fmt.Errorf("unknown method %q", method)
	}
	args, reply := reflect.New(reflect.TypeOf(form.args)), reflect.New(reflect.TypeOf(form.reply))
	if err := fill(args.Elem(), text); err != nil {
		return nil, nil, fmt.Errorf("args: %w", err)
	}
	if err := p.api.Call(method, args.Interface(), reply.Interface()); err != nil {
		return nil, map[string]any{"message": err.Error()}, nil
	}
	for i := range reply.Elem().NumField() {
		field := reply.Elem().Field(i)
		switch v := field.Interface().(type) {
		case *model.AppError:
			failure = describe(v)
		case error:
			failure = describe(v)
		case nil:
		default:
			result = v
		}
	}
	if method == "LoadPluginConfiguration" {
		result = json.RawMessage(result.([]byte))
	}
	if failure != nil {
		result = nil
	}
	return result, failure, nil
}

// fill sets the fields of a struct from the array's elements; a list of free values takes all that are left.
func fill(args reflect.Value, text string) error {
	if text == "" {
		text = "[]"
	}
	var values []json.RawMessage
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return err
	}
	for i := range args.NumField() {
		field := args.Field(i)
		if free, ok := field.Addr().Interface().(*[]any); ok {
			for _, v := range values {
				var value any
				if err := json.Unmarshal(v, &value); err != nil {
					return err
				}
				*free = append(*free, value)
			}
			return nil
		}
		if len(values) == 0 {
			return errors.New("too few")
		}
		if err := json.Unmarshal(values[0], field.Addr().Interface()); err != nil {
			return err
		}
		values = values[1:]
	}
	if len(values) > 0 {
		return errors.New("too many")
	}
	return nil
}

func describe(err error) any {
	var app *model.AppError
	if errors.As(err, &app) {
		if app == nil {
			return nil
		}
		return map[string]any{"id": app.Id, "message": app.Message, "detailed_error": app.DetailedError, "status_code": app.StatusCode}
	}
	return map[string]any{"message": err.Error()}
}
