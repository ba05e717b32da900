// Gobpeer is the other end of the gob crate's tests: Go's own encoding/gob.
//
//	gobpeer write SEED COUNT   writes COUNT streams of random values, one JSON object a line
//	gobpeer request            writes a stream of two requests of net/http
//	gobpeer read               reads streams, one JSON object a line, and answers each with what it holds
//
// A stream is {"types": […], "gob": "hex"}; what it holds is {"canon": […], "error": "…"} (see canon.go).
package main

import (
	"bufio"
	"bytes"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand"
	"os"
	"reflect"
	"sort"
	"strconv"
)

type stream struct {
	Types []string `json:"types,omitempty"`
	Gob   string   `json:"gob,omitempty"`
	Canon []any    `json:"canon"`
	Error string   `json:"error"`
}

func main() {
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	answers := json.NewEncoder(out)
	switch {
	case len(os.Args) == 4 && os.Args[1] == "write":
		seed, err := strconv.ParseInt(os.Args[2], 10, 64)
		check(err)
		count, err := strconv.Atoi(os.Args[3])
		check(err)
		g := generator{rand.New(rand.NewSource(seed))}
		for range count {
			check(answers.Encode(write(g)))
		}
	case len(os.Args) == 2 && os.Args[1] == "request":
		check(answers.Encode(whole()))
	case len(os.Args) == 2 && os.Args[1] == "read":
		requests := json.NewDecoder(bufio.NewReader(os.Stdin))
		for requests.More() {
			var s stream
			check(requests.Decode(&s))
			check(answers.Encode(read(s)))
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: gobpeer write SEED COUNT | gobpeer request | gobpeer read")
		os.Exit(2)
	}
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func write(g generator) stream {
	names := []string{}
	for name := range catalogue {
		names = append(names, name)
	}
	sort.Strings(names)
	var s stream
	var buf bytes.Buffer
	enc := gob.NewEncoder(&buf)
	for range 1 + g.Intn(6) {
		name := names[g.Intn(len(names))]
		v := reflect.New(catalogue[name])
		g.fill(v.Elem(), 6)
		check(enc.EncodeValue(v))
		s.Types = append(s.Types, name)
		s.Canon = append(s.Canon, canon(v.Elem()))
	}
	s.Gob = hex.EncodeToString(buf.Bytes())
	return s
}

func read(s stream) (answer stream) {
	data, err := hex.DecodeString(s.Gob)
	check(err)
	dec := gob.NewDecoder(bytes.NewReader(data))
	for _, name := range s.Types {
		v := reflect.New(catalogue[name])
		if err := dec.DecodeValue(v); err != nil {
			answer.Error = fmt.Sprintf("%s: %v", name, err)
			return answer
		}
		answer.Canon = append(answer.Canon, canon(v.Elem()))
	}
	if err := dec.DecodeValue(reflect.Value{}); err == nil || err.Error() != "EOF" {
		answer.Error = fmt.Sprintf("behind the values: %v", err)
	}
	return answer
}
