// Package subset holds the request form of Mattermost 11.x, beside wire's: the type has to have the same name.
package subset

import (
	"io"
	"net/http"
	"net/url"

	"switchboard.test/go/wire"
)

// HTTPRequestSubset is the part of a request that 11.x sends.
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
	Body       io.ReadCloser
}

// Z_ServeHTTPArgs is a request as 11.x sends it.
type Z_ServeHTTPArgs struct {
	ResponseWriterStream uint32
	Request              *HTTPRequestSubset
	Context              *wire.Context
	RequestBodyStream    uint32
}
