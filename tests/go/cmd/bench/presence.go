package main

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"switchboard.test/go/host"
)

// How the feed is measured.
const (
	feedPeople   = 1000 // who have an account
	readPeople   = 900  // who change at once between two readings: with the rest of those who are not offline, one call's worth
	pacedChanges = 16
	pacedShare   = 6 // a change each so many-th of a millisecond per client: two fifths of what the Go hub can do
	idleTime     = 2 * time.Second
	presenceSays = "bench-presence"
)

// feedRow is one way to change statuses, with a number of clients.
type feedRow struct {
	Name    string `json:"name"`
	Clients int    `json:"clients"`
	command string
	reading bool // for a plugin that reads statuses by itself
	paced   bool // so that the time of delivery says something
}

// feedFigures is what one row showed. Processor times are per message, in µs; delivery is in ms.
type feedFigures struct {
	Rate      float64 `json:"messages_per_second"`
	PluginCPU float64 `json:"plugin_cpu_us"`
	HostCPU   float64 `json:"host_cpu_us"`
	P50       float64 `json:"p50_ms"`
	P99       float64 `json:"p99_ms"`
}

type feedRowResult struct {
	feedRow
	pair[feedFigures]
}

// held is the plugin's memory, in bytes, with a number of clients.
type held struct {
	Idle   float64 `json:"idle_rss"`
	Bursts float64 `json:"rss_after_bursts"`
}

type heldResult struct {
	Clients int `json:"clients"`
	pair[held]
}

// presenceResults is everything that the comparison with the Go hub measured.
type presenceResults struct {
	*results
	Feed  []*feedRowResult
	Held  []*heldResult
	Watch *watched
}

// presenceSide is the product with presence turned on, whichever of its bundles it is.
func presenceSide(path string) (side, error) {
	b, err := host.OpenBundle(path)
	if err != nil {
		return side{}, err
	}
	s := hubSide(path)
	switch b.ID {
	case "probe": // a program alone: another hub, to try the benchmark itself
	case "switchboard":
		s.Name, s.watches, s.Settings = "Switchboard", true, fmt.Sprintf(`{"PresenceSecret": "%s"}`, presenceSays)
	default:
		s.Name, s.watches = "Switchboard", true
	}
	return s, nil
}

func hubSide(path string) side {
	return side{Name: "Go hub", Path: path, Settings: fmt.Sprintf(`{"Secret": "%s"}`, presenceSays), Statuses: "/api/v1/status?page=3&secret=" + presenceSays}
}

func comparePresence(o *options) (*presenceResults, error) {
	all := &presenceResults{results: &results{A: o.a.Name, B: o.b.Name, Rounds: o.rounds}}
	for _, conns := range []int{1, 16, 64} {
		all.Rows = append(all.Rows, &rowResult{row: row{"page of 100 statuses", conns, func(s *side) string { return s.Statuses }}})
	}
	for _, n := range o.clients {
		for _, r := range []feedRow{
			{"one change at a time", n, fmt.Sprintf("one %d", 2*o.duration.Milliseconds()), false, false},
			{fmt.Sprintf("%d changes, published", o.burst), n, fmt.Sprintf("burst %d", o.burst), false, false},
			{fmt.Sprintf("%d changes, read (%s: published)", readPeople, o.a.Name), n, "", true, false},
			{"paced", n, fmt.Sprintf("paced %d %d", pacedChanges, max(n/pacedShare, 1)), false, true},
		} {
			all.Feed = append(all.Feed, &feedRowResult{feedRow: r})
		}
		all.Held = append(all.Held, &heldResult{Clients: n})
	}
	for round := range o.rounds {
		for i := range o.clients {
			if err := all.feedRound(o, round, i); err != nil {
				return nil, err
			}
		}
	}
	// Who does not read statuses by itself has its own burst to stand beside: its rate does not depend on how many there are.
	for i, row := range all.Feed {
		if row.reading && len(row.A) < len(row.B) {
			row.A = all.Feed[i-1].A
		}
	}
	if o.watch == 0 || !o.b.watches {
		return all, nil
	}
	var err error
	all.Watch, err = watch(o)
	return all, err
}

