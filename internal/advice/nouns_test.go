package advice_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/advice"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/matching"
	"github.com/commonpool/commonpool/internal/pool"
)

var (
	testClasses = []pool.ClassID{"a100", "h100", "v100"}
	testSites   = []pool.Site{
		{ID: "lyon", Country: "FR", Jurisdictions: []pool.Jurisdiction{"EU"}},
		{ID: "nairobi", Country: "KE"},
		{ID: "pune", Country: "IN"},
	}
	wholeMonth = pool.Period{Start: december, End: december.AddDate(0, 1, 0)}
)

func some[T any](t *rapid.T, label string, of []T) []T {
	return rapid.Permutation(of).Draw(t, label)[:rapid.IntRange(0, len(of)).Draw(t, label+", how many")]
}

func drawOffers(t *rapid.T) []matching.Offer {
	var offers []matching.Offer
	for i := range rapid.IntRange(1, 7).Draw(t, "lots") {
		site := rapid.SampledFrom(testSites).Draw(t, "site")
		lot := pool.Lot{
			ID: pool.LotID(fmt.Sprint("lot", i)), Class: rapid.SampledFrom(testClasses).Draw(t, "class"),
			Site: site.ID, Period: wholeMonth,
		}
		lot.Conditions.OpenOutputs = rapid.IntRange(0, 3).Draw(t, "open outputs") == 0
		if rapid.IntRange(0, 4).Draw(t, "for a nation") == 0 {
			lot.Conditions.Nations = []pool.NationID{"NG"}
		}
		offers = append(offers, matching.Offer{Lot: lot, Site: site})
	}
	return offers
}

func drawNounRequest(t *rapid.T) pool.Request {
	return pool.Request{
		ID: "r", Window: wholeMonth, Ask: pool.Ask{Class: rapid.SampledFrom(testClasses).Draw(t, "asked class")},
		Accepts: pool.Acceptance{
			Classes:       some(t, "classes", testClasses),
			Sites:         some(t, "sites", []pool.SiteID{"lyon", "nairobi", "pune"}),
			Jurisdictions: some(t, "jurisdictions", []pool.Jurisdiction{"EU", "KE", "IN"}),
		},
	}
}

// accepting is the request with a widening's names on its lists.
func accepting(r pool.Request, w advice.Widening) pool.Request {
	r.Accepts.Classes = slices.Clone(r.Accepts.Classes)
	r.Accepts.Sites = slices.Clone(r.Accepts.Sites)
	r.Accepts.Jurisdictions = slices.Clone(r.Accepts.Jurisdictions)
	for _, class := range w.Classes {
		r.Accepts.Classes = append(r.Accepts.Classes, pool.ClassID(class))
	}
	for _, site := range w.Sites {
		r.Accepts.Sites = append(r.Accepts.Sites, pool.SiteID(site))
	}
	for _, j := range w.Jurisdictions {
		r.Accepts.Jurisdictions = append(r.Accepts.Jurisdictions, pool.Jurisdiction(j))
	}
	return r
}

func TestAWideningIsWhatMatchingGivesWhenItIsAccepted(t *testing.T) {
	kenya := pool.Nation{ID: "KE"}
	rapid.Check(t, func(t *rapid.T) {
		r, offers := drawNounRequest(t), drawOffers(t)
		now := matching.Match(r, kenya, offers)
		reached := map[string]bool{}
		for _, w := range advice.Widenings(r, kenya, offers) {
			var got, added []string
			for _, lot := range matching.Match(accepting(r, w), kenya, offers).Lots {
				got = append(got, string(lot))
				if !slices.Contains(now.Lots, lot) {
					added = append(added, string(lot))
					reached[string(lot)] = true
				}
			}
			if !slices.Equal(got, w.Lots) || !slices.Equal(added, w.Added) || len(got) != len(now.Lots)+len(added) {
				t.Fatalf("%+v: matching gives %v, of which %v are new", w, got, added)
			}
		}
		for _, condition := range []matching.Condition{matching.Class, matching.Site, matching.Jurisdiction} {
			for _, lot := range now.ExcludedBy[condition] {
				if !reached[string(lot)] {
					t.Fatalf("%s, removed by %s, is not won by anything", lot, condition)
				}
			}
		}
	})
}

// What is inferred from the records alone names enough: where the request
// limits neither sites nor jurisdictions by itself, accepting the classes named
// wins all the lots promised.
func TestWhatIsInferredFromTheRecordsCanBeWon(t *testing.T) {
	kenya := pool.Nation{ID: "KE"}
	rapid.Check(t, func(t *rapid.T) {
		r, offers := drawNounRequest(t), drawOffers(t)
		d := fairshare.DecideWith(roundOf(t, r, kenya, offers), 1)
		a, err := advice.ForRequest(d, "r", advice.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range append(a.Changes, a.Futile...) {
			if c.Kind != advice.AcceptLots {
				continue
			}
			w := c.Accept
			for _, o := range offers { // whoever works at a site accepts its law
				if slices.Contains(w.Added, string(o.Lot.ID)) && !r.AcceptsJurisdiction(o.Site) {
					w.Jurisdictions = append(w.Jurisdictions, string(o.Site.Country))
				}
			}
			if len(r.Accepts.Sites) == 0 {
				w.Sites = nil
			}
			won := matching.Match(accepting(r, w), kenya, offers).Lots
			for _, lot := range c.Accept.Lots {
				if !slices.Contains(won, pool.LotID(lot)) {
					t.Fatalf("%+v does not win %s: %v", c.Accept, lot, won)
				}
			}
		}
	})
}

// roundOf is a round of one request, which asks for more than there is.
func roundOf(t *rapid.T, r pool.Request, n pool.Nation, offers []matching.Offer) *fairshare.Snapshot {
	in := fairshare.Input{
		Round: fairshare.Round{ID: "round", Start: wholeMonth.Start, End: wholeMonth.End, MaxPasses: 8},
		Nodes: []fairshare.Node{
			{ID: "pool", Kind: fairshare.KindPool},
			{ID: string(n.ID), Parent: "pool", Kind: fairshare.KindNation, Weight: 1},
			{ID: "NG", Parent: "pool", Kind: fairshare.KindNation, Weight: 1},
		},
	}
	for _, o := range offers {
		lot := fairshare.Lot{
			ID: string(o.Lot.ID), Class: string(o.Lot.Class), Site: string(o.Lot.Site), Ends: wholeMonth.End, Supply: gpuMS(t, "supply", 1, 50),
		}
		if o.Lot.Conditions.Nations != nil {
			lot.OpenTo = []string{"NG"}
		}
		in.Lots = append(in.Lots, lot)
	}
	result := matching.Match(r, n, offers)
	request := fairshare.Request{ID: "r", Node: string(n.ID), Max: gpuMS(t, "max", 400, 400), Submitted: december.Add(-time.Hour)}
	request.Eligibility = addEligibility(&in, &result)
	in.Requests = []fairshare.Request{request}
	s, err := fairshare.Freeze(in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
