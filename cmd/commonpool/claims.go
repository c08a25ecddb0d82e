package main

import (
	"cmp"
	"math"
	"math/big"
	"slices"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// claim is one claimant of a division with what its figure is made of.
type claim struct {
	index                     int // of the node, or of the request
	id                        string
	weight, owed, floor       int64
	asked, least, got         int64
	reason                    fairshare.Reason
	held                      bool
	submittedRank, submitTime int64
}

// calculation is how a share is recomputed by hand: the level says how far every
// claimant was served, and due = owed + ⌊(weight·num + den) / (2·den)⌋, never
// below the floor. With the level num/den = 2t/D this is the count(i, t) of
// docs/FAIRNESS.md, section 1.
type calculation struct {
	LevelNum int64  `json:"level_num"`
	LevelDen int64  `json:"level_den"`
	Weight   int64  `json:"weight"`
	Owed     int64  `json:"owed_gpu_ms"`
	Steps    int64  `json:"steps_gpu_ms"`
	Floor    int64  `json:"floor_gpu_ms"`
	Due      int64  `json:"due_gpu_ms"`
	Granted  int64  `json:"granted_gpu_ms"`
	Note     string `json:"note,omitempty"`
}

// sibling is a row of the table of claimants. Due is what the level gives it.
type sibling struct {
	ID       string `json:"id"`
	Weight   int64  `json:"weight"`
	Owed     int64  `json:"owed_gpu_ms"`
	Floor    int64  `json:"floor_gpu_ms"`
	Asked    int64  `json:"asked_gpu_ms"`
	Due      *int64 `json:"due_gpu_ms,omitempty"`
	FromLots *int64 `json:"from_lots_gpu_ms,omitempty"`
	Granted  int64  `json:"granted_gpu_ms"`
	Reason   string `json:"reason"`
}

// leftOut is the siblings that the table has no room for.
type leftOut struct {
	Count   int64 `json:"count"`
	Weight  int64 `json:"weight"`
	Granted int64 `json:"granted_gpu_ms"`
}

// farAmount is beyond all amounts of a round.
const farAmount = 1 << 60

// maxSiblings bounds the table of claimants.
const maxSiblings = 12

// requestClaims lists the requests of a node in their order: rank, submission,
// id.
func (x *explainer) requestClaims(node int) []claim {
	var list []claim
	for i, of := range x.kin.nodeOf {
		if int(of) != node {
			continue
		}
		r := x.s.Request(i)
		list = append(list, claim{
			index: i, id: r.ID, weight: 1,
			asked: r.Max.GPUMilliseconds(), least: r.Min.GPUMilliseconds(), got: x.d.Requests[i].Granted,
			reason: x.d.RequestReason(i), held: r.Held,
			submittedRank: r.Rank, submitTime: r.Submitted.UnixMicro(),
		})
	}
	slices.SortStableFunc(list, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.submittedRank, b.submittedRank), cmp.Compare(a.submitTime, b.submitTime))
	})
	return list
}

// nodeClaims lists the children of a node by id.
func (x *explainer) nodeClaims(parent int) []claim {
	var list []claim
	for i, p := range x.kin.parent {
		if p != parent {
			continue
		}
		n, o := &x.s.Nodes()[i], &x.d.Nodes[i]
		list = append(list, claim{
			index: i, id: n.ID, weight: n.Weight, floor: o.Floor,
			owed:  owed(n.Balance.GPUMilliseconds(), x.round.BankLimitRounds, o.Entitlement),
			asked: x.kin.asked[i], got: o.Granted, reason: x.d.NodeReason(i),
		})
	}
	return list
}

// addSiblings fills in the level's calculation, its table of claimants and its
// lots. index is the claimant's own.
func (x *explainer) addSiblings(l *level, claims []claim, index int) {
	me := slices.IndexFunc(claims, func(c claim) bool { return c.index == index })
	at := levelOf(claims, me)
	own := claims[me].reason
	if own.Code == fairshare.Share || own.Code == fairshare.Lots {
		l.Calculation = calculate(&claims[me], own)
	}
	taken := map[int]int64{}
	if own.Code == fairshare.Lots {
		l.Lots, taken = x.useOf(own.Lots, x.standing(l, claims))
	}
	shown := pick(claims, me)
	var rest leftOut
	for i := range claims {
		c := &claims[i]
		if !slices.Contains(shown, i) {
			rest.Count++
			rest.Weight += c.weight
			rest.Granted += c.got
			continue
		}
		row := sibling{
			ID: c.id, Weight: c.weight, Owed: c.owed, Floor: c.floor,
			Asked: c.asked, Granted: c.got, Reason: c.reason.Code,
		}
		if due, known := c.dueAt(at); known {
			row.Due = &due
		}
		if own.Code == fairshare.Lots {
			amount := taken[c.index]
			row.FromLots = &amount
		}
		l.Siblings = append(l.Siblings, row)
	}
	if rest.Count > 0 {
		l.LeftOut = &rest
	}
}

// standing tells below which of the claims a request stands: the claim's index,
// −1 for none.
func (x *explainer) standing(l *level, claims []claim) func(int32) int {
	if l.Kind == requestKind {
		here := map[int32]bool{}
		for i := range claims {
			here[int32(claims[i].index)] = true
		}
		return func(request int32) int {
			if here[request] {
				return int(request)
			}
			return -1
		}
	}
	branch := x.kin.branches(x.kin.parent[claims[0].index])
	return func(request int32) int { return branch[x.kin.nodeOf[request]] }
}

