package replay

import (
	"errors"
	"fmt"
	"slices"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/matching"
	"github.com/commonpool/commonpool/internal/pool"
)

// Frozen is a round that is ready to be decided.
type Frozen struct {
	Round    pool.Round
	Snapshot *fairshare.Snapshot
	// Requests are those that take part, in order of id, as in the snapshot.
	Requests []Part
	// Offers are the lots with their sites, in order of lot id.
	Offers []matching.Offer

	seated   []*Standing // beside Requests
	arrivals []*Standing
	waiting  int // of the line and the arrivals, not in this round
	leftOut  map[string]credit.Amount
	version  int
}

// Part returns the part of a request in the round, and whether it has one.
func (f *Frozen) Part(id pool.RequestID) (Part, bool) { return findPart(f.Requests, id) }

// Freeze builds a round's snapshot and changes nothing: decide it for a preview,
// or hand the decision to Post. The round's tick may not be before that of the
// round before. The arrivals are kept and must not be changed.
//
// Errors are faults, all that were found with their paths ("round", "lots[i]",
// "arrivals[i]", "allocations"): of kind Invalid for what is malformed, unknown
// or lacks an allocation when the period starts; Conflict for a round or a
// request that is already known.
func (p *Player) Freeze(round pool.Round, lots []pool.Lot, arrivals []*pool.Request) (*Frozen, error) {
	var found faults
	p.checkRound(&found, round)
	for i, l := range lots {
		found.nest(fmt.Sprintf("lots[%d]", i), l.Check())
	}
	p.checkArrivals(&found, arrivals)
	if err := found.err(); err != nil {
		return nil, err
	}
	offers, err := matching.Offers(lots, p.setup.Sites)
	if err != nil {
		return nil, fault.New(fault.Invalid, pool.CodeConflict, "%v", err).At(0, "lots").Because(err)
	}
	f := &Frozen{Round: round, Offers: offers, arrivals: standing(arrivals), version: p.version}
	f.seat(p)
	in := f.input()
	in.Round = p.roundRecord(round)
	in.Lots = p.lotRecords(offers)
	if in.Nodes, f.leftOut, err = p.nodeRecords(round, f.Requests); err != nil {
		return nil, err
	}
	if f.Snapshot, err = fairshare.Freeze(in); err != nil {
		return nil, refused(err)
	}
	return f, nil
}

// refused turns an error of fairshare.Freeze into a fault.
func refused(err error) error {
	var m *fairshare.Malformed
	if !errors.As(err, &m) {
		return err
	}
	return fault.New(fault.Invalid, pool.CodeMalformed, "%s", m.Problem).
		At(0, fmt.Sprintf("%s %s: %s", m.Record.Kind, m.ID, m.Field)).Because(err)
}

func (p *Player) checkRound(f *faults, r pool.Round) {
	f.nest("round", r.Check())
	if r.Key.Pool != p.setup.ID {
		f.add(pool.CodeConflict, "round.pool", "is %q, expected %q", r.Key.Pool, p.setup.ID)
	}
	if p.rounds[r.ID] {
		f.found = append(f.found, fault.New(fault.Conflict, pool.CodeDuplicate, "%s was played before", r.ID).At(0, "round.id"))
	}
	if r.Key.Tick.Before(p.lastTick) {
		f.add(pool.CodeOutOfRange, "round.tick", "is before that of the round before")
	}
}

func (p *Player) checkArrivals(f *faults, arrivals []*pool.Request) {
	ids := make(map[pool.RequestID]struct{}, len(arrivals))
	for i, r := range arrivals {
		var found faults
		_, before := p.requests[r.ID]
		if _, now := ids[r.ID]; before || now {
			found.found = append(found.found, fault.New(fault.Conflict, pool.CodeDuplicate, "%s arrived before", r.ID).At(0, "id"))
		}
		ids[r.ID] = struct{}{}
		p.checkArrival(&found, r)
		if err := found.err(); err != nil {
			f.nest(fmt.Sprintf("arrivals[%d]", i), err)
		}
	}
}

// checkArrival checks what a round relies on. It is less than
// pool.Request.Check, which asks for a minimum of a GPU-hour: traces hold
// smaller requests, whose minimum is all they ask for.
func (p *Player) checkArrival(f *faults, r *pool.Request) {
	if r.ID == "" {
		f.add(pool.CodeRequired, "id", "is empty")
	}
	if p.tree.accounts[string(r.Project)].Kind != kindProject {
		f.add(codeUnknown, "project", "is %q, expected the id of a known project", r.Project)
	}
	if !r.State.IsOpen() {
		f.add(pool.CodeState, "state", "is %q, expected a request that stands in line", r.State)
	}
	if r.Submitted.IsZero() {
		f.add(pool.CodeRequired, "submitted", "is missing")
	}
	if r.Rank < 0 || r.Rank > pool.MaxRank {
		f.add(pool.CodeOutOfRange, "rank", "is %d, expected 0 to %d", r.Rank, pool.MaxRank)
	}
	t := r.Terms
	f.within("terms.requested_gpu_ms", t.Requested.GPUMilliseconds(), 1, pool.MaxAmount-1)
	f.within("terms.minimum_gpu_ms", t.Minimum.GPUMilliseconds(), 0, max(0, t.Requested.GPUMilliseconds()))
	if t.Maximum.Sign() != 0 {
		f.within("terms.maximum_gpu_ms", t.Maximum.GPUMilliseconds(), t.Minimum.GPUMilliseconds(), pool.MaxAmount-1)
	}
}

// seat finds who takes part in the round, and what each may use.
func (f *Frozen) seat(p *Player) {
	f.seated = make([]*Standing, 0, len(p.line)+len(f.arrivals))
	for _, s := range append(slices.Clip(p.line), f.arrivals...) {
		if f.takesPart(s) {
			f.seated = append(f.seated, s)
		} else {
			f.waiting++
		}
	}
	slices.SortFunc(f.seated, byRequestID)
	f.Requests = make([]Part, len(f.seated))
	catalog := matching.NewCatalog(f.Offers)
	for i, s := range f.seated {
		_, carried := p.requests[s.Request.ID]
		nation := p.tree.nationOf(string(s.Request.Project))
		f.Requests[i] = Part{
			Request: s.Request, Nation: nation, Match: catalog.Match(*s.Request, *nation),
			Awarded: s.Awarded, Carried: carried,
		}
	}
}

func standing(arrivals []*pool.Request) []*Standing {
	all := make([]Standing, len(arrivals))
	list := make([]*Standing, len(arrivals))
	for i, r := range arrivals {
		all[i] = Standing{Request: r, State: r.State}
		list[i] = &all[i]
	}
	return list
}

// takesPart reports whether a request in line takes part in the round.
func (f *Frozen) takesPart(s *Standing) bool {
	r, tick := s.Request, f.Round.Key.Tick
	return s.Awarded.Less(r.Terms.Requested) && r.Submitted.Before(tick) &&
		tick.Before(r.Window.End) && r.Window.Overlaps(f.Round.Period)
}
