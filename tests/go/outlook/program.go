// Package outlook is a replica of what the Windows program beside Outlook does (mattermost-outlook-presence-provider), as
// far as a server can tell: it pages through everybody's status, then listens on a websocket for changes, and connects
// again when it has heard nothing for a while. Its weaknesses are kept: they are what a server has to live with.
package outlook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Silence is how long the program hears nothing before it connects again. Pings are nothing to it.
const Silence = 30 * time.Second

// errorPause is how long it waits after a connection that could not be made.
const errorPause = 30 * time.Second

// Options says which server to ask, and for how long Outlook itself asks for nobody.
type Options struct {
	// Base is the plugin's URL, up to /api. Secret is sent as it is, percent-escaped once or more.
	Base, Secret string
	// NobodyAsks leaves the program without a handler for frames until Attach is called. Frames before that are lost.
	NobodyAsks bool
}

// Entry is somebody's status, in a page or a frame.
type Entry struct {
	UserID *string `json:"user_id"`
	Email  *string `json:"email"`
	Status *string `json:"status"`
}

// Program is one running program.
type Program struct {
	options  Options
	client   *http.Client
	startErr error
	cancel   context.CancelFunc
	ended    chan struct{}

	mu       sync.Mutex
	changed  chan struct{}
	attached bool
	away     bool
	conn     *websocket.Conn
	people   map[string]string // address, as it is written -> status
	connects int
	messages int
	faults   []string
	closes   []websocket.CloseError
}

// Start reads all pages and connects. An error while it pages ends that, and it connects all the same, with half a store:
// StartError tells.
func Start(o Options) *Program {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Program{options: o, client: &http.Client{Timeout: 2 * time.Minute}, cancel: cancel, ended: make(chan struct{}), changed: make(chan struct{}),
		attached: !o.NobodyAsks, people: map[string]string{}}
	p.startErr = p.readPages()
	go p.run(ctx)
	return p
}

// StartError is what ended its paging before the end.
func (p *Program) StartError() error { return p.startErr }

// Stop ends the program.
func (p *Program) Stop() {
	p.cancel()
	p.mu.Lock()
	if p.conn != nil {
		p.conn.Close()
	}
	p.mu.Unlock()
	<-p.ended
	p.client.CloseIdleConnections()
}

func (p *Program) readPages() error {
	for page := 0; ; page++ {
		answer, err := p.client.Get(fmt.Sprintf("%s/api/v1/status?secret=%s&page=%d", p.options.Base, p.options.Secret, page))
		if err != nil {
			return err
		}
		text, err := io.ReadAll(answer.Body)
		answer.Body.Close()
		if err != nil {
			return err
		}
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("page %d answers %s: %s", page, answer.Status, text)
		}
		var entries []*Entry
		if err := json.Unmarshal(text, &entries); err != nil {
			return fmt.Errorf("page %d: %w", page, err)
		}
		if entries == nil {
			return fmt.Errorf("page %d is null", page)
		}
		if len(entries) == 0 {
			return nil
		}
		for _, e := range entries {
			if e == nil || e.UserID == nil || e.Email == nil || e.Status == nil {
				return fmt.Errorf("page %d has an entry with null: %s", page, text)
			}
			if _, twice := p.people[*e.Email]; twice {
				p.faults = append(p.faults, fmt.Sprintf("%s is listed twice", *e.Email))
			}
			p.store(*e.Email, *e.Status)
		}
	}
}

// store keeps a status. Only four of them mean anything to Outlook.
func (p *Program) store(email, status string) {
	switch status {
	case "online", "away", "dnd", "offline":
		p.people[email] = status
	default:
		p.faults = append(p.faults, fmt.Sprintf("%s is %q", email, status))
	}
}

func (p *Program) run(ctx context.Context) {
	defer close(p.ended)
	for ctx.Err() == nil {
		if p.isAway() {
			p.wait(ctx, 0)
			continue
		}
		url := "ws" + strings.TrimPrefix(p.options.Base, "http") + "/api/v1/ws?secret=" + p.options.Secret
		conn, answer, err := websocket.DefaultDialer.DialContext(ctx, url, nil)
		if err != nil {
			if answer != nil {
				err = fmt.Errorf("%w: %s", err, answer.Status)
			}
			p.fault(ctx, fmt.Sprintf("it cannot connect: %v", err))
			p.wait(ctx, errorPause)
			continue
		}
		p.update(func() {
			p.conn, p.connects = conn, p.connects+1
			if p.away {
				conn.NetConn().Close()
			}
		})
		err = p.listen(conn)
		conn.Close()
		var closed *websocket.CloseError
		p.update(func() {
			p.conn = nil
			if errors.As(err, &closed) {
				p.closes = append(p.closes, *closed)
			}
		})
	}
}

// listen takes messages until none has come for a while, or the connection is gone.
func (p *Program) listen(conn *websocket.Conn) error {
	for {
		if err := conn.SetReadDeadline(time.Now().Add(Silence)); err != nil {
			return err
		}
		_, text, err := conn.ReadMessage()
		if err != nil {
			return err
		}
		p.update(func() {
			p.messages++
			if !p.attached {
				return
			}
			var e Entry
			if err := json.Unmarshal(text, &e); err != nil || e.Email == nil || e.Status == nil {
				p.faults = append(p.faults, fmt.Sprintf("its handler throws at %s", text))
				return
			}
			p.store(*e.Email, *e.Status)
		})
	}
}
