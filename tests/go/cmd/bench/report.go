package main

import (
	"fmt"
	"strings"
)

// both answers the medians of a figure for both plugins, and the median of the rounds' ratios B to A.
func both[T any](p *pair[T], of func(T) float64) (a, b, ratio float64) {
	var as, bs, ratios []float64
	for i := range p.A {
		va, vb := of(p.A[i]), of(p.B[i])
		as, bs = append(as, va), append(bs, vb)
		if va != 0 {
			ratios = append(ratios, vb/va)
		}
	}
	return middle(as), middle(bs), middle(ratios)
}

// rows writes the table of requests.
func (r *results) rows(t *strings.Builder) {
	fmt.Fprintf(t, "%s → %s, medians of %d alternating rounds; a ratio is the median of the rounds' ratios.\n\n", r.A, r.B, r.Rounds)
	t.WriteString("| | connections | req/s | ratio | p50, µs | ratio | p99, µs | ratio | plugin CPU, µs | ratio | host CPU, µs | ratio |\n")
	t.WriteString("|---|---|---|---|---|---|---|---|---|---|---|---|\n")
	last := ""
	for _, row := range r.Rows {
		name := row.Name
		if name == last {
			name = ""
		}
		last = row.Name
		fmt.Fprintf(t, "| %s | %d |", name, row.Conns)
		for _, of := range []func(measured) float64{
			func(m measured) float64 { return m.Rate },
			func(m measured) float64 { return m.P50 },
			func(m measured) float64 { return m.P99 },
			func(m measured) float64 { return m.PluginCPU },
			func(m measured) float64 { return m.HostCPU },
		} {
			compared(t, &row.pair, of, 1)
		}
		t.WriteString("\n")
	}
}

// markdown is the two tables: rows, and what is measured once.
func (r *results) markdown() string {
	var t strings.Builder
	r.rows(&t)
	fmt.Fprintf(&t, "\n| | %s | %s | ratio |\n|---|---|---|---|\n", r.A, r.B)
	for _, line := range []struct {
		name  string
		unit  float64
		of    func(plain) float64
		first bool // measured in the first round only
	}{
		{"start, process to activated, ms", 1, func(p plain) float64 { return p.Start }, false},
		{"plugin CPU of that, ms", 1, func(p plain) float64 { return p.StartCPU }, false},
		{"host CPU of that, ms", 1, func(p plain) float64 { return p.StartHost }, false},
		{"idle RSS, MB", 1e6, func(p plain) float64 { return p.Idle }, false},
		{fmt.Sprintf("RSS after all rows and %d requests in a row, MB", r.Soak), 1e6, func(p plain) float64 { return p.Soaked }, true},
		{"threads then", 1, func(p plain) float64 { return p.Threads }, true},
		{"binary, MB", 1e6, func(p plain) float64 { return p.Binary }, false},
	} {
		rounds := r.Plain
		if line.first {
			rounds.A, rounds.B = rounds.A[:1], rounds.B[:1]
		}
		a, b, ratio := both(&rounds, line.of)
		if a == 0 && b == 0 {
			continue
		}
		fmt.Fprintf(&t, "| %s | %s | %s | %.2f |\n", line.name, figure(a/line.unit), figure(b/line.unit), ratio)
	}
	return t.String()
}

// figure writes a number with three digits or so, thousands apart.
func figure(v float64) string {
	switch {
	case v >= 1000:
		n := int64(v + 0.5)
		digits := fmt.Sprint(n)
		for at := len(digits) - 3; at > 0; at -= 3 {
			digits = digits[:at] + "," + digits[at:]
		}
		return digits
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}
