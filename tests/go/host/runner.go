package host

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"
)

// proxiedProcess starts the plugin and gives the host a socket of its own to connect to.
type proxiedProcess struct {
	frames         *Frames
	cmd            *exec.Cmd
	dir            string
	stdout, stderr io.ReadCloser
	listener       net.Listener
}

// runner makes go-plugin start cmd with these frames looked at. go-plugin then also sets PLUGIN_UNIX_SOCKET_DIR.
func (f *Frames) runner(cmd *exec.Cmd) func(hclog.Logger, *exec.Cmd, string) (runner.Runner, error) {
	return func(_ hclog.Logger, spec *exec.Cmd, dir string) (runner.Runner, error) {
		cmd.Env = append(spec.Env, cmd.Env...)
		p := &proxiedProcess{frames: f, cmd: cmd, dir: dir}
		var err error
		if p.stdout, err = cmd.StdoutPipe(); err != nil {
			return nil, err
		}
		if p.stderr, err = cmd.StderrPipe(); err != nil {
			return nil, err
		}
		return p, nil
	}
}

func (f *Frames) pluginSocket() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.socket
}

func (p *proxiedProcess) Start(context.Context) error     { return p.cmd.Start() }
func (p *proxiedProcess) Diagnose(context.Context) string { return "" }
func (p *proxiedProcess) Stdout() io.ReadCloser           { return p.stdout }
func (p *proxiedProcess) Stderr() io.ReadCloser           { return p.stderr }
func (p *proxiedProcess) Name() string                    { return p.cmd.Path }
func (p *proxiedProcess) ID() string                      { return strconv.Itoa(p.cmd.Process.Pid) }

func (p *proxiedProcess) Wait(context.Context) error {
	err := p.cmd.Wait()
	if p.listener != nil {
		p.listener.Close()
	}
	return err
}

func (p *proxiedProcess) Kill(context.Context) error {
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// PluginToHost is asked for the address to connect to: the proxy's, in place of the plugin's.
func (p *proxiedProcess) PluginToHost(network, address string) (string, string, error) {
	p.frames.mu.Lock()
	p.frames.socket = address
	p.frames.mu.Unlock()
	own := filepath.Join(p.dir, "host")
	l, err := net.Listen("unix", own)
	if err != nil {
		return "", "", err
	}
	p.listener = l
	go p.accept(network, address)
	return "unix", own, nil
}

func (p *proxiedProcess) HostToPlugin(network, address string) (string, string, error) {
	return network, address, nil
}

func (p *proxiedProcess) accept(network, address string) {
	for {
		host, err := p.listener.Accept()
		if err != nil {
			return
		}
		plugin, err := net.Dial(network, address)
		if err != nil {
			host.Close()
			continue
		}
		go p.pass(plugin, host, false)
		go p.pass(host, plugin, true)
	}
}

func (p *proxiedProcess) pass(to, from net.Conn, fromPlugin bool) {
	defer to.Close()
	reader := &frameReader{frames: p.frames, plugin: fromPlugin, opening: map[uint32][]byte{}}
	chunk := make([]byte, 64*1024)
	for {
		n, err := from.Read(chunk)
		if n > 0 {
			reader.feed(chunk[:n])
			if _, err := to.Write(chunk[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
