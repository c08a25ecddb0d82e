package roundfile

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/commonpool/commonpool/internal/fault"
)

// record holds the fields of one line, each in the array of its shape. Only
// what seen names is of this line.
type record struct {
	seen     fieldSet
	texts    [numFields][]byte // valid until the next line
	times    [numFields]time.Time
	integers [numFields]int64
	null     bool // of the one nullable field
	flag     bool // of the one flag
	list     []string
	lists    map[string][]string
}

// scanner turns one line into a record. It checks all that can be seen without
// knowing the kind of the record; the grammar of JSON, UTF-8 and the
// uniqueness of keys are jsontext's to check.
type scanner struct {
	record  record
	dec     *jsontext.Decoder
	line    []byte
	source  bytes.Buffer // of dec, over line
	scratch []byte       // strings of the line that had escapes
	list    []string     // the list being read
	entries int          // of all lists so far, keys of objects of lists included
	limits  limits
	names   interner
}

func newScanner(l limits) *scanner {
	s := &scanner{limits: l, names: newInterner()}
	s.dec = jsontext.NewDecoder(&s.source)
	return s
}

// scan reads one line into s.record.
func (s *scanner) scan(line []byte) *fault.Error {
	s.line, s.source = line, *bytes.NewBuffer(line)
	s.dec.Reset(&s.source)
	s.scratch = s.scratch[:0]
	s.record.seen = 0

	if s.dec.PeekKind() != '{' {
		return s.notAnObject()
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return syntax(line, err)
	}
	for s.dec.PeekKind() == '"' {
		if bad := s.member(); bad != nil {
			return bad
		}
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return syntax(line, err)
	}
	switch _, err := s.dec.ReadToken(); err {
	case io.EOF:
		return nil
	case nil:
		return malformed("", "a second JSON value", "one JSON object in a line")
	default:
		return syntax(line, err)
	}
}

func (s *scanner) notAnObject() *fault.Error {
	tok, err := s.dec.ReadToken()
	switch err {
	case nil:
		return malformed("", article(tok.Kind()), "a JSON object")
	case io.EOF:
		return malformed("", "a blank line", "a JSON object")
	default:
		return syntax(s.line, err)
	}
}

// member reads one key and its value.
func (s *scanner) member() *fault.Error {
	quoted, err := s.dec.ReadValue()
	if err != nil {
		return syntax(s.line, err)
	}
	f, known := fieldsByName[string(quoted[1:len(quoted)-1])]
	if !known {
		bare := s.unescape(quoted)
		if f, known = fieldsByName[string(bare)]; !known {
			return malformed(key(string(bare)), "an unknown field", "only the fields of "+snapshotFormat)
		}
	}
	s.record.seen |= 1 << f
	bad := s.value(f)
	if bad != nil && bad.Path == "" {
		bad.Path = fields[f].name
	}
	return bad
}

// value reads the value of a field according to its shape. A fault without a
// path is the field's.
func (s *scanner) value(f field) *fault.Error {
	want := fields[f].shape
	if bad := s.expect(want); bad != nil {
		return bad
	}
	var bad *fault.Error
	switch want {
	case aList:
		s.record.list, bad = s.readList(fields[f].name)
		return bad
	case aListObject:
		s.record.lists, bad = s.readLists(fields[f].name)
		return bad
	}
	v, err := s.dec.ReadValue()
	if err != nil {
		return syntax(s.line, err)
	}
	switch want {
	case anIntegerOrNull:
		if s.record.null = v[0] == 'n'; s.record.null {
			return nil
		}
		s.record.integers[f], bad = parseInteger(v)
	case anInteger:
		s.record.integers[f], bad = parseInteger(v)
	case aFlag:
		s.record.flag = v[0] == 't'
	default:
		if s.record.texts[f], bad = s.text(v, want); want == aTime && bad == nil {
			s.record.times[f], bad = parseTime(s.record.texts[f])
		}
	}
	return bad
}

