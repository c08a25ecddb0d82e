package advice_test

import (
	"cmp"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/advice"
	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/matching"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/traces"
)

// Real: which groups waited at each noon, for how many GPU-seconds in all, and
// their shares. ASSUMED, and seeded: everything else, that is the groups'
// countries, how a group's demand is parted into requests (at most
// mostRequests), their minima, ranks, hours and acceptance sets, the lots and
// their donors' conditions, caps, balances, and what is held.
const (
	realSeed      = 20210501
	mostRequests  = 8
	scarcity      = 22 // percent of what is asked: the supply
	leastQuestion = 1000
	unmapped      = "ZZZ" // the nation of the five groups that the mapping leaves out
)

func openTestData(t *testing.T, name string) *os.File {
	t.Helper()
	dir := os.Getenv("COMMONPOOL_TEST_DATA")
	if dir == "" {
		t.Skip("COMMONPOOL_TEST_DATA does not name the directory of the real traces, so no real round is decided.")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestPromisesAboutRealRoundsComeOutExactly(t *testing.T) {
	rounds, err := traces.ReadRounds(openTestData(t, "rounds_drac_graham_2021-05.csv"))
	if err != nil {
		t.Fatal(err)
	}
	countries, err := traces.ReadGroupCountries(openTestData(t, "group_country_ASSUMED.csv"))
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("seed %d", realSeed)
	all := !testing.Short() && !raceDetector // which makes a run twelve times as long
	if !all {
		rounds = rounds[:2]
	}
	asked, figures, runs, better := 0, 0, 0, 0
	counts, reasons, none := map[string]int{}, map[string]int{}, map[string]int{}
	start := time.Now()
	for n, round := range rounds {
		real := newRealRound(t, round, countries, rand.New(rand.NewPCG(realSeed, uint64(n))))
		d := fairshare.DecideWith(real.snapshot, 1)
		f := serialise(t, real.snapshot)
		for i := range real.snapshot.NumRequests() {
			r := real.snapshot.Request(i)
			var o advice.Options
			if i%2 == 0 { // from the nouns; else from the snapshot's records alone
				o.Widenings = advice.Widenings(real.requests[r.ID], real.nations[r.ID], real.offers)
			}
			a, err := advice.ForRequest(d, r.ID, o)
			if err != nil {
				t.Fatal(err)
			}
			check(t, f, d, a, r.ID, r.Node)
			asked, runs, figures = asked+1, runs+a.Runs, figures+len(a.Changes)+len(a.Futile)
			count(counts, a)
			code := d.RequestReason(i).Code
			reasons[code]++
			if a.Best(advice.Requester) == nil {
				none[code]++
			} else {
				better++
			}
		}
		for _, node := range real.snapshot.Nodes() {
			a, err := advice.ForNode(d, node.ID)
			if err != nil {
				t.Fatal(err)
			}
			check(t, f, d, a, "", node.ID)
			figures, runs = figures+len(a.Changes)+len(a.Futile), runs+a.Runs
			count(counts, a)
		}
	}
	t.Logf("%d real rounds; %d decisions about requests asked about, %d figures promised and re-run, %d runs of the engine for them, %v",
		len(rounds), asked, figures, runs, time.Since(start).Round(time.Millisecond))
	t.Logf("%d requests could have had more by their own change; none of its own was found for %v of %v", better, none, reasons)
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%6d %s", counts[kind], kind)
	}
	if all && asked < leastQuestion {
		t.Errorf("%d decisions, expected at least %d", asked, leastQuestion)
	}
}

// realRound is a round of the trace as a snapshot, with the nouns behind it.
type realRound struct {
	snapshot *fairshare.Snapshot
	offers   []matching.Offer
	requests map[string]pool.Request
	nations  map[string]pool.Nation
}

var classes = []pool.ClassID{"a100-40gb", "v100", "p100", "t4"}

func newRealRound(t *testing.T, round traces.Round, countries map[string]string, random *rand.Rand) *realRound {
	t.Helper()
	real := &realRound{requests: map[string]pool.Request{}, nations: map[string]pool.Nation{}}
	period := pool.Period{Start: round.Time, End: round.Time.Add(24 * time.Hour)}
	in := fairshare.Input{
		Round: fairshare.Round{
			ID: "graham-" + round.Time.Format("2006-01-02"), Start: period.Start, End: period.End,
			GuaranteePermille: 500, BankLimitRounds: 4, MaxPasses: 8,
		},
		Nodes: []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool, Weight: 1}},
	}
	var waiting []traces.RoundGroup
	var total int64
	nations := map[string]pool.Nation{}
	for _, g := range round.Groups {
		if g.GPURequests == 0 {
			continue
		}
		waiting = append(waiting, g)
		total += g.GPUSeconds
		id := cmp.Or(countries[g.Group], unmapped)
		if _, known := nations[id]; !known {
			nations[id] = pool.Nation{ID: pool.NationID(id)}
			if random.IntN(2) == 0 {
				nations[id] = pool.Nation{ID: pool.NationID(id), Groups: []pool.Group{pool.LowIncome}}
			}
			in.Nodes = append(in.Nodes, fairshare.Node{ID: id, Parent: "pool", Kind: fairshare.KindNation, Weight: 1})
		}
	}
	real.addLots(t, &in, period, total*1000*scarcity/100, nations)
	catalog := matching.NewCatalog(real.offers)
	for _, g := range waiting {
		project := fairshare.Node{ID: g.Group, Parent: cmp.Or(countries[g.Group], unmapped), Kind: fairshare.KindProject, Weight: g.Weight}
		if random.IntN(6) == 0 {
			limit := credit.GPUMilliseconds(g.GPUSeconds * 1000 * (5 + random.Int64N(40)) / 100)
			project.Cap = &limit
		}
		in.Nodes = append(in.Nodes, project)
		real.addRequests(&in, g, nations[project.Parent], catalog, random)
	}
	addBalances(&in, total*10, random)
	s, err := fairshare.Freeze(in)
	if err != nil {
		t.Fatal(err)
	}
	real.snapshot = s
	return real
}

