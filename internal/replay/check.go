package replay

import (
	"errors"
	"fmt"
	"slices"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// Broken is a law of docs/FAIRNESS, section 6, that a decision breaks.
type Broken struct {
	// Law is its number there.
	Law int
	// Where names the lot, node or request.
	Where   string
	Problem string
}

func (b *Broken) Error() string { return fmt.Sprintf("law %d: %s: %s", b.Law, b.Where, b.Problem) }

// maxBroken is how many breaches Check reports.
const maxBroken = 20

// Check tests a decision against the laws of docs/FAIRNESS, section 6, that can
// be seen on a single one, from the snapshot and the decision's amounts alone:
//
//   - law 1: grants and left add up to the supply, per lot and in total; only
//     eligible lots; what nodes and requests were granted is the sum of the
//     awards below them;
//   - law 2: caps; nothing, or from the minimum to the maximum; nothing if held;
//   - laws 3 and 9: no node has less than the lower bound that held for it, save
//     where a minimum or a cap below it stood in the way, and no lower bound is
//     above its floor and guarantee; where there are no minima and caps and every
//     lot serves everybody, the bounds are exactly those, and floors that do not
//     fit share all there is;
//   - law 4, where there are no minima and caps: no unit of a lot would serve a
//     sibling with a smaller key, ties in their order (see Unlimited);
//   - law 5: no request fits in what is left;
//   - law 10: balances and commons sum to 0 and are within the bank limit where
//     there is an entitlement; who took more than its entitlement has paid
//     exactly that, and who took less was credited at most the difference.
//
// Laws 6 to 8 and 11 to 14 compare several decisions and are not tested here.
// The error joins a *[Broken] for each breach, at most 20; nil: none.
func Check(d *fairshare.Decision) error {
	c := newChecker(d)
	c.checkLots()
	c.checkRequests()
	c.checkNodes()
	c.checkLeft()
	c.checkReciprocity()
	if c.unlimited {
		c.checkLevels()
		if c.isUniform() {
			c.checkBounds(c.root)
		}
	}
	return errors.Join(c.found...)
}

// Unlimited returns the round of a snapshot without minima and caps: the
// division by shares alone, on which Check can test laws 3, 4 and 9 in full.
func Unlimited(s *fairshare.Snapshot) (*fairshare.Snapshot, error) {
	in := s.Input()
	for i := range in.Requests {
		in.Requests[i].Min = credit.Amount{}
	}
	for i := range in.Nodes {
		in.Nodes[i].Cap = nil
	}
	return fairshare.Freeze(in)
}

// checker looks at one decision. Lots, nodes and requests are numbered as in the
// snapshot, by id; amounts are in gpu_ms.
type checker struct {
	d        *fairshare.Decision
	round    fairshare.Round
	lots     []fairshare.Lot
	nodes    []fairshare.Node
	requests []fairshare.Request

	root     int
	children [][]int
	parent   []int   // −1: none
	bottomUp []int   // every node after all below it
	hangs    [][]int // node → its requests
	node     []int   // request → its node
	usable   [][]int // request → its lots
	asked    []int64 // node → Σ maxima below, held ones left out
	hindered []bool  // node → a minimum or a cap below it may stand in the way
	awards   [][]fairshare.Award
	// unlimited: the round has no minima and caps.
	unlimited bool
	found     []error
}

func newChecker(d *fairshare.Decision) *checker {
	s := d.Snapshot()
	in := s.Input()
	c := &checker{d: d, round: in.Round, lots: in.Lots, nodes: in.Nodes, requests: in.Requests, unlimited: true}
	c.layTree()
	lotOf := make(map[string]int, len(c.lots))
	for i, l := range c.lots {
		lotOf[l.ID] = i
	}
	lotsOf := make(map[string][]int, len(in.Eligibilities))
	for _, e := range in.Eligibilities {
		for _, lot := range e.Lots {
			lotsOf[e.ID] = append(lotsOf[e.ID], lotOf[lot])
		}
		slices.Sort(lotsOf[e.ID])
	}
	nodeOf := make(map[string]int, len(c.nodes))
	for i, n := range c.nodes {
		nodeOf[n.ID] = i
	}
	c.node, c.usable = make([]int, len(c.requests)), make([][]int, len(c.requests))
	c.hangs = make([][]int, len(c.nodes))
	for i, r := range c.requests {
		n := nodeOf[r.Node]
		c.node[i], c.usable[i] = n, lotsOf[r.Eligibility]
		c.hangs[n] = append(c.hangs[n], i)
	}
	c.awards = make([][]fairshare.Award, len(c.requests))
	for _, a := range d.Awards {
		c.awards[a.Request] = append(c.awards[a.Request], a)
	}
	c.sumAsked()
	return c
}

func (c *checker) layTree() {
	at := make(map[string]int, len(c.nodes))
	for i, n := range c.nodes {
		at[n.ID] = i
	}
	c.children, c.parent = make([][]int, len(c.nodes)), make([]int, len(c.nodes))
	for i, n := range c.nodes {
		c.parent[i] = -1
		if n.Parent == "" {
			c.root = i
			continue
		}
		c.parent[i] = at[n.Parent]
		c.children[at[n.Parent]] = append(c.children[at[n.Parent]], i)
	}
	order := []int{c.root}
	for k := 0; k < len(order); k++ {
		order = append(order, c.children[order[k]]...)
	}
	slices.Reverse(order)
	c.bottomUp = order
}

// sumAsked fills asked, hindered and unlimited.
func (c *checker) sumAsked() {
	c.asked, c.hindered = make([]int64, len(c.nodes)), make([]bool, len(c.nodes))
	for i, r := range c.requests {
		if r.Held {
			continue
		}
		c.asked[c.node[i]] = plusCapped(c.asked[c.node[i]], r.Max.GPUMilliseconds())
		if r.Min.Sign() > 0 {
			c.unlimited = false
			if c.d.Requests[i].Granted < r.Max.GPUMilliseconds() {
				c.hindered[c.node[i]] = true
			}
		}
	}
	for _, n := range c.bottomUp {
		if c.nodes[n].Cap != nil {
			c.unlimited = false
		}
		if p := c.parent[n]; p >= 0 {
			c.asked[p] = plusCapped(c.asked[p], c.asked[n])
			c.hindered[p] = c.hindered[p] || c.hindered[n] || c.nodes[n].Cap != nil
		}
	}
}

func (c *checker) broken(law int, where, format string, args ...any) {
	if len(c.found) < maxBroken {
		c.found = append(c.found, &Broken{law, where, fmt.Sprintf(format, args...)})
	}
}

// plusCapped is the sum of two numbers that are not negative, at most the
// largest int64.
func plusCapped(a, b int64) int64 {
	if sum := a + b; sum >= 0 {
		return sum
	}
	return 1<<63 - 1
}
