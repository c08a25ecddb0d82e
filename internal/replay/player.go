package replay

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/matching"
	"github.com/commonpool/commonpool/internal/pool"
)

// Player plays round after round on one pool. It is not safe for concurrent
// use.
type Player struct {
	setup    Pool
	tree     *tree
	requests map[pool.RequestID]*Standing // all that ever arrived
	line     []*Standing                  // those that stand in line, in order of id
	rounds   map[pool.RoundID]bool
	lastTick time.Time
	version  int // counts what changed the player, to refuse what was frozen before
}

// Standing is a request with what the rounds have awarded it so far, and the
// state that follows: that of its arrival, partly_granted, granted or expired.
type Standing struct {
	// Request is as it arrived; shared, not to be changed.
	Request *pool.Request
	State   pool.RequestState
	Awarded credit.Amount
}

// New returns a player of a pool at its beginning: no balances, nobody in line.
// Errors: those of Pool.Check.
func New(setup Pool) (*Player, error) {
	p := &Player{requests: make(map[pool.RequestID]*Standing), rounds: make(map[pool.RoundID]bool)}
	return p, p.Amend(setup)
}

// Amend replaces the pool between rounds: new members, other shares, another
// policy. Balances and the line stay. Errors: those of Pool.Check; Conflict if a
// node is gone or hangs elsewhere.
func (p *Player) Amend(setup Pool) error {
	if err := setup.Check(); err != nil {
		return err
	}
	t, err := newTree(setup, p.tree)
	if err != nil {
		return err
	}
	p.setup, p.tree = setup, t
	p.version++
	return nil
}

// Accounts returns the true balance and commons of every node, in order of id.
func (p *Player) Accounts() []Account {
	byID := func(a, b Account) int { return cmp.Compare(a.ID, b.ID) }
	return slices.SortedFunc(maps.Values(p.tree.accounts), byID)
}

// Standings returns every request that ever arrived, in order of id.
func (p *Player) Standings() []Standing {
	list := make([]Standing, 0, len(p.requests))
	for _, s := range p.requests {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b Standing) int { return cmp.Compare(a.Request.ID, b.Request.ID) })
	return list
}

// Line returns the requests that stand in line for later rounds, in order of id.
func (p *Player) Line() []Standing {
	list := make([]Standing, len(p.line))
	for i, s := range p.line {
		list[i] = *s
	}
	return list
}

// Played is a round that was decided and posted.
type Played struct {
	Round    pool.Round
	Snapshot *fairshare.Snapshot
	Decision *fairshare.Decision
	// Requests are those that took part, in order of id: the i-th is the i-th of
	// Snapshot and of Decision.Requests.
	Requests []Part
	// Offers are the lots with their sites, in order of lot id.
	Offers  []matching.Offer
	Summary Summary
}

// Part is a request's part in one round.
type Part struct {
	// Request is as it arrived; shared, not to be changed.
	Request *pool.Request
	Nation  *pool.Nation
	// Match is which lots it may use and which condition removed the others;
	// shared between requests, not to be changed.
	Match *matching.Result
	// Awarded is what earlier rounds awarded, Granted what this one did: 0 until
	// it is posted.
	Awarded, Granted credit.Amount
	// Carried is whether it took part or waited in an earlier round.
	Carried bool
}

// Part returns the part of a request in the round, and whether it had one.
func (p *Played) Part(id pool.RequestID) (Part, bool) { return findPart(p.Requests, id) }

func findPart(parts []Part, id pool.RequestID) (Part, bool) {
	i, found := slices.BinarySearchFunc(parts, id, func(p Part, id pool.RequestID) int {
		return cmp.Compare(p.Request.ID, id)
	})
	if !found {
		return Part{}, false
	}
	return parts[i], true
}

// Play freezes, decides and posts one round. Arrivals are requests that were not
// in line before, priced and open, in any order; those that cannot take part yet
// wait. They are kept and must not be changed. Errors are those of Freeze.
func (p *Player) Play(round pool.Round, lots []pool.Lot, arrivals []*pool.Request) (*Played, error) {
	frozen, err := p.Freeze(round, lots, arrivals)
	if err != nil {
		return nil, err
	}
	return p.Post(frozen, fairshare.Decide(frozen.Snapshot))
}

// Post carries a decision of what Freeze returned into the accounts and the
// line. Errors, all of kind Conflict: the decision is of another snapshot, or
// the player has changed since Freeze.
func (p *Player) Post(f *Frozen, d *fairshare.Decision) (*Played, error) {
	if d.Snapshot() != f.Snapshot {
		return nil, fault.New(fault.Conflict, pool.CodeConflict, "the decision is of another snapshot")
	}
	grants := make([]credit.Amount, len(d.Requests))
	for i, r := range d.Requests {
		grants[i] = credit.GPUMilliseconds(r.Granted)
	}
	accounts, err := f.accountsAfter(d)
	if err != nil {
		return nil, err
	}
	if err := p.advance(f, grants); err != nil {
		return nil, err
	}
	maps.Copy(p.tree.accounts, accounts)
	played := &Played{
		Round: f.Round, Snapshot: f.Snapshot, Decision: d, Offers: f.Offers,
		Requests: slices.Clone(f.Requests),
	}
	for i := range played.Requests {
		played.Requests[i].Granted = grants[i]
	}
	played.Summary = summarise(played, f)
	return played, nil
}

// advance posts grants, one for each request that took part, to the line.
func (p *Player) advance(f *Frozen, grants []credit.Amount) error {
	if f.version != p.version {
		return fault.New(fault.Conflict, pool.CodeConflict, "the pool has changed since round %s was frozen", f.Round.ID)
	}
	awarded := make([]credit.Amount, len(grants))
	for i, part := range f.Requests {
		var err error
		if awarded[i], err = part.Awarded.Add(grants[i]); err != nil || part.Request.Terms.Requested.Less(awarded[i]) {
			return fault.New(fault.Conflict, pool.CodeConflict,
				"request %s would be awarded more than it requested", part.Request.ID).Because(err)
		}
	}
	p.version++
	p.rounds[f.Round.ID] = true
	p.lastTick = f.Round.Key.Tick
	for _, s := range f.arrivals {
		p.requests[s.Request.ID] = s
	}
	for i, s := range f.seated {
		s.Awarded, s.State = awarded[i], s.Request.Terms.StateGiven(awarded[i])
	}
	p.line = append(p.line, f.arrivals...)
	slices.SortFunc(p.line, byRequestID)
	p.line = slices.DeleteFunc(p.line, p.leaves)
	return nil
}

// leaves reports whether a request leaves the line: it has all it asked for, or
// its window was over at the last tick.
func (p *Player) leaves(s *Standing) bool {
	if s.State == pool.RequestGranted {
		return true
	}
	if s.Request.Window.End.After(p.lastTick) {
		return false
	}
	s.State = pool.RequestExpired
	return true
}

func byRequestID(a, b *Standing) int { return cmp.Compare(a.Request.ID, b.Request.ID) }
