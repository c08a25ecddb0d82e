package pool

import (
	"fmt"
	"slices"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
)

// RoundKind is why a round is held.
type RoundKind string

const (
	// Regular rounds follow the policy's schedule.
	Regular RoundKind = "regular"
	// Special rounds divide what was set aside for special projects.
	Special RoundKind = "special"
	// Reserve rounds spend the emergency reserve.
	Reserve RoundKind = "reserve"
	// Manual rounds are opened by an admin of the pool.
	Manual RoundKind = "manual"
)

// RoundKinds returns every kind.
func RoundKinds() []RoundKind { return []RoundKind{Regular, Special, Reserve, Manual} }

// IsKnown reports whether k is a kind.
func (k RoundKind) IsKnown() bool { return slices.Contains(RoundKinds(), k) }

// RoundKey is what there is at most one round of.
type RoundKey struct {
	Pool PoolID
	Kind RoundKind
	// Tick is the moment of the schedule that opened the round.
	Tick time.Time
}

// Round divides the supply of one period. Its tick comes before the period by a
// lead time, or at the latest while it lasts.
type Round struct {
	ID     RoundID
	Key    RoundKey
	Period Period // on whole seconds
}

// Check returns every fault of the round.
func (r Round) Check() error {
	var f faults
	checkID(&f, "id", r.ID)
	checkID(&f, "pool", r.Key.Pool)
	if !r.Key.Kind.IsKnown() {
		f.add(CodeMalformed, "kind", "is %q, which is no kind of round", r.Key.Kind)
	}
	f.instant("tick", r.Key.Tick)
	r.Period.check(&f, "period", f.wholeSecond)
	switch {
	case r.Key.Tick.IsZero() || r.Period.IsEmpty():
	case !r.Key.Tick.Before(r.Period.End):
		f.add(CodeConflict, "tick", "is not before the period's end")
	case r.Key.Kind == Regular && r.Key.Tick.After(r.Period.Start):
		f.add(CodeConflict, "tick", "is after the period's start")
	}
	return f.err()
}

// Grant is what one round gave to one request.
type Grant struct {
	ID      GrantID
	Request RequestID
	Round   RoundID
	// Period is when the grant may be spent; each award also ends with its lot.
	Period Period
	Awards []Award
}

// Award is the part of a grant taken from one lot, 1..MaxAmount-1 gpu_ms.
type Award struct {
	Lot    LotID
	Amount credit.Amount
}

// Amount returns the sum of the awards, or credit.ErrOverflow.
func (g Grant) Amount() (credit.Amount, error) {
	amounts := make([]credit.Amount, len(g.Awards))
	for i, a := range g.Awards {
		amounts[i] = a.Amount
	}
	return credit.Sum(amounts...)
}

// Check returns every fault of the grant.
func (g Grant) Check() error {
	var f faults
	checkID(&f, "id", g.ID)
	checkID(&f, "request", g.Request)
	checkID(&f, "round", g.Round)
	g.Period.check(&f, "period", f.instant)
	if len(g.Awards) == 0 {
		f.add(CodeRequired, "awards", "is empty")
	}
	seen := make(map[LotID]bool, len(g.Awards))
	for i, a := range g.Awards {
		path := fmt.Sprintf("awards[%d]", i)
		checkID(&f, path+".lot", a.Lot)
		if seen[a.Lot] {
			f.add(CodeDuplicate, path+".lot", "%s stands there twice", a.Lot)
		}
		seen[a.Lot] = true
		f.amount(path+".amount_gpu_ms", a.Amount)
		if a.Amount.Sign() == 0 {
			f.add(CodeOutOfRange, path+".amount_gpu_ms", "is nothing")
		}
	}
	if total, err := g.Amount(); err != nil || total.GPUMilliseconds() >= MaxAmount {
		f.add(CodeOutOfRange, "awards", "add up to more than 2^53 - 1 gpu_ms")
	}
	return f.err()
}
