package host

import (
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"io"
	"math/rand/v2"
	"net"
	"net/rpc"
	"testing"
	"time"

	"switchboard.test/go/wire"
)

func yamuxFrame(version, kind byte, flags uint16, stream, length uint32) []byte {
	b := []byte{version, kind}
	b = binary.BigEndian.AppendUint16(b, flags)
	b = binary.BigEndian.AppendUint32(b, stream)
	return binary.BigEndian.AppendUint32(b, length)
}

// opening is what a host sends first: its three streams.
func opening() []byte {
	var b []byte
	for stream := uint32(1); stream <= 5; stream += 2 {
		b = append(b, yamuxFrame(0, frameWindow, flagSYN, stream, 0)...)
	}
	return b
}

// Bytes on the plugin's socket that are no conversation: the connection may end, the process must not panic or grow.
func TestMalformedConnections(t *testing.T) {
	random := func(n int) []byte { return randomBody(n) }
	repeat := func(n int, f func(i uint32) []byte) []byte {
		var b []byte
		for i := range n {
			b = append(b, f(uint32(i))...)
		}
		return b
	}
	for name, sent := range map[string][]byte{
		"nothing":                  {},
		"a piece of a header":      {0, 1, 0},
		"zeros":                    make([]byte, 100_000),
		"random bytes":             random(100_000),
		"HTTP":                     []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
		"a bad version":            yamuxFrame(1, frameData, 0, 1, 0),
		"a bad version later":      append(opening(), yamuxFrame(7, frameWindow, 0, 1, 10)...),
		"an unknown type":          append(opening(), yamuxFrame(0, 9, 0, 1, 0)...),
		"unknown flags":            append(opening(), yamuxFrame(0, frameWindow, 0xfff0, 1, 0)...),
		"stream 0":                 append(opening(), yamuxFrame(0, frameData, flagSYN, 0, 4)...),
		"a stream of our parity":   append(opening(), yamuxFrame(0, frameWindow, flagSYN, 2, 0)...),
		"a stream opened twice":    append(opening(), yamuxFrame(0, frameWindow, flagSYN, 1, 0)...),
		"4 GiB on a stream":        append(append(opening(), yamuxFrame(0, frameData, 0, 1, 0xffffffff)...), random(1<<20)...),
		"4 GiB on no stream":       append(append(opening(), yamuxFrame(0, frameData, 0, 99, 0xffffffff)...), random(1<<20)...),
		"more than the window":     append(append(opening(), yamuxFrame(0, frameData, 0, 1, 1<<20)...), random(1<<20)...),
		"a window that overflows":  append(opening(), repeat(10, func(uint32) []byte { return yamuxFrame(0, frameWindow, 0, 1, 0xffffffff) })...),
		"data after the end":       append(opening(), append(yamuxFrame(0, frameData, flagFIN, 1, 0), append(yamuxFrame(0, frameData, 0, 1, 4), 1, 2, 3, 4)...)...),
		"FIN on data":              append(opening(), append(yamuxFrame(0, frameData, flagFIN, 1, 4), 1, 2, 3, 4)...),
		"resets of no stream":      append(opening(), repeat(10_000, func(i uint32) []byte { return yamuxFrame(0, frameWindow, flagRST, 2*i+101, 0) })...),
		"a flood of pings":         append(opening(), repeat(50_000, func(i uint32) []byte { return yamuxFrame(0, framePing, flagSYN, 0, i) })...),
		"a flood of streams":       append(opening(), repeat(50_000, func(i uint32) []byte { return yamuxFrame(0, frameWindow, flagSYN, 2*i+7, 0) })...),
		"streams opened and reset": append(opening(), repeat(50_000, func(i uint32) []byte { return yamuxFrame(0, frameWindow, flagSYN|flagRST, 2*i+7, 0) })...),
		"an answer to no ping":     append(opening(), yamuxFrame(0, framePing, flagACK, 0, 77)...),
		"a farewell":               append(opening(), yamuxFrame(0, frameGoAway, 0, 0, 0)...),
		"an odd farewell":          append(opening(), yamuxFrame(0, frameGoAway, 0, 0, 12345)...),
	} {
		t.Run(name, func(t *testing.T) {
			r := startRaw(t)
			conn := r.dial()
			go io.Copy(io.Discard, conn)
			conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
			conn.Write(sent)
			// The peer speaks on until the plugin has read everything: the half close is answered by its own end, or by nothing.
			conn.(*net.UnixConn).CloseWrite()
			r.settle()
			conn.Close()
			r.settle()
			r.healthy()
		})
	}
}

