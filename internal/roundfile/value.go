package roundfile

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/commonpool/commonpool/internal/fault"
)

// shapes says of each shape which bytes its JSON starts with (a digit stands
// for every number) and what to call it.
var shapes = [...]struct{ starts, words string }{
	aText:           {`"`, "a string"},
	aDigest:         {`"`, "64 lower-case hexadecimal digits"},
	aTime:           {`"`, "a UTC time such as \"2026-12-01T00:00:00Z\", at most 6 fractional digits"},
	anInteger:       {`0`, "an integer"},
	anIntegerOrNull: {`0n`, "an integer or null"},
	aFlag:           {`tf`, "true or false"},
	aList:           {`[`, "a list of strings"},
	aListObject:     {`{`, "an object of lists of strings"},
}

// parseInteger reads a JSON number that must be an integer of magnitude below
// 2^53, written without fraction, exponent or a negative zero.
func parseInteger(v []byte) (int64, *fault.Error) {
	digits, negative := bytes.CutPrefix(v, []byte("-"))
	var n int64
	for i, c := range digits {
		if c < '0' || c > '9' || negative && i == 0 && c == '0' {
			return 0, malformed("", plain(v), "an integer without fraction or exponent, and no -0")
		}
		if n = 10*n + int64(c-'0'); n > maxInteger {
			n = maxInteger + 1
		}
	}
	switch {
	case n > maxInteger:
		return 0, malformed("", plain(v), fmt.Sprintf("an integer from -%d to %d", maxInteger, maxInteger))
	case negative:
		return -n, nil
	}
	return n, nil
}

// timeLayout is the shape of a time up to its fraction: a digit stands for any
// digit.
const timeLayout = "0000-00-00T00:00:00"

// parseTime reads an RFC 3339 time in UTC, written with Z and at most
// microseconds. Leap seconds have no instant here and are refused.
func parseTime(p []byte) (time.Time, *fault.Error) {
	whole, fraction, ok := cutTime(p)
	if !ok {
		return time.Time{}, malformed("", quote(p), shapes[aTime].words)
	}
	year := 100*two(whole, 0) + two(whole, 2)
	month, day := time.Month(two(whole, 5)), two(whole, 8)
	hour, minute, second := two(whole, 11), two(whole, 14), two(whole, 17)
	micros := 0
	for i := range 6 {
		micros *= 10
		if i < len(fraction) {
			micros += int(fraction[i] - '0')
		}
	}
	t := time.Date(year, month, day, hour, minute, second, 1000*micros, time.UTC)
	if t.Month() != month || t.Day() != day || hour > 23 || minute > 59 || second > 59 {
		return time.Time{}, malformed("", quote(p), shapes[aTime].words)
	}
	return t, nil
}

// cutTime splits a time into the part that timeLayout describes and the digits
// of the fraction.
func cutTime(p []byte) (whole, fraction []byte, ok bool) {
	n := len(timeLayout)
	if len(p) <= n || p[len(p)-1] != 'Z' {
		return nil, nil, false
	}
	for i, c := range p[:n] {
		if want := timeLayout[i]; c != want && (want != '0' || !isDigit(c)) {
			return nil, nil, false
		}
	}
	fraction = p[n : len(p)-1]
	if len(fraction) == 0 {
		return p[:n], nil, true
	}
	if fraction[0] != '.' || len(fraction) < 2 || len(fraction) > 7 {
		return nil, nil, false
	}
	for _, c := range fraction[1:] {
		if !isDigit(c) {
			return nil, nil, false
		}
	}
	return p[:n], fraction[1:], true
}

// two reads two digits.
func two(p []byte, at int) int { return 10*int(p[at]-'0') + int(p[at+1]-'0') }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isControl(r rune) bool { return r < ' ' }

func isDigest[T []byte | string](p T) bool {
	for i := range len(p) {
		if c := p[i]; !isDigit(c) && (c < 'a' || c > 'f') {
			return false
		}
	}
	return len(p) == 64
}

// interner keeps one copy of each string, and many strings in one block of
// memory.
type interner struct {
	known map[string]string
	block strings.Builder
}

func newInterner() interner { return interner{known: map[string]string{}} }

// intern returns the string of p, the same memory for the same bytes.
func (n *interner) intern(p []byte) string {
	if s, ok := n.known[string(p)]; ok {
		return s
	}
	s := n.keep(p)
	n.known[s] = s
	return s
}

// keep returns a string of p that nobody else will ask for.
func (n *interner) keep(p []byte) string {
	const blockSize = 64 << 10
	if n.block.Cap()-n.block.Len() < len(p) {
		n.block = strings.Builder{}
		n.block.Grow(max(blockSize, len(p)))
	}
	start := n.block.Len()
	n.block.Write(p)
	return n.block.String()[start:]
}
