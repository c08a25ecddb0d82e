package main

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"
	"go.yaml.in/yaml/v3"
)

func shopping() *table {
	t := (&table{}).column("NAME", "name").column("AMOUNT", "amount_gpu_ms").wideColumn("COUNT", "count")
	t.row(text("Côte d’Ivoire"), amount(3_600_000_000), count(1234))
	t.row(text("中国"), amount(-1_800_000), count(2))
	t.row(text("a\x1b[2Jb\u202ec\nd"), amount(0), count(0))
	return t
}

func printed(t *testing.T, form string, noHeaders bool, tab *table) string {
	t.Helper()
	var b strings.Builder
	f := format{noHeaders: noHeaders}
	f.name.value = form
	if err := f.write(&b, tab); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestColumnsAlignByTheWidthOfWhatIsSeen(t *testing.T) {
	got := printed(t, asTable, false, shopping())
	want := strings.Join([]string{
		`NAME                   AMOUNT`,
		`Côte d’Ivoire        1,000.00`,
		`中国                    -0.50`,
		`a\x1b[2Jb\u202ec\nd      0.00`,
		``,
	}, "\n")
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	lines := strings.Split(printed(t, asWide, true, shopping()), "\n")
	for _, line := range lines[:3] {
		if w := uniseg.StringWidth(line); w != 19+2+8+2+5 {
			t.Errorf("%d wide: %q", w, line)
		}
	}
}

func TestKeysStandInTheOrderOfTheColumns(t *testing.T) {
	if got, want := printed(t, asYAML, false, shopping()), strings.Join([]string{
		"- name: Côte d’Ivoire", "  amount_gpu_ms: 3600000000", "  count: 1234",
		"- name: 中国", "  amount_gpu_ms: -1800000", "  count: 2",
	}, "\n"); !strings.HasPrefix(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	got := printed(t, asJSON, false, shopping())
	if i, j, k := strings.Index(got, `"name"`), strings.Index(got, `"amount_gpu_ms"`), strings.Index(got, `"count"`); i < 0 || j < i || k < j {
		t.Errorf("got\n%s", got)
	}
	var rows []map[string]any
	if err := json.Unmarshal([]byte(got), &rows); err != nil || len(rows) != 3 || rows[2]["name"] != "a\x1b[2Jb\u202ec\nd" {
		t.Errorf("%v: %v", err, rows)
	}
	if got := printed(t, asJSON, false, (&table{}).column("A", "a")); got != "[]\n" {
		t.Errorf("no rows: %s", got)
	}
}

func TestTextThatLooksLikeSomethingElseStaysTextInYAML(t *testing.T) {
	for _, s := range []string{"yes", "no", "null", "~", "1", "1e3", "0x10", "2026-12-01", "true", "- a", "a: b", "#", "", " ", "'", "\"", "=1", "<&>", "\u2028", "é", "12:30"} {
		tab := (&table{single: true}).column("A", "a")
		tab.row(text(s))
		got := printed(t, asYAML, false, tab)
		var back struct{ A any }
		if err := yaml.Unmarshal([]byte(got), &back); err != nil || back.A != s {
			t.Errorf("%q became %q, read as %#v (%v)", s, got, back.A, err)
		}
	}
}

func TestNoTextOfACSVFileIsAFormula(t *testing.T) {
	tab := (&table{}).column("TEXT", "text").column("AMOUNT", "amount_gpu_ms")
	for _, s := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "plain", "", "a=b", "with \"quotes\", and a comma"} {
		tab.row(text(s), amount(-3_600_000))
	}
	got := printed(t, asCSV, true, tab)
	want := strings.Join([]string{
		"'=1+1,-3600000", "'+1,-3600000", "'-1,-3600000", "'@SUM(A1),-3600000", "'\tx,-3600000", "\"'\rx\",-3600000",
		"plain,-3600000", ",-3600000", "a=b,-3600000", `"with ""quotes"", and a comma",-3600000`, "",
	}, "\n")
	if got != want {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if got := printed(t, asCSV, false, (&table{}).column("TEXT", "text").column("AMOUNT", "amount_gpu_ms")); got != "text,amount_gpu_ms\n" {
		t.Errorf("header: %q", got)
	}
}

func TestNumbersForPeople(t *testing.T) {
	got := []string{
		grouped(0), grouped(-1), grouped(999), grouped(-1000), grouped(1234567), grouped(-1 << 63),
		credits(3_600_000), credits(-1_800_000), credits(4_444_444_440_000), duration(1234567 * time.Nanosecond).text,
	}
	want := []string{
		"0", "-1", "999", "-1,000", "1,234,567", "-9,223,372,036,854,775,808",
		"1.00", "-0.50", "1,234,567.90", "0.001 s",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