// feedRound measures the rows of one number of clients, for both plugins; with the first number the pages, too.
func (r *presenceResults) feedRound(o *options, round, which int) error {
	sides, n := []*side{&o.a, &o.b}, o.clients[which]
	hosts, feeds, memories := make([]*hostProcess, 2), make([]*feedProcess, 2), make([]held, 2)
	order := []int{0, 1}
	if round%2 == 1 {
		slices.Reverse(order)
	}
	for i, s := range sides {
		var err error
		if hosts[i], err = startHost(o, s, feedPeople); err != nil {
			return err
		}
		defer hosts[i].stop()
		if feeds[i], err = startFeed(hosts[i], s, feedPeople); err != nil {
			return err
		}
		defer feeds[i].stop()
	}
	if which == 0 {
		for _, row := range r.Rows {
			for _, i := range order {
				progress("round %d, %s, %d connections, %s", round+1, row.Name, row.Conns, sides[i].Name)
				m, err := measure(o, hosts[i], sides[i], row.row)
				if err != nil {
					return fmt.Errorf("%s, %d connections, %s: %w", row.Name, row.Conns, sides[i].Name, err)
				}
				row.add(i == 1, m)
			}
		}
	}
	for _, i := range order {
		progress("round %d, %d clients connect, %s", round+1, n, sides[i].Name)
		if _, err := feeds[i].ask("connect %d", n); err != nil {
			return fmt.Errorf("%s: %w", sides[i].Name, err)
		}
	}
	time.Sleep(idleTime)
	for _, i := range order {
		rss, err := memory(hosts[i].Plugin, "VmRSS")
		if err != nil {
			return err
		}
		memories[i].Idle = float64(rss)
	}
	for _, row := range r.Feed {
		if row.Clients != n {
			continue
		}
		for _, i := range order {
			if row.reading && !sides[i].watches {
				continue
			}
			progress("round %d, %s, %d clients, %s", round+1, row.Name, n, sides[i].Name)
			f, err := measureFeed(hosts[i], feeds[i], row.feedRow)
			if err != nil {
				return fmt.Errorf("%s, %d clients, %s: %w", row.Name, n, sides[i].Name, err)
			}
			row.add(i == 1, f)
		}
	}
	for i, h := range hosts {
		rss, err := memory(h.Plugin, "VmRSS")
		if err != nil {
			return err
		}
		memories[i].Bursts = float64(rss)
		r.Held[which].add(i == 1, memories[i])
		if err := errors.Join(feeds[i].stop(), h.stop()); err != nil {
			return fmt.Errorf("%s: %w", sides[i].Name, err)
		}
	}
	return nil
}

func measureFeed(h *hostProcess, f *feedProcess, r feedRow) (feedFigures, error) {
	if r.reading {
		// Once to have them all read together from now on: they are not offline then.
		if _, err := f.readBurst(h); err != nil {
			return feedFigures{}, err
		}
	}
	before, err := h.snapshot()
	if err != nil {
		return feedFigures{}, err
	}
	var result feedResult
	if r.command != "" {
		result, err = f.ask("%s", r.command)
	} else {
		result, err = f.readBurst(h)
	}
	if err != nil {
		return feedFigures{}, err
	}
	after, err := h.snapshot()
	n := float64(result.Messages)
	figures := feedFigures{
		Rate:      n / result.Elapsed.Seconds(),
		PluginCPU: float64(after.plugin-before.plugin) / 1000 / n,
		HostCPU:   float64(after.host-before.host) / 1000 / n,
	}
	if r.paced {
		figures.P50, figures.P99 = float64(result.P50)/1e6, float64(result.P99)/1e6
	}
	return figures, err
}

// readBurst changes everybody's status between two readings. What is timed begins when the plugin has read them: with
// the first message.
func (f *feedProcess) readBurst(h *hostProcess) (feedResult, error) {
	people := fmt.Sprintf("0 %d 1 next", readPeople)
	if _, err := f.ask("expect %s", people); err != nil {
		return feedResult{}, err
	}
	var none struct{}
	if err := h.ask(&none, "status %s", people); err != nil {
		return feedResult{}, err
	}
	result, err := f.ask("finish")
	result.Elapsed = result.Arriving
	return result, err
}
