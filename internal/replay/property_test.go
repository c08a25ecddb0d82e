package replay

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/pool"
)

// somePool draws a pool of up to three nations with up to two of everything
// below, of any weights, some with floors and caps.
func somePool(t *rapid.T) Pool {
	share := func(label string) pool.Share {
		s := pool.Share{Weight: rapid.Int64Range(0, 4).Draw(t, label+" weight")}
		if rapid.IntRange(0, 5).Draw(t, label+" is bounded") == 0 {
			s.Floor = credit.GPUMilliseconds(rapid.Int64Range(0, 10).Draw(t, label+" floor"))
			limit := plus(s.Floor, credit.GPUMilliseconds(rapid.Int64Range(0, 20).Draw(t, label+" room")))
			s.Cap = &limit
		}
		return s
	}
	p := Pool{
		ID: "pool",
		Policy: pool.Policy{
			GuaranteePermille: rapid.Int64Range(0, 1000).Draw(t, "guarantee"),
			BankLimitRounds:   rapid.Int64Range(0, 4).Draw(t, "bank limit"),
			MaxPasses:         rapid.Int64Range(1, 8).Draw(t, "passes"),
		},
		Sites: []pool.Site{{ID: "lyon", Name: "Lyon", Country: "FR"}, {ID: "nairobi", Name: "Nairobi", Country: "KE"}},
	}
	for _, nation := range []string{"KE", "NG", "RW"}[:rapid.IntRange(1, 3).Draw(t, "nations")] {
		n := pool.Nation{ID: pool.NationID(nation), Name: nation}
		if rapid.Bool().Draw(t, nation+" is an LDC") {
			n.Groups = []pool.Group{pool.LDC}
		}
		p.Nations = append(p.Nations, n)
		p.Allocations = append(p.Allocations, pool.NationalAllocation{Nation: n.ID, Share: share(nation), Period: always})
		for i := range rapid.IntRange(1, 2).Draw(t, nation+" institutions") {
			institution := fmt.Sprintf("%s-%d", nation, i)
			p.Institutions = append(p.Institutions, pool.Institution{ID: pool.InstitutionID(institution), Nation: n.ID, Name: "I", Share: share(institution)})
			for l := range rapid.IntRange(1, 2).Draw(t, institution+" leads") {
				lead := fmt.Sprintf("%s-%d", institution, l)
				p.Leads = append(p.Leads, pool.Lead{ID: pool.LeadID(lead), Institution: pool.InstitutionID(institution), Share: share(lead)})
				for q := range rapid.IntRange(1, 2).Draw(t, lead+" projects") {
					project := fmt.Sprintf("%s-%d", lead, q)
					p.Projects = append(p.Projects, pool.Project{ID: pool.ProjectID(project), Lead: pool.LeadID(lead), Name: "P", Share: share(project)})
				}
			}
		}
	}
	return p
}

func someLots(t *rapid.T, n int) []pool.Lot {
	var lots []pool.Lot
	for i := range rapid.IntRange(0, 3).Draw(t, "lots") {
		l := lotOf(n, fmt.Sprintf("lot-%d", i), credit.GPUMilliseconds(rapid.Int64Range(0, 40).Draw(t, "supply")))
		l.Site = rapid.SampledFrom([]pool.SiteID{"lyon", "nairobi"}).Draw(t, "site")
		if rapid.IntRange(0, 3).Draw(t, "for LDCs") == 0 {
			l.Conditions.Groups = []pool.Group{pool.LDC}
		}
		lots = append(lots, l)
	}
	return lots
}