// levelOf is the level to compare the claimants by: the claimant's own, else
// the first that shares the whole supply.
func levelOf(claims []claim, me int) fairshare.Reason {
	if r := claims[me].reason; r.LevelNum != 0 {
		return r
	}
	for i := range claims {
		if r := claims[i].reason; r.Code == fairshare.Share && r.LevelNum != 0 {
			return r
		}
	}
	return fairshare.Reason{}
}

// pick chooses which claims are shown: all, or the claimant itself and those
// with the largest weights and grants.
func pick(claims []claim, me int) []int {
	order := make([]int, len(claims))
	for i := range order {
		order[i] = i
	}
	first := func(i int) int {
		if i == me {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(first(a), first(b)),
			cmp.Compare(claims[b].weight, claims[a].weight),
			cmp.Compare(claims[b].got, claims[a].got),
		)
	})
	return order[:min(len(order), maxSiblings)]
}

// dueAt is what a level gives a claim, before its floor and its upper bound. A level of its own
// comes before the one given; what was below its minimum would have had what its
// reason says; what is held or has no weight has no share.
func (c *claim) dueAt(level fairshare.Reason) (int64, bool) {
	if c.reason.Code == fairshare.BelowMinimum {
		return c.reason.WouldHave, true
	}
	if c.reason.LevelNum != 0 {
		level = c.reason
	}
	if c.held || c.weight == 0 || level.LevelNum == 0 {
		return 0, false
	}
	return c.owed + stepsAt(level.LevelNum, level.LevelDen, c.weight), true
}

// calculate recomputes a claim's share from the level in its reason.
func calculate(c *claim, r fairshare.Reason) *calculation {
	k := &calculation{
		LevelNum: r.LevelNum, LevelDen: r.LevelDen, Weight: max(c.weight, 1),
		Owed: c.owed, Floor: c.floor, Due: c.floor, Granted: c.got,
	}
	if r.LevelNum != 0 {
		k.Steps = stepsAt(r.LevelNum, r.LevelDen, c.weight)
		k.Due = max(k.Owed+k.Steps, k.Floor)
	}
	k.Note = noteOf(c, k)
	return k
}

// Notes on a grant that is not just what the level gives.
const (
	noteTie       = "Its next unit stands exactly at the level; the units at that level went to claimants before it in the order."
	noteWeight    = "With weight 0 it shares only what is left when all others have all they can use."
	noteLess      = "It has less than the level gives: more could not be used below it, or caps or lots end there."
	noteMore      = "It has more than the level gives: the rest came from what was left over at the end."
	noteNoLevel   = "Nothing was divided above the floors."
	noteLeftOver  = "Nothing was divided above the floors; what it has came from what was left over at the end."
	noteUnderused = "Nothing was divided above the floors, and not all of its own could be used below it."
)

// noteOf explains the difference between what the level gives and the grant.
func noteOf(c *claim, k *calculation) string {
	switch {
	case k.LevelNum == 0 && k.Granted == k.Floor:
		return noteNoLevel
	case k.LevelNum == 0 && k.Granted > k.Floor:
		return noteLeftOver
	case k.LevelNum == 0:
		return noteUnderused
	case k.Due == k.Granted:
		return ""
	case k.Due < k.Granted:
		return noteMore
	case c.weight == 0:
		return noteWeight
	case k.Due == k.Granted+1 && k.nextKeyIsLevel():
		return noteTie
	}
	return noteLess
}

// stepsAt is ⌊(w·num + den) / (2·den)⌋, the units whose key (2n−1)/w is at most
// the level num/den. A weight of 0 counts as 1.
func stepsAt(num, den, weight int64) int64 {
	n := new(big.Int).Mul(big.NewInt(max(weight, 1)), big.NewInt(num))
	n.Add(n, big.NewInt(den))
	n.Div(n, new(big.Int).Mul(big.NewInt(2), big.NewInt(den)))
	// Beyond any amount its size does not matter, but sums with it must fit.
	if n.CmpAbs(big.NewInt(farAmount)) > 0 {
		return int64(n.Sign()) * farAmount
	}
	return n.Int64()
}

// nextKeyIsLevel tells whether the key of the next unit, (2(x−b)+1)/w, is the
// level.
func (k *calculation) nextKeyIsLevel() bool {
	key := new(big.Int).Sub(big.NewInt(k.Granted), big.NewInt(k.Owed))
	key.Lsh(key, 1).Add(key, big.NewInt(1)).Mul(key, big.NewInt(k.LevelDen))
	return key.Cmp(new(big.Int).Mul(big.NewInt(k.LevelNum), big.NewInt(k.Weight))) == 0
}

// owed is b: the balance within ±K entitlements.
func owed(balance, bankLimit, entitlement int64) int64 {
	limit := int64(math.MaxInt64)
	if bankLimit == 0 || entitlement <= limit/bankLimit {
		limit = bankLimit * entitlement
	}
	return min(max(balance, -limit), limit)
}

// guarantee is ⌊α·e/1000⌋.
func guarantee(permille, entitlement int64) int64 {
	g := new(big.Int).Mul(big.NewInt(permille), big.NewInt(entitlement))
	return g.Div(g, big.NewInt(1000)).Int64()
}
