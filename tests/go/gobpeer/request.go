package main

import (
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"net/http"
	"net/url"
)

// wholeRequest is ServeHTTP's arguments as Mattermost sent them up to version 10: with all of net/http's request, of
// which most is nil, and the definitions of dozens of types that lead away from it.
type wholeRequest struct {
	ResponseWriterStream uint32
	Request              *http.Request
	RequestBodyStream    uint32
}

func whole() stream {
	u, err := url.Parse("/hello/w%C3%B6rld?a=b")
	check(err)
	var buf bytes.Buffer
	enc := gob.NewEncoder(&buf)
	for i := range uint32(2) {
		check(enc.Encode(wholeRequest{
			ResponseWriterStream: 7 + i,
			Request: &http.Request{
				Method: "POST", URL: u, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
				Header:        http.Header{"Accept": {"text/plain", "*/*"}},
				ContentLength: 12, Host: "example.org", RemoteAddr: "192.0.2.1:5000", RequestURI: u.String(),
			},
			RequestBodyStream: 9,
		}))
	}
	return stream{Types: []string{"wholeRequest", "wholeRequest"}, Gob: hex.EncodeToString(buf.Bytes())}
}
