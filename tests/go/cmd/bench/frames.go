package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// The frames of RFC 6455 that a server may send to the load: whole ones only.
const (
	opText  = 0x1
	opClose = 0x8
	opPing  = 0x9
	opPong  = 0xA
)

// nextFrame takes the first frame off b. ok is false when it is not all there yet.
func nextFrame(b []byte) (op byte, payload, rest []byte, ok bool, err error) {
	if len(b) < 2 {
		return 0, nil, b, false, nil
	}
	if b[0]&0xf0 != 0x80 || b[1]&0x80 != 0 {
		return 0, nil, b, false, fmt.Errorf("a frame begins with %#x %#x", b[0], b[1])
	}
	size, head := int(b[1]), 2
	switch size {
	case 126:
		head = 4
		if len(b) >= head {
			size = int(binary.BigEndian.Uint16(b[2:]))
		}
	case 127:
		return 0, nil, b, false, errors.New("a frame has more than 65,535 bytes")
	}
	if len(b) < head+size {
		return 0, nil, b, false, nil
	}
	return b[0] & 0xf, b[head : head+size], b[head+size:], true, nil
}

// pong answers a ping; the mask is zero, which leaves the payload as it is.
func pong(payload []byte) []byte {
	return append([]byte{0x80 | opPong, 0x80 | byte(len(payload)), 0, 0, 0, 0}, payload...)
}

// field finds a text field in a frame's JSON, which has no escapes in the fields looked for.
func field(text, name []byte) []byte {
	at := bytes.Index(text, name)
	if at < 0 {
		return nil
	}
	value := text[at+len(name):]
	end := bytes.IndexByte(value, '"')
	if end < 0 {
		return nil
	}
	return value[:end]
}

var (
	fieldUser   = []byte(`"user_id":"`)
	fieldStatus = []byte(`"status":"`)
)
