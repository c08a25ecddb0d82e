package traces

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/commonpool/commonpool/internal/fault"
)

// checkRead holds what the package comment promises of any input.
func checkRead(t *testing.T, data []byte, f Format) {
	t.Helper()
	o := readAll(bytes.NewReader(data), f)
	if broken := new(fault.Error); o.Err != nil && (!errors.As(o.Err, &broken) || broken.Problem == "" || broken.Code == "") {
		t.Fatalf("error %#v is no fault", o.Err)
	}
	ids, last, sum := map[string]bool{}, 0, int64(0)
	for _, j := range o.Jobs {
		y := j.Submitted.UTC().Year()
		if j.Line <= last || j.ID == "" || ids[j.ID] || j.Group == "" || y < 1970 || y > 9999 || j.UsedSeconds < Unknown {
			t.Fatalf("job %+v", j)
		}
		if j.GPUs < 1 || j.DurationSeconds < 1 || j.GPUSeconds != j.GPUs*j.DurationSeconds ||
			j.GPUSeconds/j.GPUs != j.DurationSeconds || j.GPUSeconds > math.MaxInt64-sum {
			t.Fatalf("amounts of %+v after a sum of %d", j, sum)
		}
		ids[j.ID], last, sum = true, j.Line, sum+j.GPUSeconds
	}
	last = 0
	for _, r := range o.Refusals {
		if r.Line <= last || r.Reason == "" || len(r.Raw) > 3*maxRaw+len("…") || !utf8.ValidString(r.Raw+r.Reason) ||
			strings.ContainsAny(r.Raw+r.Reason, "\x00\x1b\n\r") {
			t.Fatalf("refusal %+v", r)
		}
		last = r.Line
	}
	s := o.Summary
	if s.Jobs != len(o.Jobs) || s.Refused != len(o.Refusals) || s.GPUSeconds != sum || s.Jobs+s.Refused+s.Steps > s.Lines {
		t.Fatalf("summary %+v of %d jobs and %d refusals", s, len(o.Jobs), len(o.Refusals))
	}
	if again := readAll(bytes.NewReader(data), f); !cmp.Equal(o.Jobs, again.Jobs) || !cmp.Equal(o.Refusals, again.Refusals) {
		t.Fatal("a second reading differs")
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(csvHeader + csvRow1 + csvRow2))
	f.Add([]byte("\ufeff" + csvHeader + "\"r\"\"1\"" + csvRow1[2:] + "\"open\n,,\n\x00\n"))
	f.Add(compressed(f, "gzip", csvHeader+csvRow1))
	f.Add(compressed(f, "zstd", csvHeader+csvRow1))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkRead(t, data, RequestCSV())
		checkRead(t, append([]byte(csvHeader), data...), RequestCSV())
		for line := range strings.SplitSeq(string(data), "\n") {
			if !strings.Contains(line, "\r") {
				sameAsStandardCSV(t, line)
			}
		}
	})
}

func FuzzSacct(f *testing.F) {
	f.Add([]byte(sacctHeader + "1_2|2026-03-01T08:00:00|u|a|gres/gpu=1||1-00|00:00:01|CANCELLED by 0|p|n\n1.batch||||||||||\n"))
	f.Add([]byte("1|2026-03-01T08:00:00+0100|u|a||gres/gpu:a=1,gres/gpu=1|05:00|00:01.5|R||\n9_[1-2]||||||||||"))
	f.Fuzz(func(t *testing.T, data []byte) {
		checkRead(t, data, Sacct())
		checkRead(t, append([]byte(sacctHeader), data...), Sacct())
	})
}

func FuzzSWF(f *testing.F) {
	f.Add([]byte(swfHeader+swfLine(nil)+swfLine(map[int]string{1: "2", 2: "7.5"})), int64(8))
	f.Add([]byte(swfLine(map[int]string{8: "-1", 9: "0.1", 13: "-1"})+"; x\n"), int64(1))
	f.Fuzz(func(t *testing.T, data []byte, processors int64) {
		checkRead(t, data, SWF(processors))
		checkRead(t, append([]byte(swfHeader), data...), SWF(processors))
	})
}

func FuzzTimelimit(f *testing.F) {
	for _, s := range []string{"1-02:03:04", "02:03:04", "05:00", "30", "2-03", "UNLIMITED", "00:00:01.5", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, err := timelimit("Timelimit", s); (err == nil) != (n > 0) {
			t.Fatalf("timelimit(%q) = %d, %v", s, n, err)
		}
		n, err := elapsed("Elapsed", s)
		if err == nil && n < 0 && s != "" {
			t.Fatalf("elapsed(%q) = %d", s, n)
		}
	})
}

func FuzzTRES(f *testing.F) {
	for _, s := range []string{"cpu=1,gres/gpu=2", "gres/gpu:a100=2,gres/gpu=2", "gres/gpu:a=1,gres/gpu:b=1", "", ","} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		g, err := tres("ReqTRES", s)
		if err != nil {
			return
		}
		if g.total < 0 || g.class != "" && (!g.typed || !strings.Contains(s, "gres/gpu:"+g.class+"=")) {
			t.Fatalf("tres(%q) = %+v", s, g)
		}
		if more, err := tres("ReqTRES", "cpu=1,"+s); s != "" && (err != nil || more != g) {
			t.Fatalf("cpu=1 in front of %q: %+v, %v; without %+v", s, more, err, g)
		}
	})
}

func FuzzTables(f *testing.F) {
	f.Add([]byte("group_id,country_alpha3_ASSUMED\ng,KEN\n"))
	f.Add([]byte("gpu_class,rgu\nA100-40GB,4.0\n"))
	f.Add([]byte(roundsHeader + "n,2026-03-01T12:00:00Z,a,1,2,3,9,2.5,0.5\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		countries, err := ReadGroupCountries(bytes.NewReader(data))
		checkTable(t, err, len(countries))
		classes, err := ReadClassRates(bytes.NewReader(data))
		checkTable(t, err, len(classes))
		for _, c := range classes {
			if c.RatePermille < 1 || c.RatePermille > 1_000_000 || c.Class == "" {
				t.Fatalf("%+v", c)
			}
		}
		rounds, err := ReadRounds(bytes.NewReader(data))
		checkTable(t, err, len(rounds))
		for _, r := range rounds {
			for _, g := range r.Groups {
				if g.Weight < 0 || g.Weight > maxWeight || g.Group == "" || g.GPUs < 0 {
					t.Fatalf("%+v", g)
				}
			}
		}
	})
}

func checkTable(t *testing.T, err error, rows int) {
	t.Helper()
	var f *fault.Error
	if err != nil && (!errors.As(err, &f) || rows > 0) {
		t.Fatalf("%d rows and %#v", rows, err)
	}
}
