package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"time"
)

// row is one measurement: a kind of request over a number of connections.
type row struct {
	Name  string `json:"name"`
	Conns int    `json:"connections"`
	path  func(*side) string
}

// measured is a row's figures for one plugin in one round. Times are per request, in µs.
type measured struct {
	Rate      float64 `json:"requests_per_second"`
	P50       float64 `json:"p50_us"`
	P99       float64 `json:"p99_us"`
	PluginCPU float64 `json:"plugin_cpu_us"`
	HostCPU   float64 `json:"host_cpu_us"`
	// The plugin's processor time by /proc/<pid>/stat over that by its CPU clock: near 1.
	TicksToClock float64 `json:"ticks_to_clock"`
}

// plain is what is measured once per round for a plugin. Sizes are in bytes, times in ms.
type plain struct {
	Start     float64 `json:"start_ms"`
	StartCPU  float64 `json:"start_plugin_cpu_ms"`
	StartHost float64 `json:"start_host_cpu_ms"`
	Idle      float64 `json:"idle_rss"`
	Soaked    float64 `json:"rss_after_soak"`
	Threads   float64 `json:"threads"`
	Binary    float64 `json:"binary"`
}

// pair holds a figure's rounds for both plugins.
type pair[T any] struct {
	A []T `json:"a"`
	B []T `json:"b"`
}

func (p *pair[T]) add(isB bool, v T) {
	if isB {
		p.B = append(p.B, v)
	} else {
		p.A = append(p.A, v)
	}
}

type rowResult struct {
	row
	pair[measured]
}

// results is everything that a run measured.
type results struct {
	A, B   string
	Rounds int
	Soak   int
	Rows   []*rowResult
	Plain  pair[plain]
}

