package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"runtime"
	"time"

	"switchboard.test/go/host"
)

// hostInfo is what a host process says when its plugin is active.
type hostInfo struct {
	URL    string `json:"url"` // up to the plugin's own paths
	Plugin int    `json:"plugin"`
	Binary int64  `json:"binary"` // bytes
}

// startResult is one start of a plugin.
type startResult struct {
	Wall   time.Duration `json:"wall_ns"`
	Plugin time.Duration `json:"plugin_cpu_ns"`
	Host   time.Duration `json:"host_cpu_ns"`
}

// hostMain is the process `bench host`: it starts the plugin, says where it is, and then does what the lines on its
// input say: "starts <n>" starts and stops the plugin that often, and crowd's commands; the end of the input ends it.
func hostMain(args []string) error {
	f := flag.NewFlagSet("host", flag.ContinueOnError)
	path := f.String("plugin", "", "the plugin")
	settings := f.String("settings", "{}", "its settings")
	heap := f.Int("heap", 0, "MiB of live heap")
	newRequests := f.Bool("new-requests", false, "11.x's form")
	people := f.Int("people", 0, "how many people there are")
	if err := f.Parse(args); err != nil {
		return err
	}
	bundle, err := host.OpenBundle(*path)
	if err != nil {
		return err
	}
	config, err := readSettings(*settings)
	if err != nil {
		return err
	}
	host.LiveHeap(*heap)
	runtime.GC()
	version := "9.11.0"
	if *newRequests {
		version = "11.6.0"
	}
	world := host.NewWorld(version)
	world.BundlePath = bundle.Dir
	world.SetConfig(config)
	if *people > 0 {
		world.AddCrowd(*people, crowdStatus)
	} else {
		world.AddPeople(100)
	}
	o := host.Options{Executable: bundle.Executable, PluginID: bundle.ID, World: world, WholeRequest: !*newRequests, NoFlush: !*newRequests}
	p, err := host.Start(o)
	if err != nil {
		return err
	}
	defer p.Deactivate()
	if err := p.Activate(); err != nil {
		return fmt.Errorf("OnActivate: %w", err)
	}
	front := host.NewFront(world)
	front.Set(bundle.ID, p)
	base, stop, err := host.Listen(believePublished(world, front))
	if err != nil {
		return err
	}
	defer stop()
	program, err := os.Stat(bundle.Executable)
	if err != nil {
		return err
	}
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(hostInfo{URL: base + "/plugins/" + bundle.ID, Plugin: p.Pid(), Binary: program.Size()}); err != nil {
		return err
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		result, err := hostCommand(lines.Text(), world, o)
		if err != nil {
			return fmt.Errorf("%s: %w", lines.Text(), err)
		}
		if err := out.Encode(result); err != nil {
			return err
		}
	}
	log.SetOutput(io.Discard) // net/http on connections that the plugin leaves behind when it ends
	if bad := p.Logs.Containing("timeout waiting for accept"); len(bad) > 0 {
		return fmt.Errorf("%d streams were not dialled", len(bad))
	}
	return lines.Err()
}

func hostCommand(line string, world *host.World, o host.Options) (any, error) {
	var n int
	if _, err := fmt.Sscanf(line, "starts %d", &n); err == nil {
		return starts(o, n)
	}
	return crowdCommand(line, world)
}

// readSettings reads a JSON object, or a file's when the text is @file.
func readSettings(text string) (map[string]any, error) {
	raw := []byte(text)
	if len(text) > 0 && text[0] == '@' {
		var err error
		if raw, err = os.ReadFile(text[1:]); err != nil {
			return nil, err
		}
	}
	var config map[string]any
	if err := json.Unmarshal(raw, &config); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	return config, nil
}

func starts(o host.Options, n int) ([]startResult, error) {
	var results []startResult
	o.Logs = nil
	for range n {
		before, err := cpuTime(os.Getpid())
		if err != nil {
			return nil, err
		}
		began := time.Now()
		p, err := host.Start(o)
		if err != nil {
			return nil, err
		}
		activated := p.Activate()
		r := startResult{Wall: time.Since(began)}
		var errHost, errPlugin error
		r.Host, errHost = cpuTime(os.Getpid())
		r.Plugin, errPlugin = cpuTime(p.Pid())
		r.Host -= before
		p.Deactivate()
		if err := errors.Join(activated, errHost, errPlugin); err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

// hostProcess is a running `bench host`.
type hostProcess struct {
	hostInfo
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startHost(o *options, s *side, people int) (*hostProcess, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	h := &hostProcess{cmd: exec.Command(self, "host", "-plugin", s.Path, "-settings", s.Settings, "-heap", fmt.Sprint(o.heap), "-people", fmt.Sprint(people), fmt.Sprintf("-new-requests=%v", o.newRequests))}
	h.cmd.Stderr = os.Stderr
	if h.in, err = h.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := h.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	h.out = bufio.NewReader(out)
	if err := h.cmd.Start(); err != nil {
		return nil, err
	}
	if err := h.read(&h.hostInfo); err != nil {
		h.stop()
		return nil, fmt.Errorf("the host of %s: %w", s.Name, err)
	}
	return h, nil
}

func (h *hostProcess) read(into any) error {
	line, err := h.out.ReadBytes('\n')
	if err != nil {
		return err
	}
	return json.Unmarshal(line, into)
}

func (h *hostProcess) starts(n int) (results []startResult, err error) {
	return results, h.ask(&results, "starts %d", n)
}

// ask has the host do what a line says, and reads its answer.
func (h *hostProcess) ask(into any, line string, args ...any) error {
	if _, err := fmt.Fprintf(h.in, line+"\n", args...); err != nil {
		return err
	}
	return h.read(into)
}

// stop ends the plugin in good order, and the host.
func (h *hostProcess) stop() error {
	h.in.Close()
	return h.cmd.Wait()
}
