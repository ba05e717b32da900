package wire

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"

	"switchboard.test/go/model"
)

// ErrorString carries an error whose own type gob does not know.
type ErrorString struct {
	Code int
	Err  string
}

func (e *ErrorString) Error() string { return e.Err }

// PQError stands for PostgreSQL's error, one of the types that Mattermost registers.
type PQError struct {
	Severity string
	Code     string
	Message  string
	Detail   string
	Hint     string
}

func (e *PQError) Error() string { return "pq: " + e.Message }

// MySQLError stands for MySQL's error, another of them.
type MySQLError struct {
	Number   uint16
	SQLState [5]byte
	Message  string
}

func (e *MySQLError) Error() string { return fmt.Sprintf("Error %d: %s", e.Number, e.Message) }

// Names says under which names the error types are registered.
type Names string

const (
	// NamesGo are the names that gob.Register makes, on every server: for a pointer the printed type, without an import path.
	NamesGo Names = "go"
	// NamesCurrent are names with the import path of 8.1 and later. No server uses them.
	NamesCurrent Names = "current"
	// NamesV6 are names with the import path of 6.x and 7.x. No server uses them.
	NamesV6 Names = "v6"
)

// Register tells gob the types that may stand in an interface. It is called once a process, before the first stream.
func Register(names Names) error {
	prefix := func(pkg string) string { return "*" + pkg + "." }
	switch names {
	case NamesGo:
	case NamesCurrent:
		prefix = func(pkg string) string { return "*github.com/mattermost/mattermost/server/public/" + pkg + "." }
	case NamesV6:
		prefix = func(pkg string) string { return "*github.com/mattermost/mattermost-server/v6/" + pkg + "." }
	default:
		return fmt.Errorf("names %q: one of go, current, v6", names)
	}
	gob.RegisterName("[]*model.SlackAttachment", []*model.SlackAttachment{})
	gob.Register([]any{})
	gob.Register(map[string]any{})
	gob.RegisterName(prefix("model")+"AppError", &model.AppError{})
	gob.RegisterName(prefix("plugin")+"ErrorString", &ErrorString{})
	gob.RegisterName("*pq.Error", &PQError{})
	gob.RegisterName("*mysql.MySQLError", &MySQLError{})
	gob.RegisterName(prefix("model")+"AutocompleteDynamicListArg", &model.AutocompleteDynamicListArg{})
	gob.RegisterName(prefix("model")+"AutocompleteStaticListArg", &model.AutocompleteStaticListArg{})
	gob.RegisterName(prefix("model")+"AutocompleteTextArg", &model.AutocompleteTextArg{})
	gob.RegisterName(prefix("model")+"PreviewPost", &model.PreviewPost{})
	return nil
}

// Encodable turns an error into one that gob can send: registered types stay, the rest becomes text.
func Encodable(err error) error {
	if err == nil {
		return nil
	}
	switch err.(type) {
	case *model.AppError, *ErrorString, *PQError, *MySQLError:
		return err
	}
	code := 0
	if errors.Is(err, io.EOF) {
		code = 1
	}
	return &ErrorString{Code: code, Err: err.Error()}
}
