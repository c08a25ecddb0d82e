package pool

import (
	"fmt"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
)

// CodeNoRate is the code of the fault that a class has no rate at a time.
const CodeNoRate = "no_rate"

// GPUClass is a kind of GPU with its rates. A rate that comes later never
// changes what was priced before: whatever is priced keeps the rate it was
// priced at.
type GPUClass struct {
	ID ClassID
	// Rates are in order of From; each holds until the next one.
	Rates []DatedRate
	// Retired is the moment from which the class can only be spent: no new
	// requests and no new lots. Zero: not retired.
	Retired time.Time
}

// DatedRate is a rate and the moment from which it holds.
type DatedRate struct {
	From time.Time
	Rate credit.Rate
}

// RateAt returns the rate that holds at t: the latest that began at or before
// it. Before the first it is a NotFound fault with code CodeNoRate.
func (c GPUClass) RateAt(t time.Time) (credit.Rate, error) {
	var latest DatedRate
	for _, r := range c.Rates {
		if !r.From.After(t) && (latest.Rate.IsZero() || r.From.After(latest.From)) {
			latest = r
		}
	}
	if latest.Rate.IsZero() {
		return credit.Rate{}, fault.New(fault.NotFound, CodeNoRate,
			"class %s has no rate at %s", c.ID, t.UTC().Format(time.RFC3339))
	}
	return latest.Rate, nil
}

// RetiredAt reports whether the class can only be spent at t.
func (c GPUClass) RetiredAt(t time.Time) bool { return !c.Retired.IsZero() && !t.Before(c.Retired) }

// Check returns every fault of the class.
func (c GPUClass) Check() error {
	var f faults
	checkID(&f, "id", c.ID)
	if len(c.Rates) == 0 {
		f.add(CodeRequired, "rates", "is empty")
	}
	for i, r := range c.Rates {
		path := fmt.Sprintf("rates[%d]", i)
		f.instant(path+".from", r.From)
		if i > 0 && !c.Rates[i-1].From.Before(r.From) {
			f.add(CodeConflict, path+".from", "is not after the one before it")
		}
		if r.Rate.IsZero() {
			f.add(CodeRequired, path+".rate_permille", "is missing")
		}
	}
	if !c.Retired.IsZero() {
		f.instant("retired", c.Retired)
	}
	return f.err()
}
