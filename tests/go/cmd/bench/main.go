// The program bench compares two plugins on one host: A, a plain plugin in Go, and B. The product's bundle may follow,
// beside A again, and the product's presence beside a plain hub in Go. Rounds alternate between them; the host and the
// load are processes of their own, so that each one's processor time can be told apart.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"switchboard.test/go/wire"
)

// side is one of the two plugins.
type side struct {
	Name     string `json:"name"`
	Path     string `json:"path"`
	Settings string `json:"-"`
	// Where its rows are; an empty path leaves the row out for both.
	Empty, Phone, Statuses, Soak string `json:"-"`
	watches                      bool   // it reads statuses by itself, and tells a new websocket everybody's
}

// options are the command line.
type options struct {
	a, b         side
	rounds       int
	duration     time.Duration
	warmup       time.Duration
	starts, soak int
	heap         int
	clients      []int // websockets, in turn
	burst, watch int   // changes in a burst; people to watch
	newRequests  bool
	json         string
}

func main() {
	if err := wire.Register(wire.NamesGo); err != nil {
		fail(err)
	}
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "host":
			fail(hostMain(os.Args[2:]))
			return
		case "load":
			fail(loadMain(os.Args[2:]))
			return
		case "sockets":
			fail(socketsMain(os.Args[2:]))
			return
		}
	}
	fail(benchMain())
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func benchMain() error {
	o := options{b: side{Path: os.Getenv("SWITCHBOARD_PROBE")}}
	sideFlags := func(s *side, letter, name string) {
		flag.StringVar(&s.Path, letter, s.Path, "plugin "+letter+": a program or a bundle's folder")
		flag.StringVar(&s.Name, letter+"-name", name, "what to call it")
		flag.StringVar(&s.Settings, letter+"-settings", "{}", "its settings, a JSON object, or @file")
		flag.StringVar(&s.Empty, letter+"-empty-path", "/empty", "its URL that answers 200 with nothing")
		flag.StringVar(&s.Phone, letter+"-phone-path", "/phone/onhook/bob/0240404040?secret=s", "its phone URL")
		flag.StringVar(&s.Statuses, letter+"-statuses-path", "/statuses?n=100", "its URL that asks for 100 statuses")
		flag.StringVar(&s.Soak, letter+"-soak-path", "/phone/onhook/bob/1?secret=s&token=TOKEN", "its URL for many requests in a row; TOKEN is unique each time and has to come back in X-Token")
	}
	sideFlags(&o.a, "a", "Go")
	sideFlags(&o.b, "b", "Rust")
	flag.IntVar(&o.rounds, "rounds", 3, "rounds; each figure is their median")
	flag.DurationVar(&o.duration, "duration", 2500*time.Millisecond, "how long each row runs")
	flag.DurationVar(&o.warmup, "warmup", 300*time.Millisecond, "how long each row runs before that")
	flag.IntVar(&o.starts, "starts", 30, "how often each plugin is started")
	flag.IntVar(&o.soak, "soak", 100_000, "how many requests come in a row")
	flag.IntVar(&o.heap, "heap", 200, "MiB of live heap in the host")
	flag.BoolVar(&o.newRequests, "new-requests", false, "send requests as 11.x does, not whole ones as 9.11")
	flag.StringVar(&o.json, "json", "", "write all figures to this file")
	product := flag.String("product", os.Getenv("SWITCHBOARD_BUNDLE"), "the product's unpacked bundle, to compare with A as well; empty: not at all")
	presence := flag.String("presence", os.Getenv("SWITCHBOARD_PRESENCE"), "its unpacked bundle with presence, to compare with the Go hub; empty: not at all")
	only := flag.String("only", "", "which comparisons to make, separated by commas: probe, product, presence; empty: all")
	clients := flag.String("clients", "1000,3000", "presence: how many websockets there are, in turn")
	flag.IntVar(&o.burst, "burst", 200, "presence: how many people change their status at once; the Go hub lets a client go that has more than 256 messages waiting")
	flag.IntVar(&o.watch, "watch", 100_000, "presence: how many people's statuses to read in the end, for some two minutes; 0: none")
	quick := flag.Bool("quick", false, "one short round")
	flag.Parse()
	if flag.NArg() > 0 {
		return fmt.Errorf("what is %q?", flag.Args())
	}
	if *quick {
		o.rounds, o.duration, o.warmup, o.starts, o.soak, o.burst, o.watch = 1, 700*time.Millisecond, 200*time.Millisecond, 10, 10_000, 50, 0
	}
	if o.burst < 1 || o.burst > 256 {
		return fmt.Errorf("-burst: %d is not within 1 and 256", o.burst)
	}
	for _, n := range strings.Split(*clients, ",") {
		number, err := strconv.Atoi(n)
		if err != nil || number < 1 {
			return fmt.Errorf("-clients: %q is no number of websockets", n)
		}
		o.clients = append(o.clients, number)
	}
	wanted := map[string]bool{"probe": *only == "", "product": *only == "" && *product != "", "presence": *only == "" && *presence != ""}
	for _, name := range strings.FieldsFunc(*only, func(r rune) bool { return r == ',' }) {
		if _, known := wanted[name]; !known {
			return fmt.Errorf("-only: there is no comparison %q", name)
		}
		wanted[name] = true
	}
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	var all []table
	keep := func(r table, err error) error {
		if err == nil {
			fmt.Println(r.markdown())
			all = append(all, r)
		}
		return err
	}
	if wanted["probe"] || wanted["product"] {
		if o.a.Path == "" {
			if o.a.Path, err = build(dir, "probe"); err != nil {
				return err
			}
		}
	}
	if wanted["probe"] {
		if o.b.Path == "" {
			return fmt.Errorf("-b is missing (and SWITCHBOARD_PROBE is not set): the plugin to compare with the Go probe")
		}
		if err := keep(compare(&o)); err != nil {
			return err
		}
	}
	if wanted["product"] {
		p := o
		p.b = productSide(*product)
		p.a.Empty, p.a.Statuses = "", ""
		if err := keep(compare(&p)); err != nil {
			return err
		}
	}
	if wanted["presence"] {
		hub, err := build(dir, "hub")
		if err != nil {
			return err
		}
		p := o
		p.a = hubSide(hub)
		if p.b, err = presenceSide(*presence); err != nil {
			return fmt.Errorf("-presence: %w", err)
		}
		if err := keep(comparePresence(&p)); err != nil {
			return err
		}
	}
	if o.json == "" {
		return nil
	}
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(o.json, append(text, '\n'), 0o644)
}

// table is what a comparison results in.
type table interface{ markdown() string }

// productSide is the product with settings under which a phone's event changes the board and posts nothing.
func productSide(path string) side {
	return side{
		Name: "Switchboard", Path: path,
		Settings: `{"TeamName": "acme", "ChannelName": "phones", "UserMail": "alice@example.com", "Secret": "bench-secret", "HideConnectionMessages": true, "NumbersUsers": "0240404040:bob"}`,
		Phone:    "/sip/onhook/bob?secret=bench-secret",
		Soak:     "/sip/onhook/bob?secret=bench-secret",
	}
}

// build builds a plugin in Go, stripped.
func build(dir, name string) (string, error) {
	path := filepath.Join(dir, name)
	out, err := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", path, "switchboard.test/go/"+name).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("building the Go %s (run from tests/go): %w\n%s", name, err, out)
	}
	return path, nil
}
