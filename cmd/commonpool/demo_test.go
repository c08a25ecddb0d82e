package main

import (
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rivo/uniseg"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// shortDemo is the demo that most tests look at, played once. It is not changed.
var shortDemo = sync.OnceValues(func() (*playedDemo, []demoExample) {
	a := &app{stdout: io.Discard, stderr: io.Discard}
	played, err := a.playDemo(&demo{seed: seed{value: 1, given: true}, months: 2, noTimings: true})
	if err != nil {
		panic(err)
	}
	examples, err := a.demoExamples(played)
	if err != nil {
		panic(err)
	}
	return played, examples
})

// demoText is the page as it would be printed.
func demoText(played *playedDemo, examples []demoExample, p *demoPage) string {
	played.writeText(p, examples)
	return p.String()
}

func TestADemoPageKeepsToItsWidth(t *testing.T) {
	played, examples := shortDemo()
	for _, columns := range []int{80, 91, 92, 100, 120} {
		for _, ascii := range []bool{false, true} {
			for row := range strings.SplitSeq(demoText(played, examples, &demoPage{width: columns, ascii: ascii}), "\n") {
				if w := uniseg.StringWidth(row); w > columns {
					t.Errorf("%d columns, asked for %d: %q", w, columns, row)
				}
				if i := strings.IndexFunc(row, func(r rune) bool { return r > '~' }); ascii && i >= 0 {
					t.Errorf("not ASCII: %q", row)
				}
			}
		}
	}
}

func TestTheFirstScreenOfADemoSaysItAll(t *testing.T) {
	played, examples := shortDemo()
	page := demoText(played, examples, &demoPage{width: 80})
	first := strings.Join(strings.SplitAfterN(page, "\n", 25)[:24], "")
	for _, want := range []string{"GENERATED", "ASSUMED", "fair share", "under 50 %", "Jain", "Gini", "HHI", "least developed"} {
		if !strings.Contains(first, want) {
			t.Errorf("no %q in the first 24 lines:\n%s", want, first)
		}
	}
}

func TestColoursOfADemoChangeNoCharacter(t *testing.T) {
	played, examples := shortDemo()
	plain := demoText(played, examples, &demoPage{width: 100})
	coloured := demoText(played, examples, &demoPage{width: 100, colour: true})
	escapes := regexp.MustCompile("\x1b\\[[0-9;]*m")
	if !escapes.MatchString(coloured) || strings.Contains(plain, "\x1b") {
		t.Error("colours are not where they are asked for")
	}
	trimmed := regexp.MustCompile(`(?m) +$`)
	if got := trimmed.ReplaceAllString(escapes.ReplaceAllString(coloured, ""), ""); got != plain {
		t.Errorf("with colours:\n%s\nwithout:\n%s", got, plain)
	}
}

func TestFactsOfADemoHaveASpellingInASCII(t *testing.T) {
	var page bytes.Buffer
	a := &app{stdout: &page, stderr: io.Discard}
	if err := a.demoSources(&demo{ascii: true, width: 100}); err != nil {
		t.Fatal(err)
	}
	addresses := regexp.MustCompile(`https://\S*`)
	text := addresses.ReplaceAllString(page.String(), "")
	if i := strings.IndexFunc(text, func(r rune) bool { return r > '~' || r == '?' }); i >= 0 {
		t.Errorf("no spelling: %q", text[max(0, i-40):i+1])
	}
}

func TestFiguresOfADemoAddUp(t *testing.T) {
	played, examples := shortDemo()
	encoded, err := json.Marshal(played.document(examples))
	if err != nil {
		t.Fatal(err)
	}
	type row map[string]any
	var doc struct {
		Lots    []row `json:"lots"`
		Outcome struct {
			Rounds, Nations []row
			All             row
			Commons         float64 `json:"commons_gpu_ms"`
		} `json:"outcome"`
		Requests map[string]map[string]float64 `json:"requests"`
		Examples []struct{ Request struct{ ID string } }
	}
	if err := json.Unmarshal(encoded, &doc); err != nil {
		t.Fatal(err)
	}
	sum := func(rows []row, key string) (total float64) {
		for _, r := range rows {
			n, isNumber := r[key].(float64) // exact: all sums stay below 2^53
			if !isNumber {
				t.Fatalf("no number %s in %v", key, r)
			}
			total += n
		}
		return total
	}
	o := doc.Outcome
	all := []row{o.All}
	for _, pair := range [][2]float64{
		{sum(doc.Lots, "supply_gpu_ms"), sum(o.Rounds, "supply_gpu_ms")},
		{sum(o.Rounds, "granted_gpu_ms") + sum(o.Rounds, "left_gpu_ms"), sum(all, "supply_gpu_ms")},
		{sum(o.Nations, "granted_gpu_ms"), sum(all, "granted_gpu_ms")},
		{sum(o.Nations, "entitlement_gpu_ms"), sum(all, "supply_gpu_ms")},
		{sum(o.Nations, "asked_gpu_ms"), sum(all, "asked_gpu_ms")},
		{sum(o.Nations, "requests"), sum(all, "requests")},
		{sum(o.Nations, "balance_gpu_ms") + o.Commons, 0},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%.0f is not %.0f", pair[0], pair[1])
		}
	}
	for rule, c := range doc.Requests {
		if got := c["full"] + c["part"] + c["none"]; got != sum(all, "requests") {
			t.Errorf("%s: %.0f requests in all", rule, got)
		}
	}
	if len(doc.Examples) != len(exampleKinds()) {
		t.Errorf("examples %v", doc.Examples)
	}
	if _, timed := o.All["deciding_us"]; timed {
		t.Error("a time without being asked for")
	}
}

