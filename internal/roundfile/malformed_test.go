package roundfile

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/commonpool/commonpool/internal/fault"
)

// A small valid file, one record of each kind.
const (
	roundLine = `{"record":"round","format":"commonpool.round/v1","id":"r","start":"2026-12-01T00:00:00Z","end":"2027-01-01T00:00:00Z"}`
	lotLine   = `{"record":"lot","id":"l","class":"c","site":"s","ends":"2027-01-01T00:00:00Z","supply_gpu_ms":10,"open_to":["N"]}`
	eligLine  = `{"record":"eligibility","id":"e","lots":["l"],"excluded_by":{"residency":["l"]}}`
	poolLine  = `{"record":"node","id":"pool","parent":"","kind":"pool"}`
	nodeLine  = `{"record":"node","id":"N","parent":"pool","kind":"nation","weight":2,"cap_gpu_ms":null}`
	reqLine   = `{"record":"request","id":"q","node":"N","eligibility":"e","max_gpu_ms":10,"submitted_at":"2026-11-20T10:00:00Z","held":false}`
)

func smallFile() []string {
	return []string{roundLine, lotLine, eligLine, poolLine, nodeLine, reqLine}
}

// checkFault checks a fault's place, and that its message holds the words.
func checkFault(t *testing.T, err error, line int, path, words string) {
	t.Helper()
	var bad *fault.Error
	if !errors.As(err, &bad) {
		t.Fatalf("error %v (%T), want a fault", err, err)
	}
	if bad.Kind != fault.Invalid || bad.Line != line || bad.Path != path || !strings.Contains(bad.Problem, words) {
		t.Errorf("fault %v at line %d, path %q: %q; want invalid at line %d, path %q: …%s…",
			bad.Kind, bad.Line, bad.Path, bad.Problem, line, path, words)
	}
	if len(bad.Problem) > 1000 {
		t.Errorf("the message has %d bytes", len(bad.Problem))
	}
}

func read(data string) error {
	_, err := ReadSnapshot(strings.NewReader(data))
	return err
}

// replaced is one piece of one line of the small file, replaced, and the fault
// that this must give.
type replaced struct {
	line     int
	old, new string
	path     string
	words    string
}

func TestOneReplacedPieceIsFound(t *testing.T) {
	for _, c := range []replaced{
		// JSON itself
		{1, `"round",`, `"round" `, "", `found "\"" at column 19, expected valid JSON`},
		{1, `{`, ``, "", "found a string, expected a JSON object"},
		{1, roundLine, `[]`, "", "found a list, expected a JSON object"},
		{1, roundLine, `null`, "", "found null, expected a JSON object"},
		{1, roundLine, `}`, "", `found "}" at column 1`},
		{3, `["l"]`, `["l"`, "lots", `found ":" at column`},
		{3, `["l"]`, `["l",]`, "lots", `found "," at column`},
		{3, `["l"]`, `["l"}`, "lots", `found "}" at column`},
		{3, `{"residency"`, `{["residency"]`, "excluded_by", `found "[" at column`},
		{3, `{"residency"`, `{residency`, "excluded_by", `found "r" at column`},
		{6, `false}`, `false`, "", "found the end of the line, expected the rest of a JSON object"},
		{6, `false}`, `fal`, "held", "found the end of the line"},
		{6, `false}`, `false}}`, "", `found "}" at column`},
		{6, `false}`, `false},`, "", `found "," at column`},
		{6, `false}`, `false} {}`, "", "found a second JSON value, expected one JSON object in a line"},
		{6, `false}`, `false} x`, "", `found "x" at column`},
		{6, `false}`, "false}\x00", "", `found "\x00" at column`},
		{6, `"held":false`, `"held"`, "held", `found "}" at column`},
		{6, `"held":false`, `"held":`, "held", `found "}" at column`},
		{6, `"held":false`, `'held':false`, "", `found "'" at column`},
		{6, `"held":false`, `"held":false /* no */`, "", `found "/" at column`},

		// keys
		{2, `"id"`, `"ID"`, "ID", "found an unknown field, expected only the fields of commonpool.round/v1"},
		{2, `"id"`, `"colour":{"a":[1,2.5]},"id"`, "colour", "found an unknown field"},
		{2, `"id"`, `"":0,"id"`, `""`, "found an unknown field"},
		{2, `"id"`, `"a\nb":0,"id"`, `"a\nb"`, "found an unknown field"},
		{2, `"id":"l"`, `"id":"l","id":"l"`, "id", "found the key a second time, expected every key once"},
		{2, `"id":"l"`, `"id":"l","\u0069d":"l"`, "id", "found the key a second time"},
		{2, `"id":"l",`, ``, "id", "found no such field, expected it in every lot"},
		{2, `"id":"l"`, `"id":"l","weight":1`, "weight", "found a field of another kind of record, expected only the fields of lot"},
		{3, `{"residency":["l"]`, `{"residency":["l"],"residency":[]`, "excluded_by.residency", "found the key a second time"},
		{3, `{"residency":["l"]`, `{"residency":["l"],"resi\u0064ency":[]`, "excluded_by.residency", "found the key a second time"},

		// kinds and format
		{1, `"record":"round",`, ``, "record", "found no such field, expected one of round, lot, eligibility, node, request"},
		{1, `"round"`, `"Round"`, "record", `found "Round", expected one of round, lot, eligibility, node, request`},
		{2, `"lot"`, `"award"`, "record", `found "award", expected one of`},
		{1, `round/v1`, `round/v2`, "format", `found "commonpool.round/v2", expected "commonpool.round/v1"`},
		{1, `"format":"commonpool.round/v1",`, ``, "format", "found no such field, expected it in every round"},
	} {
		checkReplaced(t, c.line, c.old, c.new, c.path, c.words)
	}
}

