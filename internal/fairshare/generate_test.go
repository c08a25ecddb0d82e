package fairshare_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// Where caps may stand. A cap above other nodes, or beside requests of several
// eligibilities, can make a node unable to hand on what it was given, even
// without any minimum: its demand by signature is the sum of its children's,
// each of which counts its cap in full for every signature. Caps of the pool's
// own children alone do not.
const (
	noCaps = iota
	capsOfNations
	capsAnywhere
)

// shape bounds what drawInput draws.
type shape struct {
	nodes, nations, depth int // nodes below the pool; depth 1: nations alone
	requests, lots        int
	caps                  int
	poolCap               bool
	minima                bool
	floors                bool
	held                  bool
	weightless            bool // weights of 0 too
	greedy                bool // large minima
	// unit multiplies every amount, and adds less than a unit to it.
	unit int64
}

// anyRound is every kind of small round.
var anyRound = shape{
	nodes: 9, nations: 4, depth: 3, requests: 8, lots: 4, caps: capsAnywhere, poolCap: true,
	minima: true, floors: true, held: true, weightless: true, unit: 1,
}

// greedyRound has large minima, so that nodes freeze often, some passes are
// discarded, and requests are served from what is left.
var greedyRound = func() shape {
	s := anyRound
	s.depth, s.nodes, s.greedy = 3, 6, true
	return s
}()

// calmRound has no minima and caps of nations only, so that nothing freezes and
// what a node is given is what is granted below it.
var calmRound = func() shape {
	s := anyRound
	s.minima, s.caps = false, capsOfNations
	return s
}()

// oneLevel is nations with requests of their own: one division among the
// nations, nothing frozen. The pool has no cap.
var oneLevel = func() shape {
	s := calmRound
	s.depth, s.nodes, s.nations, s.poolCap = 1, 4, 4, false
	return s
}()

// onThePool is one division among the requests of the pool itself.
var onThePool = func() shape {
	s := anyRound
	s.nodes = 0
	return s
}()

// large turns a shape into one with amounts beyond 2⁴⁰.
func (s shape) large() shape {
	s.unit = 1<<40 + 12345
	return s
}

var roundStart = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

// drawing draws the parts of one input.
type drawing struct {
	t *rapid.T
	shape
	in fairshare.Input
}

// drawInput draws a valid input of the given shape.
func drawInput(t *rapid.T, s shape) fairshare.Input {
	d := drawing{t: t, shape: s}
	d.in.Round = fairshare.Round{
		ID: "round", Start: roundStart, End: roundStart.AddDate(0, 1, 0),
		GuaranteePermille: rapid.SampledFrom([]int64{0, 0, 250, 500, 500, 1000}).Draw(t, "alpha"),
		BankLimitRounds:   rapid.SampledFrom([]int64{0, 1, 2, 4, 4, 1000}).Draw(t, "K"),
		MaxPasses:         rapid.SampledFrom([]int64{1, 2, 8, 8, 8}).Draw(t, "passes"),
	}
	d.drawNodes()
	d.drawBalances()
	d.drawLots()
	d.drawRequests()
	return d.in
}

// number draws low..high. rapid prefers small numbers, which is right for what
// it shrinks to; but rounds of small numbers alone are mostly empty, so that
// every other number is spread evenly.
func (d *drawing) number(low, high int64, label string) int64 {
	if !rapid.Bool().Draw(d.t, label+" spread") {
		return rapid.Int64Range(low, high).Draw(d.t, label)
	}
	const odd = 0x9E3779B97F4A7C15
	spread := rapid.Uint64().Draw(d.t, label) * odd
	return low + int64(spread>>11%uint64(high-low+1))
}

func (d *drawing) count(low, high int, label string) int {
	return int(d.number(int64(low), int64(high), label))
}

// amount draws an amount in the shape's unit. A 0 is drawn less often than
// rapid would.
func (d *drawing) amount(low, high int64, label string) credit.Amount {
	if low == 0 && high > 0 && !d.coin(15, "no "+label) {
		low = 1
	}
	n := d.number(low, high, label)
	if d.unit > 1 {
		n = n*d.unit + d.number(0, d.unit-1, label+" more")
	}
	return credit.GPUMilliseconds(n)
}

func (d *drawing) coin(oneIn int, label string) bool {
	return d.count(1, oneIn, label) == oneIn
}

// names are n distinct ids whose order says nothing about their drawing.
func (d *drawing) names(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%c", prefix, 'a'+i)
	}
	return rapid.Permutation(all).Draw(d.t, prefix+" ids")
}