// expect checks the JSON type of the value to come.
func (s *scanner) expect(want shape) *fault.Error {
	k := s.dec.PeekKind()
	if strings.IndexByte(shapes[want].starts, byte(k)) >= 0 {
		return nil
	}
	if k == 0 || k == '}' || k == ']' {
		_, err := s.dec.ReadToken()
		return syntax(s.line, err)
	}
	return malformed("", article(k), shapes[want].words)
}

// text checks a string and removes its quotation marks and escapes. The result
// is valid until the next line.
func (s *scanner) text(quoted []byte, want shape) ([]byte, *fault.Error) {
	p := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(p, '\\') >= 0 {
		p = s.unescape(quoted)
		if i := bytes.IndexFunc(p, isControl); i >= 0 {
			return nil, malformed("", fmt.Sprintf("a control character (U+%04X)", p[i]), "a string without control characters")
		}
	}
	if len(p) > maxText {
		return nil, malformed("", fmt.Sprintf("a string of %d bytes", len(p)), fmt.Sprintf("at most %d", maxText))
	}
	if want == aDigest && !isDigest(p) {
		return nil, malformed("", quote(p), shapes[want].words)
	}
	return p, nil
}

// unescape removes quotation marks and escapes from a JSON string that the
// reader has accepted.
func (s *scanner) unescape(quoted []byte) []byte {
	start := len(s.scratch)
	s.scratch, _ = jsontext.AppendUnquote(s.scratch, quoted)
	return s.scratch[start:]
}

// readList reads a list and sorts it: lists are sets.
func (s *scanner) readList(path string) ([]string, *fault.Error) {
	if _, err := s.dec.ReadToken(); err != nil {
		return nil, syntax(s.line, err)
	}
	s.list = s.list[:0]
	for s.dec.PeekKind() != ']' {
		entry, bad := s.entry()
		if bad != nil {
			if bad.Path == "" {
				bad.Path = fmt.Sprintf("%s[%d]", path, len(s.list))
			}
			return nil, bad
		}
		s.list = append(s.list, entry)
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return nil, syntax(s.line, err)
	}
	slices.Sort(s.list)
	return append(make([]string, 0, len(s.list)), s.list...), nil
}

// entry reads one entry of a list.
func (s *scanner) entry() (string, *fault.Error) {
	if bad := s.expect(aText); bad != nil {
		return "", bad
	}
	v, err := s.dec.ReadValue()
	if err != nil {
		return "", syntax(s.line, err)
	}
	return s.counted(v)
}

// counted checks and interns an entry of a list or a key of an object of lists,
// and counts it.
func (s *scanner) counted(quoted []byte) (string, *fault.Error) {
	if s.entries++; s.entries > s.limits.entries {
		return "", malformed("", "one list entry more", fmt.Sprintf("at most %d in a file", s.limits.entries))
	}
	p, bad := s.text(quoted, aText)
	if bad != nil {
		return "", bad
	}
	return s.names.intern(p), nil
}

// readLists reads an object of lists.
func (s *scanner) readLists(path string) (map[string][]string, *fault.Error) {
	if _, err := s.dec.ReadToken(); err != nil {
		return nil, syntax(s.line, err)
	}
	m := map[string][]string{}
	for s.dec.PeekKind() == '"' {
		quoted, err := s.dec.ReadValue()
		if err != nil {
			return nil, syntax(s.line, err)
		}
		condition, bad := s.counted(quoted)
		if bad != nil {
			return nil, bad
		}
		at := path + "." + key(condition)
		if bad := s.expect(aList); bad != nil {
			if bad.Path == "" {
				bad.Path = at
			}
			return nil, bad
		}
		if m[condition], bad = s.readList(at); bad != nil {
			return nil, bad
		}
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return nil, syntax(s.line, err)
	}
	return m, nil
}
