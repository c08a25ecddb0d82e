package roundfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/fault"
)

func TestEachReasonCarriesTheNumbersOfItsCode(t *testing.T) {
	full := fairshare.Reason{
		LevelNum: -3, LevelDen: 2, Siblings: 4, Node: "n", Lots: []string{"b", "a"}, WouldHave: 5,
		ExcludedBy: map[string][]string{"window": {"y", "x"}, "class": {}},
	}
	for code, want := range map[string]string{
		fairshare.DemandMet:     `{"code":"demand_met"}`,
		fairshare.HeldBack:      `{"code":"held"}`,
		fairshare.Floor:         `{"code":"floor"}`,
		fairshare.Share:         `{"code":"share","level_den":2,"level_num":-3,"siblings":4}`,
		fairshare.Cap:           `{"code":"cap","node":"n"}`,
		fairshare.Lots:          `{"code":"lots","level_den":2,"level_num":-3,"lots":["a","b"],"siblings":4}`,
		fairshare.BelowMinimum:  `{"code":"below_minimum","would_have":5}`,
		fairshare.NoEligibleLot: `{"code":"no_eligible_lot","excluded_by":{"class":[],"window":["x","y"]}}`,
	} {
		r := full
		r.Code = code
		e := newEncoder(&bytes.Buffer{})
		e.begin()
		e.reason(r)
		if got := strings.TrimPrefix(string(e.b), `{"reason":`); got != want {
			t.Errorf("%s: %s, want %s", code, got, want)
		}
	}
	e := newEncoder(&bytes.Buffer{})
	e.begin()
	e.reason(fairshare.Reason{Code: fairshare.NoEligibleLot})
	if got, want := string(e.b), `{"reason":{"code":"no_eligible_lot","excluded_by":{}}`; got != want {
		t.Errorf("absent excluded_by: %s, want %s", got, want)
	}
}

// line is any record of a decision file.
type line struct {
	Record, ID, Request, Lot, Engine, Format string
	Snapshot                                 string `json:"snapshot_sha256"`
	SHA256                                   string
	Records                                  int
	Granted                                  int64 `json:"granted_gpu_ms"`
	Amount                                   int64 `json:"amount_gpu_ms"`
	Left                                     int64 `json:"left_gpu_ms"`
	Reason                                   map[string]any
}

func decided(t rapid.TB, s *fairshare.Snapshot) (*fairshare.Decision, string, []byte) {
	t.Helper()
	sum, err := SnapshotSHA256(s)
	if err != nil {
		t.Fatal(err)
	}
	d := fairshare.DecideWith(s, 1)
	var b bytes.Buffer
	if err := WriteDecision(&b, d, sum); err != nil {
		t.Fatal(err)
	}
	return d, sum, b.Bytes()
}

func TestADecisionFileSaysWhatWasDecided(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, snapshot := drawSnapshot(t)
		_, sum, file := decided(t, s)
		if want := fmt.Sprintf("%x", sha256.Sum256(snapshot)); sum != want {
			t.Fatalf("snapshot hash %s, want %s", sum, want)
		}
		var lines []line
		for text := range bytes.Lines(file) {
			var l line
			if err := json.Unmarshal(text, &l); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, l)
		}
		checkOrder(t, lines)
		first, last := lines[0], lines[len(lines)-1]
		if first.Engine != fairshare.Engine || first.Format != decisionFormat || first.ID != s.Round().ID || first.Snapshot != sum {
			t.Fatalf("first line %+v", first)
		}
		body := file[:bytes.LastIndex(file[:len(file)-1], newline)+1]
		if hash := sha256.Sum256(body); last.Records != len(lines)-1 || last.SHA256 != hex.EncodeToString(hash[:]) {
			t.Fatalf("last line %+v\n%s", last, file)
		}
		checkSums(t, s, lines)
	})
}

