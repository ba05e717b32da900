package host

import (
	"encoding/binary"
	"fmt"
	"sync"
)

// yamux's frame types and flags, and the size of a header.
const (
	frameData, frameWindow, framePing, frameGoAway = 0, 1, 2, 3

	flagSYN, flagACK, flagFIN, flagRST = 1, 2, 4, 8

	frameHeader = 12
)

// Frames looks at every yamux frame between the host and a plugin, and passes it on.
type Frames struct {
	mu         sync.Mutex
	violations []string
	dialled    map[uint32]int // broker id -> how often the plugin dialled it
	unacked    map[uint32]bool
	mostUnack  int
	fromPlugin int
	socket     string
}

// NewFrames makes an inspector for one plugin.
func NewFrames() *Frames {
	return &Frames{dialled: map[uint32]int{}, unacked: map[uint32]bool{}}
}

// Violations answers what the plugin must not have sent: a data frame with payload and FIN, a frame of an unknown kind.
func (f *Frames) Violations() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]string(nil), f.violations...)
}

// MostUnacknowledged answers how many of the plugin's streams were waiting for the host's ACK at most.
func (f *Frames) MostUnacknowledged() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.mostUnack
}

// Dialled answers how many different broker ids the plugin dialled, and how many it dialled more than once.
func (f *Frames) Dialled() (ids, twice int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, n := range f.dialled {
		if n > 1 {
			twice++
		}
	}
	return len(f.dialled), twice
}

// Seen answers how many frames the plugin sent.
func (f *Frames) Seen() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.fromPlugin
}

// frameReader takes one direction's bytes apart, in whatever pieces they come.
type frameReader struct {
	frames  *Frames
	plugin  bool // from the plugin, not from the host
	header  []byte
	left    uint32            // of the current frame's payload
	stream  uint32            // whose payload it is
	opening map[uint32][]byte // streams whose four bytes of broker id are not complete yet
}

func (r *frameReader) feed(b []byte) {
	for len(b) > 0 {
		if r.left > 0 {
			n := min(uint32(len(b)), r.left)
			r.payload(b[:n])
			r.left -= n
			b = b[n:]
			continue
		}
		n := min(len(b), frameHeader-len(r.header))
		r.header = append(r.header, b[:n]...)
		b = b[n:]
		if len(r.header) == frameHeader {
			r.frame(r.header)
			r.header = r.header[:0]
		}
	}
}

func (r *frameReader) payload(b []byte) {
	id, waiting := r.opening[r.stream]
	if !waiting {
		return
	}
	id = append(id, b[:min(len(b), 4-len(id))]...)
	if len(id) < 4 {
		r.opening[r.stream] = id
		return
	}
	delete(r.opening, r.stream)
	r.frames.mu.Lock()
	defer r.frames.mu.Unlock()
	r.frames.dialled[binary.LittleEndian.Uint32(id)]++
}

func (r *frameReader) frame(h []byte) {
	version, kind, flags := h[0], h[1], binary.BigEndian.Uint16(h[2:])
	stream, length := binary.BigEndian.Uint32(h[4:]), binary.BigEndian.Uint32(h[8:])
	if kind == frameData {
		r.left, r.stream = length, stream
	}
	f := r.frames
	f.mu.Lock()
	defer f.mu.Unlock()
	if !r.plugin {
		// yamux acknowledges no stream that was finished before it was accepted; its own FIN says that it was.
		if flags&(flagACK|flagFIN|flagRST) != 0 && (kind == frameData || kind == frameWindow) {
			delete(f.unacked, stream)
		}
		return
	}
	f.fromPlugin++
	bad := func(what string) {
		if len(f.violations) < 100 {
			f.violations = append(f.violations, fmt.Sprintf("%s (version %d, type %d, flags %#x, stream %d, length %d)", what, version, kind, flags, stream, length))
		}
	}
	if version != 0 || kind > frameGoAway {
		bad("not a yamux frame")
	}
	if kind == frameData && length > 0 && flags&flagFIN != 0 {
		bad("FIN on a frame with data")
	}
	if kind == frameGoAway && length != 0 {
		bad("the plugin gave the connection up")
	}
	if flags&flagSYN != 0 && kind != framePing {
		if stream%2 != 0 {
			bad("the plugin opened a stream with the host's parity")
		}
		f.unacked[stream] = true
		f.mostUnack = max(f.mostUnack, len(f.unacked))
		r.opening[stream] = nil
	}
	if flags&(flagFIN|flagRST) != 0 {
		delete(r.opening, stream)
	}
	if flags&flagRST != 0 {
		delete(f.unacked, stream) // the host acknowledges no stream that was given up before
	}
}
