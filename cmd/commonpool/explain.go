package main

import (
	"slices"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// explanation is the answer of why, in the order in which JSON and YAML show
// it. Amounts are in gpu_ms.
type explanation struct {
	Round          string    `json:"round"`
	Start          string    `json:"start"`
	End            string    `json:"end"`
	Engine         string    `json:"engine"`
	SnapshotSHA256 string    `json:"snapshot_sha256"`
	ID             string    `json:"id"`
	Kind           string    `json:"kind"`
	Asked          int64     `json:"asked_gpu_ms"`
	Minimum        *int64    `json:"min_gpu_ms,omitempty"`
	Granted        int64     `json:"granted_gpu_ms"`
	Lots           []lotPart `json:"lots"`
	Levels         []level   `json:"levels"`
	Advice         *advised  `json:"advice,omitempty"`
}

// lotPart is what was granted from one lot.
type lotPart struct {
	Lot    string `json:"lot"`
	Class  string `json:"class"`
	Site   string `json:"site"`
	Amount int64  `json:"amount_gpu_ms"`
}

// level is one claimant among its siblings: the request or node asked about, or
// a node above it.
type level struct {
	ID       string       `json:"id"`
	Kind     string       `json:"kind"`
	Parent   string       `json:"parent"`
	Asked    int64        `json:"asked_gpu_ms"`
	Granted  int64        `json:"granted_gpu_ms"`
	Node     *nodeFigures `json:"node,omitempty"`
	Reason   why          `json:"reason"`
	Sentence string       `json:"sentence"`
	// Shared is what the parent's claimants have together.
	Shared      int64        `json:"shared_gpu_ms,omitempty"`
	Calculation *calculation `json:"calculation,omitempty"`
	Lots        []lotUse     `json:"lots,omitempty"`
	Siblings    []sibling    `json:"siblings,omitempty"`
	LeftOut     *leftOut     `json:"siblings_left_out,omitempty"`
}

// nodeFigures is what a node has and a request has not.
type nodeFigures struct {
	Weight      int64  `json:"weight"`
	Entitlement int64  `json:"entitlement_gpu_ms"`
	OwnFloor    int64  `json:"own_floor_gpu_ms"`
	Guarantee   int64  `json:"guarantee_gpu_ms"`
	Floor       int64  `json:"floor_gpu_ms"`
	Cap         *int64 `json:"cap_gpu_ms"`
	Before      int64  `json:"balance_before_gpu_ms"`
	After       int64  `json:"balance_after_gpu_ms"`
}

// why is a reason as the decision file has it; only the fields of its code are
// set. Minimum is beside would_have for reading.
type why struct {
	Code       string              `json:"code"`
	LevelNum   *int64              `json:"level_num,omitempty"`
	LevelDen   *int64              `json:"level_den,omitempty"`
	Siblings   *int64              `json:"siblings,omitempty"`
	Lots       []string            `json:"lots,omitempty"`
	Node       string              `json:"node,omitempty"`
	WouldHave  *int64              `json:"would_have,omitempty"`
	Minimum    *int64              `json:"min_gpu_ms,omitempty"`
	ExcludedBy map[string][]string `json:"excluded_by,omitempty"`
}

// reasonOf writes the fields of a reason's code.
func reasonOf(r fairshare.Reason) why {
	w := why{Code: r.Code}
	switch r.Code {
	case fairshare.Share, fairshare.Lots:
		w.LevelNum, w.LevelDen, w.Siblings, w.Lots = &r.LevelNum, &r.LevelDen, &r.Siblings, r.Lots
	case fairshare.Cap:
		w.Node = r.Node
	case fairshare.BelowMinimum:
		w.WouldHave = &r.WouldHave
	case fairshare.NoEligibleLot:
		w.ExcludedBy = r.ExcludedBy
	}
	return w
}

// explainer explains one decision.
type explainer struct {
	d     *fairshare.Decision
	s     *fairshare.Snapshot
	round fairshare.Round
	kin   *kinship
	lots  []lotGroup
}

func newExplainer(d *fairshare.Decision) *explainer {
	s := d.Snapshot()
	return &explainer{d: d, s: s, round: s.Round(), kin: newKinship(s), lots: groupLots(s)}
}

// explain explains the request or node with an index, and the nodes above it.
func (x *explainer) explain(index int, isRequest bool) *explanation {
	const day = "2006-01-02T15:04:05Z"
	e := &explanation{
		Round: x.round.ID, Start: x.round.Start.Format(day), End: x.round.End.Format(day),
		Engine: fairshare.Engine, Lots: x.partsOf(index, isRequest),
	}
	node := index
	if isRequest {
		r := x.s.Request(index)
		least := r.Min.GPUMilliseconds()
		e.ID, e.Kind, e.Asked, e.Minimum = r.ID, requestKind, r.Max.GPUMilliseconds(), &least
		e.Granted = x.d.Requests[index].Granted
		e.Levels = append(e.Levels, x.requestLevel(index))
		node, _ = x.s.FindNode(r.Node)
	} else {
		n := &x.s.Nodes()[index]
		e.ID, e.Kind, e.Asked, e.Granted = n.ID, n.Kind, x.kin.asked[index], x.d.Nodes[index].Granted
	}
	for ; node >= 0; node = x.kin.parent[node] {
		e.Levels = append(e.Levels, x.nodeLevel(node))
	}
	return e
}

// partsOf sums the awards of a request, or of those below a node, by lot.
func (x *explainer) partsOf(index int, isRequest bool) []lotPart {
	sums := make([]int64, len(x.s.Lots()))
	var below []int
	if !isRequest {
		below = x.kin.branches(x.kin.parent[index])
	}
	for _, a := range x.d.Awards {
		if isRequest && int(a.Request) == index || !isRequest && below[x.kin.nodeOf[a.Request]] == index {
			sums[a.Lot] += a.Amount
		}
	}
	parts := []lotPart{}
	for i, sum := range sums {
		if l := &x.s.Lots()[i]; sum > 0 {
			parts = append(parts, lotPart{l.ID, l.Class, l.Site, sum})
		}
	}
	return parts
}

// requestLevel explains a request among those of its node.
func (x *explainer) requestLevel(index int) level {
	r := x.s.Request(index)
	node := int(x.kin.nodeOf[index])
	reason := x.d.RequestReason(index)
	l := level{
		ID: r.ID, Kind: requestKind, Parent: r.Node,
		Asked: r.Max.GPUMilliseconds(), Granted: x.d.Requests[index].Granted,
		Reason: reasonOf(reason), Shared: x.d.Nodes[node].Granted,
	}
	if reason.Code == fairshare.BelowMinimum {
		least := r.Min.GPUMilliseconds()
		l.Reason.Minimum = &least
	}
	x.addSiblings(&l, x.requestClaims(node), index)
	l.Sentence = x.sentence(&l, reason)
	return l
}

// nodeLevel explains a node among the children of its parent.
func (x *explainer) nodeLevel(index int) level {
	n, o := &x.s.Nodes()[index], &x.d.Nodes[index]
	reason := x.d.NodeReason(index)
	l := level{
		ID: n.ID, Kind: n.Kind, Parent: n.Parent, Asked: x.kin.asked[index], Granted: o.Granted,
		Node: &nodeFigures{
			Weight: n.Weight, Entitlement: o.Entitlement, OwnFloor: n.Floor.GPUMilliseconds(),
			Floor:  o.Floor,
			Before: n.Balance.GPUMilliseconds(), After: o.Balance,
		},
		Reason: reasonOf(reason),
	}
	if n.Cap != nil {
		most := n.Cap.GPUMilliseconds()
		l.Node.Cap = &most
	}
	if parent := x.kin.parent[index]; parent >= 0 {
		l.Node.Guarantee = guarantee(x.round.GuaranteePermille, o.Entitlement)
		l.Shared = x.d.Nodes[parent].Granted
		x.addSiblings(&l, x.nodeClaims(parent), index)
	} else {
		l.Lots = x.wholeLots(x.lotsOfPool(reason))
	}
	l.Sentence = x.sentence(&l, reason)
	return l
}

// lotsOfPool are the lots to be shown for the pool, each by the name of its
// group: all where lots are the reason; where minima are, those that have
// something left.
func (x *explainer) lotsOfPool(r fairshare.Reason) (names []string) {
	if r.Code != fairshare.BelowMinimum {
		return r.Lots
	}
	for _, g := range x.lots {
		if slices.ContainsFunc(g.lots, func(lot int) bool { return x.d.Left[lot] > 0 }) {
			names = append(names, x.s.Lots()[g.lots[0]].ID)
		}
	}
	return names
}