func TestWrongTypesAreFound(t *testing.T) {
	for _, c := range []replaced{
		{2, `"l"`, `7`, "id", "found a number, expected a string"},
		{2, `"l"`, `null`, "id", "found null, expected a string"},
		{2, `10`, `"10"`, "supply_gpu_ms", "found a string, expected an integer"},
		{2, `10`, `true`, "supply_gpu_ms", "found true, expected an integer"},
		{2, `10`, `null`, "supply_gpu_ms", "found null, expected an integer"},
		{2, `["N"]`, `"N"`, "open_to", "found a string, expected a list of strings"},
		{2, `["N"]`, `null`, "open_to", "found null, expected a list of strings"},
		{2, `["N"]`, `["N",null]`, "open_to[1]", "found null, expected a string"},
		{2, `["N"]`, `[["N"]]`, "open_to[0]", "found a list, expected a string"},
		{3, `{"residency":["l"]}`, `null`, "excluded_by", "found null, expected an object of lists of strings"},
		{3, `{"residency":["l"]}`, `[]`, "excluded_by", "found a list, expected an object of lists of strings"},
		{3, `:["l"]}`, `:"l"}`, "excluded_by.residency", "found a string, expected a list of strings"},
		{3, `:["l"]}`, `:["l",1]}`, "excluded_by.residency[1]", "found a number, expected a string"},
		{5, `null`, `false`, "cap_gpu_ms", "found false, expected an integer or null"},
		{5, `2`, `null`, "weight", "found null, expected an integer"},
		{6, `false`, `0`, "held", "found a number, expected true or false"},
		{6, `false`, `null`, "held", "found null, expected true or false"},
		{6, `false`, `"false"`, "held", "found a string, expected true or false"},
	} {
		checkReplaced(t, c.line, c.old, c.new, c.path, c.words)
	}
}

func TestMessagesStayShort(t *testing.T) {
	long := strings.Repeat("é", 100_000)
	keys := strings.Repeat(`x`, 200)
	for _, c := range []replaced{
		{2, `"id"`, `"` + long + `":0,"id"`, quote(long), "found an unknown field"},
		{1, `round/v1`, long[:200], "format", "…"},
		{3, `residency":["l"]`, keys + `":["l"],"` + keys + `":[]`, "excluded_by." + quote(keys), "found the key a second time"},
		{3, `residency":["l"]`, keys + `":"l"`, "excluded_by." + quote(keys), "expected a list of strings"},
		{2, `"id":"l"`, `"id":"\ud800` + long + `"`, "id", "expected valid JSON"},
		{6, `false`, `fals` + "\u202e" + long, "held", `found "\u202e" at column`},
	} {
		checkReplaced(t, c.line, c.old, c.new, c.path, c.words)
	}
}

// checkReplaced replaces a piece of one line of the small file and checks the
// fault.
func checkReplaced(t *testing.T, line int, old, replacement, path, words string) {
	t.Helper()
	t.Run(fmt.Sprintf("%d %.40s", line, replacement), func(t *testing.T) {
		t.Helper()
		file := smallFile()
		changed := strings.Replace(file[line-1], old, replacement, 1)
		if changed == file[line-1] {
			t.Fatalf("%s is not in line %d", old, line)
		}
		file[line-1] = changed
		checkFault(t, read(strings.Join(file, "\n")+"\n"), line, path, words)
	})
}

