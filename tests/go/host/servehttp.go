package host

import (
	"bufio"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/rpc"

	"switchboard.test/go/wire"
	"switchboard.test/go/wire/subset"
)

// ServeHTTP hands a request to the plugin: two streams to accept, one call, and an answer 500 when the call fails.
func (p *Plugin) ServeHTTP(c *wire.Context, w http.ResponseWriter, r *http.Request) {
	p.request("ServeHTTP", c, w, r)
}

// ServeMetrics does the same with a request to the server's metrics.
func (p *Plugin) ServeMetrics(c *wire.Context, w http.ResponseWriter, r *http.Request) {
	p.request("ServeMetrics", c, w, r)
}

func (p *Plugin) request(hook string, c *wire.Context, w http.ResponseWriter, r *http.Request) {
	if !p.implemented[hook] {
		http.NotFound(w, r)
		return
	}
	response, body := p.broker.NextId(), uint32(0)
	calls := p.Trace.begin(r)
	if !p.NoAcceptHTTP {
		go p.serveResponse(response, w, calls)
	}
	if r.Body != nil {
		body = p.broker.NextId()
		if !p.NoAcceptHTTP {
			go p.serveBody(body, r.Body)
		}
	}
	err := p.rpc.Call("Plugin."+hook, p.requestArgs(c, r, response, body), nil)
	calls.end()
	if err != nil {
		p.Logs.Add("error", "Plugin failed to "+hook+", RPC call failed", "error", err.Error())
		http.Error(w, "500 internal server error", http.StatusInternalServerError)
	}
}

// requestArgs copies the fields that travel into the form of the server's version.
func (p *Plugin) requestArgs(c *wire.Context, r *http.Request, response, body uint32) any {
	if p.WholeRequest {
		return &wire.Z_ServeHTTPArgs{ResponseWriterStream: response, RequestBodyStream: body, Context: c, Request: &http.Request{
			Method: r.Method, URL: r.URL, Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor,
			Header: r.Header, Host: r.Host, RemoteAddr: r.RemoteAddr, RequestURI: r.RequestURI}}
	}
	return &subset.Z_ServeHTTPArgs{ResponseWriterStream: response, RequestBodyStream: body, Context: c, Request: &subset.HTTPRequestSubset{
		Method: r.Method, URL: r.URL, Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor,
		Header: r.Header, Host: r.Host, RemoteAddr: r.RemoteAddr, RequestURI: r.RequestURI}}
}

func (p *Plugin) serveResponse(id uint32, w http.ResponseWriter, calls *Calls) {
	conn, err := p.broker.Accept(id)
	if err != nil {
		p.Logs.Add("error", "Plugin failed to ServeHTTP, muxBroker couldn't accept connection", "stream", id, "error", err.Error())
		return
	}
	defer conn.Close()
	base := responseServer{w: w, logs: p.Logs, calls: calls}
	var receiver any = &base
	if !p.NoFlush {
		receiver = &flushServer{responseServer: base}
	}
	server := rpc.NewServer()
	if err := server.RegisterName("Plugin", receiver); err != nil {
		p.Logs.Add("error", "Plugin failed to ServeHTTP, couldn't register RPC name", "error", err.Error())
		return
	}
	server.ServeConn(conn)
}

func (p *Plugin) serveBody(id uint32, body io.Reader) {
	conn, err := p.broker.Accept(id)
	if err != nil {
		p.Logs.Add("error", "Plugin failed to ServeHTTP, muxBroker couldn't Accept request body connection", "stream", id, "error", err.Error())
		return
	}
	defer conn.Close()
	feed(conn, body)
}

// feed answers each number that the reader writes with up to so many bytes of body, until either side ends.
func feed(conn net.Conn, body io.Reader) {
	asked := bufio.NewReader(conn)
	chunk := make([]byte, 32*1024)
	for {
		credit, err := binary.ReadVarint(asked)
		if err != nil {
			return
		}
		sent, err := io.CopyBuffer(conn, io.LimitReader(body, credit), chunk)
		if err != nil || sent < credit {
			return
		}
	}
}