func someArrivals(t *rapid.T, n int, p Pool) []*pool.Request {
	var list []*pool.Request
	for i := range rapid.IntRange(0, 6).Draw(t, "arrivals") {
		project := rapid.SampledFrom(p.Projects).Draw(t, "project")
		r := wish(fmt.Sprintf("r-%d-%d", n, i), string(project.ID), 1)
		total := rapid.Int64Range(1, 60).Draw(t, "total")
		r.Terms.Requested = credit.GPUMilliseconds(total)
		r.Terms.Minimum = credit.GPUMilliseconds(rapid.Int64Range(0, total).Draw(t, "minimum"))
		if rapid.IntRange(0, 2).Draw(t, "has a maximum") == 0 {
			r.Terms.Maximum = credit.GPUMilliseconds(rapid.Int64Range(max(1, r.Terms.Minimum.GPUMilliseconds()), total).Draw(t, "maximum"))
		}
		r.Submitted = day(n + rapid.IntRange(-2, 1).Draw(t, "submitted"))
		r.Window = pool.Period{Start: day(n + rapid.IntRange(-1, 2).Draw(t, "from")), End: day(n + rapid.IntRange(3, 6).Draw(t, "until"))}
		if rapid.Bool().Draw(t, "is bound to a site") {
			r.Accepts.Sites = []pool.SiteID{"nairobi"}
		}
		list = append(list, r)
	}
	return list
}

func TestOverManyRoundsNothingIsLost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		setup := somePool(rt)
		p, err := New(setup)
		if err != nil {
			rt.Fatal(err)
		}
		twin, arrived := must(New(reversed(setup))), 0
		awarded := map[pool.RequestID]int64{}
		for n := range rapid.IntRange(1, 8).Draw(rt, "rounds") {
			lots, arrivals := someLots(rt, n), someArrivals(rt, n, setup)
			arrived += len(arrivals)
			played, err := p.Play(numbered(n), lots, arrivals)
			if err != nil {
				rt.Fatal(err)
			}
			if err := Check(played.Decision); err != nil {
				rt.Fatalf("round %d: %v", n, err)
			}
			if err := Check(fairshare.Decide(must(Unlimited(played.Snapshot)))); err != nil {
				rt.Fatalf("round %d without minima and caps: %v", n, err)
			}
			d := played.Decision
			for _, a := range d.Awards {
				awarded[pool.RequestID(d.Snapshot().Request(int(a.Request)).ID)] += a.Amount
			}
			slices.Reverse(lots)
			slices.Reverse(arrivals)
			again, err := twin.Play(numbered(n), lots, arrivals)
			if err != nil || !reflect.DeepEqual(again.Snapshot.Input(), played.Snapshot.Input()) {
				rt.Fatalf("round %d: the same in another order gives another snapshot (%v)", n, err)
			}
			checkCarried(rt, p, awarded, arrived)
		}
	})
}

// reversed is the same pool with its lists the other way round.
func reversed(p Pool) Pool {
	p.Nations, p.Allocations, p.Institutions = slices.Clone(p.Nations), slices.Clone(p.Allocations), slices.Clone(p.Institutions)
	p.Leads, p.Projects, p.Sites = slices.Clone(p.Leads), slices.Clone(p.Projects), slices.Clone(p.Sites)
	slices.Reverse(p.Nations)
	slices.Reverse(p.Allocations)
	slices.Reverse(p.Institutions)
	slices.Reverse(p.Leads)
	slices.Reverse(p.Projects)
	slices.Reverse(p.Sites)
	return p
}

func checkCarried(t *rapid.T, p *Player, awarded map[pool.RequestID]int64, arrived int) {
	sums := map[string]int64{}
	for _, a := range p.Accounts() {
		sums[a.ID] += a.Commons.GPUMilliseconds()
		sums[a.Parent] += a.Balance.GPUMilliseconds()
	}
	for id, sum := range sums {
		if sum != 0 {
			t.Fatalf("balances below %q and its commons sum to %d", id, sum)
		}
	}
	if len(p.Standings()) != arrived {
		t.Fatalf("%d requests of %d are known", len(p.Standings()), arrived)
	}
	waiting := 0
	for _, s := range p.Standings() {
		if got := s.Awarded.GPUMilliseconds(); got != awarded[s.Request.ID] || s.Request.Terms.Requested.Less(s.Awarded) {
			t.Fatalf("%s was awarded %d of %v, the decisions say %d", s.Request.ID, got, s.Request.Terms.Requested, awarded[s.Request.ID])
		}
		if s.State.IsOpen() && s.State != pool.RequestGranted {
			waiting++
		}
	}
	if waiting != len(p.Line()) {
		t.Fatalf("%d requests wait, %d are in line", waiting, len(p.Line()))
	}
}
