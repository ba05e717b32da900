// The program host starts a plugin as Mattermost does, serves it at http://<listen>/plugins/<id>/, and shows the posts
// and logs that come of it, until it is interrupted.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"switchboard.test/go/host"
	"switchboard.test/go/wire"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

func run() error {
	var (
		plugin   = flag.String("plugin", "", "the plugin: a bundle's folder with plugin.json, or a program")
		listen   = flag.String("listen", "127.0.0.1:8065", "where to serve HTTP")
		version  = flag.String("server", "11.6.0", "the server's version; before 11 it sends whole requests and cannot flush")
		names    = flag.String("names", "go", "the names of error types: go (every server's), current, v6")
		settings = flag.String("settings", "{}", "the plugin's settings, a JSON object")
		heap     = flag.Int("heap", 0, "MiB of live heap")
	)
	flag.Parse()
	if *plugin == "" {
		return fmt.Errorf("-plugin is missing")
	}
	if err := wire.Register(wire.Names(*names)); err != nil {
		return err
	}
	bundle, err := host.OpenBundle(*plugin)
	if err != nil {
		return err
	}
	var config map[string]any
	if err := json.Unmarshal([]byte(*settings), &config); err != nil {
		return fmt.Errorf("-settings: %w", err)
	}
	host.LiveHeap(*heap)
	world := host.NewWorld(*version)
	world.BundlePath = bundle.Dir
	world.SetConfig(config)
	old := !strings.HasPrefix(*version, "11.")
	p, err := host.Start(host.Options{Executable: bundle.Executable, PluginID: bundle.ID, World: world, WholeRequest: old, NoFlush: old, Logs: host.NewLogs(os.Stderr)})
	if err != nil {
		return err
	}
	defer p.Deactivate()
	if err := p.Activate(); err != nil {
		return fmt.Errorf("OnActivate: %w", err)
	}
	front := host.NewFront(world)
	front.Set(bundle.ID, p)
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return err
	}
	defer l.Close()
	go http.Serve(l, front)
	fmt.Printf("http://%s/plugins/%s/ (process %d)\n", l.Addr(), bundle.ID, p.Pid())
	go showPosts(world)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	<-stop
	return nil
}

// showPosts prints each post once.
func showPosts(world *host.World) {
	shown := 0
	for range time.Tick(100 * time.Millisecond) {
		messages := world.Messages()
		for _, m := range slices.Clone(messages[shown:]) {
			fmt.Println("post:", m)
		}
		shown = len(messages)
	}
}