// addLots parts the supply into four lots of four classes at three sites; one is
// for the low-income group.
func (real *realRound) addLots(t *testing.T, in *fairshare.Input, period pool.Period, supply int64, nations map[string]pool.Nation) {
	t.Helper()
	sites := []pool.Site{
		{ID: "lyon-2", Country: "FR", Jurisdictions: []pool.Jurisdiction{"EU"}},
		{ID: "nairobi-1", Country: "KE"},
		{ID: "pune-3", Country: "IN"},
	}
	var lots []pool.Lot
	for i, percent := range []int64{40, 30, 20, 10} {
		lots = append(lots, pool.Lot{
			ID: pool.LotID(fmt.Sprint("lot-", i)), Class: classes[i], Site: sites[i%3].ID,
			Period: period, Supply: credit.GPUMilliseconds(supply * percent / 100),
		})
	}
	lots[2].Conditions.Groups = []pool.Group{pool.LowIncome}
	var err error
	if real.offers, err = matching.Offers(lots, sites); err != nil {
		t.Fatal(err)
	}
	for _, l := range lots {
		lot := fairshare.Lot{ID: string(l.ID), Class: string(l.Class), Site: string(l.Site), Ends: l.Period.End, Supply: l.Supply}
		if admitted := matching.OpenTo(l, slices.Collect(maps.Values(nations))); admitted != nil {
			lot.OpenTo = []string{}
			for _, n := range admitted {
				lot.OpenTo = append(lot.OpenTo, string(n))
			}
		}
		in.Lots = append(in.Lots, lot)
	}
}

// addRequests parts a group's demand into requests of uneven sizes.
func (real *realRound) addRequests(in *fairshare.Input, g traces.RoundGroup, n pool.Nation, catalog *matching.Catalog, random *rand.Rand) {
	number := min(g.GPURequests, mostRequests)
	left := g.GPUSeconds * 1000
	for i := range number {
		most := left
		if i < number-1 {
			most = left * (1 + random.Int64N(99)) / 100 * 2 / (number - i)
		}
		most = min(most, left)
		left -= most
		id := fmt.Sprintf("%s-%d", g.Group, i)
		r := pool.Request{Ask: pool.Ask{Class: classes[random.IntN(4)]}, Window: real.offers[0].Lot.Period}
		for range random.IntN(3) {
			r.Accepts.Classes = append(r.Accepts.Classes, classes[random.IntN(4)])
		}
		if random.IntN(4) == 0 {
			r.Accepts.Sites = []pool.SiteID{"lyon-2"}
		}
		if random.IntN(8) == 0 {
			r.Accepts.Jurisdictions = []pool.Jurisdiction{"EU", "KE"}
		}
		real.requests[id], real.nations[id] = r, n
		request := fairshare.Request{
			ID: id, Node: g.Group, Eligibility: addEligibility(in, catalog.Match(r, n)),
			Max: credit.GPUMilliseconds(most), Rank: random.Int64N(3),
			Submitted: in.Round.Start.Add(-time.Duration(random.IntN(48)) * time.Hour), Held: random.IntN(40) == 0,
		}
		if random.IntN(2) == 0 {
			request.Min = credit.GPUMilliseconds(most * random.Int64N(60) / 100)
		}
		in.Requests = append(in.Requests, request)
	}
}

// addEligibility finds or adds the record of a result of matching.
func addEligibility(in *fairshare.Input, result *matching.Result) string {
	e := fairshare.Eligibility{ExcludedBy: map[string][]string{}, Lots: []string{}}
	for _, lot := range result.Lots {
		e.Lots = append(e.Lots, string(lot))
	}
	e.ID = "sig-" + strings.Join(e.Lots, "+")
	for _, condition := range matching.Conditions() {
		for _, lot := range result.ExcludedBy[condition] {
			e.ExcludedBy[string(condition)] = append(e.ExcludedBy[string(condition)], string(lot))
			e.ID += "-" + string(condition) + "-" + string(lot)
		}
	}
	if !slices.ContainsFunc(in.Eligibilities, func(known fairshare.Eligibility) bool { return known.ID == e.ID }) {
		in.Eligibilities = append(in.Eligibilities, e)
	}
	return e.ID
}

// addBalances gives the siblings of each group random balances of a zero sum.
func addBalances(in *fairshare.Input, size int64, random *rand.Rand) {
	slices.SortFunc(in.Nodes, func(a, b fairshare.Node) int { return cmp.Compare(a.ID, b.ID) })
	commons := map[string]int64{}
	for i := range in.Nodes {
		if n := &in.Nodes[i]; n.Parent != "" {
			balance := random.Int64N(2*size) - size
			n.Balance = credit.GPUMilliseconds(balance)
			commons[n.Parent] -= balance
		}
	}
	for i := range in.Nodes {
		in.Nodes[i].Commons = credit.GPUMilliseconds(commons[in.Nodes[i].ID])
	}
}
