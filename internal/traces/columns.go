package traces

import (
	"strings"

	"github.com/commonpool/commonpool/internal/fault"
)

// columns is a header line: where each name stands.
type columns struct {
	names []string
	fold  bool // names are compared without case
}

// need checks that every required column is there and no known one twice. Its
// error is a *fault.Error.
func (c columns) need(required, optional []string) error {
	var missing []string
	for i, name := range append(append([]string{}, required...), optional...) {
		switch n := c.count(name); {
		case n > 1:
			return fault.New(fault.Invalid, "repeated_column", "the header names this column %d times", n).At(0, name)
		case n == 0 && i < len(required):
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return fault.New(fault.Invalid, "missing_column", "the header lacks: %s", strings.Join(missing, ", ")).
			At(0, missing[0])
	}
	return nil
}

func (c columns) count(name string) int {
	n := 0
	for _, have := range c.names {
		if c.same(have, name) {
			n++
		}
	}
	return n
}

func (c columns) same(a, b string) bool { return a == b || c.fold && strings.EqualFold(a, b) }

// at is the place of a column, or -1.
func (c columns) at(name string) int {
	for i, have := range c.names {
		if c.same(have, name) {
			return i
		}
	}
	return -1
}

// match refuses a record whose number of fields is not the header's.
func (c columns) match(record []string) error {
	switch have, want := len(record), len(c.names); {
	case have < want:
		return &refused{"", "too few columns: " + plural(have, "field") + ", the header has " + plural(want, "")}
	case have > want:
		return &refused{"", "too many columns: " + plural(have, "field") + ", the header has " + plural(want, "")}
	}
	return nil
}

// field is the text in a column, empty where the input has no such column.
func field(record []string, at int) string {
	if at < 0 {
		return ""
	}
	return record[at]
}

// splitCSV cuts one line into fields after RFC 4180, reusing dst.
func splitCSV(dst []string, line string) ([]string, error) {
	dst = dst[:0]
	for {
		if !strings.HasPrefix(line, `"`) {
			text, rest, more := strings.Cut(line, ",")
			if strings.Contains(text, `"`) {
				return dst, &refused{"", `a quote (") stands inside a field that does not begin with one`}
			}
			dst = append(dst, text)
			if !more {
				return dst, nil
			}
			line = rest
			continue
		}
		text, rest, err := cutQuoted(line[1:])
		if err != nil {
			return dst, err
		}
		dst = append(dst, text)
		if rest == "" {
			return dst, nil
		}
		if rest[0] != ',' {
			return dst, &refused{"", "a quoted field goes on after its closing quote"}
		}
		line = rest[1:]
	}
}

// cutQuoted ends a quoted field, whose opening quote is gone; "" inside it is ".
func cutQuoted(s string) (text, rest string, err error) {
	for i := 0; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '"' {
			i++
			continue
		}
		return strings.ReplaceAll(s[:i], `""`, `"`), s[i+1:], nil
	}
	return "", "", &refused{"", "a quoted field does not end on its line"}
}
