package matching

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/pool"
	"pgregory.net/rapid"
)

func TestACatalogSaysWhatMatchSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offers := offerLists().Draw(t, "offers")
		catalog := NewCatalog(offers)
		var results []*Result
		for range rapid.IntRange(1, 10).Draw(t, "requests") {
			r, n := requests().Draw(t, "request"), someNation().Draw(t, "nation")
			got, want := catalog.Match(r, n), Match(r, n, offers)
			if !reflect.DeepEqual(*got, want) {
				t.Fatalf("got %v, want %v", got, want)
			}
			for _, other := range results {
				if reflect.DeepEqual(other, got) != (other == got) {
					t.Fatalf("equal results are not shared: %v", got)
				}
			}
			results = append(results, got)
		}
	})
}

func TestANationWhoseGroupsWereMendedIsMatchedAnew(t *testing.T) {
	r, n, o := meets()
	o.Lot.Conditions.Nations, o.Lot.Conditions.Groups = nil, []pool.Group{pool.LDC}
	catalog := NewCatalog([]Offer{o})
	if got := catalog.Match(r, n); len(got.Lots) != 0 {
		t.Fatalf("not in the group, but matched: %v", got)
	}
	n.Groups = []pool.Group{pool.LDC}
	if got := catalog.Match(r, n); len(got.Lots) != 1 {
		t.Errorf("now in the group, but not matched: %v", got)
	}
}

func TestListsThatReadAlikeWhenJoinedAreToldApart(t *testing.T) {
	r, n, o := meets()
	r.Accepts.Classes = []pool.ClassID{"v100"}
	o.Lot.Class = "v100"
	catalog := NewCatalog([]Offer{o})
	if got := catalog.Match(r, n); len(got.Lots) != 1 {
		t.Fatalf("v100 is accepted: %v", got)
	}
	r.Ask.Class, r.Accepts.Classes = "h100v100", nil
	if got := catalog.Match(r, n); len(got.Lots) != 0 {
		t.Errorf("h100v100 is another class: %v", got)
	}
}

func TestRequestsThatDifferInNothingThatMattersShareOneResult(t *testing.T) {
	r, n, o := meets()
	catalog := NewCatalog([]Offer{o})
	first := catalog.Match(r, n)
	r.ID, r.Rank, r.Purpose, r.Field = "other", 7, "something else", "1.3"
	r.Window.Start = r.Window.Start.Add(time.Hour)
	r.Accepts.Sites = []pool.SiteID{"nairobi", "lyon"}
	if second := catalog.Match(r, n); second != first {
		t.Errorf("%p and %p", first, second)
	}
}

// large makes a round's worth of lots and requests: 1,000 lots of 12 classes at
// 40 sites with conditions such as donors set, and requests of 90 nations.
func large(requests int) ([]Offer, []pool.Request, []pool.Nation) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(n int) int { return random.IntN(n) }
	day := func(n int) time.Time { return time.Date(2026, 12, 1+n, 0, 0, 0, 0, time.UTC) }
	nations := make([]pool.Nation, 90)
	for i := range nations {
		nations[i] = pool.Nation{
			ID:     pool.NationID([]byte{'A' + byte(i/26), 'A' + byte(i%26)}),
			Groups: []pool.Group{groups[i%2], pool.Group(fmt.Sprintf("region_%d", i%8))},
		}
	}
	var offers []Offer
	for i := range 1000 {
		country := pool.Jurisdiction([]byte{'A', 'A' + byte(i%20)})
		site := pool.Site{ID: pool.SiteID(fmt.Sprintf("site-%d", i%40)), Country: country}
		lot := pool.Lot{
			ID: pool.LotID(fmt.Sprintf("lot-%04d", i)), Class: pool.ClassID(fmt.Sprintf("class-%d", pick(12))),
			Site: site.ID, Period: pool.Period{Start: day(pick(5)), End: day(20 + pick(11))},
		}
		switch pick(8) {
		case 0:
			lot.Conditions.Groups = []pool.Group{groups[pick(2)]}
		case 1:
			lot.Conditions.Groups = []pool.Group{pool.Group(fmt.Sprintf("region_%d", pick(8)))}
		case 2:
			lot.Conditions.OpenOutputs = true
		case 3:
			lot.Conditions.Fields = []pool.Field{"3"}
		}
		lot.Conditions.CivilianPurpose = pick(2) == 0
		offers = append(offers, Offer{lot, site})
	}
	list := make([]pool.Request, requests)
	for i := range list {
		r := &list[i]
		r.Ask.Class = pool.ClassID(fmt.Sprintf("class-%d", pick(12)))
		if pick(3) > 0 {
			r.Accepts.Classes = []pool.ClassID{pool.ClassID(fmt.Sprintf("class-%d", pick(12)))}
		}
		if pick(20) == 0 {
			r.Residency = []pool.Jurisdiction{offers[pick(20)].Site.Country}
		}
		r.Field = pool.Field(fmt.Sprintf("%d.%d", 1+pick(6), 1+pick(5)))
		r.Declares = pool.Declarations{CivilianPurpose: true, OpenOutputs: pick(4) > 0}
		r.Window = pool.Period{Start: day(0).Add(-time.Duration(pick(1e6)) * time.Second), End: day(40 + pick(300))}
	}
	return offers, list, nations
}

func BenchmarkCatalog(b *testing.B) {
	offers, list, nations := large(100_000)
	b.ReportAllocs()
	for b.Loop() {
		catalog := NewCatalog(offers)
		for i, r := range list {
			catalog.Match(r, nations[i%len(nations)])
		}
		b.ReportMetric(float64(len(catalog.byRemoving)), "results")
	}
}

// BenchmarkMatch is the peer: the same requests, a thousandth of them, without
// a catalog.
func BenchmarkMatch(b *testing.B) {
	offers, list, nations := large(100)
	b.ReportAllocs()
	for b.Loop() {
		for i, r := range list {
			Match(r, nations[i%len(nations)], offers)
		}
	}
}
