package pool

import (
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"pgregory.net/rapid"
)

func TestOverlapHoldsTheMomentsOfBoth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, q, m := periods().Draw(t, "p"), periods().Draw(t, "q"), moments().Draw(t, "m")
		both := p.Overlap(q)
		if both.Contains(m) != (p.Contains(m) && q.Contains(m)) {
			t.Fatalf("%v in %v: %t", m, both, both.Contains(m))
		}
		if both != q.Overlap(p) || p.Overlaps(q) == both.IsEmpty() {
			t.Fatalf("overlap of %v and %v is %v", p, q, both)
		}
	})
}

func TestTouchingPeriodsDoNotOverlap(t *testing.T) {
	november := period("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")
	december := period("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")
	if november.Overlaps(december) || november.Contains(november.End) || !december.Contains(november.End) {
		t.Error("the end of a period is in it")
	}
}

func TestOneGPUDeliversAsManySecondsAsItsPeriodIsLong(t *testing.T) {
	for _, c := range []struct {
		start, end string
		want       credit.GPUSeconds
		exact      bool
	}{
		{"2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z", 31 * 24 * 3600, true},
		{"2026-12-01T00:00:00.25Z", "2026-12-01T00:00:02.25Z", 2, true},
		{"2026-12-01T00:00:00.75Z", "2026-12-01T00:00:02.25Z", 1, false}, // 1.5
		{"2026-12-01T00:00:00.25Z", "2026-12-01T00:00:02.75Z", 2, false}, // 2.5
		{"2026-12-01T00:00:02Z", "2026-12-01T00:00:00Z", 0, true},
		{"0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", 3_651_694 * 86_400, true}, // beyond time.Duration
	} {
		if got, exact := period(c.start, c.end).OneGPU(); got != c.want || exact != c.exact {
			t.Errorf("[%s, %s): %d, %t; want %d, %t", c.start, c.end, got, exact, c.want, c.exact)
		}
	}
}

func TestAPeriodCutInTwoDeliversTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := periods().Filter(func(p Period) bool { return !p.IsEmpty() }).Draw(t, "p")
		length, _ := p.OneGPU()
		cut := p.Start.Add(time.Duration(rapid.Int64Range(0, int64(length)).Draw(t, "cut")) * time.Second)
		first, _ := Period{p.Start, cut}.OneGPU()
		second, _ := Period{cut, p.End}.OneGPU()
		if first+second != length {
			t.Fatalf("%d + %d ≠ %d", first, second, length)
		}
	})
}