func TestWrongIntegersAreFound(t *testing.T) {
	form := "an integer without fraction or exponent, and no -0"
	bounds := "an integer from -9007199254740991 to 9007199254740991"
	for written, expected := range map[string]string{
		"10.0": form, "1.5": form, "1e3": form, "1E3": form, "-0": form, "0.0": form, "-0.0": form, "0e0": form,
		"9007199254740992":                        bounds,
		"-9007199254740992":                       bounds,
		"9223372036854775807":                     bounds,
		"9223372036854775808":                     bounds,
		"18446744073709551617":                    bounds, // 1 modulo 2^64
		"340282366920938463463374607431768211457": bounds, // 1 modulo 2^128
	} {
		checkReplaced(t, 2, "10", written, "supply_gpu_ms", "found "+written+", expected "+expected)
		checkReplaced(t, 5, "null", written, "cap_gpu_ms", "found "+written+", expected "+expected)
	}
	checkReplaced(t, 2, "10", strings.Repeat("9", 100_000), "supply_gpu_ms", strings.Repeat("9", maxQuote)+"…, expected")
	for written, path := range map[string]string{"+1": "supply_gpu_ms", "01": "", "-": "supply_gpu_ms", ".5": "supply_gpu_ms", "0x1": "", "NaN": "supply_gpu_ms", "1_0": ""} {
		checkReplaced(t, 2, "10", written, path, "expected valid JSON")
	}
}

func TestWrongStringsAreFound(t *testing.T) {
	long := strings.Repeat("é", 128) // 256 bytes
	for _, c := range []struct{ written, words string }{
		{"a\tb", `found "\t" at column`},
		{"a\x00b", `found "\x00" at column`},
		{`a\u0000b`, "found a control character (U+0000), expected a string without control characters"},
		{`a\nb`, "found a control character (U+000A)"},
		{`a\u001fb`, "found a control character (U+001F)"},
		{"a\xffb", `found "\xff" at column`},
		{"a\xc0\xafb", `found "\xc0" at column`},
		{"a\xed\xa0\x80b", `found "\xed" at column`},
		{`a\ud800b`, "expected valid JSON in UTF-8"},
		{`a\udc00b`, "expected valid JSON in UTF-8"},
		{`a\ud800\ud800b`, "expected valid JSON in UTF-8"},
		{`a\xb`, "expected valid JSON in UTF-8"},
		{long + "x", "found a string of 257 bytes, expected at most 256"},
		{strings.Repeat(`\u00e9`, 128) + "x", "found a string of 257 bytes, expected at most 256"},
	} {
		checkReplaced(t, 2, `"id":"l"`, `"id":"`+c.written+`"`, "id", c.words)
		checkReplaced(t, 2, `"N"`, `"`+c.written+`"`, "open_to[0]", c.words)
	}
	checkReplaced(t, 3, "residency", long+"x", "excluded_by", "found a string of 257 bytes")
	checkReplaced(t, 3, "residency", `a\tb`, "excluded_by", "found a control character (U+0009)")
	for _, digest := range []string{"", strings.Repeat("a", 63), strings.Repeat("a", 65), strings.Repeat("A", 64), strings.Repeat("g", 64)} {
		checkReplaced(t, 1, `"id"`, `"policy_sha256":"`+digest+`","id"`, "policy_sha256", "expected 64 lower-case hexadecimal digits")
	}
}

func TestWrongTimesAreFound(t *testing.T) {
	for _, written := range []string{
		"", "2026", "2027-01-01", "2027-01-01T00:00:00", "2027-01-01 00:00:00Z", "2027-01-01t00:00:00Z", "2027-01-01T00:00:00z",
		"2027-01-01T00:00:00+00:00", "2027-01-01T01:00:00+01:00", "2027-01-01T00:00Z", "2027-01-01T00:00:00.Z",
		"2027-01-01T00:00:00.0000000Z", "2027-01-01T00:00:00,5Z", "2027-01-01T00:00:00.5", "2027-01-01T00:00:00.5 Z", "2027-01-01T00:00:00.-5Z",
		"2027-00-01T00:00:00Z", "2027-13-01T00:00:00Z", "2027-01-00T00:00:00Z", "2027-01-32T00:00:00Z", "2027-02-29T00:00:00Z", "2027-04-31T00:00:00Z",
		"1900-02-29T00:00:00Z", "2027-01-01T24:00:00Z", "2027-01-01T00:60:00Z", "2027-01-01T00:00:60Z", "2016-12-31T23:59:60Z",
		"02027-01-01T00:00:00Z", "+2027-01-01T00:00:00Z", "-001-01-01T00:00:00Z", "2027-1-1T00:00:00Z", "2027-01-01T0:00:00Z", "2027-01-01T00:00:00ZZ",
		" 2027-01-01T00:00:00Z", "2027-01-01T00:00:00Z ", "٢٠٢٧-01-01T00:00:00Z",
	} {
		checkReplaced(t, 2, `"2027-01-01T00:00:00Z"`, `"`+written+`"`, "ends", "expected a UTC time")
	}
}