func compare(o *options) (*results, error) {
	all := &results{A: o.a.Name, B: o.b.Name, Rounds: o.rounds, Soak: o.soak}
	for _, kind := range []struct {
		name  string
		conns []int
		path  func(*side) string
	}{
		{"empty 200", []int{1, 16, 64}, func(s *side) string { return s.Empty }},
		{"phone URL", []int{1, 16, 64}, func(s *side) string { return s.Phone }},
		{"100 statuses, asking the host", []int{16}, func(s *side) string { return s.Statuses }},
	} {
		if kind.path(&o.a) == "" || kind.path(&o.b) == "" {
			continue
		}
		for _, conns := range kind.conns {
			all.Rows = append(all.Rows, &rowResult{row: row{kind.name, conns, kind.path}})
		}
	}
	for round := range o.rounds {
		if err := all.round(o, round); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// round measures every row once for each plugin, one right after the other; every other round the order changes.
func (r *results) round(o *options, round int) error {
	sides := []*side{&o.a, &o.b}
	hosts := make([]*hostProcess, 2)
	figures := make([]plain, 2)
	for i, s := range sides {
		h, err := startHost(o, s, 0)
		if err != nil {
			return err
		}
		defer h.stop()
		hosts[i] = h
		figures[i].Binary = float64(h.Binary)
	}
	order := []int{0, 1}
	if round%2 == 1 {
		slices.Reverse(order)
	}
	time.Sleep(500 * time.Millisecond) // idle is idle: both have started
	for _, i := range order {
		rss, err := memory(hosts[i].Plugin, "VmRSS")
		if err != nil {
			return err
		}
		figures[i].Idle = float64(rss)
	}
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
	for _, i := range order {
		progress("round %d, starts, %s", round+1, sides[i].Name)
		if err := figures[i].starts(hosts[i], (o.starts+o.rounds-1)/o.rounds); err != nil {
			return err
		}
		if round == 0 {
			progress("%d requests in a row, %s", o.soak, sides[i].Name)
			if err := figures[i].soak(o, hosts[i], sides[i]); err != nil {
				return fmt.Errorf("%d requests in a row, %s: %w", o.soak, sides[i].Name, err)
			}
		}
		r.Plain.add(i == 1, figures[i])
	}
	for i, h := range hosts {
		if err := h.stop(); err != nil {
			return fmt.Errorf("the host of %s: %w", sides[i].Name, err)
		}
	}
	return nil
}

func progress(format string, args ...any) { fmt.Fprintf(os.Stderr, format+"\n", args...) }

// runLoad runs `bench load`; atStart and atEnd are called when it begins and stops to count.
func runLoad(args []string, atStart, atEnd func() error) (loadResult, error) {
	var result loadResult
	self, err := os.Executable()
	if err != nil {
		return result, err
	}
	cmd := exec.Command(self, append([]string{"load"}, args...)...)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return result, err
	}
	if err := cmd.Start(); err != nil {
		return result, err
	}
	lines := bufio.NewScanner(out)
	for lines.Scan() && err == nil {
		switch lines.Text() {
		case "start":
			err = atStart()
		case "end":
			err = atEnd()
		default:
			err = json.Unmarshal(lines.Bytes(), &result)
		}
	}
	if waited := cmd.Wait(); err == nil {
		err = waited
	}
	return result, err
}

// snapshot is the processor time of plugin and host at a moment.
type snapshot struct{ plugin, host, ticks time.Duration }

func (h *hostProcess) snapshot() (s snapshot, err error) {
	if s.plugin, err = cpuTime(h.Plugin); err != nil {
		return s, err
	}
	if s.host, err = cpuTime(h.cmd.Process.Pid); err != nil {
		return s, err
	}
	s.ticks, err = tickTime(h.Plugin)
	return s, err
}

func measure(o *options, h *hostProcess, s *side, r row) (measured, error) {
	var before, after snapshot
	result, err := runLoad([]string{"-url", h.URL + r.path(s), "-conns", fmt.Sprint(r.Conns), "-duration", o.duration.String(), "-warmup", o.warmup.String()},
		func() (err error) { before, err = h.snapshot(); return err },
		func() (err error) { after, err = h.snapshot(); return err })
	if err != nil {
		return measured{}, err
	}
	n := float64(result.Requests)
	each := func(d time.Duration) float64 { return float64(d) / 1000 / n }
	return measured{
		Rate:         n / result.Elapsed.Seconds(),
		P50:          float64(result.P50) / 1000,
		P99:          float64(result.P99) / 1000,
		PluginCPU:    each(after.plugin - before.plugin),
		HostCPU:      each(after.host - before.host),
		TicksToClock: float64(after.ticks-before.ticks) / float64(after.plugin-before.plugin),
	}, nil
}

func (p *plain) starts(h *hostProcess, n int) error {
	all, err := h.starts(n)
	if err != nil {
		return err
	}
	median := func(of func(startResult) time.Duration) float64 {
		var values []float64
		for _, r := range all {
			values = append(values, float64(of(r))/1e6)
		}
		return middle(values)
	}
	p.Start = median(func(r startResult) time.Duration { return r.Wall })
	p.StartCPU = median(func(r startResult) time.Duration { return r.Plugin })
	p.StartHost = median(func(r startResult) time.Duration { return r.Host })
	return nil
}

// soak sends many requests in a row, each with a token that has to come back, and then looks at the memory.
func (p *plain) soak(o *options, h *hostProcess, s *side) error {
	if o.soak == 0 || s.Soak == "" {
		return nil
	}
	none := func() error { return nil }
	result, err := runLoad([]string{"-url", h.URL + s.Soak, "-conns", "16", "-count", fmt.Sprint(o.soak)}, none, none)
	if err != nil {
		return err
	}
	if result.Requests != o.soak {
		return fmt.Errorf("%d of %d were answered", result.Requests, o.soak)
	}
	rss, err := memory(h.Plugin, "VmRSS")
	if err != nil {
		return err
	}
	threads, err := memory(h.Plugin, "Threads")
	p.Soaked, p.Threads = float64(rss), float64(threads/1024)
	return err
}

func middle(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := len(sorted)
	return (sorted[(n-1)/2] + sorted[n/2]) / 2
}
