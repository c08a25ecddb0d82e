// Package fault is the error vocabulary of commonpool: six kinds, each with a
// stable code and, where the input is at fault, the place in it. Every edge
// (command line, HTTP) translates a Kind once; nothing else inspects messages.
//
// It does not carry stack traces and does not replace plain errors inside a
// room: an error becomes a fault where somebody outside could act on it.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what the caller can do about an error.
type Kind uint8

// The kinds, from the caller's view.
const (
	// Invalid input: mend it and try again.
	Invalid Kind = iota + 1
	// NotFound: the thing named does not exist, or not for this caller.
	NotFound
	// Conflict: the state changed or does not allow it; read again.
	Conflict
	// Forbidden: the caller may not.
	Forbidden
	// Exhausted: a limit or a balance is used up.
	Exhausted
	// Unavailable: it may work later, unchanged.
	Unavailable
)

var kindNames = [...]string{"", "invalid", "not found", "conflict", "forbidden", "exhausted", "unavailable"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// Error is a fault. Code is stable and machine-readable (lower_snake_case);
// Line and Path say where in the input (Line 0: not a line of a file; Path "":
// the whole); Problem says, for a person, what was found and what was expected.
type Error struct {
	Kind    Kind
	Code    string
	Line    int
	Path    string
	Problem string
	cause   error
}

// New makes a fault without a place.
func New(kind Kind, code, format string, args ...any) *Error {
	return &Error{Kind: kind, Code: code, Problem: fmt.Sprintf(format, args...)}
}

// At places the fault at a line of a file (1-based; 0: none) and a field path.
func (e *Error) At(line int, path string) *Error {
	e.Line, e.Path = line, path
	return e
}

// Because records the underlying error, which errors.Is and errors.As then see.
func (e *Error) Because(err error) *Error {
	e.cause = err
	return e
}

func (e *Error) Error() string {
	var b strings.Builder
	if e.Line > 0 {
		fmt.Fprintf(&b, "line %d: ", e.Line)
	}
	if e.Path != "" {
		b.WriteString(e.Path + ": ")
	}
	b.WriteString(e.Problem)
	return b.String()
}

// Unwrap returns the underlying error, or nil.
func (e *Error) Unwrap() error { return e.cause }

// KindOf returns the Kind of the first fault in err's chain, or 0.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return 0
}
