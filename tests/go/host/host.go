// Package host is a small Mattermost plugin host. The transport is hashicorp/go-plugin's own client with net/rpc; what
// Mattermost puts on top (hooks, API, HTTP) is written here after its wire format.
package host

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/rpc"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin"

	"switchboard.test/go/wire"
)

// Handshake is what Mattermost's plugins and Mattermost recognise each other by.
var Handshake = plugin.HandshakeConfig{
	ProtocolVersion:  1,
	MagicCookieKey:   "MATTERMOST_PLUGIN",
	MagicCookieValue: "Securely message teams, anywhere.",
}

const (
	startTimeout      = 3 * time.Second  // until the handshake line
	deactivateTimeout = 10 * time.Second // for OnDeactivate, before the process is stopped all the same
)

// Options says which plugin to start, and which server to be.
type Options struct {
	// Executable is the plugin's program. PluginID is the id that it is served under.
	Executable, PluginID string
	// World is the Mattermost behind the API. Nil makes a new one of version 11.6.0.
	World *World
	// WholeRequest sends requests as 9.11 does, not in the form of 11.x.
	WholeRequest bool
	// NoFlush leaves Flush out of the response's methods, as servers before 11 do.
	NoFlush bool
	// Logs takes the server's log. Nil makes a record of its own.
	Logs *Logs
	// Env is added to the plugin's environment, Dir is its working folder (default: this process's).
	Env []string
	Dir string
	// Frames, when set, is put between host and plugin and sees every yamux frame.
	Frames *Frames
	// Trace, when set, records each response's calls.
	Trace *Trace
	// NoAcceptAPI leaves the streams that OnActivate names unaccepted. NoAcceptHTTP does the same for requests.
	NoAcceptAPI, NoAcceptHTTP bool
}

// Plugin is a running plugin.
type Plugin struct {
	Options
	client      *plugin.Client
	protocol    plugin.ClientProtocol
	broker      *plugin.MuxBroker
	rpc         *rpc.Client
	implemented map[string]bool
	done        sync.WaitGroup
	command     *exec.Cmd
}

// hooksPlugin is what go-plugin makes a client of when "hooks" is dispensed.
type hooksPlugin struct{ p *Plugin }

func (h *hooksPlugin) Server(*plugin.MuxBroker) (any, error) {
	return nil, errors.New("this is the host")
}

func (h *hooksPlugin) Client(b *plugin.MuxBroker, c *rpc.Client) (any, error) {
	h.p.broker, h.p.rpc = b, c
	return h.p, nil
}

// Start starts the process, shakes hands, and asks which hooks there are. It does not activate the plugin.
func Start(o Options) (*Plugin, error) {
	if o.World == nil {
		o.World = NewWorld("11.6.0")
	}
	if o.Logs == nil {
		o.Logs = NewLogs(nil)
	}
	if o.PluginID == "" {
		o.PluginID = "probe"
	}
	p := &Plugin{Options: o, implemented: map[string]bool{}}
	config := &plugin.ClientConfig{
		HandshakeConfig: Handshake,
		Plugins:         map[string]plugin.Plugin{"hooks": &hooksPlugin{p}},
		SyncStdout:      &lineWriter{logs: o.Logs, source: "plugin_stdout"},
		SyncStderr:      &lineWriter{logs: o.Logs, source: "plugin_stderr"},
		Logger:          o.Logs.logger(),
		StartTimeout:    startTimeout,
	}
	if err := p.setCommand(config); err != nil {
		return nil, err
	}
	p.client = plugin.NewClient(config)
	if err := p.connect(); err != nil {
		p.client.Kill()
		return nil, err
	}
	return p, nil
}

// setCommand chooses how the process is started: plainly and with its checksum, or with a proxy before its socket.
func (p *Plugin) setCommand(config *plugin.ClientConfig) error {
	path := relative(p.Executable)
	p.command = exec.Command(path)
	p.command.Env = p.Env
	p.command.Dir = p.Dir
	if p.Dir != "" {
		p.command.Path = p.Executable
	}
	if p.Frames != nil {
		config.RunnerFunc = p.Frames.runner(p.command)
		return nil
	}
	sum, err := checksum(p.command.Path)
	if err != nil {
		return fmt.Errorf("checksum of the plugin: %w", err)
	}
	config.Cmd = p.command
	config.SecureConfig = &plugin.SecureConfig{Checksum: sum, Hash: sha256.New()}
	return nil
}