// checkOrder checks the order of kinds, and of ids within a kind.
func checkOrder(t *rapid.T, lines []line) {
	order := []string{"decision", "node", "request", "award", "lot", "end"}
	place := func(l line) []string {
		return []string{fmt.Sprint(slices.Index(order, l.Record)), l.ID, l.Request, l.Lot}
	}
	for i := 1; i < len(lines); i++ {
		if slices.Compare(place(lines[i-1]), place(lines[i])) >= 0 {
			t.Fatalf("%+v stands before %+v", lines[i-1], lines[i])
		}
	}
}

// checkSums checks that awards add up to grants, and with what is left to the
// supply.
func checkSums(t *rapid.T, s *fairshare.Snapshot, lines []line) {
	granted, supply := map[string]int64{}, map[string]int64{}
	for _, l := range lines {
		switch l.Record {
		case "request":
			granted[l.ID] += l.Granted
		case "award":
			granted[l.Request] -= l.Amount
			supply[l.Lot] += l.Amount
		case "lot":
			supply[l.ID] += l.Left
		}
	}
	for id, rest := range granted {
		if rest != 0 {
			t.Fatalf("request %q: awards and grant differ by %d", id, rest)
		}
	}
	for _, l := range s.Lots() {
		if supply[l.ID] != l.Supply.GPUMilliseconds() {
			t.Fatalf("lot %q: awards and rest are %d, want %v", l.ID, supply[l.ID], l.Supply)
		}
	}
}

func TestADecisionNamesItsSnapshotByADigest(t *testing.T) {
	d := fairshare.DecideWith(frozen(t, sized(3)), 1)
	var b bytes.Buffer
	checkFault(t, WriteDecision(&b, d, "latest"), 0, "snapshot_sha256", "expected 64 lower-case hexadecimal digits")
	if b.Len() > 0 {
		t.Errorf("written: %s", b.Bytes())
	}
}

func TestVerifyAcceptsTheDecisionAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s, _ := drawSnapshot(t)
		d, sum, file := decided(t, s)
		format := rapid.SampledFrom([]string{"plain", "plain", "plain", "gzip", "zstd"}).Draw(t, "compression")
		data, err := pack(format, file)
		if err != nil {
			t.Fatal(err)
		}
		if err := Verify(bytes.NewReader(data), d, sum); err != nil {
			t.Fatalf("the decision itself: %v", err)
		}
		changed, at := change(t, file)
		if data, err = pack(format, changed); err != nil {
			t.Fatal(err)
		}
		var diff *Difference
		if err := Verify(bytes.NewReader(data), d, sum); !errors.As(err, &diff) {
			t.Fatalf("changed at byte %d: %v", at, err)
		}
		before := file[:at]
		line := bytes.Count(before, newline) + 1
		column := at - bytes.LastIndexByte(before, '\n')
		if diff.Line != line || diff.Column != column {
			t.Fatalf("found at line %d, column %d, want line %d, column %d: %v", diff.Line, diff.Column, line, column, diff)
		}
		if found, expected := lineAt(changed, line), lineAt(file, line); len(found) < maxExcerpt && len(expected) < maxExcerpt &&
			(diff.Found != found || diff.Expected != expected) {
			t.Fatalf("%+v, want found %q, expected %q", diff, found, expected)
		}
	})
}

// change changes a file and says at which byte the first difference is.
func change(t *rapid.T, file []byte) (changed []byte, at int) {
	i := rapid.IntRange(0, len(file)-1).Draw(t, "byte")
	switch rapid.SampledFrom([]string{"flip", "cut", "append", "delete"}).Draw(t, "change") {
	case "flip":
		changed = bytes.Clone(file)
		changed[i] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
	case "cut":
		changed = bytes.Clone(file[:i])
	case "append":
		changed = append(bytes.Clone(file), rapid.SampledFrom([]string{"\n", "x", "{}\n"}).Draw(t, "rest")...)
	case "delete":
		changed = slices.Delete(bytes.Clone(file), i, i+1)
	}
	for at < len(changed) && at < len(file) && changed[at] == file[at] {
		at++
	}
	return changed, at
}

func lineAt(file []byte, number int) string {
	for line := range bytes.Lines(file) {
		if number--; number == 0 {
			return string(line)
		}
	}
	return ""
}