func TestWholeFilesThatAreMalformed(t *testing.T) {
	lines := smallFile()
	file := strings.Join(lines, "\n") + "\n"
	cases := []struct {
		name, file string
		line       int
		path       string
		words      string
	}{
		{"empty", "", 1, "record", "found the end of the file, expected a round record"},
		{"only a newline", "\n", 1, "", "found a blank line, expected a JSON object"},
		{"no round", strings.Join(lines[1:], "\n") + "\n", 6, "record", "found the end of the file, expected a round record"},
		{"second round", file + roundLine + "\n", 7, "record", "found a second round, expected one round in a file"},
		{"byte order mark", "\uFEFF" + file, 1, "", "found a byte order mark"},
		{"byte order mark later", lines[0] + "\n\uFEFF" + lines[1], 2, "", "expected valid JSON"},
		{"UTF-16", "\xff\xfe{\x00", 1, "", `found "\xff" at column 1`},
		{"blank line at the end", file + "\n", 7, "", "found a blank line"},
		{"blank line between", lines[0] + "\n\n" + lines[1], 2, "", "found a blank line"},
		{"line of spaces", lines[0] + "\n \t\r\n" + lines[1], 2, "", "found a blank line"},
		{"record over two lines", strings.Replace(file, `"id":"l",`, "\"id\":\"l\",\n", 1), 2, "", "found the end of the line"},
		{"carriage returns as newlines", strings.Join(lines, "\r"), 1, "", "found a second JSON value"},
		{"the first of two faults", lines[0] + "\n{}\nx\n", 2, "record", "found no such field"},
		{"NUL bytes at the end", file + "\x00\x00\x00", 7, "", `found "\x00" at column 1`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			checkFault(t, read(c.file), c.line, c.path, c.words)
		})
	}
}

