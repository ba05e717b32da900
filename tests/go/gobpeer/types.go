package main

import (
	"encoding/gob"
	"errors"
	"math/big"
	"net/url"
	"reflect"
	"time"
)

// The catalogue. crates/gob/tests/peer/types.rs has the same types in Rust, under the same names.

type Basics struct {
	B    bool
	I    int
	I8   int8
	I16  int16
	I32  int32
	I64  int64
	U    uint
	U8   uint8
	U16  uint16
	U32  uint32
	U64  uint64
	Up   uintptr
	F32  float32
	F64  float64
	C64  complex64
	C128 complex128
	S    string
	By   []byte
}

type Inner struct {
	A int
	B string
}

type Containers struct {
	Ints    []int
	Strs    []string
	Floats  []float64
	Bools   []bool
	Arr     [3]int16
	ByteArr [4]byte
	Arrs    [2][2]string
	Nested  [][]string
	Bytes   [][]byte
	Map     map[string]int
	Lists   map[int][]string
	Structs []Inner
	ByName  map[string]Inner
	Ptrs    []*Inner
	Empty   struct{}
	Header  map[string][]string
	Keys    map[[2]int8]bool
}

type Pointers struct {
	P   *int
	Pp  **int
	S   *string
	One *Inner
	Two **Inner
	Sl  *[]int
	M   *map[string]int
	A   *[2]int
	B   *bool
	By  *[]byte
}

type Node struct {
	Name string
	Next *Node
	Kids []Node
	Map  map[string]*Node
}

type Ping struct {
	N     int
	Pongs []Pong
}

type Pong struct {
	S    string
	Ping *Ping
}

// Custom has the old interface, by value.
type Custom struct{ text string }

func (c Custom) GobEncode() ([]byte, error) { return []byte("<" + c.text + ">"), nil }

func (c *Custom) GobDecode(b []byte) error {
	if len(b) < 2 || b[0] != '<' || b[len(b)-1] != '>' {
		return errors.New("not a Custom")
	}
	c.text = string(b[1 : len(b)-1])
	return nil
}

// Texted marshals as text only, which gob passes over: it travels as what it is.
type Texted struct{ Inner string }

func (t Texted) MarshalText() ([]byte, error) { return []byte(t.Inner), nil }
func (t *Texted) UnmarshalText(b []byte) error {
	t.Inner = string(b)
	return nil
}

type Special struct {
	T   time.Time
	Pt  *time.Time
	U   *url.URL
	C   Custom
	Pc  *Custom
	Big *big.Int
	X   Texted
	Ts  []time.Time
	Us  map[string]*url.URL
}

type ErrStr struct {
	Code int
	Err  string
}

type Holder struct {
	Any  any
	List []any
}

type Iface struct {
	A any
	L []any
	M map[string]any
	H Holder
	T []Inner
}

// Two versions of one type: fields added, removed, in another order, of other widths and pointer depths.
type EvoOne struct {
	Gone   map[string][]Inner
	Id     int64
	Name   string
	Count  *uint32
	Tags   []string
	Sub    Inner
	Deep   **Inner
	Also   any
	Old    [2]Node
	Score  float32
	Custom Custom
}

type EvoTwo struct {
	New   []Inner
	Score float64
	Tags  *[]string
	Name  **string
	Deep  Inner
	Count uint64
	Sub   *InnerTwo
	Id    *int
	Added time.Time
}

type InnerTwo struct {
	Z bool
	B string
	A int64
}

type Empty struct{}

var catalogue = map[string]reflect.Type{}

var registered = map[reflect.Type]string{}

func catalog(values ...any) {
	for _, v := range values {
		t := reflect.TypeOf(v)
		catalogue[t.Name()] = t
	}
}

func register(name string, v any) {
	gob.RegisterName(name, v)
	registered[reflect.TypeOf(v)] = name
}

func init() {
	catalog(Basics{}, Containers{}, Pointers{}, Node{}, Ping{}, Special{}, Iface{}, EvoOne{}, EvoTwo{}, Empty{})
	for _, v := range []any{0, "", false, 0.5, []byte(nil), time.Time{}} {
		catalogue["top:"+reflect.TypeOf(v).String()] = reflect.TypeOf(v)
	}
	catalogue["top:[]string"] = reflect.TypeOf([]string(nil))
	catalogue["top:[]any"] = reflect.TypeOf([]any(nil))
	catalogue["top:map[string][]string"] = reflect.TypeOf(map[string][]string(nil))
	catalogue["top:[3]int"] = reflect.TypeOf([3]int{})
	for _, v := range []any{0, int8(0), int64(0), uint(0), uint8(0), float32(0), 0.5, "", false, []byte(nil),
		[]string(nil), []int(nil), []bool(nil), complex128(0)} {
		registered[reflect.TypeOf(v)] = reflect.TypeOf(v).String()
	}
	register("*example.org/v2/peer.ErrStr", &ErrStr{})
	register("example.org/peer.Inner", Inner{})
	register("example.org/peer.Holder", Holder{})
	register("example.org/peer.Pong", Pong{})
	register("*example.org/peer.Node", &Node{})
	register("time.Time", time.Time{})
	register("[]interface {}", []any(nil))
	register("map[string]interface {}", map[string]any(nil))
	register("[]*peer.ErrStr", []*ErrStr(nil))
}
