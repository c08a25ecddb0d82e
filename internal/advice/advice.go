package advice

import (
	"cmp"
	"slices"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// Advice is the answer to a question about one request or node: what was tried,
// and what it would have brought in this round.
type Advice struct {
	// Now is what was decided.
	Now Outcome
	// Changes would grant more: most gain first; see Best for ties.
	Changes []Change
	// Futile were tried and would not grant more, in the same order.
	Futile []Change
	// Untried counts sets of lots and caps that were left out to keep within
	// MaxRuns.
	Untried int
	// Runs counts the rounds that were decided.
	Runs int
}

// Options bound what is advised. The zero value is right for a bare snapshot.
type Options struct {
	// LeastMinimum is the smallest minimum that a request may have, in gpu_ms.
	LeastMinimum int64
	// Widenings are what the request could accept besides, as found by the
	// function Widenings from the nouns; nil: they are inferred from the
	// snapshot's records.
	Widenings []Widening
}

// ForRequest tries what would have granted more to a request:
//   - held: that it is released, and nothing else;
//   - its demand met: a larger maximum;
//   - else: more lots; a lower minimum, if it fell below its own; the first rank
//     in its project, if another request comes before it there; larger caps of
//     the nodes above that stand at theirs.
//
// The error is *Unknown if there is no such request.
func ForRequest(d *fairshare.Decision, id string, o Options) (*Advice, error) {
	q, r, err := newQuestion(d, id)
	if err != nil {
		return nil, err
	}
	why := d.RequestReason(q.request)
	var steps []func() error
	switch why.Code {
	case fairshare.HeldBack:
		steps = append(steps, func() error { return q.release(r) })
	case fairshare.DemandMet:
		steps = append(steps, func() error { return q.raiseMaximum(r) })
	default:
		steps = append(steps, func() error { return q.acceptLots(r, o.Widenings) })
		if why.Code == fairshare.BelowMinimum {
			steps = append(steps, func() error { return q.lowerMinimum(r, o.LeastMinimum, why.WouldHave) })
		}
		steps = append(steps,
			func() error { return q.rankFirst(r) },
			func() error { return q.raiseCaps(why) })
	}
	return q.answer(steps)
}

// ForNode tries what would have granted more to a node that was asked for more
// than it got: a larger cap of its own, of a node above that stands at its cap,
// or of the node that its reason names; twice its weight; a floor as high as it
// can use. The error is *Unknown if there is no such node.
func ForNode(d *fairshare.Decision, id string) (*Advice, error) {
	q := &question{d: d, s: d.Snapshot(), request: -1}
	var found bool
	if q.node, found = q.s.FindNode(id); !found {
		return nil, &Unknown{"node", id}
	}
	q.before = q.outcome(d)
	q.advice.Now = q.before
	why := d.NodeReason(q.node)
	if why.Code == fairshare.DemandMet {
		return q.answer(nil)
	}
	return q.answer([]func() error{
		func() error { return q.raiseCaps(why) },
		q.raiseWeight,
		q.raiseFloor,
	})
}

// answer takes the steps and orders what they found.
func (q *question) answer(steps []func() error) (*Advice, error) {
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(q.advice.Changes, compare)
	slices.SortStableFunc(q.advice.Futile, compare)
	return &q.advice, nil
}

// Best returns the change by this role that gains the most. Among equal gains it
// is the one with the largest gain for the whole project, then the one that
// names the fewest classes, sites and jurisdictions, then the fewest lots, then
// the first kind, then the first id. It is nil if nothing that the role could
// change was found to help in this round: to be said just so, and when Untried
// is not 0, with that number.
func (a *Advice) Best(by Role) *Change {
	for i := range a.Changes {
		if a.Changes[i].By == by {
			return &a.Changes[i]
		}
	}
	return nil
}

// compare orders changes: the one to advise first.
func compare(a, b Change) int {
	return cmp.Or(
		-cmp.Compare(a.Gain(), b.Gain()),
		-cmp.Compare(a.After.Node, b.After.Node),
		cmp.Compare(slices.Index(roles, a.By), slices.Index(roles, b.By)),
		cmp.Compare(a.Accept.names(), b.Accept.names()),
		cmp.Compare(len(a.Accept.Added), len(b.Accept.Added)),
		cmp.Compare(slices.Index(kinds, a.Kind), slices.Index(kinds, b.Kind)),
		cmp.Compare(a.Node, b.Node),
		slices.Compare(a.Accept.Lots, b.Accept.Lots),
		cmp.Compare(a.To, b.To),
	)
}
