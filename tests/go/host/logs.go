package host

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/hashicorp/go-hclog"
)

// Logs records the server's log: what go-plugin and the host say, and the plugin's stderr with its levels and fields.
type Logs struct {
	mu      sync.Mutex
	lines   []LogLine
	changed chan struct{}
	tee     io.Writer
}

// NewLogs makes an empty record. Each line is also written to tee, unless that is nil.
func NewLogs(tee io.Writer) *Logs {
	return &Logs{changed: make(chan struct{}), tee: tee}
}

// Add appends a line; args are keys and values in turn.
func (l *Logs) Add(level, message string, args ...any) {
	line := LogLine{Level: level, Message: message, Fields: map[string]any{}}
	for i := 0; i+1 < len(args); i += 2 {
		line.Fields[fmt.Sprint(args[i])] = args[i+1]
	}
	l.mu.Lock()
	l.lines = append(l.lines, line)
	close(l.changed)
	l.changed = make(chan struct{})
	l.mu.Unlock()
	if l.tee != nil {
		fmt.Fprintf(l.tee, "%-5s %s %v\n", level, message, args)
	}
}

// Accept takes a line from hclog.
func (l *Logs) Accept(_ string, level hclog.Level, message string, args ...any) {
	l.Add(level.String(), message, args...)
}

// Lines answers the lines so far.
func (l *Logs) Lines() []LogLine {
	l.mu.Lock()
	defer l.mu.Unlock()
	return append([]LogLine(nil), l.lines...)
}

// Find answers the lines that match.
func (l *Logs) Find(match func(LogLine) bool) []LogLine {
	var found []LogLine
	for _, line := range l.Lines() {
		if match(line) {
			found = append(found, line)
		}
	}
	return found
}

// Errors answers the lines of level error.
func (l *Logs) Errors() []LogLine {
	return l.Find(func(line LogLine) bool { return line.Level == "error" })
}

// Containing answers the lines whose message or field values hold text.
func (l *Logs) Containing(text string) []LogLine {
	return l.Find(func(line LogLine) bool {
		return strings.Contains(line.Message, text) || strings.Contains(fmt.Sprint(line.Fields), text)
	})
}

// Wait answers the first line that matches, as soon as there is one.
func (l *Logs) Wait(ctx context.Context, match func(LogLine) bool) (LogLine, error) {
	seen := 0
	for {
		l.mu.Lock()
		lines, changed := l.lines, l.changed
		l.mu.Unlock()
		for ; seen < len(lines); seen++ {
			if match(lines[seen]) {
				return lines[seen], nil
			}
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return LogLine{}, fmt.Errorf("the line did not come: %w", ctx.Err())
		}
	}
}

// logger is the hclog logger that go-plugin writes to.
func (l *Logs) logger() hclog.Logger {
	logger := hclog.NewInterceptLogger(&hclog.LoggerOptions{Output: io.Discard, Level: hclog.Trace})
	logger.RegisterSink(l)
	return logger
}

// lineWriter makes each line written to it a line of the log, as Mattermost does with a plugin's synchronised output.
type lineWriter struct {
	logs   *Logs
	source string
	mu     sync.Mutex
	rest   string
}

func (w *lineWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest += string(b)
	for {
		line, rest, whole := strings.Cut(w.rest, "\n")
		if !whole {
			return len(b), nil
		}
		w.rest = rest
		w.logs.Add("info", line, "source", w.source)
	}
}
