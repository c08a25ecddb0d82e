package report_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/report"
)

var regions = []report.Bar{
	{Label: "South Africa", Value: 24_000, Mark: 18_000, Note: "of 31,000"},
	{Label: "Côte d'Ivoire", Value: 10_500, Mark: 14_000, Note: "of 18,200"},
	{Label: "São Tomé and Príncipe", Value: 40, Mark: 600, Note: "of 40"},
	{Label: "Samoa", Note: "of 0"},
}

func ExampleBars() {
	fmt.Print(report.Bars(regions, 64, false))
	// Output:
	// South Africa           ████████████████│████   24,000  of 31,000
	// Côte d'Ivoire          █████████▎  │           10,500  of 18,200
	// São Tomé and Príncipe  ▏│                          40  of 40
	// Samoa                                               0  of 0
}

func ExampleBars_ascii() {
	fmt.Print(report.Bars(regions, 64, true))
	// Output:
	// South Africa           ################|####   24,000  of 31,000
	// Cote d'Ivoire          #########   |           10,500  of 18,200
	// Sao Tome and Principe  #|                          40  of 40
	// Samoa                                               0  of 0
}

func TestBarsAreDrawnInEighths(t *testing.T) {
	rows := []report.Bar{
		{Label: "a", Value: 240, Text: " "}, // 24 columns − 1 − 1 − 4 = 18; 18·8 = 144 eighths
		{Label: "b", Value: 120, Text: " "},
		{Label: "c", Value: 5, Text: " "},
		{Label: "d", Value: 1, Text: " "},
		{Label: "e", Value: 0, Text: " "},
		{Label: "f", Value: -9, Text: " "},
	}
	want := []string{
		"a  " + strings.Repeat("█", 18), "b  " + strings.Repeat("█", 9),
		"c  ▍", // 5·144/240 = 3
		"d  ▏", // 1·144/240 = 0.6
		"e", "f",
	}
	got := strings.Split(strings.TrimSuffix(report.Bars(rows, 24, false), "\n"), "\n")
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("row %d: %q, want %q", i, got[i], want[i])
		}
	}
}

func TestALittleAlwaysShows(t *testing.T) {
	rows := []report.Bar{{Label: "all", Value: math.MaxInt64, Text: "a"}, {Label: "one", Value: 1, Text: "b"}}
	for _, ascii := range []bool{false, true} {
		lines := strings.Split(report.Bars(rows, 40, ascii), "\n")
		if !strings.ContainsAny(lines[1], "▏#") {
			t.Errorf("ascii %v: 1 of 2^63−1 draws %q, want a sliver", ascii, lines[1])
		}
	}
}

func TestNotesGiveWayToBars(t *testing.T) {
	rows := []report.Bar{{Label: "Kenya", Value: 7, Note: "the whole of what was asked for"}}
	if got := report.Bars(rows, 60, false); !strings.Contains(got, "asked for") {
		t.Errorf("no note at 60 columns: %q", got)
	}
	if got := report.Bars(rows, 30, false); strings.Contains(got, "the") || !strings.Contains(got, "█") {
		t.Errorf("at 30 columns: %q, want the bar and no note", got)
	}
}

func TestTextCannotBreakOutOfItsLine(t *testing.T) {
	rows := []report.Bar{{Label: "a\x1b[31m\nb\u202ec\xff", Value: 1, Text: "1\r", Note: "\tn"}}
	got := report.Bars(rows, 60, false)
	if strings.Count(got, "\n") != 1 || strings.ContainsAny(got, "\x1b\r\t\u202e") || !utf8.ValidString(got) {
		t.Errorf("got %q, want one clean line", got)
	}
}

func TestNoRowsIsNoText(t *testing.T) {
	if got := report.Bars(nil, 80, false); got != "" {
		t.Errorf("got %q", got)
	}
}

func TestBarsKeepToTheirColumns(t *testing.T) {
	labels := rapid.OneOf(
		rapid.SampledFrom([]string{
			"Côte d'Ivoire", "São Tomé and Príncipe", "Việt Nam", "中华人民共和国", "日本 🗾",
			"e\u0301e\u0301", "🇰🇪 Kenya", "مصر", "", "A rather long name of some institute or other",
		}),
		rapid.String(),
	)
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) report.Bar {
			return report.Bar{
				Label: labels.Draw(t, "label"), Value: rapid.Int64().Draw(t, "value"),
				Mark: rapid.Int64().Draw(t, "mark"), Text: labels.Draw(t, "text"), Note: labels.Draw(t, "note"),
			}
		}), 1, 6).Draw(t, "rows")
		width := rapid.IntRange(-5, 120).Draw(t, "width")
		ascii := rapid.Bool().Draw(t, "ascii")
		chart := report.Bars(rows, width, ascii)
		lines := strings.Split(strings.TrimSuffix(chart, "\n"), "\n")
		if len(lines) != len(rows) {
			t.Fatalf("%d lines for %d rows: %q", len(lines), len(rows), chart)
		}
		for _, line := range lines {
			if w := uniseg.StringWidth(line); w > max(width, 24) {
				t.Fatalf("%d columns, asked for %d: %q", w, width, line)
			}
		}
		for _, r := range chart {
			if ascii && r != '\n' && (r < ' ' || r > '~') {
				t.Fatalf("%q in an ASCII chart %q", r, chart)
			}
		}
	})
}