func TestWhatLooksOddButIsRightIsRead(t *testing.T) {
	file := strings.Join(smallFile(), "\n")
	for name, data := range map[string]string{
		"final newline":           file + "\n",
		"no final newline":        file,
		"carriage returns":        strings.ReplaceAll(file, "\n", "\r\n") + "\r\n",
		"escaped key":             strings.Replace(file, `"id"`, `"\u0069d"`, 1),
		"string of 256 bytes":     strings.Replace(file, `"site":"s"`, `"site":"`+strings.Repeat("é", 128)+`"`, 1),
		"largest integer":         strings.Replace(file, `"max_gpu_ms":10`, `"max_gpu_ms":9007199254740991`, 1),
		"microseconds":            strings.Replace(file, `10:00:00Z`, `10:00:00.000001Z`, 1),
		"leap day":                strings.Replace(file, `2026-11-20`, `2024-02-29`, 1),
		"year 0":                  strings.Replace(file, `2026-11-20`, `0000-01-01`, 1),
		"open to nobody":          strings.Replace(file, `"lots":["l"]`, `"lots":[]`, 1),
		"excluded by nothing":     strings.Replace(file, `{"residency":["l"]}`, `{}`, 1),
		"byte order mark inside":  strings.Replace(file, `"site":"s"`, "\"site\":\"\uFEFF\"", 1),
		"two gzip members":        string(packed(t, "gzip", []byte(file[:100]))) + string(packed(t, "gzip", []byte(file[100:]))),
		"two zstd frames":         string(packed(t, "zstd", []byte(file[:100]))) + string(packed(t, "zstd", []byte(file[100:]))),
		"zstd with a skipped one": "\x50\x2a\x4d\x18\x03\x00\x00\x00abc" + string(packed(t, "zstd", []byte(file))),
	} {
		if err := read(data); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFaultsOfFreezeGetTheirLine(t *testing.T) {
	other := strings.Replace(reqLine, `"id":"q"`, `"id":"a"`, 1)
	lines := []string{reqLine, nodeLine, other, lotLine, poolLine, eligLine, roundLine}
	for _, c := range []struct {
		line     int
		old, new string
		path     string
	}{
		{7, "2027-01-01", "2026-01-01", "end"},
		{4, `"supply_gpu_ms":10`, `"supply_gpu_ms":-10`, "supply_gpu_ms"},
		{4, `["N"]`, `["N","N"]`, "open_to"},
		{4, `["N"]`, `["M"]`, "open_to"},
		{4, `["N"]`, `[""]`, "open_to"},
		{4, `"id":"l"`, `"id":""`, "id"},
		{6, `"lots":["l"]`, `"lots":["l","l"]`, "lots"},
		{6, `"residency":["l"]`, `"residency":["l","l"]`, "excluded_by.residency"},
		{2, `"parent":"pool"`, `"parent":"N"`, "parent"},
		{2, `"kind":"nation"`, `"kind":"Nation"`, "kind"},
		{2, `"weight":2`, `"weight":1000001`, "weight"},
		{3, `"id":"a"`, `"id":"q"`, "id"},
		{1, `"node":"N"`, `"node":"M"`, "node"},
		{3, `"eligibility":"e"`, `"eligibility":""`, "eligibility"},
		{3, `"held":false`, `"min_gpu_ms":11`, "min_gpu_ms"},
		{1, `"held":false`, `"rank":-1`, "rank"},
	} {
		file := append([]string{}, lines...)
		file[c.line-1] = strings.Replace(file[c.line-1], c.old, c.new, 1)
		checkFault(t, read(strings.Join(file, "\n")), c.line, c.path, "")
	}
}

func TestDamagedCompressionIsFound(t *testing.T) {
	plain := []byte(strings.Join(smallFile(), "\n") + "\n")
	for _, format := range []string{"gzip", "zstd"} {
		whole := packed(t, format, plain)
		t.Run(format+" cut anywhere", func(t *testing.T) {
			for n := 4; n < len(whole); n++ {
				err := read(string(whole[:n]))
				if err == nil || fault.KindOf(err) != fault.Invalid {
					t.Fatalf("cut at %d of %d: %v", n, len(whole), err)
				}
			}
			cut := malformed("", "the end of the file within "+format+" data", "a complete file").Problem
			if err := read(string(whole[:len(whole)-1])); !strings.Contains(err.Error(), cut) {
				t.Error(err)
			}
		})
		t.Run(format+" with one bit flipped in its sum", func(t *testing.T) {
			flipped := bytes.Clone(whole)
			flipped[len(flipped)-5+len(format)%4] ^= 1
			if err := read(string(flipped)); fault.KindOf(err) != fault.Invalid {
				t.Fatalf("read: %v", err)
			}
		})
		for _, garbage := range []string{"x", "\n", "\x00", "\x00\x00\x00\x00\x00\x00\x00\x00", "garbage and more", "\x1f", "\x28\xb5", "{}\n"} {
			checkFault(t, read(string(whole)+garbage), 7, "", format+" data")
		}
	}
	gz, zst := packed(t, "gzip", plain), packed(t, "zstd", plain)
	checkFault(t, read(string(gz)+string(zst)), 7, "", "gzip data")
	checkFault(t, read(string(zst)+string(gz)), 7, "", "zstd data")
	checkFault(t, read(string(packed(t, "gzip", gz))), 1, "", "expected valid JSON")
	checkFault(t, read("\x1f\x8b"), 1, "", "gzip data")
	checkFault(t, read("\x1f"), 1, "", "expected valid JSON")
}

// failing fails after its bytes, as a disk or a connection may.
type failing struct {
	data []byte
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	if len(f.data) == 0 {
		return 0, f.err
	}
	n := copy(p, f.data)
	f.data = f.data[n:]
	return n, nil
}

func TestAFailureOfTheSourceIsNotAFaultOfTheFile(t *testing.T) {
	plain := []byte(strings.Join(smallFile(), "\n") + "\n")
	for _, format := range []string{"plain", "gzip", "zstd"} {
		data := packed(t, format, plain)
		for _, n := range []int{0, 1, 3, 20, len(data) / 2, len(data)} {
			_, err := ReadSnapshot(&failing{data[:n], os.ErrDeadlineExceeded})
			if !errors.Is(err, os.ErrDeadlineExceeded) || fault.KindOf(err) != 0 {
				t.Errorf("%s after %d bytes: %v", format, n, err)
			}
		}
	}
	if _, err := ReadSnapshot(&failing{nil, nil}); err == nil {
		t.Error("a source that returns nothing for ever was read to its end")
	}
}