func (d *drawing) drawNodes() {
	d.in.Nodes = []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool, Weight: d.weight()}}
	if d.poolCap && d.coin(4, "pool has a cap") {
		d.in.Nodes[0].Cap = new(d.amount(0, 60, "pool cap"))
	}
	depths := []int{0}
	kinds := []string{fairshare.KindNation, fairshare.KindInstitution, fairshare.KindLead, fairshare.KindProject}
	nations := 0
	for _, id := range d.names("n", d.count(min(d.nodes, 1), d.nodes, "nodes")) {
		var parents []int
		for p, depth := range depths {
			if depth < d.depth && (depth > 0 || nations < d.nations) {
				parents = append(parents, p)
			}
		}
		if len(parents) == 0 {
			break
		}
		p := parents[d.count(0, len(parents)-1, "parent")]
		if p == 0 {
			nations++
		}
		depths = append(depths, depths[p]+1)
		d.drawNode(fairshare.Node{
			ID: id, Parent: d.in.Nodes[p].ID, Kind: kinds[min(depths[p], len(kinds)-1)], Weight: d.weight(),
		}, depths[p]+1)
	}
}

func (d *drawing) drawNode(n fairshare.Node, depth int) {
	ceiling := int64(30)
	if d.caps == capsAnywhere || d.caps == capsOfNations && depth == 1 {
		if d.coin(3, "has a cap") {
			n.Cap = new(d.amount(0, 30, "cap"))
			ceiling = n.Cap.GPUMilliseconds() / d.unit
		}
	}
	if d.floors && ceiling > 0 && d.coin(3, "has a floor") {
		// Below the cap whatever is added to a unit.
		n.Floor = d.amount(0, ceiling-1, "floor")
	}
	d.in.Nodes = append(d.in.Nodes, n)
}

func (d *drawing) weight() int64 {
	weights := []int64{1, 1, 1, 2, 3, 5, 1000}
	if d.weightless {
		weights = append(weights, 0)
	}
	return rapid.SampledFrom(weights).Draw(d.t, "weight")
}

// drawBalances gives nodes balances, and the commons above them the rest.
func (d *drawing) drawBalances() {
	for i := range d.in.Nodes {
		n := &d.in.Nodes[i]
		if n.Parent == "" || !d.coin(2, "has a balance") {
			continue
		}
		n.Balance = d.amount(-40, 40, "balance")
		parent := slices.IndexFunc(d.in.Nodes, func(p fairshare.Node) bool { return p.ID == n.Parent })
		commons := &d.in.Nodes[parent].Commons
		*commons = credit.GPUMilliseconds(commons.GPUMilliseconds() - n.Balance.GPUMilliseconds())
	}
}

