package host

import (
	"bytes"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"switchboard.test/go/model"
	"switchboard.test/go/wire"
)

// kvKeyLimit is how many characters a key may have.
const kvKeyLimit = 50

type kvEntry struct {
	value   []byte
	expires time.Time // zero: never
}

func (w *World) kvGet(key string) ([]byte, bool) {
	e, ok := w.kv[key]
	if !ok || (!e.expires.IsZero() && !time.Now().Before(e.expires)) {
		return nil, false
	}
	return e.value, true
}

func kvInvalid(method string, key string) *model.AppError {
	if key == "" || utf8.RuneCountInString(key) > kvKeyLimit {
		return model.NewAppError(method, "model.plugin_key_value.is_valid.key.app_error", "A key has 1 to 50 characters.", http.StatusBadRequest)
	}
	return nil
}

// KVSetWithOptions stores a value, or deletes the key when the value is nil. Atomic compares first.
func (s *apiServer) KVSetWithOptions(a *wire.Z_KVSetWithOptionsArgs, r *wire.Z_BoolAppErrorReturns) error {
	if s.stopped("KVSetWithOptions", &r.B) {
		return nil
	}
	if r.B = kvInvalid("KVSetWithOptions", a.A); r.B != nil {
		return nil
	}
	if !a.C.Atomic && a.C.OldValue != nil {
		r.B = model.NewAppError("KVSetWithOptions", "model.plugin_kvset_options.is_valid.old_value.app_error", "An old value is for atomic calls only.", http.StatusBadRequest)
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	if a.C.Atomic {
		current, ok := s.w.kvGet(a.A)
		if ok != (a.C.OldValue != nil) || !bytes.Equal(current, a.C.OldValue) {
			return nil
		}
	}
	r.A = true
	if a.B == nil {
		delete(s.w.kv, a.A)
		return nil
	}
	e := kvEntry{value: a.B}
	if a.C.ExpireInSeconds > 0 {
		e.expires = time.Now().Add(time.Duration(a.C.ExpireInSeconds) * time.Second)
	}
	s.w.kv[a.A] = e
	return nil
}

func (s *apiServer) KVGet(a *wire.Z_TextArgs, r *wire.Z_BytesReturns) error {
	if s.stopped("KVGet", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	r.A, _ = s.w.kvGet(a.A)
	return nil
}

func (s *apiServer) KVDelete(a *wire.Z_TextArgs, r *wire.Z_AppErrorReturns) error {
	if s.stopped("KVDelete", &r.A) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	delete(s.w.kv, a.A)
	return nil
}

func (s *apiServer) KVList(a *wire.Z_KVListArgs, r *wire.Z_KeysReturns) error {
	if s.stopped("KVList", &r.B) {
		return nil
	}
	s.w.mu.Lock()
	defer s.w.mu.Unlock()
	keys := []string{}
	for k := range s.w.kv {
		if _, ok := s.w.kvGet(k); ok {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	from := min(max(a.A*a.B, 0), len(keys))
	r.A = keys[from:min(from+a.B, len(keys))]
	return nil
}

// KV answers a stored value.
func (w *World) KV(key string) ([]byte, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.kvGet(key)
}
