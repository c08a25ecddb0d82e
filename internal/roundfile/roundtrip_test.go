package roundfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// same compares inputs: lists are sets, and amounts are opaque.
var same = cmp.Options{
	cmp.Comparer(func(a, b credit.Amount) bool { return a == b }),
	cmp.Transformer("Set", func(s []string) []string {
		sorted := slices.Clone(s) // nil and empty stay what they are
		slices.Sort(sorted)
		return sorted
	}),
}

func readBack(t rapid.TB, data []byte) *fairshare.Snapshot {
	t.Helper()
	s, err := ReadSnapshot(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("read: %v\n%s", err, data)
	}
	return s
}

func drawSnapshot(t *rapid.T) (*fairshare.Snapshot, []byte) {
	s, err := fairshare.Freeze(drawInput(t))
	if err != nil {
		t.Fatalf("freeze: %v", err)
	}
	var b bytes.Buffer
	if err := WriteSnapshot(&b, s); err != nil {
		t.Fatalf("write: %v", err)
	}
	return s, b.Bytes()
}

func TestReadingWhatWasWrittenGivesTheSameSnapshot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, data := drawSnapshot(t)
		back := readBack(t, data)
		if diff := cmp.Diff(s.Input(), back.Input(), same); diff != "" {
			t.Fatalf("(-written +read)\n%s\n%s", diff, data)
		}
		var again bytes.Buffer
		if err := WriteSnapshot(&again, back); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, again.Bytes()) {
			t.Fatalf("the canonical form is not a fixed point:\n%s\n%s", data, again.Bytes())
		}
	})
}

func TestSpellingDoesNotChangeTheHash(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, data := drawSnapshot(t)
		want, err := SnapshotSHA256(s)
		if err != nil {
			t.Fatal(err)
		}
		respelt := respell(t, data)
		got, err := SnapshotSHA256(readBack(t, respelt))
		if err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Fatalf("hash %s, want %s\n%s\n%s", got, want, data, respelt)
		}
	})
}

func TestCanonicalFormIsWellFormed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, data := drawSnapshot(t)
		checkCanonical(t, data)
		sum, _ := SnapshotSHA256(s)
		var decision bytes.Buffer
		if err := WriteDecision(&decision, fairshare.DecideWith(s, 1), sum); err != nil {
			t.Fatal(err)
		}
		checkCanonical(t, decision.Bytes())
	})
}

// checkCanonical checks every line by jsontext's own canonical form. That
// orders keys by UTF-16 and so agrees on ASCII keys, and it leaves integers
// below 2^53 alone.
func checkCanonical(t rapid.TB, data []byte) {
	t.Helper()
	if !bytes.HasSuffix(data, newline) {
		t.Fatalf("no newline at the end:\n%s", data)
	}
	for line := range bytes.Lines(data) {
		line = bytes.TrimSuffix(line, newline)
		v := jsontext.Value(bytes.Clone(line))
		if err := v.Canonicalize(); err != nil {
			t.Fatalf("%v\n%s", err, line)
		}
		if ascii(line) && !bytes.Equal(v, line) {
			t.Fatalf("not canonical:\n%s\n%s", line, v)
		}
	}
}

func ascii(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r > 126 }) < 0
}

// respell writes a canonical file in another spelling of the same content.
func respell(t *rapid.T, data []byte) []byte {
	lines := bytes.Split(bytes.TrimSuffix(data, newline), newline)
	for i, line := range rapid.Permutation(lines).Draw(t, "lines") {
		lines[i] = respellLine(t, line)
	}
	out := bytes.Join(lines, newline)
	if rapid.Bool().Draw(t, "final newline") {
		out = append(out, '\n')
	}
	format := rapid.SampledFrom([]string{"plain", "plain", "plain", "plain", "gzip", "zstd"}).Draw(t, "compression")
	packed, err := pack(format, out)
	if err != nil {
		t.Fatal(err)
	}
	return packed
}

var defaults = map[string]string{
	"weight": "1", "floor_gpu_ms": "0", "cap_gpu_ms": "null", "balance_gpu_ms": "0", "commons_gpu_ms": "0",
	"rank": "1", "held": "false", "min_gpu_ms": "0",
	"guarantee_permille": "500", "bank_limit_rounds": "4", "max_passes": "8",
}

