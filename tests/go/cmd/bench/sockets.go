package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"switchboard.test/go/host"
)

// socket is one websocket, read without a goroutine of its own.
type socket struct {
	file   *os.File
	rest   []byte // of a frame whose end has not come
	frames int
	lost   bool
}

// sockets are all of them: one goroutine waits for whichever has something to read.
type sockets struct {
	base, secret string
	epoll        int
	people       map[string]int // id -> number

	mu       sync.Mutex
	all      []*socket
	caughtUp int // how many have as many frames as there are people
	broken   error
	round    *round
}

func newSockets(base, secret string, people int) (*sockets, error) {
	epoll, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, err
	}
	s := &sockets{base: base, secret: secret, epoll: epoll, people: make(map[string]int, people)}
	for i := range people {
		s.people[host.PersonID(i)] = i
	}
	go s.run()
	return s, nil
}

// open makes a websocket by hand, and hands it to the reading goroutine.
func (s *sockets) open() error {
	u, err := url.Parse(s.base)
	if err != nil {
		return err
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(30 * time.Second))
	if _, err := fmt.Fprintf(conn, "GET %s/api/v1/ws?secret=%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", u.Path, url.QueryEscape(s.secret), u.Host); err != nil {
		return err
	}
	r := bufio.NewReader(conn)
	answer, err := http.ReadResponse(r, nil)
	if err != nil {
		return err
	}
	if answer.StatusCode != http.StatusSwitchingProtocols {
		return fmt.Errorf("the websocket answers %s", answer.Status)
	}
	conn.SetDeadline(time.Time{})
	file, err := conn.(*net.TCPConn).File()
	if err != nil {
		return err
	}
	early, err := r.Peek(r.Buffered())
	if err != nil {
		return err
	}
	return s.add(file, early)
}

func (s *sockets) add(file *os.File, early []byte) error {
	fd := int(file.Fd())
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	sock := &socket{file: file}
	s.all = append(s.all, sock)
	if err := s.take(len(s.all)-1, early, time.Now()); err != nil {
		return err
	}
	return unix.EpollCtl(s.epoll, unix.EPOLL_CTL_ADD, fd, &unix.EpollEvent{Events: unix.EPOLLIN, Fd: int32(len(s.all) - 1)})
}

// run reads whatever comes, for as long as the process lives.
func (s *sockets) run() {
	events, buffer := make([]unix.EpollEvent, 512), make([]byte, 256*1024)
	for {
		n, err := unix.EpollWait(s.epoll, events, -1)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		s.mu.Lock()
		for _, e := range events[:max(n, 0)] {
			s.read(int(e.Fd), buffer)
		}
		if err != nil {
			s.broken = err
			s.mu.Unlock()
			return
		}
		s.mu.Unlock()
	}
}

func (s *sockets) read(which int, buffer []byte) {
	sock := s.all[which]
	fd := int(sock.file.Fd())
	n, err := unix.Read(fd, buffer)
	if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
		return
	}
	if err == nil && n == 0 {
		err = errors.New("the server closed a socket")
	}
	if err == nil {
		err = s.take(which, buffer[:n], time.Now())
	}
	if err != nil {
		s.broken, sock.lost = err, true
		unix.EpollCtl(s.epoll, unix.EPOLL_CTL_DEL, fd, nil)
		if s.round != nil {
			s.round.fail(err)
		}
	}
}

// take handles the bytes that came on a socket. s.mu is held.
func (s *sockets) take(which int, b []byte, now time.Time) error {
	sock := s.all[which]
	if len(sock.rest) > 0 {
		b = append(sock.rest, b...)
	}
	for {
		op, payload, rest, ok, err := nextFrame(b)
		if err != nil {
			return err
		}
		if !ok {
			sock.rest = append(sock.rest[:0:0], rest...)
			return nil
		}
		b = rest
		switch op {
		case opText:
			if sock.frames++; sock.frames == len(s.people) {
				s.caughtUp++
			}
			if s.round != nil {
				if person, known := s.people[string(field(payload, fieldUser))]; known {
					s.round.frame(which, person, field(payload, fieldStatus), now)
				}
			}
		case opPing:
			if _, err := unix.Write(int(sock.file.Fd()), pong(payload)); err != nil {
				return err
			}
		case opClose:
			return fmt.Errorf("the server closes a socket: %q", payload)
		}
	}
}
