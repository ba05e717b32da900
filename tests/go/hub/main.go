// The program hub is a plain, good plugin in Go that does what Outlook presence needs: a page of statuses, a live feed over
// websockets, and publishing one's own status. The benchmark compares the product with it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"sync/atomic"

	"github.com/hashicorp/go-hclog"

	"switchboard.test/go/sdk"
	"switchboard.test/go/wire"
)

// settings are what the admin set. The server hands their names out in lower case.
type settings struct {
	Secret  string `json:"secret"`
	PerPage int    `json:"perpagestatuses"`
}

type presence struct {
	log      hclog.Logger
	api      *sdk.API
	settings atomic.Pointer[settings]
	hub      *hub
}

// hooks are the methods that net/rpc serves.
type hooks struct{ *sdk.Server }

// Implemented names the hooks.
func (h *hooks) Implemented(_ struct{}, reply *[]string) error {
	*reply = sdk.HookNames(h)
	return nil
}

// SetAPI keeps the way to the server.
func (p *presence) SetAPI(api *sdk.API) { p.api = api }

// OnActivate starts the hub.
func (p *presence) OnActivate() error {
	if p.settings.Load().Secret == "" {
		return errors.New("the setting Secret is empty")
	}
	go p.hub.run()
	return nil
}

// OnDeactivate says good-bye to the clients.
func (p *presence) OnDeactivate() error {
	p.hub.stop()
	return nil
}

// OnConfigurationChange loads the settings.
func (p *presence) OnConfigurationChange() error {
	var reply wire.Z_LoadPluginConfigurationArgsReturns
	if err := p.api.Call("LoadPluginConfiguration", &wire.Z_Empty{}, &reply); err != nil {
		return err
	}
	s := settings{PerPage: 100}
	if err := json.Unmarshal(reply.A, &s); err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	p.settings.Store(&s)
	return nil
}

// ServeMetrics tells how many clients there are.
func (p *presence) ServeMetrics(_ *wire.Context, w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintf(w, "hub_clients %d\n", p.hub.count.Load())
}

func main() {
	if err := wire.Register(wire.NamesGo); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	log := hclog.New(&hclog.LoggerOptions{Output: os.Stderr, JSONFormat: true})
	p := &presence{log: log, hub: newHub(log)}
	p.settings.Store(&settings{})
	sdk.Serve(p, func(s *sdk.Server) any { return &hooks{Server: s} })
}