// relative gives the path as a server gives it: relative to its working folder.
func relative(path string) string {
	cwd, err := os.Getwd()
	if err != nil {
		return path
	}
	rel, err := filepath.Rel(cwd, path)
	if err != nil {
		return path
	}
	if filepath.Base(rel) == rel {
		rel = "." + string(filepath.Separator) + rel
	}
	return rel
}

func checksum(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return nil, err
	}
	return h.Sum(nil), nil
}

func (p *Plugin) connect() error {
	var err error
	if p.protocol, err = p.client.Client(); err != nil {
		return err
	}
	if _, err = p.protocol.Dispense("hooks"); err != nil {
		return err
	}
	var names []string
	if err = p.rpc.Call("Plugin.Implemented", struct{}{}, &names); err != nil {
		return err
	}
	for _, name := range names {
		p.implemented[name] = true
	}
	return nil
}

// Implements reports whether the plugin named this hook.
func (p *Plugin) Implements(hook string) bool { return p.implemented[hook] }

// Pid is the process's id.
func (p *Plugin) Pid() int {
	pid, err := strconv.Atoi(p.client.ID())
	if err != nil {
		return 0
	}
	return pid
}

// Exited reports whether the process is gone.
func (p *Plugin) Exited() bool { return p.client.Exited() }

// Ping asks for a sign of life, as the health check does.
func (p *Plugin) Ping() error { return p.protocol.Ping() }

// SocketPath is where the plugin listens.
func (p *Plugin) SocketPath() string {
	if p.Frames != nil {
		return p.Frames.pluginSocket()
	}
	if re := p.client.ReattachConfig(); re != nil {
		return re.Addr.String()
	}
	return ""
}

// Activate lets the plugin dial its two streams and run OnActivate.
func (p *Plugin) Activate() error {
	api, driver := p.broker.NextId(), p.broker.NextId()
	if !p.NoAcceptAPI {
		p.serve(api, &apiServer{w: p.World, pluginID: p.PluginID})
		p.serve(driver, &driverServer{})
	}
	var reply wire.Z_ErrorReturns
	if err := p.rpc.Call("Plugin.OnActivate", &wire.Z_OnActivateArgs{APIMuxId: api, DriverMuxId: driver}, &reply); err != nil {
		p.Logs.Add("error", "RPC call OnActivate to plugin failed.", "error", err.Error())
	}
	return reply.A
}

func (p *Plugin) serve(id uint32, receiver any) {
	p.done.Add(1)
	go func() {
		defer p.done.Done()
		p.broker.AcceptAndServe(id, receiver)
	}()
}

// driverServer stands for the database driver, which no plugin here uses.
type driverServer struct{}

// Conn refuses a database connection.
func (*driverServer) Conn(_ bool, reply *wire.Z_TextErrorReturns) error {
	reply.B = &wire.ErrorString{Err: "there is no database"}
	return nil
}

// Deactivate calls OnDeactivate and then stops the process, as disabling a plugin does. It answers the hook's error.
func (p *Plugin) Deactivate() error {
	result := make(chan error, 1)
	go func() { result <- p.OnDeactivate() }()
	var err error
	select {
	case err = <-result:
	case <-time.After(deactivateTimeout):
		p.Logs.Add("warn", "Plugin OnDeactivate took too long.")
	}
	p.Kill()
	return err
}

// Kill asks the process to quit, waits 2 seconds, and kills it if it is still there.
func (p *Plugin) Kill() {
	p.client.Kill()
	p.done.Wait()
}

// WaitExit waits until the process is gone.
func (p *Plugin) WaitExit(ctx context.Context) error {
	for !p.client.Exited() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("the process is still there: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
	return nil
}