func TestNoCountryHasMoreThanTwiceItsEntitlement(t *testing.T) {
	played, _ := shortDemo()
	s, d := played.last.Snapshot, played.last.Decision
	slack := int64(capFactor * len(s.Lots())) // parts of lots are rounded down
	stood := 0
	for i, n := range s.Nodes() {
		if n.Kind != fairshare.KindNation {
			continue
		}
		most, granted := capFactor*d.Nodes[i].Entitlement, d.Nodes[i].Granted
		if got := n.Cap.GPUMilliseconds(); abs(got-most) > slack {
			t.Errorf("%s: cap %d beside twice the entitlement, %d", n.ID, got, most)
		}
		if granted > n.Cap.GPUMilliseconds() {
			t.Errorf("%s: granted %d", n.ID, granted)
		}
		if granted == n.Cap.GPUMilliseconds() {
			stood++
		}
	}
	if stood == 0 {
		t.Error("no country stands at its cap, which is to be seen")
	}
}

func TestExamplesOfADemoAreOfDifferentCountries(t *testing.T) {
	_, examples := shortDemo()
	var ids []string
	for _, e := range examples {
		ids = append(ids, string(e.country.ID))
		if e.level.Sentence == "" || len(e.advice.Sentences) == 0 || !strings.Contains(e.command, e.level.ID) {
			t.Errorf("%s: nothing is said: %+v", e.title, e)
		}
	}
	slices.Sort(ids)
	if len(slices.Compact(ids)) != len(exampleKinds()) {
		t.Errorf("countries %v", ids)
	}
}

func TestFilesOfADemoAreThoseOfItsPage(t *testing.T) {
	folder := t.TempDir()
	var said bytes.Buffer
	a := &app{stdout: &said, stderr: io.Discard}
	played, err := a.playDemo(&demo{seed: seed{value: 3, given: true}, months: 1, outDir: folder})
	if err != nil {
		t.Fatal(err)
	}
	if len(played.broken) > 0 {
		t.Errorf("broken laws: %v", played.broken)
	}
	if err := a.verify(roundFile(folder, 1, 1, "snapshot"), roundFile(folder, 1, 1, "decision"), 0); err != nil {
		t.Fatal(err)
	}
	if got, want := said.String(), "same: "+played.decision+"\n"; got != want {
		t.Errorf("verify says %q, the page %q", got, want)
	}
}

func TestCommandsShownCanBeCopied(t *testing.T) {
	for dir, want := range map[string]string{
		"":          "d/round-06.snapshot.jsonl",
		"a/b-1":     "a/b-1/round-06.snapshot.jsonl",
		"été":       "été/round-06.snapshot.jsonl",
		"my rounds": "'my rounds/round-06.snapshot.jsonl'",
		"it's":      `'it'\''s/round-06.snapshot.jsonl'`,
		"$(x)":      "'$(x)/round-06.snapshot.jsonl'",
	} {
		d := &playedDemo{demo: &demo{outDir: dir, months: 6}}
		if got := d.lastFile("snapshot"); got != want {
			t.Errorf("%q: %s, want %s", dir, got, want)
		}
	}
}

func TestBinsOfShares(t *testing.T) {
	const hour = 3_600_000
	for _, c := range []struct{ granted, entitled, bin int64 }{
		{201*hour + 1, 100 * hour, binOver},
		{200*hour + 7, 100 * hour, 1}, // a cap, rounded
		{110*hour + 1, 100 * hour, 1},
		{110 * hour, 100 * hour, binFair},
		{90 * hour, 100 * hour, binFair},
		{90*hour - 1, 100 * hour, 3},
		{50 * hour, 100 * hour, 3},
		{50*hour - 1, 100 * hour, binUnder},
		{0, 100 * hour, binUnder},
	} {
		if got := binOf(c.granted, c.entitled); int64(got) != c.bin {
			t.Errorf("%d of %d: bin %d, want %d", c.granted, c.entitled, got, c.bin)
		}
	}
}

func TestWholeCreditsAndPercentages(t *testing.T) {
	got := []string{
		whole(1_799_999), whole(1_800_000), whole(-1_799_999), whole(-1_800_000), whole(4_444_440_000_000),
		percent(1, 3), percent(2, 3), percent(1, 200), percent(7, 0), countries(1), countries(2),
	}
	want := []string{"0", "1", "0", "-1", "1,234,567", "33", "67", "1", "-", "1 country", "2 countries"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
