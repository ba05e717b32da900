package main

import (
	"encoding"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"time"
)

// canon is a value in a form that JSON carries exactly and that knows nothing of gob: integers and floats as strings,
// bytes and self-marshalled values in hex, maps under their keys' JSON, what an interface holds with its registered name.
func canon(v reflect.Value) any {
	if m, ok := marshalled(v); ok {
		return m
	}
	switch v.Kind() {
	case reflect.Bool:
		return v.Bool()
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fmt.Sprint(v.Int())
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64, reflect.Uintptr:
		return fmt.Sprint(v.Uint())
	case reflect.Float32, reflect.Float64:
		return bits(v.Float())
	case reflect.Complex64, reflect.Complex128:
		return []any{bits(real(v.Complex())), bits(imag(v.Complex()))}
	case reflect.String:
		return v.String()
	case reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return canon(v.Elem())
	case reflect.Interface:
		if v.IsNil() {
			return nil
		}
		name, ok := registered[v.Elem().Type()]
		if !ok {
			panic("no name for " + v.Elem().Type().String())
		}
		return map[string]any{"name": name, "value": canon(v.Elem())}
	case reflect.Slice:
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return "x" + hex.EncodeToString(v.Bytes())
		}
		fallthrough
	case reflect.Array:
		list := []any{}
		for i := range v.Len() {
			list = append(list, canon(v.Index(i)))
		}
		return list
	case reflect.Map:
		entries := map[string]any{}
		for _, k := range v.MapKeys() {
			entries["map:"+text(canon(k))] = canon(v.MapIndex(k))
		}
		return entries
	case reflect.Struct:
		fields := map[string]any{}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fields[f.Name] = canon(v.Field(i))
			}
		}
		return fields
	}
	panic("no canonical form for " + v.Type().String())
}

func bits(f float64) string {
	if f == 0 {
		return "0" // gob does not tell -0 from 0
	}
	return fmt.Sprintf("%016x", math.Float64bits(f))
}

// marshalled is the hex of what gob's own order of interfaces makes of v.
func marshalled(v reflect.Value) (any, bool) {
	if v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer && v.IsNil() {
		return nil, false
	}
	var data []byte
	var err error
	switch m := v.Interface().(type) {
	case time.Time:
		if m.IsZero() && m.Location() == time.UTC {
			return nil, true
		}
		data, err = m.MarshalBinary()
	case gob.GobEncoder:
		data, err = m.GobEncode()
	case encoding.BinaryMarshaler:
		data, err = m.MarshalBinary()
	default:
		return nil, false
	}
	if err != nil {
		panic(err)
	}
	return "m" + hex.EncodeToString(data), true
}

// text is v in JSON as it is written without regard to HTML.
func text(v any) string {
	var s strings.Builder
	enc := json.NewEncoder(&s)
	enc.SetEscapeHTML(false)
	check(enc.Encode(v))
	return strings.TrimSuffix(s.String(), "\n")
}
