package main

import (
	"fmt"
	"strings"
)

// markdown is the tables of the comparison with the Go hub.
func (r *presenceResults) markdown() string {
	var t strings.Builder
	r.rows(&t)
	t.WriteString("\n| | clients | messages/s | ratio | plugin CPU, µs | ratio | host CPU, µs | ratio | p50, ms | ratio | p99, ms | ratio |\n")
	t.WriteString("|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	for _, row := range r.Feed {
		fmt.Fprintf(&t, "| %s | %d |", row.Name, row.Clients)
		for _, of := range []func(feedFigures) float64{
			func(f feedFigures) float64 { return f.Rate },
			func(f feedFigures) float64 { return f.PluginCPU },
			func(f feedFigures) float64 { return f.HostCPU },
			func(f feedFigures) float64 { return f.P50 },
			func(f feedFigures) float64 { return f.P99 },
		} {
			compared(&t, &row.pair, of, 1)
		}
		t.WriteString("\n")
	}
	fmt.Fprintf(&t, "\n| RSS, MB | %s → %s | ratio |\n|---|---|---|\n", r.A, r.B)
	for _, h := range r.Held {
		fmt.Fprintf(&t, "| %d clients, idle |", h.Clients)
		compared(&t, &h.pair, func(m held) float64 { return m.Idle }, 1e6)
		fmt.Fprintf(&t, "\n| %d clients, after the changes |", h.Clients)
		compared(&t, &h.pair, func(m held) float64 { return m.Bursts }, 1e6)
		t.WriteString("\n")
	}
	if r.Watch != nil {
		r.Watch.table(&t)
	}
	return t.String()
}

// compared writes a figure's two cells: both sides' medians and their ratio, or nothing when it was not measured.
func compared[T any](t *strings.Builder, p *pair[T], of func(T) float64, unit float64) {
	a, b, ratio := both(p, of)
	if a == 0 && b == 0 {
		t.WriteString(" | |")
		return
	}
	fmt.Fprintf(t, " %s → %s | %.2f |", figure(a/unit), figure(b/unit), ratio)
}

func (w *watched) table(t *strings.Builder) {
	fmt.Fprintf(t, "\n| %s people watched, one client | |\n|---|---|\n", figure(float64(w.People)))
	seen := func(r feedResult) string {
		return fmt.Sprintf("%.1f; %.1f", r.P50.Seconds(), r.Most.Seconds())
	}
	for _, line := range [][2]string{
		{"until the first page is answered, s", figure(w.Ready)},
		{"plugin CPU until then, s", figure(w.ReadyCPU)},
		{"RSS, MB", figure(w.RSS / 1e6)},
		{"plugin CPU, ms a second", figure(w.CPU)},
		{"host CPU, ms a second", figure(w.HostCPU)},
		{"status calls in any one second, first round; later", fmt.Sprintf("%d; %d", w.FirstCalls.StatusesMost, w.Calls.StatusesMost)},
		{"calls for accounts in any one second, first round; later", fmt.Sprintf("%d; %d", w.FirstCalls.UsersMost, w.Calls.UsersMost)},
		{"a change of somebody who is online is seen after, s: median; latest", seen(w.Hot)},
		{"a change of somebody who is offline is seen after, s: median; latest", seen(w.Cold)},
	} {
		fmt.Fprintf(t, "| %s | %s |\n", line[0], line[1])
	}
}
