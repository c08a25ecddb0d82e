package roundfile

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

// flushSize is how much an encoder collects before it writes.
const flushSize = 64 << 10

// encoder writes canonical JSON Lines: the caller names the fields in byte
// order, the encoder sees to everything else. It writes whole lines only. The
// first error stops it and is kept in err.
type encoder struct {
	w       io.Writer
	b       []byte
	records int
	err     error
}

func newEncoder(w io.Writer) *encoder {
	return &encoder{w: w, b: make([]byte, 0, flushSize+flushSize/2)}
}

// begin starts a record.
func (e *encoder) begin() { e.b = append(e.b, '{') }

// end ends a record and its line.
func (e *encoder) end() {
	e.b = append(e.b, '}', '\n')
	e.records++
	if len(e.b) >= flushSize {
		e.flush()
	}
}

// flush writes what was collected. Nothing is written after an error, and so
// no line that is wrong.
func (e *encoder) flush() {
	if e.err == nil {
		_, e.err = e.w.Write(e.b)
	}
	e.b = e.b[:0]
}

// refuse keeps the first value that the format cannot express.
func (e *encoder) refuse(field, found, expected string) {
	if e.err == nil {
		e.err = malformed(field, found, expected)
	}
}

func (e *encoder) key(field string) {
	if e.b[len(e.b)-1] != '{' {
		e.b = append(e.b, ',')
	}
	e.b = append(e.b, '"')
	e.b = append(e.b, field...)
	e.b = append(e.b, '"', ':')
}

func (e *encoder) text(field, s string) {
	e.key(field)
	e.quote(field, s)
}

func (e *encoder) integer(field string, n int64) {
	e.key(field)
	e.b = strconv.AppendInt(e.b, n, 10)
}

func (e *encoder) flag(field string, v bool) {
	e.key(field)
	e.b = strconv.AppendBool(e.b, v)
}

func (e *encoder) null(field string) {
	e.key(field)
	e.b = append(e.b, "null"...)
}

// time writes microseconds without trailing zeros.
func (e *encoder) time(field string, t time.Time) {
	t = t.UTC()
	if y := t.Year(); y < 0 || y > 9999 || t.Nanosecond()%1000 != 0 {
		e.refuse(field, t.String(), shapes[aTime].words)
	}
	e.key(field)
	e.b = append(e.b, '"')
	e.b = t.AppendFormat(e.b, time.RFC3339Nano)
	e.b = append(e.b, '"')
}

// list writes a set of strings in byte order.
func (e *encoder) list(field string, entries []string) {
	e.key(field)
	e.entries(field, entries)
}

// lists writes an object of sets, keys and entries in byte order.
func (e *encoder) lists(field string, m map[string][]string) {
	e.key(field)
	e.b = append(e.b, '{')
	for i, condition := range slices.Sorted(maps.Keys(m)) {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.quote(field, condition)
		e.b = append(e.b, ':')
		e.entries(field, m[condition])
	}
	e.b = append(e.b, '}')
}

func (e *encoder) entries(field string, entries []string) {
	if !slices.IsSorted(entries) {
		entries = slices.Sorted(slices.Values(entries))
	}
	e.b = append(e.b, '[')
	for i, s := range entries {
		if i > 0 {
			e.b = append(e.b, ',')
		}
		e.quote(field, s)
	}
	e.b = append(e.b, ']')
}

// quote writes a JSON string. Only the quotation mark and the backslash need
// escapes, since control characters are not allowed.
func (e *encoder) quote(field, s string) {
	e.b = append(e.b, '"')
	done, ascii := 0, true
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			e.b = append(append(e.b, s[done:i]...), '\\')
			done = i
		case c < ' ':
			e.refuse(field, quote(s), "a string without control characters")
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	if !ascii && !utf8.ValidString(s) {
		e.refuse(field, quote(s), "a string in UTF-8")
	}
	if len(s) > maxText {
		e.refuse(field, fmt.Sprintf("a string of %d bytes", len(s)), fmt.Sprintf("at most %d", maxText))
	}
	e.b = append(append(e.b, s[done:]...), '"')
}
