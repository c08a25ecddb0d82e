package pool

import (
	"time"

	"github.com/commonpool/commonpool/internal/credit"
)

// Period is the half-open time [Start, End): Start is in it, End is not.
type Period struct{ Start, End time.Time }

// IsEmpty reports whether no moment is in p.
func (p Period) IsEmpty() bool { return !p.Start.Before(p.End) }

// Contains reports whether t is in p.
func (p Period) Contains(t time.Time) bool { return !t.Before(p.Start) && t.Before(p.End) }

// Overlaps reports whether p and q have a moment in common. Periods that only
// touch have none.
func (p Period) Overlaps(q Period) bool { return !p.Overlap(q).IsEmpty() }

// Overlap returns the moments that p and q have in common, the zero Period if
// there are none.
func (p Period) Overlap(q Period) Period {
	both := p
	if q.Start.After(both.Start) {
		both.Start = q.Start
	}
	if q.End.Before(both.End) {
		both.End = q.End
	}
	if both.IsEmpty() {
		return Period{}
	}
	return both
}

// OneGPU returns what one GPU running through all of p delivers, in
// GPU-seconds; exact is false, and the result rounded down, if Start and End do
// not stand on the same fraction of a second. An empty period delivers 0.
func (p Period) OneGPU() (delivered credit.GPUSeconds, exact bool) {
	if p.IsEmpty() {
		return 0, true
	}
	// Not End.Sub(Start), which stops at 292 years.
	seconds := p.End.Unix() - p.Start.Unix()
	if p.End.Nanosecond() < p.Start.Nanosecond() {
		seconds--
	}
	return credit.GPUSeconds(seconds), p.End.Nanosecond() == p.Start.Nanosecond()
}

// check finds the faults of a period whose ends were checked by the given
// check, which is faults.instant or faults.wholeSecond.
func (p Period) check(f *faults, path string, end func(path string, t time.Time)) {
	end(path+".start", p.Start)
	end(path+".end", p.End)
	if !p.Start.IsZero() && !p.End.IsZero() && p.IsEmpty() {
		f.add(CodeConflict, path+".end", "is not after the start")
	}
}
