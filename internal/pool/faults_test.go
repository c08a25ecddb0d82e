package pool

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
	"pgregory.net/rapid"
)

// found lists the faults in err as "path code", sorted.
func found(t *testing.T, err error) []string {
	t.Helper()
	var list []string
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			list = append(list, found(t, e)...)
		}
	} else if err != nil {
		var f *fault.Error
		if !errors.As(err, &f) {
			t.Fatalf("%v is not a fault", err)
		}
		if f.Kind != fault.Invalid {
			t.Errorf("%v is %v, want invalid", f, f.Kind)
		}
		list = append(list, f.Path+" "+f.Code)
	}
	slices.Sort(list)
	return list
}

// wantFaults fails unless err holds exactly the faults, each "path code".
func wantFaults(t *testing.T, err error, want ...string) {
	t.Helper()
	slices.Sort(want)
	if got := found(t, err); !slices.Equal(got, want) {
		t.Errorf("faults are\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// wantKind fails unless err is a fault of the kind and code.
func wantKind(t *testing.T, err error, kind fault.Kind, code string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != kind || f.Code != code {
		t.Errorf("got %v, want a fault of kind %v and code %s", err, kind, code)
	}
}

func at(text string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(err)
	}
	return t.UTC()
}

func period(start, end string) Period { return Period{at(start), at(end)} }

func rate(permille int64) credit.Rate {
	r, err := credit.NewRate(permille)
	if err != nil {
		panic(err)
	}
	return r
}

func gpuMS(n int64) credit.Amount { return credit.GPUMilliseconds(n) }

// moments draws whole seconds near one another, so that periods of them touch,
// overlap and contain one another.
func moments() *rapid.Generator[time.Time] {
	return rapid.Map(rapid.Int64Range(0, 40), func(s int64) time.Time {
		return at("2026-12-01T00:00:00Z").Add(time.Duration(s) * time.Second)
	})
}

func periods() *rapid.Generator[Period] {
	return rapid.Custom(func(t *rapid.T) Period {
		return Period{moments().Draw(t, "start"), moments().Draw(t, "end")}
	})
}

func TestIdsAreShortPlainWords(t *testing.T) {
	for id, want := range map[string]string{
		"lot-a": "", "A100_40.gb": "", "7": "", strings.Repeat("x", 64): "",
		"":                      "id required",
		strings.Repeat("x", 65): "id out_of_range",
		"-a":                    "id malformed",
		".":                     "id malformed",
		"a b":                   "id malformed",
		"é":                     "id malformed",
		"a\n":                   "id malformed",
	} {
		var f faults
		checkID(&f, "id", LotID(id))
		if want == "" {
			wantFaults(t, f.err())
		} else {
			wantFaults(t, f.err(), want)
		}
	}
}

func TestMomentsAreUTCToTheMicrosecond(t *testing.T) {
	for _, c := range []struct {
		t    time.Time
		want []string
	}{
		{at("2026-12-01T00:00:00.000001Z"), nil},
		{time.Time{}, []string{"t required"}},
		{at("2026-12-01T00:00:00.0000001Z"), []string{"t malformed"}},
		{at("2026-12-01T00:00:00Z").In(time.FixedZone("", 3600)), []string{"t malformed"}},
	} {
		var f faults
		f.instant("t", c.t)
		wantFaults(t, f.err(), c.want...)
	}
	var f faults
	f.wholeSecond("t", at("2026-12-01T00:00:00.5Z"))
	wantFaults(t, f.err(), "t malformed")
}

func TestTextsAreUTF8AndBounded(t *testing.T) {
	for text, want := range map[string][]string{
		"a": nil, "": {"name required"}, "\xff": {"name malformed"}, "abcde": nil, "abcdef": {"name out_of_range"},
	} {
		var f faults
		f.text("name", text, 5)
		wantFaults(t, f.err(), want...)
	}
}
