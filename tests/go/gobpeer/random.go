package main

import (
	"math"
	"math/big"
	"math/rand"
	"net/url"
	"reflect"
	"time"
)

type generator struct{ *rand.Rand }

func (g generator) int() int64 {
	switch g.Intn(6) {
	case 0:
		return 0
	case 1:
		return int64(g.Intn(300)) - 150
	case 2:
		return math.MinInt64
	case 3:
		return math.MaxInt64
	default:
		return int64(g.Uint64()) >> g.Intn(64)
	}
}

func (g generator) float() float64 {
	switch g.Intn(5) {
	case 0:
		return 0
	case 1:
		return float64(g.Intn(100))
	case 2:
		return math.Inf(1 - 2*g.Intn(2))
	case 3:
		return -g.ExpFloat64()
	default:
		return float64(float32(g.NormFloat64() * 1e6))
	}
}

func (g generator) string() string {
	letters := []rune("aZ09 -_/äß€語🙂\x00\n")
	s := make([]rune, g.Intn(4)*g.Intn(12))
	for i := range s {
		s[i] = letters[g.Intn(len(letters))]
	}
	return string(s)
}

func (g generator) time() time.Time {
	t := time.Unix(g.int()>>20, int64(g.Intn(1e9)))
	switch g.Intn(5) {
	case 0:
		return time.Time{}
	case 1:
		// Go writes the odd seconds of a negative offset and reads them back as positive ones.
		return t.In(time.FixedZone("", g.Intn(50000)))
	case 2:
		return t.In(time.FixedZone("", 60*(g.Intn(1000)-1002)))
	case 3:
		return t.In(time.FixedZone("", 0))
	default:
		return t.UTC()
	}
}

func (g generator) url() *url.URL {
	u, err := url.Parse("/plugins/x" + url.PathEscape(g.string()) + "?q=" + url.QueryEscape(g.string()))
	if err != nil {
		panic(err)
	}
	return u
}

// fill sets v to something random, up to a depth.
func (g generator) fill(v reflect.Value, depth int) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(g.time()))
		return
	case url.URL:
		v.Set(reflect.ValueOf(*g.url()))
		return
	case big.Int:
		v.Set(reflect.ValueOf(*new(big.Int).Lsh(big.NewInt(g.int()), uint(g.Intn(200)))))
		return
	case Custom:
		v.Set(reflect.ValueOf(Custom{g.string()}))
		return
	}
	switch v.Kind() {
	case reflect.Bool:
		v.SetBool(g.Intn(2) == 0)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(g.int() >> (64 - v.Type().Bits()))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		v.SetUint(uint64(g.int()) >> (64 - v.Type().Bits()))
	case reflect.Float32, reflect.Float64:
		v.SetFloat(g.float())
	case reflect.Complex64, reflect.Complex128:
		v.SetComplex(complex(g.float(), g.float()))
	case reflect.String:
		v.SetString(g.string())
	case reflect.Pointer:
		if depth > 0 && g.Intn(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			g.fill(v.Elem(), depth-1)
			if v.Elem().Kind() == reflect.Pointer && v.Elem().IsNil() {
				v.SetZero() // a pointer to nil is no value gob could carry
			}
		}
	case reflect.Slice:
		n := g.Intn(4)
		if depth <= 0 {
			n = 0
		}
		if n == 0 && g.Intn(2) == 0 {
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			g.element(v.Index(i), depth-1)
		}
	case reflect.Array:
		for i := range v.Len() {
			g.element(v.Index(i), depth-1)
		}
	case reflect.Map:
		// An empty map is left nil: Rust's maps do not tell the two apart.
		for range g.Intn(4) {
			if depth <= 0 {
				return
			}
			if v.IsNil() {
				v.Set(reflect.MakeMap(v.Type()))
			}
			key, elem := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			g.element(key, depth-1)
			g.element(elem, depth-1)
			v.SetMapIndex(key, elem)
		}
	case reflect.Interface:
		if depth > 0 && g.Intn(5) > 0 {
			v.Set(g.contents(depth - 1))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if g.Intn(4) > 0 {
				g.fill(v.Field(i), depth-1)
			}
		}
	}
}

// element is fill for where a nil pointer cannot stand.
func (g generator) element(v reflect.Value, depth int) {
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	g.fill(v, depth)
}

// contents is something of a registered type.
func (g generator) contents(depth int) reflect.Value {
	types := []reflect.Type{}
	for _, v := range []any{0, int8(0), uint(0), 0.5, "", false, []byte(nil), []string(nil), complex128(0),
		&ErrStr{}, Inner{}, Holder{}, Pong{}, &Node{}, time.Time{}, []any(nil), map[string]any(nil), []*ErrStr(nil)} {
		types = append(types, reflect.TypeOf(v))
	}
	v := reflect.New(types[g.Intn(len(types))]).Elem()
	g.element(v, depth)
	return v
}