// settle waits until the process has ended or has used no processor time for a while.
func (r *rawPlugin) settle() {
	last, quiet := int64(-1), 0
	for range 500 {
		r.look()
		select {
		case <-r.ended:
			return
		case <-time.After(10 * time.Millisecond):
		}
		now := cpuTicks(r.cmd.Process.Pid)
		if now == last {
			quiet++
		} else {
			quiet = 0
		}
		if last = now; quiet >= 10 {
			return
		}
	}
}

// gobBytes encodes values as one stream.
func gobBytes(t *testing.T, values ...any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := gob.NewEncoder(&b)
	for _, v := range values {
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
	}
	return b.Bytes()
}

func request(method string) *rpc.Request { return &rpc.Request{ServiceMethod: method, Seq: 1} }

// Malformed messages on the hooks' stream end that stream, or are answered by an error: the connection lives.
func TestMalformedMessages(t *testing.T) {
	type nested struct{ A *nested }
	deep := &nested{}
	for range 5000 {
		deep = &nested{A: deep}
	}
	random := rand.NewChaCha8([32]byte{1})
	noise := make([]byte, 10_000)
	random.Read(noise)
	activate := gobBytes(t, request("Plugin.OnActivate"), &wire.Z_OnActivateArgs{APIMuxId: 1, DriverMuxId: 2})
	for name, sent := range map[string][]byte{
		"random bytes":          noise,
		"zeros":                 make([]byte, 10_000),
		"an endless length":     append([]byte{0xf8, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, noise...),
		"a negative length":     append([]byte{0xf8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, noise...),
		"a length of 1 GiB":     append([]byte{0xfc, 0x40, 0, 0, 0}, noise...),
		"a length of 2 GiB - 1": append([]byte{0xfc, 0x7f, 0xff, 0xff, 0xff}, noise...),
		"a bad length prefix":   {0x80, 1, 2, 3, 4, 5, 6, 7, 8},
		"a text, not a request": gobBytes(t, "hello"),
		"a request without arguments, then the end": gobBytes(t, request("Plugin.OnActivate")),
		"arguments of another type":                 gobBytes(t, request("Plugin.OnActivate"), "text"),
		"a deep value":                              gobBytes(t, request("Plugin.OnActivate"), deep),
		"an undefined type":                         append(gobBytes(t, request("Plugin.OnActivate")), 3, 0xff, 0xf0, 1),
		"a definition twice":                        append(gobBytes(t, request("Plugin.Implemented"), struct{}{}), gobBytes(t, request("Plugin.Implemented"), struct{}{})...),
		"a truncated message":                       activate[:len(activate)-3],
		"a huge request":                            gobBytes(t, request("Plugin.ExecuteCommand"), &struct{ A []byte }{make([]byte, 8<<20)}),
	} {
		t.Run(name, func(t *testing.T) {
			r := startRaw(t)
			s := r.session()
			conn := s.hooks()
			conn.SetDeadline(time.Now().Add(10 * time.Second))
			go io.Copy(io.Discard, conn)
			conn.Write(sent)
			conn.Close()
			r.settle()
			if err := s.ping(); err != nil {
				t.Errorf("the connection does not live on: %v; stderr: %s", err, r.said())
			}
			r.healthy()
		})
	}
}

// Flipped bits in a good conversation.
func TestDamagedMessages(t *testing.T) {
	good := gobBytes(t, request("Plugin.ExecuteCommand"), &wire.Z_ExecuteCommandArgs{A: &wire.Context{SessionId: "s"}, B: nil},
		request("Plugin.OnWebSocketConnect"), &wire.Z_WebSocketArgs{A: "c", B: "u"})
	random := rand.New(rand.NewPCG(1, 2))
	r := startRaw(t)
	s := r.session()
	for i := range 300 {
		damaged := bytes.Clone(good)
		for range 1 + random.IntN(3) {
			damaged[random.IntN(len(damaged))] ^= 1 << random.IntN(8)
		}
		if !strict && isRequest(damaged) {
			continue // a Go plugin dereferences what a damaged call leaves out
		}
		conn := s.hooks()
		go io.Copy(io.Discard, conn)
		conn.Write(damaged)
		conn.Close()
		if i%50 == 0 {
			if err := s.ping(); err != nil {
				t.Fatalf("after %d damaged messages: %v; stderr: %s", i, err, r.said())
			}
		}
	}
	r.settle()
	if err := s.ping(); err != nil {
		t.Errorf("the connection does not live on: %v", err)
	}
	r.healthy()
}

func isRequest(b []byte) bool {
	var request rpc.Request
	return gob.NewDecoder(bytes.NewReader(b)).Decode(&request) == nil
}

func TestUnknownMethods(t *testing.T) {
	r := startRaw(t)
	s := r.session()
	client := rpc.NewClient(s.hooks())
	for _, method := range []string{"Plugin.NoSuchHook", "Other.Implemented", "Plugin.", "nothing", "", "Plugin.implemented"} {
		err := client.Call(method, struct{}{}, nil)
		if _, answered := err.(rpc.ServerError); !answered {
			t.Errorf("%q answers %v", method, err)
		}
	}
	var names []string
	if err := client.Call("Plugin.Implemented", struct{}{}, &names); err != nil || len(names) == 0 {
		t.Errorf("after that Implemented answers %v, %v", names, err)
	}
	var id uint32
	if err := s.control.Call("Dispenser.Dispense", "other", &id); err == nil {
		t.Error("an unknown plugin is dispensed")
	}
	if err := s.control.Call("Control.NoSuchCall", true, &struct{}{}); err == nil {
		t.Error("an unknown control call succeeds")
	}
	if err := s.ping(); err != nil {
		t.Error(err)
	}
	r.healthy()
}

// Streams with ids that nobody waits for, and streams that never say theirs, stand in nobody's way.
func TestUnknownBrokerIds(t *testing.T) {
	r := startRaw(t)
	s := r.session()
	for i := range 100 {
		binary.Write(s.open(), binary.LittleEndian, uint32(0xdead0000+i))
	}
	if strict {
		s.open().Write([]byte{1, 2})
		s.open()
	}
	client := rpc.NewClient(s.hooks())
	var names []string
	if err := client.Call("Plugin.Implemented", struct{}{}, &names); err != nil || len(names) == 0 {
		t.Errorf("Implemented answers %v, %v", names, err)
	}
	if err := s.ping(); err != nil {
		t.Error(err)
	}
	r.healthy()
}

// ServeHTTP for streams that nobody accepts, many times: each ends by itself, none stays.
func TestRequestsWhoseStreamsAreNeverTaken(t *testing.T) {
	r := startRaw(t)
	s := r.session()
	client := rpc.NewClient(s.hooks())
	calls := make(chan *rpc.Call, 200)
	for i := range 200 {
		client.Go("Plugin.ServeHTTP", &wire.Z_ServeHTTPArgs{ResponseWriterStream: uint32(10_000 + 2*i), RequestBodyStream: uint32(10_001 + 2*i)}, nil, calls)
	}
	go func() { // the host takes the streams off the connection and leaves them
		for {
			if _, err := s.mux.Accept(); err != nil {
				return
			}
		}
	}()
	r.settle()
	if err := s.ping(); err != nil {
		t.Error(err)
	}
	s.close()
	r.settle()
	r.healthy()
	if strict {
		r.mustEnd()
	}
}