func (d *drawing) nationIDs() []string {
	var ids []string
	for _, n := range d.in.Nodes {
		if n.Parent == "pool" {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

func (d *drawing) drawLots() {
	nations := d.nationIDs()
	for _, id := range d.names("l", d.count(1, d.lots, "lots")) {
		lot := fairshare.Lot{
			ID: id, Class: "a100-40gb", Site: "nairobi-1",
			Ends:   roundStart.AddDate(0, 0, int(d.number(1, 3, "ends"))),
			Supply: d.amount(0, 40, "supply"),
		}
		if d.coin(4, "has conditions") {
			lot.OpenTo = []string{}
			for _, n := range nations {
				if d.coin(2, "open") {
					lot.OpenTo = append(lot.OpenTo, n)
				}
			}
		}
		d.in.Lots = append(d.in.Lots, lot)
	}
}

// nationOf is the child of the pool above a node, "" for the pool itself.
func nationOf(in fairshare.Input, node string) string {
	for {
		i := slices.IndexFunc(in.Nodes, func(n fairshare.Node) bool { return n.ID == node })
		switch in.Nodes[i].Parent {
		case "":
			return ""
		case "pool":
			return node
		}
		node = in.Nodes[i].Parent
	}
}

// leaves are the nodes that requests may hang on.
func leaves(in fairshare.Input) []string {
	var ids []string
	for _, n := range in.Nodes {
		if !slices.ContainsFunc(in.Nodes, func(c fairshare.Node) bool { return c.Parent == n.ID }) {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

func (d *drawing) drawRequests() {
	nodes := leaves(d.in)
	fewest := min(d.requests, 2)
	if d.coin(15, "few requests") {
		fewest = 0
	}
	for _, id := range d.names("r", d.count(fewest, d.requests, "requests")) {
		r := fairshare.Request{
			ID: id, Node: nodes[d.count(0, len(nodes)-1, "node")],
			Max: d.amount(0, 40, "max"), Rank: d.number(0, 2, "rank"),
			Submitted: roundStart.Add(-time.Duration(d.number(1, 3, "hours")) * time.Hour),
			Held:      d.held && d.coin(8, "held"),
		}
		if most := r.Max.GPUMilliseconds(); d.minima && most > 0 && (d.greedy || d.coin(2, "has a minimum")) {
			least := int64(1)
			if d.greedy {
				least = (most + 1) / 2
			}
			r.Min = credit.GPUMilliseconds(d.number(least, most, "min"))
		}
		r.Eligibility = d.drawEligibility(nationOf(d.in, r.Node))
		d.in.Requests = append(d.in.Requests, r)
	}
	if d.coin(4, "an eligibility that nobody uses") {
		d.drawEligibility("")
	}
}

// drawEligibility is a set of lots that are open to the nation: at times one
// that exists, at times another with the same lots as one that exists.
func (d *drawing) drawEligibility(nation string) string {
	var lots, others []string
	everything := d.coin(3, "every lot")
	for _, l := range d.in.Lots {
		open := l.OpenTo == nil || slices.Contains(l.OpenTo, nation)
		if open && (everything || d.coin(2, "eligible")) {
			lots = append(lots, l.ID)
		} else {
			others = append(others, l.ID)
		}
	}
	for _, e := range d.in.Eligibilities {
		if slices.Equal(e.Lots, lots) && !d.coin(4, "again") {
			return e.ID
		}
	}
	e := fairshare.Eligibility{ID: fmt.Sprintf("e%d", len(d.in.Eligibilities)), Lots: lots}
	if len(others) > 0 && d.coin(2, "says why") {
		e.ExcludedBy = map[string][]string{"residency": others}
	}
	d.in.Eligibilities = append(d.in.Eligibilities, e)
	return e.ID
}

// clone is a deep copy, because Freeze takes over the slices of its input.
func clone(in fairshare.Input) fairshare.Input {
	in.Lots = slices.Clone(in.Lots)
	for i := range in.Lots {
		in.Lots[i].OpenTo = slices.Clone(in.Lots[i].OpenTo)
	}
	in.Eligibilities = slices.Clone(in.Eligibilities)
	for i := range in.Eligibilities {
		in.Eligibilities[i].Lots = slices.Clone(in.Eligibilities[i].Lots)
		if by := in.Eligibilities[i].ExcludedBy; by != nil {
			in.Eligibilities[i].ExcludedBy = make(map[string][]string)
			for condition, lots := range by {
				in.Eligibilities[i].ExcludedBy[condition] = slices.Clone(lots)
			}
		}
	}
	in.Nodes = slices.Clone(in.Nodes)
	in.Requests = slices.Clone(in.Requests)
	return in
}

// describe is an input for people, one line per record.
func describe(in fairshare.Input) string {
	var b strings.Builder
	fmt.Fprintf(&b, "alpha %d, K %d, passes %d\n",
		in.Round.GuaranteePermille, in.Round.BankLimitRounds, in.Round.MaxPasses)
	for _, l := range in.Lots {
		fmt.Fprintf(&b, "lot %s: supply %d, ends %s", l.ID, l.Supply.GPUMilliseconds(), l.Ends.Format(time.DateOnly))
		if l.OpenTo != nil {
			fmt.Fprintf(&b, ", open to %q", l.OpenTo)
		}
		b.WriteByte('\n')
	}
	for _, e := range in.Eligibilities {
		fmt.Fprintf(&b, "eligibility %s: %q\n", e.ID, e.Lots)
	}
	for _, n := range in.Nodes {
		fmt.Fprintf(&b, "node %s in %q: weight %d, floor %d, balance %d, commons %d", n.ID, n.Parent,
			n.Weight, n.Floor.GPUMilliseconds(), n.Balance.GPUMilliseconds(), n.Commons.GPUMilliseconds())
		if n.Cap != nil {
			fmt.Fprintf(&b, ", cap %d", n.Cap.GPUMilliseconds())
		}
		b.WriteByte('\n')
	}
	for _, r := range in.Requests {
		fmt.Fprintf(&b, "request %s of %s, %s: %d..%d, rank %d, submitted %s", r.ID, r.Node, r.Eligibility,
			r.Min.GPUMilliseconds(), r.Max.GPUMilliseconds(), r.Rank, r.Submitted.Format(time.RFC3339))
		if r.Held {
			b.WriteString(", held")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