func TestVerifyDescribesADifference(t *testing.T) {
	_, _, file, verify := example(t)
	lines := strings.SplitAfter(file, "\n")
	lines = lines[:len(lines)-1]
	request := slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, `"id":"r1"`) })
	more := strings.Replace(lines[request], `{"granted_gpu_ms":`, `{"granted_gpu_ms":1`, 1)
	for name, c := range map[string]struct {
		file string
		want Difference
	}{
		"empty":         {"", Difference{1, 1, "", lines[0]}},
		"blank line":    {"\n" + file, Difference{1, 1, "\n", lines[0]}},
		"lost line":     {strings.Replace(file, lines[request], "", 1), Difference{request + 1, 1 + matching([]byte(lines[request]), []byte(lines[request+1])), lines[request+1], lines[request]}},
		"lost end":      {strings.TrimSuffix(file, lines[len(lines)-1]), Difference{len(lines), 1, "", lines[len(lines)-1]}},
		"lost newline":  {strings.TrimSuffix(file, "\n"), Difference{len(lines), len(lines[len(lines)-1]), strings.TrimSuffix(lines[len(lines)-1], "\n"), lines[len(lines)-1]}},
		"more":          {file + "more\nand more", Difference{len(lines) + 1, 1, "more\n", ""}},
		"other grant":   {strings.Replace(file, lines[request], more, 1), Difference{request + 1, 19, more, lines[request]}},
		"carriage":      {strings.Replace(file, "\n", "\r\n", 1), Difference{1, len(lines[0]), strings.Replace(lines[0], "\n", "\r\n", 1), lines[0]}},
		"no final line": {file[:len(file)-len(lines[len(lines)-1])-1], Difference{len(lines) - 1, len(lines[len(lines)-2]), strings.TrimSuffix(lines[len(lines)-2], "\n"), lines[len(lines)-2]}},
	} {
		t.Run(name, func(t *testing.T) {
			var got *Difference
			if err := verify(c.file); !errors.As(err, &got) {
				t.Fatalf("%v", err)
			}
			if diff := cmp.Diff(&c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// example decides the example and returns it with its files.
func example(t *testing.T) (d *fairshare.Decision, sum, file string, verify func(string) error) {
	t.Helper()
	source, err := os.ReadFile("testdata/example.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	d, sum, data := decided(t, readBack(t, source))
	return d, sum, string(data), func(file string) error {
		return Verify(strings.NewReader(file), d, sum)
	}
}

func TestVerifyTellsDamageFromDifference(t *testing.T) {
	d, sum, file, verify := example(t)
	for _, format := range []string{"gzip", "zstd"} {
		data := packed(t, format, []byte(file))
		for _, damaged := range []string{string(data[:len(data)-1]), string(data[:10]), string(data) + "x"} {
			if err := verify(damaged); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", format, err)
			}
		}
		flipped := bytes.Clone(data)
		flipped[len(flipped)-2] ^= 1
		if err := verify(string(flipped)); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s with a wrong sum: %v", format, err)
		}
	}
	for _, data := range [][]byte{nil, []byte(file[:100]), []byte(file)} {
		if err := Verify(&failing{data, os.ErrDeadlineExceeded}, d, sum); !errors.Is(err, os.ErrDeadlineExceeded) || fault.KindOf(err) != 0 {
			t.Errorf("a failing source: %v", err)
		}
	}
}

func TestADifferenceInALongLineIsShownInPart(t *testing.T) {
	want := strings.Repeat("a", 5000) + "\n"
	for _, column := range []int{1, 300, 2500, 5000} {
		got := want[:column-1] + "b" + want[column:]
		src, err := decompress(strings.NewReader(got))
		if err != nil {
			t.Fatal(err)
		}
		c := comparer{src: src, line: 1}
		_, err = c.Write([]byte(want))
		var diff *Difference
		if !errors.As(err, &diff) || diff.Column != column {
			t.Fatalf("column %d: %v", column, err)
		}
		if !strings.Contains(diff.Found, "b") || len(diff.Found) > maxExcerpt+6 || len(diff.Expected) > maxExcerpt+6 {
			t.Errorf("column %d: %d bytes: %s", column, len(diff.Found), diff.Found)
		}
	}
}
