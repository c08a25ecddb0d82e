package roundfile

import (
	"errors"
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/commonpool/commonpool/internal/fault"
)

// codeMalformed is the code of every fault of this package.
const codeMalformed = "malformed_round_file"

// maxQuote bounds what a fault repeats of its input, in bytes.
const maxQuote = 64

// malformed is the fault of a field; the reader adds the line.
func malformed(path, found, expected string) *fault.Error {
	return fault.New(fault.Invalid, codeMalformed, "found %s, expected %s", found, expected).At(0, path)
}

// quote shows a piece of input, cut to a readable length. Strings as long as
// the format allows them are cut too: the line and the field say where to look.
func quote[T []byte | string](s T) string {
	if len(s) <= maxQuote {
		return strconv.Quote(string(s))
	}
	cut := maxQuote
	for cut > maxQuote-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strconv.Quote(string(s[:cut])) + "…"
}

// plain shows an unquoted piece of input (a number), cut to a readable length.
func plain(s []byte) string {
	if len(s) <= maxQuote {
		return string(s)
	}
	return string(s[:maxQuote]) + "…"
}

// article names the JSON type of a value for a person.
func article(k jsontext.Kind) string {
	switch k {
	case 'n':
		return "null"
	case 't', 'f':
		return k.String()
	case '"':
		return "a string"
	case '0':
		return "a number"
	case '{':
		return "an object"
	case '[':
		return "a list"
	default:
		return "no value"
	}
}

// syntax translates an error of the JSON reader.
func syntax(line []byte, err error) *fault.Error {
	var bad *jsontext.SyntacticError
	if !errors.As(err, &bad) {
		return malformed("", "the end of the line", "the rest of a JSON object").Because(err)
	}
	path := pathOf(bad.JSONPointer)
	if errors.Is(bad.Err, jsontext.ErrDuplicateName) {
		return malformed(path, "the key a second time", "every key once").Because(err)
	}
	at := int(bad.ByteOffset)
	if at >= len(line) {
		return malformed(path, "the end of the line", "the rest of a JSON object").Because(err)
	}
	found := fmt.Sprintf("%s at column %d", quote(firstRune(line[at:])), at+1)
	return malformed(path, found, fmt.Sprintf("valid JSON in UTF-8 (%v)", bad.Err)).Because(err)
}

func firstRune(b []byte) []byte {
	_, n := utf8.DecodeRune(b)
	return b[:n]
}

// pathOf writes a JSON pointer as a field path: lots[3], excluded_by.residency.
func pathOf(p jsontext.Pointer) string {
	path, first := "", true
	for token := range p.Tokens() {
		index, err := strconv.ParseUint(token, 10, 31)
		switch {
		case first:
			path = key(token)
		case err == nil:
			path += fmt.Sprintf("[%d]", index)
		default:
			path += "." + key(token)
		}
		first = false
	}
	return path
}

// key shows a key in a path: as it is when it is a plain word, else quoted.
func key(s string) string {
	for _, c := range []byte(s) {
		word := c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !word {
			return quote(s)
		}
	}
	if s == "" || len(s) > maxQuote {
		return quote(s)
	}
	return s
}
