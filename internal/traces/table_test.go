package traces

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/commonpool/commonpool/internal/fault"
)

func TestGroupCountries(t *testing.T) {
	in := "method,country_alpha3_ASSUMED,group_id\n\nx,KEN,g1\r\n\"a,b\",UZB,g2\n"
	want := map[string]string{"g1": "KEN", "g2": "UZB"}
	for _, how := range []string{"", "gzip", "zstd"} {
		got, err := ReadGroupCountries(strings.NewReader(string(compressed(t, how, in))))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%q: %v\n%s", how, err, diff)
		}
	}
}

func TestClassRatesAreRoundedHalfUpExactly(t *testing.T) {
	in := "rgu,gpu_class\n4.0,A100-40GB\n12.1683,H100-SXM5-80GB\n0.621,K80\n0.002,half\n0.0059999999999999999999999999,less\n4000,most\n"
	want := []ClassRate{
		{2, "A100-40GB", 1000},
		{3, "H100-SXM5-80GB", 3042}, // 12.1683 / 4 × 1000 = 3042.075
		{4, "K80", 155},             // 155.25
		{5, "half", 1},              // 0.5
		{6, "less", 1},              // 1.4999…
		{7, "most", 1_000_000},
	}
	got, err := ReadClassRates(strings.NewReader(in))
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

const roundsHeader = "cluster,round_time,group_id,gpu_requests,gpus,gpu_seconds,cpu_requests,raw_share,level_fs\n"

func TestRoundsGatherGroupsAndWeighThem(t *testing.T) {
	got, err := ReadRounds(strings.NewReader(roundsHeader +
		"north,2026-03-01T12:00:00Z,a,1,2,3,9,2,0.5\n" +
		"north,2026-03-01T15:00:00+03:00,b,0,0,0,9,3,\n" + // the same moment
		"south,2026-03-01T12:00:00Z,a,1,1,1,9,0.000001,\n" +
		"north,2026-03-02T12:00:00Z,a,1,1,1,9,0,\n" +
		"north,2026-03-01T12:00:00Z,c,5,6,7,9,0.0000001,\n" +
		"south,2026-03-01T12:00:00Z,b,1,1,1,9,0,\n"))
	at := func(day int) time.Time { return time.Date(2026, 3, day, 12, 0, 0, 0, time.UTC) }
	want := []Round{
		{"north", at(1), []RoundGroup{
			{2, "a", 1, 2, 3, 666_667}, // ⌈2/3 × 10⁶⌉
			{3, "b", 0, 0, 0, 1_000_000},
			{6, "c", 5, 6, 7, 1}, // ⌈0.033…⌉
		}},
		{"south", at(1), []RoundGroup{{4, "a", 1, 1, 1, 1_000_000}, {7, "b", 1, 1, 1, 0}}},
		{"north", at(2), []RoundGroup{{5, "a", 1, 1, 1, 0}}}, // nobody has a share
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestTablesStopAtTheFirstBadLine(t *testing.T) {
	countries := func(r io.Reader) error { _, err := ReadGroupCountries(r); return err }
	classes := func(r io.Reader) error { _, err := ReadClassRates(r); return err }
	rounds := func(r io.Reader) error { _, err := ReadRounds(r); return err }
	const c, k, r = "group_id,country_alpha3_ASSUMED\n", "gpu_class,rgu\n", roundsHeader
	row := func(cluster, at, group, requests, gpus, seconds, share string) string {
		return fmt.Sprintf("%s,%s,%s,%s,%s,%s,0,%s,\n", cluster, at, group, requests, gpus, seconds, share)
	}
	const noon = "2026-03-01T12:00:00Z"
	good := row("n", noon, "a", "1", "1", "1", "1")
	for name, x := range map[string]struct {
		read       func(io.Reader) error
		in         string
		code, path string
		line       int
	}{
		"nothing":                {countries, "", "no_header", "", 0},
		"no such column":         {countries, "group_id,country\n", "missing_column", "country_alpha3_ASSUMED", 1},
		"a column twice":         {classes, "rgu,rgu,gpu_class\n", "repeated_column", "rgu", 1},
		"too few columns":        {countries, c + "g\n", "bad_row", "", 2},
		"not text":               {countries, c + "g,K\x00N\n", "bad_row", "", 2},
		"open quote":             {countries, c + "g,\"KEN\n", "bad_row", "", 2},
		"no group":               {countries, c + ",KEN\n", "bad_row", "group_id", 2},
		"small letters":          {countries, c + "g,ken\n", "bad_row", "country_alpha3_ASSUMED", 2},
		"two letters":            {countries, c + "g,KE\n", "bad_row", "country_alpha3_ASSUMED", 2},
		"a group twice":          {countries, c + "g,KEN\ng,UZB\n", "bad_row", "group_id", 3},
		"a class twice":          {classes, k + "a,1\na,1\n", "bad_row", "gpu_class", 3},
		"no class":               {classes, k + ",1\n", "bad_row", "gpu_class", 2},
		"no rgu":                 {classes, k + "a,\n", "bad_row", "rgu", 2},
		"rgu of zero":            {classes, k + "a,0\n", "bad_row", "rgu", 2},
		"rgu rounded to zero":    {classes, k + "a,0.0019999\n", "bad_row", "rgu", 2},
		"rgu too large":          {classes, k + "a,4000.002\n", "bad_row", "rgu", 2},
		"rgu negative":           {classes, k + "a,-4\n", "bad_row", "rgu", 2},
		"rgu with an exponent":   {classes, k + "a,4e0\n", "bad_row", "rgu", 2},
		"rgu as a fraction":      {classes, k + "a,16/4\n", "bad_row", "rgu", 2},
		"rgu without digits":     {classes, k + "a,.\n", "bad_row", "rgu", 2},
		"rgu of many digits":     {classes, k + "a,4." + strings.Repeat("0", 40) + "\n", "bad_row", "rgu", 2},
		"no cluster":             {rounds, r + row("", noon, "a", "1", "1", "1", "1"), "bad_row", "cluster", 2},
		"no moment":              {rounds, r + row("n", "noon", "a", "1", "1", "1", "1"), "bad_row", "round_time", 2},
		"no group in a round":    {rounds, r + row("n", noon, "", "1", "1", "1", "1"), "bad_row", "group_id", 2},
		"a group twice at once":  {rounds, r + good + good, "bad_row", "group_id", 3},
		"negative requests":      {rounds, r + row("n", noon, "a", "-1", "1", "1", "1"), "bad_row", "gpu_requests", 2},
		"half a GPU":             {rounds, r + row("n", noon, "a", "1", ".5", "1", "1"), "bad_row", "gpus", 2},
		"no seconds":             {rounds, r + row("n", noon, "a", "1", "1", "", "1"), "bad_row", "gpu_seconds", 2},
		"the share of a parent":  {rounds, r + row("n", noon, "a", "1", "1", "1", "parent"), "bad_row", "raw_share", 2},
		"a share not a number":   {rounds, r + row("n", noon, "a", "1", "1", "1", "NaN"), "bad_row", "raw_share", 2},
		"a share that is absent": {rounds, r + row("n", noon, "a", "1", "1", "1", ""), "bad_row", "raw_share", 2},
		"a line too long":        {rounds, r + strings.Repeat("x", MaxLine+1), "bad_row", "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			err := x.read(strings.NewReader(x.in))
			wantFault(t, err, fault.Invalid, x.code, x.line)
			if f, ok := err.(*fault.Error); ok && f.Path != x.path {
				t.Errorf("path %q, want %q", f.Path, x.path)
			}
		})
	}
	wantFault(t, countries(iotest.ErrReader(io.ErrClosedPipe)), fault.Unavailable, "unreadable", 0)
	cut := compressed(t, "gzip", c+"g,KEN\n")
	wantFault(t, countries(strings.NewReader(string(cut[:len(cut)-3]))), fault.Invalid, "corrupt_compression", 2)
}