func respellLine(t *rapid.T, line []byte) []byte {
	var members map[string]jsontext.Value
	if err := json.Unmarshal(line, &members); err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, k := range rapid.Permutation(sortedKeys(members)).Draw(t, "keys") {
		v := members[k]
		if string(v) == defaults[k] && rapid.Bool().Draw(t, "left out") {
			continue
		}
		parts = append(parts, respellString(t, k)+drawSpace(t)+":"+drawSpace(t)+respellValue(t, v))
	}
	joined := strings.Join(parts, drawSpace(t)+","+drawSpace(t))
	return []byte(drawSpace(t) + "{" + drawSpace(t) + joined + drawSpace(t) + "}" + drawSpace(t))
}

func respellValue(t *rapid.T, v jsontext.Value) string {
	switch v.Kind() {
	case '"':
		var s string
		if err := json.Unmarshal(v, &s); err != nil {
			t.Fatal(err)
		}
		if whole, ok := strings.CutSuffix(s, ":00Z"); ok && len(whole) == len("2006-01-02T15:04") && rapid.Bool().Draw(t, "zeros") {
			s = whole + ":00.0" + strings.Repeat("0", rapid.IntRange(0, 5).Draw(t, "more zeros")) + "Z"
		}
		return respellString(t, s)
	case '[':
		var list []string
		if err := json.Unmarshal(v, &list); err != nil {
			t.Fatal(err)
		}
		for i, s := range rapid.Permutation(list).Draw(t, "list") {
			list[i] = respellString(t, s)
		}
		return "[" + strings.Join(list, drawSpace(t)+",") + drawSpace(t) + "]"
	case '{':
		return string(respellLine(t, v))
	default:
		return string(v)
	}
}

// respellString escapes some characters that need no escape.
func respellString(t *rapid.T, s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '/' && rapid.Bool().Draw(t, "slash"):
			b.WriteString(`\/`)
		case r > 0xffff && rapid.Bool().Draw(t, "pair"):
			fmt.Fprintf(&b, `\u%04x\u%04X`, 0xd800+(r-0x10000)>>10, 0xdc00+(r-0x10000)&0x3ff)
		case r == '"' || r == '\\' || r <= 0xffff && rapid.IntRange(0, 15).Draw(t, "escaped") == 0:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func drawSpace(t *rapid.T) string {
	return rapid.SampledFrom([]string{"", "", "", " ", "\t", "\r"}).Draw(t, "space")
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func TestTheExampleHasItsGoldenForm(t *testing.T) {
	// sha256sum testdata/example.canonical.jsonl
	const golden = "055582fd9dfdc3b9142c52b7106a79629d937893678a53db5992525561ec81c4"
	source, err := os.ReadFile("testdata/example.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("testdata/example.canonical.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	s := readBack(t, source)
	if diff := cmp.Diff(string(want), string(written(t, s))); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got, err := SnapshotSHA256(s); err != nil || got != golden {
		t.Errorf("hash %s, %v; want %s", got, err, golden)
	}
}

func TestWhatTheFormatCannotExpressIsNotWritten(t *testing.T) {
	long := strings.Repeat("x", maxText+1)
	cases := []struct {
		name   string
		change func(*fairshare.Input)
		field  string
	}{
		{"control character", func(in *fairshare.Input) { in.Lots[0].Site = "a\nb" }, "site"},
		{"invalid UTF-8", func(in *fairshare.Input) { in.Lots[0].Class = "\xff" }, "class"},
		{"long string", func(in *fairshare.Input) { in.Requests[0].ID = long }, "id"},
		{"nanoseconds", func(in *fairshare.Input) { in.Lots[0].Ends = in.Lots[0].Ends.Add(1) }, "ends"},
		{"year 10000", func(in *fairshare.Input) { in.Round.End = in.Round.End.AddDate(8000, 0, 0) }, "end"},
		{"digest", func(in *fairshare.Input) { in.Round.PolicySHA256 = &long }, "policy_sha256"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			in := sized(3)
			c.change(&in)
			_, err := SnapshotSHA256(frozen(t, in))
			checkFault(t, err, 0, c.field, "")
		})
	}
}
