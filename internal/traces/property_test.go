package traces

import (
	"encoding/csv"
	"fmt"
	"maps"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// drawLabel is a name that a source may give to anything.
func drawLabel(t *rapid.T, name string) string {
	return rapid.StringMatching(`[A-Z"é]([A-Za-z0-9é"',;|_. -]{0,12}[0-9"])?`).Draw(t, name)
}

func drawJobs(t *rapid.T) []Job {
	jobs := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) Job {
		j := Job{
			ID:        drawLabel(t, "id"),
			Submitted: time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "submitted")).UTC(),
			Group:     drawLabel(t, "group"), User: drawLabel(t, "user"), Class: drawLabel(t, "class"),
			State:           drawLabel(t, "state"),
			GPUs:            rapid.Int64Range(1, 4096).Draw(t, "gpus"),
			DurationSeconds: rapid.Int64Range(1, math.MaxInt64>>20).Draw(t, "duration"),
			UsedSeconds:     rapid.Int64Range(-1, math.MaxInt64).Draw(t, "used"),
		}
		j.GPUSeconds = j.GPUs * j.DurationSeconds
		return j
	}), 0, 8, func(j Job) string { return j.ID }).Draw(t, "jobs")
	for i := range jobs {
		jobs[i].Line = i + 2
	}
	return jobs
}

// requestRow is a job as the columns of the request CSV.
func requestRow(j Job) map[string]string {
	used := ""
	if j.UsedSeconds != Unknown {
		used = strconv.FormatInt(j.UsedSeconds, 10)
	}
	return map[string]string{
		"request_id": j.ID, "submit_time": j.Submitted.Format(time.RFC3339Nano), "user_id": j.User, "group_id": j.Group,
		"gpus": strconv.FormatInt(j.GPUs, 10), "duration_s": strconv.FormatInt(j.DurationSeconds, 10),
		"gpu_seconds": strconv.FormatInt(j.GPUSeconds, 10), "gpu_class": j.Class, "resource": "gpu", "used_s": used,
		"state": j.State, "source": "property test", "extra, quoted": `"`,
	}
}

func TestWrittenJobsAreReadBackWhateverTheOrderOfColumns(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		jobs := drawJobs(t)
		order := slices.Sorted(maps.Keys(requestRow(Job{})))
		order = rapid.Permutation(order).Draw(t, "order")
		var b strings.Builder
		w := csv.NewWriter(&b)
		_ = w.Write(order)
		for _, j := range jobs {
			row, record := requestRow(j), []string{}
			for _, name := range order {
				record = append(record, row[name])
			}
			_ = w.Write(record)
		}
		w.Flush()
		got := readAll(strings.NewReader(b.String()), RequestCSV())
		if got.Err != nil || got.Refusals != nil {
			t.Fatalf("%v, refusals %v", got.Err, got.Refusals)
		}
		if diff := cmp.Diff(jobs, got.Jobs); len(jobs)+len(got.Jobs) > 0 && diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestASplitLineEqualsTheStandardLibrarys(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.StringMatching(`[ab", é]{0,14}`).Draw(t, "line")
		sameAsStandardCSV(t, line)
	})
}

// sameAsStandardCSV compares splitCSV with encoding/csv on one line without a
// line break.
func sameAsStandardCSV(t interface{ Fatalf(string, ...any) }, line string) {
	got, err := splitCSV(nil, line)
	want, wantErr := csv.NewReader(strings.NewReader(line)).Read()
	if line == "" { // there an empty line is no record, here it never comes so far
		return
	}
	if (err == nil) != (wantErr == nil) || err == nil && !cmp.Equal(got, want) {
		t.Fatalf("%q: %q, %v; encoding/csv: %q, %v", line, got, err, want, wantErr)
	}
}

