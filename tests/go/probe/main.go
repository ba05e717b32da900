// The probe is a plugin that the host's tests and the benchmark drive. README.md is its contract.
package main

import (
	"fmt"
	"os"

	"github.com/hashicorp/go-hclog"

	"switchboard.test/go/sdk"
	"switchboard.test/go/wire"
)

func main() {
	names := wire.NamesGo
	if n := os.Getenv("PROBE_NAMES"); n != "" {
		names = wire.Names(n) // for a host that was told to use other names
	}
	if err := wire.Register(names); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// go-plugin takes os.Stderr over when it serves: the log goes to the process's own.
	p := &probe{log: hclog.New(&hclog.LoggerOptions{Level: hclog.Trace, Output: os.Stderr, JSONFormat: true}), phones: map[string]string{}}
	sdk.Serve(p, func(s *sdk.Server) any { return &hooks{Server: s, p: p} })
}
