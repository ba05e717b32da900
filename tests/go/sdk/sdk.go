// Package sdk is the plugin's side of Mattermost's protocol in Go: what Mattermost's own SDK does, in the calls it makes
// and the order in which it waits for them, written anew for the probe.
package sdk

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/rpc"
	"os"
	"reflect"

	"github.com/hashicorp/go-plugin"

	"switchboard.test/go/wire"
)

// Hooks are the hooks that take part in the protocol itself. Others are methods of Server.
type Hooks interface {
	// SetAPI is called once, before the first hook.
	SetAPI(*API)
	OnActivate() error
	OnDeactivate() error
	OnConfigurationChange() error
	ServeHTTP(*wire.Context, http.ResponseWriter, *http.Request)
	ServeMetrics(*wire.Context, http.ResponseWriter, *http.Request)
}

// API calls the server.
type API struct{ client *rpc.Client }

// Call calls a method; args and reply are the method's structs of package wire.
func (a *API) Call(method string, args, reply any) error {
	return a.client.Call("Plugin."+method, args, reply)
}

// Server answers the host's calls: the protocol's own here, the rest by the plugin's methods.
type Server struct {
	hooks  Hooks
	broker *plugin.MuxBroker
}

type hooksPlugin struct{ serve func(*plugin.MuxBroker) any }

func (h *hooksPlugin) Server(b *plugin.MuxBroker) (any, error) { return h.serve(b), nil }

func (h *hooksPlugin) Client(*plugin.MuxBroker, *rpc.Client) (any, error) {
	return nil, fmt.Errorf("this is the plugin")
}

// Serve runs the plugin until the host lets it go. wrap puts the plugin's own hook methods around the server's.
func Serve(hooks Hooks, wrap func(*Server) any) {
	plugin.Serve(&plugin.ServeConfig{
		HandshakeConfig: plugin.HandshakeConfig{ProtocolVersion: 1, MagicCookieKey: "MATTERMOST_PLUGIN", MagicCookieValue: "Securely message teams, anywhere."},
		Plugins: map[string]plugin.Plugin{"hooks": &hooksPlugin{func(b *plugin.MuxBroker) any {
			return wrap(&Server{hooks: hooks, broker: b})
		}}},
	})
}

// HookNames lists the methods of a server that net/rpc can serve, without Implemented itself.
func HookNames(server any) []string {
	var names []string
	t := reflect.TypeOf(server)
	for i := range t.NumMethod() {
		if m := t.Method(i); m.Type.NumIn() == 3 && m.Type.NumOut() == 1 && m.Name != "Implemented" {
			names = append(names, m.Name)
		}
	}
	return names
}

// OnActivate dials the two streams, loads the configuration and activates the plugin.
func (s *Server) OnActivate(args *wire.Z_OnActivateArgs, reply *wire.Z_ErrorReturns) error {
	api, err := s.broker.Dial(args.APIMuxId)
	if err != nil {
		return err
	}
	if _, err := s.broker.Dial(args.DriverMuxId); err != nil {
		return err
	}
	s.hooks.SetAPI(&API{client: rpc.NewClient(api)})
	if err := s.hooks.OnConfigurationChange(); err != nil {
		fmt.Fprintf(os.Stderr, "[ERROR] call to OnConfigurationChange failed: %v\n", err)
	}
	log.SetOutput(os.Stderr)
	reply.A = wire.Encodable(s.hooks.OnActivate())
	return nil
}

// OnDeactivate ends the plugin's work.
func (s *Server) OnDeactivate(_ *wire.Z_Empty, reply *wire.Z_ErrorReturns) error {
	reply.A = wire.Encodable(s.hooks.OnDeactivate())
	return nil
}

// OnConfigurationChange loads the configuration again.
func (s *Server) OnConfigurationChange(_ *wire.Z_Empty, reply *wire.Z_ErrorReturns) error {
	reply.A = wire.Encodable(s.hooks.OnConfigurationChange())
	return nil
}

// ServeHTTP serves a request.
func (s *Server) ServeHTTP(args *wire.Z_ServeHTTPArgs, _ *struct{}) error {
	return s.serve(args, s.hooks.ServeHTTP)
}

// ServeMetrics serves a request to the server's metrics.
func (s *Server) ServeMetrics(args *wire.Z_ServeHTTPArgs, _ *struct{}) error {
	return s.serve(args, s.hooks.ServeMetrics)
}

// serve dials the response's stream and the body's, each with its acknowledgement, and serves the request.
func (s *Server) serve(args *wire.Z_ServeHTTPArgs, handle func(*wire.Context, http.ResponseWriter, *http.Request)) error {
	conn, err := s.broker.Dial(args.ResponseWriterStream)
	if err != nil {
		fmt.Fprintf(os.Stderr, "[ERROR] no response stream: %v\n", err)
		return err
	}
	w := &response{client: rpc.NewClient(conn)}
	defer w.client.Close()
	r := args.Request
	r.Body = http.NoBody
	if args.RequestBodyStream != 0 {
		body, err := s.broker.Dial(args.RequestBodyStream)
		if err != nil {
			fmt.Fprintf(os.Stderr, "[ERROR] no request body stream: %v\n", err)
			return err
		}
		r.Body = io.ReadCloser(&bodyReader{conn: body})
	}
	defer r.Body.Close()
	handle(args.Context, w, r)
	return nil
}