func TestRefusedLinesDoNotTouchTheOthers(t *testing.T) {
	for _, in := range []struct {
		format Format
		header string
		line   func(id int) string
		bad    []string
	}{
		{
			RequestCSV(), csvHeader,
			func(id int) string { return strings.Replace(csvRow1, "r1", "r"+strconv.Itoa(id), 1) },
			[]string{"\"", "\"a\"b,", "a,b,c", csvRow1[:20], "\x00", "\xff", strings.Replace(csvRow1, "120", "12", 1)},
		},
		{
			Sacct(), sacctHeader,
			func(id int) string {
				return strconv.Itoa(id) + "|2026-03-01T08:00:00|u|a|gres/gpu=1||60|00:00:01|COMPLETED|p|\n"
			},
			[]string{"|", "1|", "x||||||||||", "1.|||||||||||", "\x00", "\xff", "1|2026-03-01T08:00:00|u|a|cpu=1||60|||p|"},
		},
		{
			SWF(4), swfHeader,
			func(id int) string { return swfLine(map[int]string{1: strconv.Itoa(id)}) },
			[]string{"1", "x", "\x00", "1 \xff", swfLine(map[int]string{9: "-1"}), swfLine(map[int]string{18: "1 1"})},
		},
	} {
		t.Run(in.format.String(), func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				var with, without strings.Builder
				with.WriteString(in.header)
				without.WriteString(in.header)
				bad := 0
				for id := range rapid.IntRange(0, 10).Draw(t, "jobs") {
					for range rapid.IntRange(0, 2).Draw(t, "bad lines") {
						with.WriteString(strings.TrimSuffix(rapid.SampledFrom(in.bad).Draw(t, "bad"), "\n") + "\n")
						bad++
					}
					with.WriteString(in.line(id))
					without.WriteString(in.line(id))
				}
				got := readAll(strings.NewReader(with.String()), in.format)
				want := readAll(strings.NewReader(without.String()), in.format)
				if got.Err != nil || want.Err != nil || got.Summary.Refused != bad || want.Summary.Refused != 0 {
					t.Fatalf("%d bad lines: %+v, without them %+v", bad, got, want)
				}
				for i := range got.Jobs {
					got.Jobs[i].Line = 0
				}
				for i := range want.Jobs {
					want.Jobs[i].Line = 0
				}
				if diff := cmp.Diff(want.Jobs, got.Jobs); diff != "" {
					t.Fatal(diff)
				}
			})
		})
	}
}

func TestPrintedTimelimitIsReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.Int64Range(1, math.MaxInt64).Draw(t, "seconds")
		d, h, m, s := want/86400, want/3600%24, want/60%60, want%60
		forms := []string{fmt.Sprintf("%d-%02d:%02d:%02d", d, h, m, s), fmt.Sprintf("%d:%02d:%02d", want/3600, m, s)}
		forms = append(forms, fmt.Sprintf("%d:%02d", want/60, s))
		if s == 0 {
			forms = append(forms, fmt.Sprintf("%d", want/60), fmt.Sprintf("%d-%d:%d", d, h, m))
		}
		for _, form := range forms {
			if got, err := timelimit("Timelimit", form); err != nil || got != want {
				t.Fatalf("timelimit(%q) = %d, %v; want %d", form, got, err, want)
			}
		}
	})
}

func TestWeightIsTheSmallestIntegerNotBelowTheShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringMatching(`[0-9]{1,12}(\.[0-9]{1,12})?`), 1, 6).Draw(t, "shares")
		var shares []*big.Rat
		largest := new(big.Rat)
		for _, text := range texts {
			s, err := decimal("raw_share", text)
			if err != nil {
				t.Fatal(err)
			}
			if shares = append(shares, s); s.Cmp(largest) > 0 {
				largest = s
			}
		}
		groups := make([]RoundGroup, len(shares))
		weigh(groups, shares)
		for i, s := range shares {
			// (w − 1) × largest < share × 10⁶ ≤ w × largest
			w := groups[i].Weight
			scaled := new(big.Rat).Mul(s, big.NewRat(1_000_000, 1))
			low := new(big.Rat).Mul(big.NewRat(w-1, 1), largest)
			high := new(big.Rat).Mul(big.NewRat(w, 1), largest)
			if s.Sign() == 0 && w != 0 || s.Sign() > 0 && (low.Cmp(scaled) >= 0 || scaled.Cmp(high) > 0) || w > 1_000_000 {
				t.Fatalf("share %v of %v: weight %d", s, largest, w)
			}
		}
	})
}

func TestRateIsWithinHalfAPermilleOfTheTable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[1-9][0-9]{0,2}\.[0-9]{1,20}`).Draw(t, "rgu")
		got, err := ratePermille("rgu", text)
		if err != nil {
			t.Fatal(err)
		}
		// −1/2 ≤ rate − rgu × 250 ≤ 1/2, where 1/2 is reached upwards alone
		x, _ := new(big.Rat).SetString(text)
		off := new(big.Rat).Sub(big.NewRat(got, 1), x.Mul(x, big.NewRat(250, 1)))
		if off.Cmp(big.NewRat(1, 2)) > 0 || off.Cmp(big.NewRat(-1, 2)) <= 0 {
			t.Fatalf("rgu %s: rate %d is off by %v", text, got, off)
		}
	})
}
