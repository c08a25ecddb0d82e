package replay

import (
	"cmp"
	"slices"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/traces"
)

// Step is a round to be played: what Player.Amend and Player.Play are called
// with.
type Step struct {
	Pool     Pool
	Round    pool.Round
	Lots     []pool.Lot
	Arrivals []*pool.Request
}

// Play plays steps from the beginning and hands over each round. An error of
// each ends it and is returned as it is; others are those of New, Player.Amend
// and Player.Play.
func Play(steps []Step, each func(*Played) error) (*Player, error) {
	if len(steps) == 0 {
		return nil, fault.New(fault.Invalid, pool.CodeRequired, "there is no round to play")
	}
	p, err := New(steps[0].Pool)
	if err != nil {
		return nil, err
	}
	for _, s := range steps {
		if err := p.Amend(s.Pool); err != nil {
			return nil, err
		}
		played, err := p.Play(s.Round, s.Lots, s.Arrivals)
		if err != nil {
			return nil, err
		}
		if err := each(played); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// Week is the length of a weekly round in days.
const Week = 7

// Rounds splits the requests made so far into count rounds of so many days; 0: as
// many as it takes for each to arrive within that time before its tick. The last
// tick is the midnight (UTC) after the last submission, the others come before it
// at equal distances; the first round also has all that was submitted earlier.
// Each round divides the days after its tick. All rounds have the same supply;
// together it is the plan's part of what is asked.
//
// Errors, of kind Invalid: no requests, days or count out of range, a round that
// would end after 9999-12-31 or has a supply of 2^53 gpu_ms or more.
func (a *Assumption) Rounds(days, count int) ([]Step, error) {
	var f faults
	f.within("days", int64(days), 1, maxUsefulDays)
	f.within("count", int64(count), 0, maxRounds)
	if len(a.requests) == 0 {
		f.add(pool.CodeRequired, "requests", "is empty")
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	bySubmission := slices.Clone(a.requests)
	slices.SortFunc(bySubmission, func(x, y *pool.Request) int {
		return cmp.Or(x.Submitted.Compare(y.Submitted), cmp.Compare(x.ID, y.ID))
	})
	first, last := bySubmission[0].Submitted, bySubmission[len(bySubmission)-1].Submitted
	lastTick := midnightAfter(last)
	if count == 0 {
		for count = 1; count < maxRounds && lastTick.AddDate(0, 0, -days*count).After(first); {
			count++
		}
	}
	supply, err := a.supplyOf(bySubmission)
	if err != nil {
		return nil, err
	}
	steps := make([]Step, count)
	before := int64(0)
	for i := range steps {
		tick := lastTick.AddDate(0, 0, -days*(count-1-i))
		upTo, _ := partOf(supply, int64(i+1), int64(count)) // at most the supply
		arrived, _ := slices.BinarySearchFunc(bySubmission, tick, func(r *pool.Request, t time.Time) int {
			return r.Submitted.Compare(t)
		})
		steps[i].Round = roundAt("round", tick, tick.AddDate(0, 0, days))
		steps[i].Arrivals, bySubmission = bySubmission[:arrived], bySubmission[arrived:]
		if err := a.furnish(&steps[i], upTo-before, nil); err != nil {
			return nil, err
		}
		before = upTo
	}
	return steps, nil
}

// maxRounds bounds what one trace is split into.
const maxRounds = 100_000

func midnightAfter(t time.Time) time.Time {
	y, m, d := t.UTC().Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, time.UTC)
}

func roundAt(name string, tick, end time.Time) pool.Round {
	return pool.Round{
		ID:     pool.RoundID(name + "-" + tick.Format("20060102T150405")),
		Key:    pool.RoundKey{Pool: poolID, Kind: pool.Regular, Tick: tick},
		Period: pool.Period{Start: tick, End: end},
	}
}

// supplyOf is the plan's part of what requests ask for, in gpu_ms.
func (a *Assumption) supplyOf(requests []*pool.Request) (int64, error) {
	total, err := asked(requests)
	if err != nil {
		return 0, fault.New(fault.Invalid, pool.CodeOutOfRange, "what is asked does not fit 64 bits").At(0, "requests").Because(err)
	}
	supply, ok := partOf(total.GPUMilliseconds(), a.plan.SupplyPermille, 1000)
	if !ok {
		return 0, fault.New(fault.Invalid, pool.CodeOutOfRange, "the supply does not fit 64 bits").At(0, "plan.supply_permille")
	}
	return supply, nil
}

// furnish gives a step its pool and its lots.
func (a *Assumption) furnish(s *Step, supply int64, weights map[string]int64) error {
	if end := s.Round.Period.End; end.After(always.End) {
		return fault.New(fault.Invalid, pool.CodeOutOfRange, "the round of %s would end on %s, expected %s at the latest",
			s.Round.Key.Tick.Format(time.DateOnly), end.Format(time.DateOnly), always.End.Format(time.DateOnly))
	}
	if supply >= pool.MaxAmount {
		return fault.New(fault.Invalid, pool.CodeOutOfRange,
			"round %s would have %d gpu_ms, expected less than 2^53", s.Round.ID, supply).At(0, "plan.supply_permille")
	}
	s.Pool = a.pool(supply, weights)
	s.Lots = a.plan.lots(s.Round, credit.GPUMilliseconds(supply))
	return nil
}

// Noon makes a round of each moment of a table of waiting demand. Each group
// that waits for GPUs has one request, for that day only: what it still waits for
// is in the next moment's figures. Supply is the plan's part of what is asked at
// that moment.
//
// Weights are the table's, ⌈share × 10⁶ / largest share⌉: a lead weighs what its
// group does, an institution or a nation what the groups in it do together, again
// in millionths of the largest sibling's, rounded up. The requests of Add have no
// part in it.
//
// All requests of a moment count as submitted together, so the baseline FirstCome
// serves them by id.
//
// Errors: as for Rounds; with the line of a group whose demand is out of range.
func (a *Assumption) Noon(rounds []traces.Round) ([]Step, error) {
	if len(rounds) == 0 {
		return nil, fault.New(fault.Invalid, pool.CodeRequired, "is empty").At(0, "rounds")
	}
	rounds = slices.Clone(rounds)
	slices.SortStableFunc(rounds, func(x, y traces.Round) int { return x.Time.Compare(y.Time) })
	for _, r := range rounds {
		for _, g := range r.Groups {
			a.accounts[g.Group] = a.account(g.Group)
		}
	}
	steps := make([]Step, len(rounds))
	for i, r := range rounds {
		s := &steps[i]
		s.Round = roundAt(publicID("noon-", r.Cluster), r.Time, r.Time.AddDate(0, 0, 1))
		weights := make(map[string]int64, len(r.Groups))
		for _, g := range r.Groups {
			weights[g.Group] = g.Weight
			if g.GPUSeconds == 0 {
				continue
			}
			request, err := a.noonRequest(s.Round, g)
			if err != nil {
				return nil, outOfRange(err).At(g.Line, "gpu_seconds")
			}
			s.Arrivals = append(s.Arrivals, request)
		}
		supply, err := a.supplyOf(s.Arrivals)
		if err != nil {
			return nil, err
		}
		if err := a.furnish(s, supply, weights); err != nil {
			return nil, err
		}
	}
	return steps, nil
}

// noonRequest is what a group waits for at the tick of a round.
func (a *Assumption) noonRequest(round pool.Round, g traces.RoundGroup) (*pool.Request, error) {
	name := publicID("", g.Group)
	class := a.someClass(name)
	id := pool.RequestID(publicID("", round.Key.Tick.Format("20060102T150405-")+name))
	r, err := a.request(id, a.account(g.Group), class, credit.GPUSeconds(g.GPUSeconds))
	if err != nil {
		return nil, err
	}
	r.Submitted, r.Window = round.Key.Tick.Add(-time.Second), round.Period
	return r, a.price(r)
}
