// Bench measures Go's encoding/gob on the arguments of Mattermost's ServeHTTP hook, for crates/gob/benches/serve_http.rs.
//
//	bench stream      prints a stream of two such values: each message in hex, one a line
//	bench run MILLIS  prints nanoseconds per operation: encode and decode, each first and later on a stream
package main

import (
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"time"
)

// The field names are those of Mattermost 11's plugin API.

type Z_ServeHTTPArgs struct {
	ResponseWriterStream uint32
	Request              *HTTPRequestSubset
	Context              *Context
	RequestBodyStream    uint32
}

type HTTPRequestSubset struct {
	Method     string
	URL        *url.URL
	Proto      string
	ProtoMajor int
	ProtoMinor int
	Header     http.Header
	Host       string
	RemoteAddr string
	RequestURI string
}

type Context struct {
	SessionId      string
	RequestId      string
	IPAddress      string
	AcceptLanguage string
	UserAgent      string
}

func arguments() *Z_ServeHTTPArgs {
	u, err := url.Parse("/sip/ring/alice/0240404040?call_id=7f3a&mac=001565a1b2c3")
	check(err)
	agent := "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36"
	return &Z_ServeHTTPArgs{
		ResponseWriterStream: 1201,
		RequestBodyStream:    1202,
		Request: &HTTPRequestSubset{
			Method: "GET", URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
			Host: "chat.example.org", RemoteAddr: "192.0.2.14:51234", RequestURI: "/plugins/switchboard" + u.String(),
			Header: http.Header{
				"Accept":             {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
				"Accept-Encoding":    {"gzip, deflate, br"},
				"Accept-Language":    {"de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7"},
				"Cache-Control":      {"no-cache"},
				"Connection":         {"keep-alive"},
				"Cookie":             {"MMUSERID=8y3q6w7tqbbajqyrj4sgd6yq7a; MMCSRF=kz8f1dsx5pf9znqyrtmnwkyzxe"},
				"Mattermost-User-Id": {"8y3q6w7tqbbajqyrj4sgd6yq7a"},
				"Pragma":             {"no-cache"},
				"User-Agent":         {agent},
				"X-Forwarded-For":    {"192.0.2.14", "198.51.100.7"},
				"X-Forwarded-Proto":  {"https"},
				"X-Request-Id":       {"b4x3wq5h4tr3pk8kq1c7u3yz5h"},
			},
		},
		Context: &Context{
			SessionId: "t6xrzqwf3pdq8mqc5kx1h7yw9e", RequestId: "b4x3wq5h4tr3pk8kq1c7u3yz5h", IPAddress: "192.0.2.14",
			AcceptLanguage: "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", UserAgent: agent,
		},
	}
}

func main() {
	switch {
	case len(os.Args) == 2 && os.Args[1] == "stream":
		first, later := messages()
		fmt.Println(hex.EncodeToString(first))
		fmt.Println(hex.EncodeToString(later))
	case len(os.Args) == 3 && os.Args[1] == "run":
		millis, err := strconv.Atoi(os.Args[2])
		check(err)
		run(time.Duration(millis) * time.Millisecond)
	default:
		fmt.Fprintln(os.Stderr, "usage: bench stream | bench run MILLIS")
		os.Exit(2)
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

// messages are what the first value on a stream takes, its definitions too, and what a later one does.
func messages() (first, later []byte) {
	var buf bytes.Buffer
	enc := gob.NewEncoder(&buf)
	check(enc.Encode(arguments()))
	first = bytes.Clone(buf.Bytes())
	buf.Reset()
	check(enc.Encode(arguments()))
	return first, bytes.Clone(buf.Bytes())
}

// measure calls op over and over for a while and prints the nanoseconds of one call.
func measure(name string, limit time.Duration, op func()) {
	op()
	start, calls := time.Now(), 0
	for time.Since(start) < limit {
		for range 64 {
			op()
		}
		calls += 64
	}
	fmt.Printf("%s %.1f\n", name, float64(time.Since(start).Nanoseconds())/float64(calls))
}

func run(limit time.Duration) {
	args := arguments()
	first, later := messages()
	var buf bytes.Buffer
	measure("encode first", limit, func() {
		buf.Reset()
		check(gob.NewEncoder(&buf).Encode(args))
	})
	buf.Reset()
	enc := gob.NewEncoder(&buf)
	check(enc.Encode(args))
	measure("encode later", limit, func() {
		buf.Reset()
		check(enc.Encode(args))
	})
	measure("decode first", limit, func() {
		var args Z_ServeHTTPArgs
		check(gob.NewDecoder(bytes.NewReader(first)).Decode(&args))
	})
	r := bytes.NewReader(first)
	dec := gob.NewDecoder(r)
	check(dec.Decode(new(Z_ServeHTTPArgs)))
	measure("decode later", limit, func() {
		r.Reset(later)
		var args Z_ServeHTTPArgs
		check(dec.Decode(&args))
	})
}
