package roundfile

import (
	"bytes"
	"fmt"
	"io"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// Difference is the first place where a decision file is not what the engine
// decides.
type Difference struct {
	// Line and Column count from 1; Column counts bytes.
	Line, Column int
	// Found and Expected are the two lines with their newlines, cut to about
	// maxExcerpt bytes around the column; "" means the end of the file.
	Found, Expected string
}

func (d *Difference) Error() string {
	show := func(line string) string {
		if line == "" {
			return "the end of the file"
		}
		return fmt.Sprintf("%q", line)
	}
	return fmt.Sprintf("line %d differs at column %d: found %s, expected %s", d.Line, d.Column, show(d.Found), show(d.Expected))
}

// maxExcerpt bounds each line of a Difference, in bytes.
const maxExcerpt = 512

// Verify compares a decision file, plain or compressed, byte for byte with what
// WriteDecision writes for the wanted decision. It holds neither in memory and
// reads r no further than the first difference.
//
// The error is a *Difference where the bytes differ, a *fault.Error of kind
// Invalid where the compression is damaged, and a failure of r wrapped.
func Verify(r io.Reader, want *fairshare.Decision, snapshotSHA256 string) error {
	src, err := decompress(r)
	if err != nil {
		return err
	}
	defer src.Close()
	c := comparer{src: src, line: 1}
	if err := WriteDecision(&c, want, snapshotSHA256); err != nil {
		return err
	}
	return c.finish()
}

// comparer is a writer that checks that what is written equals what its source
// has next. It must be written to in whole lines.
type comparer struct {
	src  *stream
	got  []byte
	line int // the first line of the bytes to come
}

func (c *comparer) Write(want []byte) (int, error) {
	got, err := c.read(len(want))
	if n := matching(got, want); n < len(got) || err == io.EOF {
		return 0, c.difference(got, want, n)
	}
	if err != nil {
		return 0, c.src.explain(err, c.line+bytes.Count(got, newline))
	}
	c.line += bytes.Count(want, newline)
	return len(want), nil
}

// finish checks that the source ends here, which also lets a decompressor check
// its sums.
func (c *comparer) finish() error {
	got, err := c.read(1)
	switch {
	case len(got) > 0:
		return c.difference(got, nil, 0)
	case err == io.EOF:
		return nil
	default:
		return c.src.explain(err, c.line)
	}
}

var newline = []byte{'\n'}

// read reads n bytes unless an error comes before; that error is returned as
// it is, since io.ReadFull would hide damaged compression behind its own.
func (c *comparer) read(n int) ([]byte, error) {
	if cap(c.got) < n {
		c.got = make([]byte, n)
	}
	got := c.got[:n]
	have, idle := 0, 0
	for have < n {
		m, err := c.src.Read(got[have:])
		have += m
		if idle++; m > 0 {
			idle = 0
		}
		if err == nil && idle > maxIdle {
			err = io.ErrNoProgress
		}
		if err != nil && have < n {
			return got[:have], err
		}
	}
	return got, nil
}

// matching is the length of the longest common prefix.
func matching(a, b []byte) int {
	n := min(len(a), len(b))
	if bytes.Equal(a[:n], b[:n]) {
		return n
	}
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// difference describes the difference at byte i of got and want, both of which
// start at line c.line.
func (c *comparer) difference(got, want []byte, i int) *Difference {
	start := bytes.LastIndexByte(want[:i], '\n') + 1
	column := i - start
	found := append([]byte{}, got[start:]...)
	for len(found) < column+maxExcerpt && bytes.IndexByte(found, '\n') < 0 {
		more, err := c.read(maxExcerpt)
		found = append(found, more...)
		if err != nil {
			break
		}
	}
	return &Difference{
		Line:     c.line + bytes.Count(want[:start], newline),
		Column:   column + 1,
		Found:    excerpt(found, column),
		Expected: excerpt(want[start:], column),
	}
}

// excerpt is the first line of b with its newline, cut around the column.
func excerpt(b []byte, column int) string {
	if i := bytes.IndexByte(b, '\n'); i >= 0 {
		b = b[:i+1]
	}
	before, after := "", ""
	if from := column - maxExcerpt/2; from > 0 {
		b, before = b[from:], "…"
	}
	if len(b) > maxExcerpt {
		b, after = b[:maxExcerpt], "…"
	}
	return before + string(b) + after
}
