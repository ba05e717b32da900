package main

import (
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	"github.com/hashicorp/go-hclog"
)

const (
	waiting   = 256              // messages that a client may have waiting before it is let go
	writeWait = 10 * time.Second // for one message
	pongWait  = 60 * time.Second // without a sign of life
	pingEvery = 54 * time.Second
	readLimit = 512 // bytes of a client's own message
)

// hub knows the clients. One goroutine owns them.
type hub struct {
	log                  hclog.Logger
	register, unregister chan *client
	broadcast            chan *websocket.PreparedMessage
	stopping, stopped    chan struct{}
	clients              map[*client]struct{}
	count                atomic.Int64
}

// client is a connection with its own queue and writer, so that a slow one delays no other.
type client struct {
	hub  *hub
	conn *websocket.Conn
	send chan *websocket.PreparedMessage
}

func newHub(log hclog.Logger) *hub {
	return &hub{
		log: log, register: make(chan *client), unregister: make(chan *client), broadcast: make(chan *websocket.PreparedMessage, waiting),
		stopping: make(chan struct{}), stopped: make(chan struct{}), clients: map[*client]struct{}{},
	}
}

func (h *hub) run() {
	defer close(h.stopped)
	for {
		select {
		case c := <-h.register:
			h.clients[c] = struct{}{}
			h.log.Info("connected", "clients", h.count.Add(1))
		case c := <-h.unregister:
			h.drop(c)
		case m := <-h.broadcast:
			for c := range h.clients {
				select {
				case c.send <- m:
				default:
					h.drop(c)
				}
			}
		case <-h.stopping:
			for c := range h.clients {
				h.drop(c)
			}
			return
		}
	}
}

// drop closes a client's queue, upon which its writer says good-bye and closes the connection.
func (h *hub) drop(c *client) {
	if _, there := h.clients[c]; there {
		delete(h.clients, c)
		close(c.send)
		h.log.Info("disconnected", "clients", h.count.Add(-1))
	}
}

func (h *hub) stop() {
	close(h.stopping)
	<-h.stopped
}

// serve reads a client's messages, which mean nothing, until it is gone.
func (c *client) serve() {
	defer c.conn.Close()
	select {
	case c.hub.register <- c:
	case <-c.hub.stopped:
		return
	}
	go c.write()
	c.conn.SetReadLimit(readLimit)
	c.conn.SetReadDeadline(time.Now().Add(pongWait))
	c.conn.SetPongHandler(func(string) error { return c.conn.SetReadDeadline(time.Now().Add(pongWait)) })
	for {
		if _, _, err := c.conn.NextReader(); err != nil {
			break
		}
	}
	select {
	case c.hub.unregister <- c:
	case <-c.hub.stopped:
	}
}

func (c *client) write() {
	ping := time.NewTicker(pingEvery)
	defer ping.Stop()
	defer c.conn.Close()
	for {
		select {
		case m, open := <-c.send:
			c.conn.SetWriteDeadline(time.Now().Add(writeWait))
			if !open {
				c.conn.WriteMessage(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseGoingAway, ""))
				return
			}
			if c.conn.WritePreparedMessage(m) != nil {
				return
			}
		case <-ping.C:
			c.conn.SetWriteDeadline(time.Now().Add(writeWait))
			if c.conn.WriteMessage(websocket.PingMessage, nil) != nil {
				return
			}
		}
	}
}
