package replay

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strconv"
	"testing"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// Laws 7, 12, 13 and 14 on real rounds. 12 is tested on every round whole; of 7
// and 14 a few claimants of every round are tried, of 13 a few small copies of
// it. Which ones follows from the round and -rapid.seed.

// samples is how many claimants or copies of a round each law is tried on.
const samples = 3

// tried counts what was tried on real rounds, so that nobody takes a test that
// tried nothing for one that found nothing.
type tried struct {
	scaled                         int // law 12: rounds with other weights
	hidden, over, under, lieChange int // law 7: lies, and how many changed what the liar had
	copies, units, binding         int // law 13: copies, their units, and nations between their bounds
	splits, halves, splitRequests  int // law 14: splits, those of a single request, and the requests dealt out
}

func (n tried) String() string {
	return fmt.Sprintf("law 7: %d hid a lot, %d overstated, %d understated, %d of these changed what the liar had; "+
		"law 12: %d rounds with other weights; law 13: %d copies of %d units in all, %d nations between their bounds; "+
		"law 14: %d projects split with %d requests, %d of them one request halved",
		n.hidden, n.over, n.under, n.lieChange, n.scaled, n.copies, n.units, n.binding, n.splits, n.splitRequests, n.halves)
}

// checkSampledLaws checks laws 7, 12, 13 and 14 on one round.
func (n *tried) checkSampledLaws(t *testing.T, p *Played, seed uint64) {
	t.Helper()
	drawn, err := strconv.ParseUint(flag.Lookup("rapid.seed").Value.String(), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: -rapid.seed=%d, round %d", p.Round.ID, drawn, seed)
	random := rand.New(rand.NewPCG(drawn, seed))
	n.checkScaledWeights(t, p.Decision)
	n.checkLies(t, p.Snapshot, random)
	for range samples {
		n.checkUnitByUnit(t, p.Snapshot, random)
	}
	n.checkSplits(t, p.Snapshot, random)
}

// checkScaledWeights checks law 12. Weights that three times would be over the
// limit are first divided by what they have in common, which must change nothing
// either, and, where that is not enough, by 3: of another round then, with the
// requests, lots and accounts of this one.
func (n *tried) checkScaledWeights(t *testing.T, d *fairshare.Decision) {
	t.Helper()
	common, heaviest := int64(0), int64(0)
	for _, node := range d.Snapshot().Nodes() {
		heaviest = max(heaviest, node.Weight)
		for a, b := common, node.Weight; ; a, b = b, a%b {
			if b == 0 {
				common = a
				break
			}
		}
	}
	reweighed := func(weight func(int64) int64) *fairshare.Decision {
		return changed(t, d.Snapshot(), func(in *fairshare.Input) {
			for i := range in.Nodes {
				in.Nodes[i].Weight = weight(in.Nodes[i].Weight)
			}
		})
	}
	same := func(what string, a, b *fairshare.Decision) {
		n.scaled++
		if !reflect.DeepEqual(withoutLevels(a), withoutLevels(b)) {
			t.Errorf("%s: law 12: %s changes the decision", d.Snapshot().Round().ID, what)
		}
	}
	if common > 1 {
		same(fmt.Sprintf("dividing all weights by %d", common), d, reweighed(func(w int64) int64 { return w / common }))
	}
	base, divisor := d, max(1, common)
	less := func(w int64) int64 { return w / divisor }
	if 3*less(heaviest) > fairshare.MaxWeight {
		less = func(w int64) int64 { return max(w/divisor/3, min(w, 1)) }
		base = reweighed(less)
	}
	for _, factor := range []int64{2, 3} {
		same(fmt.Sprintf("multiplying all weights by %d", factor), base, reweighed(func(w int64) int64 { return factor * less(w) }))
	}
}

// withoutLevels is a decision but for the levels of its reasons, which are
// measured in units per weight.
func withoutLevels(d *fairshare.Decision) content {
	c := contents(d)
	for _, list := range [][]fairshare.Reason{c.NodeReasons, c.RequestReason} {
		for i := range list {
			list[i].LevelNum, list[i].LevelDen = 0, 0
		}
	}
	return c
}

// checkLies checks law 7 at the level of nations: one that hides a lot from all
// its requests, or misstates the maximum of one, can do no more with what it
// gets than it had for the truth. Minima, floors and guarantee are off, as the
// conditions of the law say. The lots are watched: entitlements, which bound what
// a balance may call in, are rounded by group of lots, and hiding a lot must not
// make other groups.
func (n *tried) checkLies(t *testing.T, s *fairshare.Snapshot, random *rand.Rand) {
	t.Helper()
	truth := changed(t, s, func(in *fairshare.Input) {
		withoutMinima(in)
		in.Round.GuaranteePermille = 0
		for i := range in.Nodes {
			in.Nodes[i].Floor = credit.Amount{}
		}
		watchLots(in)
	})
	s, nation := truth.Snapshot(), nationByProject(truth.Snapshot())
	asks := map[string][]int{} // nation → its requests that may use a lot
	lots := map[string][]string{}
	for _, e := range s.Eligibilities() {
		lots[e.ID] = e.Lots
	}
	for i := range s.NumRequests() {
		if r := s.Request(i); !r.Held && len(lots[r.Eligibility]) > 0 {
			asks[nation[r.Node]] = append(asks[nation[r.Node]], i)
		}
	}
	for _, liar := range sampled(asks, random) {
		r := s.Request(asks[liar][random.IntN(len(asks[liar]))])
		hidden := lots[r.Eligibility][random.IntN(len(lots[r.Eligibility]))]
		most := r.Max.GPUMilliseconds()
		over, under := most+1+random.Int64N(2*most+1), random.Int64N(most)
		n.hidden, n.over, n.under = n.hidden+1, n.over+1, n.under+1
		n.checkLie(t, truth, liar, "hiding lot "+hidden, func(in *fairshare.Input) { hide(in, nation, liar, hidden) })
		for _, stated := range []int64{over, under} {
			n.checkLie(t, truth, liar, fmt.Sprintf("stating %d for %d of request %s", stated, most, r.ID), func(in *fairshare.Input) {
				in.Requests[slices.IndexFunc(in.Requests, func(q fairshare.Request) bool { return q.ID == r.ID })].Max = credit.GPUMilliseconds(stated)
			})
		}
	}
}

func (n *tried) checkLie(t *testing.T, truth *fairshare.Decision, liar, what string, lie func(*fairshare.Input)) {
	t.Helper()
	lied := changed(t, truth.Snapshot(), lie)
	had, has := node(truth, liar).Granted, node(lied, liar).Granted
	if had != has {
		n.lieChange++
	}
	if useful := useTo(liar, truth.Snapshot(), lied); useful > had {
		t.Errorf("%s: law 7: %s, %s can use %d instead of %d", truth.Snapshot().Round().ID, what, liar, useful, had)
	}
}

// useTo is the most that the true requests of a nation could carry of the lots
// that it was given after a lie: by max-flow min-cut, the least, over all sets of
// lots, of what it has of these lots and what its requests for any other ask for.
func useTo(liar string, truth *fairshare.Snapshot, lied *fairshare.Decision) int64 {
	nation, at, set := nationByProject(truth), map[string]int{}, map[string]uint{}
	for i, l := range truth.Lots() {
		at[l.ID] = i
	}
	for _, e := range truth.Eligibilities() {
		for _, lot := range e.Lots {
			set[e.ID] |= 1 << at[lot]
		}
	}
	given := make([]int64, len(at))
	for _, a := range lied.Awards {
		if nation[lied.Snapshot().Request(int(a.Request)).Node] == liar {
			given[a.Lot] += a.Amount
		}
	}
	asked := map[uint]int64{}
	for i := range truth.NumRequests() {
		if r := truth.Request(i); !r.Held && nation[r.Node] == liar {
			asked[set[r.Eligibility]] += r.Max.GPUMilliseconds()
		}
	}
	least := int64(1<<63 - 1)
	for cut := range uint(1) << len(at) {
		sum := int64(0)
		for i, amount := range given {
			if cut>>i&1 == 1 {
				sum += amount
			}
		}
		for lots, amount := range asked {
			if lots&^cut != 0 {
				sum += amount
			}
		}
		least = min(least, sum)
	}
	return least
}

// hide takes a lot from what all requests of a nation may use.
func hide(in *fairshare.Input, nation map[string]string, liar, lot string) {
	for _, e := range slices.Clone(in.Eligibilities) {
		e.ID, e.ExcludedBy = "lie-"+e.ID, nil
		e.Lots = slices.DeleteFunc(slices.Clone(e.Lots), func(l string) bool { return l == lot })
		in.Eligibilities = append(in.Eligibilities, e)
	}
	for i := range in.Requests {
		if r := &in.Requests[i]; nation[r.Node] == liar && !r.Held {
			r.Eligibility = "lie-" + r.Eligibility
		}
	}
}

// watchLots adds a held request for each single lot that is of use to anybody, so
// that each is a group of its own whatever the others say.
func watchLots(in *fairshare.Input) {
	user := map[string]string{} // lot → a project that may use it
	for _, e := range in.Eligibilities {
		for _, r := range in.Requests {
			if r.Eligibility == e.ID {
				for _, lot := range e.Lots {
					user[lot] = r.Node
				}
				break
			}
		}
	}
	for _, l := range in.Lots {
		if project, ok := user[l.ID]; ok {
			in.Eligibilities = append(in.Eligibilities, fairshare.Eligibility{ID: "only-" + l.ID, Lots: []string{l.ID}})
			in.Requests = append(in.Requests, fairshare.Request{
				ID: "watching-" + l.ID, Node: project, Eligibility: "only-" + l.ID,
				Max: credit.GPUMilliseconds(1), Submitted: in.Round.Start, Held: true,
			})
		}
	}
}

func withoutMinima(in *fairshare.Input) {
	for i := range in.Requests {
		in.Requests[i].Min = credit.Amount{}
	}
}

// sampled draws a few keys.
func sampled(of map[string][]int, random *rand.Rand) []string {
	var keys []string
	for k := range of {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	random.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
	return keys[:min(samples, len(keys))]
}

// checkSplits checks law 14: a project's requests, minima aside, are dealt out to
// it and to a second project of its lead, of any weight. A project with a single
// request asks for it in two halves.
func (n *tried) checkSplits(t *testing.T, s *fairshare.Snapshot, random *rand.Rand) {
	t.Helper()
	together := changed(t, s, withoutMinima)
	s = together.Snapshot()
	asks := map[string][]int{} // project → its requests, numbered as in Input
	for i, r := range s.Input().Requests {
		if !r.Held {
			asks[r.Node] = append(asks[r.Node], i)
		}
	}
	for _, project := range sampled(asks, random) {
		lead := ""
		apart := changed(t, s, func(in *fairshare.Input) {
			own := in.Nodes[slices.IndexFunc(in.Nodes, func(n fairshare.Node) bool { return n.ID == project })]
			lead = own.Parent
			in.Nodes = append(in.Nodes, fairshare.Node{ID: "second", Parent: lead, Kind: kindProject, Weight: random.Int64N(4) * max(1, own.Weight)})
			list := asks[project]
			if len(list) == 1 {
				n.halves++
				half := in.Requests[list[0]]
				whole := half.Max.GPUMilliseconds()
				half.ID, half.Max = "second-half", credit.GPUMilliseconds(whole/2)
				in.Requests[list[0]].Max = credit.GPUMilliseconds(whole - whole/2)
				in.Requests = append(in.Requests, half)
				list = []int{len(in.Requests) - 1}
			} else {
				random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
				list = list[:1+random.IntN(len(list)-1)]
			}
			for _, i := range list {
				in.Requests[i].Node = "second"
			}
			n.splits, n.splitRequests = n.splits+1, n.splitRequests+len(asks[project])
		})
		if had, has := node(together, lead).Granted, node(apart, lead).Granted; has > had {
			t.Errorf("%s: law 14: splitting the requests of %s over two projects, %s has %d instead of %d", s.Round().ID, project, lead, has, had)
		}
	}
}

// portion is one claimant of a division that is counted unit by unit.
type portion struct{ weight, lo, hi, b int64 }

// unitByUnit is the definition of Fill in docs/FAIRNESS: everyone starts at lo,
// each next unit goes to the claimant below hi with the smallest key
// (2(x − b) + 1)/w, ties to the earlier; those of weight 0 come last.
func unitByUnit(budget int64, claims []portion) []int64 {
	x, floors := make([]int64, len(claims)), make([]portion, len(claims))
	for i, c := range claims {
		x[i], floors[i] = c.lo, portion{weight: c.lo, hi: c.lo}
		budget -= c.lo
	}
	if budget < 0 {
		for _, c := range claims {
			budget += c.lo
		}
		return unitByUnit(budget, floors)
	}
	key := func(i int) (num, den int64) { return 2*(x[i]-claims[i].b) + 1, max(1, claims[i].weight) }
	for ; budget > 0; budget-- {
		next := -1
		for i, c := range claims {
			if x[i] >= c.hi {
				continue
			}
			if next < 0 || claims[next].weight == 0 && c.weight > 0 {
				next = i
				continue
			}
			num, den := key(i)
			least, of := key(next)
			if (c.weight > 0 || claims[next].weight == 0) && num*of < least*den {
				next = i
			}
		}
		if next < 0 {
			break
		}
		x[next]++
	}
	return x
}

// smallUnits is about how many units a small copy of a round has to divide.
const smallUnits = 300

// smallCopy cuts a round down to some 300 units and at most 12 of its requests,
// which ask for as many times the supply as all do, at most three times. Minima
// are off and every request may use every lot, as the pool's division is one Fill
// then; weights, policy, and by the same measure floors, caps and balances of
// nations stay.
func smallCopy(in *fairshare.Input, random *rand.Rand) {
	supply, asked, chosenAsk := int64(0), int64(0), int64(0)
	all := fairshare.Eligibility{ID: "all"}
	for i := range in.Lots {
		supply += in.Lots[i].Supply.GPUMilliseconds()
		in.Lots[i].OpenTo = nil
		all.Lots = append(all.Lots, in.Lots[i].ID)
	}
	scale := func(a credit.Amount) credit.Amount {
		return credit.GPUMilliseconds(a.GPUMilliseconds() / max(1, supply/smallUnits))
	}
	for i := range in.Lots {
		in.Lots[i].Supply = scale(in.Lots[i].Supply)
	}
	in.Eligibilities = []fairshare.Eligibility{all}
	in.Requests = slices.DeleteFunc(in.Requests, func(r fairshare.Request) bool { return r.Held })
	for _, r := range in.Requests {
		asked += r.Max.GPUMilliseconds()
	}
	random.Shuffle(len(in.Requests), func(i, j int) { in.Requests[i], in.Requests[j] = in.Requests[j], in.Requests[i] })
	in.Requests = in.Requests[:min(12, len(in.Requests))]
	for _, r := range in.Requests {
		chosenAsk += r.Max.GPUMilliseconds()
	}
	wanted := smallUnits * max(1, min(3, asked/max(1, supply)))
	for i := range in.Requests {
		r := &in.Requests[i]
		r.Min, r.Max, r.Eligibility = credit.Amount{}, credit.GPUMilliseconds(max(1, r.Max.GPUMilliseconds()/max(1, chosenAsk/wanted))), "all"
	}
	owed := map[string]int64{}
	for i := range in.Nodes {
		n := &in.Nodes[i]
		n.Floor, n.Balance = scale(n.Floor), scale(n.Balance)
		owed[n.Parent] += n.Balance.GPUMilliseconds()
		if n.Cap != nil && n.Kind == kindNation {
			limit := scale(*n.Cap)
			n.Cap = &limit
		} else {
			n.Cap = nil
		}
	}
	for i := range in.Nodes {
		in.Nodes[i].Commons = credit.GPUMilliseconds(-owed[in.Nodes[i].ID])
	}
}

// checkUnitByUnit checks law 13 on a small copy of a round: entitlements, real
// floors and grants of the nations are those counted unit by unit.
func (n *tried) checkUnitByUnit(t *testing.T, s *fairshare.Snapshot, random *rand.Rand) {
	t.Helper()
	d := changed(t, s, func(in *fairshare.Input) { smallCopy(in, random) })
	s = d.Snapshot()
	supply, round, nation, asked := int64(0), s.Round(), nationByProject(s), map[string]int64{}
	for _, l := range s.Lots() {
		supply += l.Supply.GPUMilliseconds()
	}
	for i := range s.NumRequests() {
		r := s.Request(i)
		asked[nation[r.Node]] += r.Max.GPUMilliseconds()
	}
	if supply > smallUnits*2 {
		t.Fatalf("%s: a copy of %d units is not small", round.ID, supply)
	}
	n.copies, n.units = n.copies+1, n.units+int(supply)
	var at []int // nations
	var claims []portion
	for i, node := range s.Nodes() {
		if node.Kind == kindNation {
			at, claims = append(at, i), append(claims, portion{weight: node.Weight, hi: supply})
		}
	}
	entitled := unitByUnit(supply, claims)
	floors := make([]portion, len(at))
	for k, i := range at {
		node := s.Nodes()[i]
		hi := asked[node.ID]
		if node.Cap != nil {
			hi = min(hi, node.Cap.GPUMilliseconds())
		}
		phi := min(hi, max(node.Floor.GPUMilliseconds(), round.GuaranteePermille*entitled[k]/1000))
		claims[k].hi = min(hi, supply)
		claims[k].b = max(-round.BankLimitRounds*entitled[k], min(round.BankLimitRounds*entitled[k], node.Balance.GPUMilliseconds()))
		floors[k] = portion{weight: phi, hi: min(phi, claims[k].hi)}
	}
	for k, lo := range unitByUnit(supply, floors) {
		claims[k].lo = lo
	}
	for k, x := range unitByUnit(supply, claims) {
		got := d.Nodes[at[k]]
		if got.Entitlement != entitled[k] || got.Floor != claims[k].lo || got.Granted != x {
			t.Errorf("%s: law 13: of %d units %s is entitled to %d, not below %d, and granted %d; unit by unit %d, %d and %d", round.ID, supply,
				s.Nodes()[at[k]].ID, got.Entitlement, got.Floor, got.Granted, entitled[k], claims[k].lo, x)
		}
		if x > claims[k].lo && x < claims[k].hi {
			n.binding++
		}
	}
}
