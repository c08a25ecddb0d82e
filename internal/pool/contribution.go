package pool

import (
	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
)

// ContributionKind is how a contribution is supplied.
type ContributionKind string

const (
	// Capacity is a number of GPUs for a time. It is perishable: what a period
	// does not use is gone with it.
	Capacity ContributionKind = "capacity"
	// CreditTime is GPU-hours that are usable until an end date, released over
	// the remaining rounds.
	CreditTime ContributionKind = "credit"
)

// MaxGPUs is the largest number of GPUs of one contribution.
const MaxGPUs = 1_000_000

// Contribution is what a contributor pledges: GPU time of one class at one site
// under its conditions. Rounds take it as lots.
type Contribution struct {
	ID          ContributionID
	Contributor ContributorID
	Kind        ContributionKind
	Class       ClassID
	Site        SiteID
	// Period is when the GPUs are there (capacity), or from when and until when
	// the time is usable (credit). On whole seconds.
	Period Period
	// GPUs is 1..MaxGPUs for capacity, 0 for credit.
	GPUs int64
	// Time is the credit's GPU time of the class, above 0; 0 for capacity.
	Time       credit.GPUSeconds
	Conditions Conditions
}

// Check returns every fault of the contribution.
func (c Contribution) Check() error {
	var f faults
	checkID(&f, "id", c.ID)
	checkID(&f, "contributor", c.Contributor)
	checkID(&f, "class", c.Class)
	checkID(&f, "site", c.Site)
	c.Period.check(&f, "period", f.wholeSecond)
	switch c.Kind {
	case Capacity:
		if c.GPUs < 1 || c.GPUs > MaxGPUs {
			f.add(CodeOutOfRange, "gpus", "is %d, expected 1 to %d", c.GPUs, MaxGPUs)
		}
		if c.Time != 0 {
			f.add(CodeConflict, "time_gpu_seconds", "is %d, but capacity has none", c.Time)
		}
	case CreditTime:
		if c.Time < 1 {
			f.add(CodeOutOfRange, "time_gpu_seconds", "is %d, expected more than 0", c.Time)
		}
		if c.GPUs != 0 {
			f.add(CodeConflict, "gpus", "is %d, but a credit has none", c.GPUs)
		}
	default:
		f.add(CodeMalformed, "kind", "is %q, expected %s or %s", c.Kind, Capacity, CreditTime)
	}
	c.Conditions.check(&f, "conditions")
	return f.err()
}

// CapacityLot returns the lot that a capacity contribution supplies in a
// period: its GPUs for as long as contribution and period overlap, priced at
// the rate of the class when the overlap starts. Ok is false if there is no
// overlap. Faults: Conflict for another kind or class, or for a class retired by
// then; NotFound without a rate; those of CapacitySupply.
func (c Contribution) CapacityLot(id LotID, period Period, class GPUClass) (lot Lot, ok bool, err error) {
	switch {
	case c.Kind != Capacity:
		return Lot{}, false, fault.New(fault.Conflict, CodeConflict, "contribution %s is not capacity", c.ID)
	case c.Class != class.ID:
		return Lot{}, false, fault.New(fault.Conflict, CodeConflict,
			"contribution %s is of class %s, not %s", c.ID, c.Class, class.ID)
	}
	overlap := c.Period.Overlap(period)
	if overlap.IsEmpty() {
		return Lot{}, false, nil
	}
	if class.RetiredAt(overlap.Start) {
		return Lot{}, false, retired(class.ID)
	}
	rate, err := class.RateAt(overlap.Start)
	if err != nil {
		return Lot{}, false, err
	}
	supply, err := CapacitySupply(c.GPUs, overlap, rate)
	if err != nil {
		return Lot{}, false, err
	}
	return Lot{
		ID: id, Contribution: c.ID, Class: c.Class, Site: c.Site,
		Period: overlap, Rate: rate, Supply: supply, Conditions: c.Conditions,
	}, true, nil
}

// CapacitySupply returns what gpus GPUs of a rate supply in a period, exactly:
// gpus × its length in seconds × permille, in gpu_ms. Faults: Invalid with code
// CodeOutOfRange if gpus is not 0..MaxGPUs, if the period is not a whole number
// of seconds long, or if the product is not below MaxAmount.
func CapacitySupply(gpus int64, period Period, rate credit.Rate) (credit.Amount, error) {
	var f faults
	if gpus < 0 || gpus > MaxGPUs {
		f.add(CodeOutOfRange, "gpus", "is %d, expected 0 to %d", gpus, MaxGPUs)
	}
	one, exact := period.OneGPU()
	if !exact {
		f.add(CodeOutOfRange, "period", "is not a whole number of seconds long")
	}
	if err := f.err(); err != nil {
		return credit.Amount{}, err
	}
	all, err := one.Mul(gpus)
	if err != nil {
		f.add(CodeOutOfRange, "supply_gpu_ms", "is beyond counting")
		return credit.Amount{}, f.err()
	}
	supply := f.price("supply_gpu_ms", all, rate)
	return supply, f.err()
}

// CreditRelease is the pacing rule of credits: of what is not released yet, the
// next of roundsLeft rounds gets an equal part, rounded down to 1 gpu_ms, and
// the last round all. With roundsLeft below 1 or nothing unreleased it is 0.
func CreditRelease(unreleased credit.Amount, roundsLeft int64) credit.Amount {
	if roundsLeft < 1 || unreleased.Sign() <= 0 {
		return credit.Amount{}
	}
	return credit.GPUMilliseconds(unreleased.GPUMilliseconds() / roundsLeft)
}

func retired(class ClassID) *fault.Error {
	return fault.New(fault.Conflict, CodeConflict, "class %s is retired: it can only be spent", class)
}
