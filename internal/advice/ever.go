package advice

import (
	"cmp"
	"slices"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// Verdict says whether a request can be granted at all.
type Verdict string

const (
	// Never: no round with these lots and caps can grant the request its minimum,
	// whoever else asks for whatever, whoever is owed whatever. It is proven: a
	// grant comes from the request's own lots and counts against every cap above
	// it, so it is at most the smallest of these; and that is below the minimum.
	Never Verdict = "never"
	// Maybe: some round with these lots and caps can. It is witnessed by the
	// round in which nobody else asks.
	Maybe Verdict = "maybe"
)

// Kinds of limits.
const (
	LimitLots = "lots" // all lots of the request's eligibility together
	LimitCap  = "cap"  // the cap of a node above the request
)

// Limit is a bound on what a request can be granted in one round.
type Limit struct {
	Kind   string
	Node   string // of a cap
	Amount int64  // gpu_ms
}

// Share is what a node above a request holds by right; both in gpu_ms.
type Share struct {
	Node string
	// Entitlement is that of this round. Below the nations it follows what the
	// parent was given.
	Entitlement int64
	// Bank is the most that the node can be owed: K entitlements.
	Bank int64
}

// Prospect is what one round can bring to one request. All amounts are in
// gpu_ms.
type Prospect struct {
	Verdict Verdict
	// Needed is the least grant that counts: the minimum, at least 1.
	Needed int64
	// Limits hold in every round with these lots and caps: the smallest, which
	// binds, first.
	Limits []Limit
	// Alone is what this round would have granted if nobody else had asked.
	// It is at least Needed just when the verdict is Maybe.
	Alone int64
	// Shares are those of the nodes above, from the nation down.
	Shares []Share
	// Saved is what this round would have granted if every node above had been
	// owed all that the bank limit allows, each of their siblings had owed as
	// much, no other request of the same project had asked, and the request had
	// had no minimum. All others ask as they do.
	Saved int64
}

// BeyondSavings reports whether not even full savings would have reached the
// minimum in this round: then only what others do not ask for can serve the
// request. It is a statement about this round, not about every one: what others
// leave is not bounded by entitlement and bank limit.
func (p *Prospect) BeyondSavings() bool { return p.Saved < p.Needed }

// Ever says whether a request can be granted its minimum in a round like this
// one. Whether it is held does not matter. It decides two rounds. The error is
// *Unknown if there is no such request.
func Ever(d *fairshare.Decision, id string) (*Prospect, error) {
	q, r, err := newQuestion(d, id)
	if err != nil {
		return nil, err
	}
	p := &Prospect{
		Verdict: Never, Needed: max(r.Min.GPUMilliseconds(), 1),
		Limits: q.limits(r), Shares: q.shares(),
	}
	if p.Limits[0].Amount >= p.Needed && r.Max.GPUMilliseconds() > 0 {
		p.Verdict = Maybe
	}
	alone, err := q.decide(q.alone(r))
	if err != nil {
		return nil, err
	}
	saved, err := q.decide(q.saved(r))
	if err != nil {
		return nil, err
	}
	p.Alone, p.Saved = q.outcome(alone).Granted, q.outcome(saved).Granted
	return p, nil
}

// limits lists the bounds that no round can pass.
func (q *question) limits(r fairshare.Request) []Limit {
	list := []Limit{{Kind: LimitLots, Amount: q.supplyOf(r)}}
	for _, i := range path(q.s, q.node) {
		if n := &q.s.Nodes()[i]; n.Cap != nil {
			list = append(list, Limit{LimitCap, n.ID, n.Cap.GPUMilliseconds()})
		}
	}
	slices.SortStableFunc(list, func(a, b Limit) int { return cmp.Compare(a.Amount, b.Amount) })
	return list
}

// shares lists entitlement and bank of the nodes above, from the nation down.
func (q *question) shares() []Share {
	var list []Share
	for _, i := range path(q.s, q.node) {
		if n := &q.s.Nodes()[i]; n.Parent != "" {
			e := q.d.Nodes[i].Entitlement // below 2^53, and K at most 1,000: no overflow
			list = append(list, Share{n.ID, e, q.s.Round().BankLimitRounds * e})
		}
	}
	slices.Reverse(list)
	return list
}

// alone is the round in which nobody else asks.
func (q *question) alone(r fairshare.Request) fairshare.Input {
	in := q.s.Input()
	for i := range in.Requests {
		in.Requests[i].Held = in.Requests[i].ID != r.ID
	}
	return in
}

// saved is the round of Prospect.Saved. Balances beyond the bank limit count as
// the limit, so they are only made large enough: K times all supply, or what the
// sums of balances leave room for.
func (q *question) saved(r fairshare.Request) fairshare.Input {
	in := q.s.Input()
	for i := range in.Requests {
		switch other := &in.Requests[i]; {
		case other.ID == r.ID:
			other.Held, other.Min = false, credit.Amount{}
		case other.Node == r.Node:
			other.Held = true
		}
	}
	owed := set{}
	for _, i := range path(q.s, q.node) {
		owed[q.s.Nodes()[i].ID] = true
	}
	siblings := map[string]int64{}
	for i := range in.Nodes {
		siblings[in.Nodes[i].Parent]++
	}
	var supply int64
	for _, l := range in.Lots {
		supply += l.Supply.GPUMilliseconds()
	}
	most := func(parent string) int64 {
		return min(in.Round.BankLimitRounds*supply, (fairshare.MaxAmount-1)/siblings[parent])
	}
	for i := range in.Nodes {
		n := &in.Nodes[i]
		if owed[n.Parent] {
			n.Balance = credit.GPUMilliseconds(-most(n.Parent))
			if owed[n.ID] {
				n.Balance = credit.GPUMilliseconds(most(n.Parent))
			}
		}
		if owed[n.ID] && siblings[n.ID] > 0 {
			n.Commons = credit.GPUMilliseconds((siblings[n.ID] - 2) * most(n.ID))
		}
	}
	return in
}
