package matching

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/pool"
	"pgregory.net/rapid"
)

var (
	groups        = []pool.Group{pool.LowIncome, pool.LDC, "africa"}
	classes       = []pool.ClassID{"a100", "h100", "v100"}
	jurisdictions = []pool.Jurisdiction{"KE", "FR", "EU"}
	fields        = []pool.Field{"1.1", "1.2", "2.1"}
	nations       = []pool.Nation{
		{ID: "FR"},
		{ID: "KE", Groups: []pool.Group{"africa"}},
		{ID: "MW", Groups: []pool.Group{pool.LowIncome, pool.LDC, "africa"}},
		{ID: "NP", Groups: []pool.Group{pool.LDC}},
	}
	sites = []pool.Site{
		{ID: "lyon", Country: "FR", Jurisdictions: []pool.Jurisdiction{"EU"}},
		{ID: "nairobi", Country: "KE"},
		{ID: "zurich", Country: "CH"},
	}
	siteIDs = []pool.SiteID{"lyon", "nairobi", "zurich"}
)

// some draws a part of a list, empty in half of the cases.
func some[T comparable](list []T) *rapid.Generator[[]T] {
	return rapid.OneOf(rapid.Just[[]T](nil), rapid.SliceOfNDistinct(rapid.SampledFrom(list), 0, len(list), rapid.ID[T]))
}

func windows() *rapid.Generator[pool.Period] {
	return rapid.Custom(func(t *rapid.T) pool.Period {
		start := time.Date(2026, 12, rapid.IntRange(1, 9).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		return pool.Period{Start: start, End: start.AddDate(0, 0, rapid.IntRange(0, 5).Draw(t, "days"))}
	})
}

func offerLists() *rapid.Generator[[]Offer] {
	return rapid.Custom(func(t *rapid.T) []Offer {
		lots := make([]pool.Lot, rapid.IntRange(0, 80).Draw(t, "number"))
		for i := range lots {
			lots[i] = pool.Lot{
				ID:     pool.LotID(fmt.Sprintf("lot-%02d", i)),
				Class:  rapid.SampledFrom(classes).Draw(t, "class"),
				Site:   rapid.SampledFrom(siteIDs).Draw(t, "site"),
				Period: windows().Draw(t, "period"),
				Conditions: pool.Conditions{
					Nations:         some([]pool.NationID{"FR", "KE", "NP"}).Draw(t, "nations"),
					Groups:          some(groups).Draw(t, "groups"),
					Fields:          some([]pool.Field{"1", "1.2", "2.1"}).Draw(t, "fields"),
					CivilianPurpose: rapid.Bool().Draw(t, "civilian"),
					OpenOutputs:     rapid.Bool().Draw(t, "open"),
					Residency:       some(jurisdictions).Draw(t, "residency"),
				},
			}
		}
		offers, err := Offers(lots, sites)
		if err != nil {
			t.Fatal(err)
		}
		return offers
	})
}

func requests() *rapid.Generator[pool.Request] {
	return rapid.Custom(func(t *rapid.T) pool.Request {
		return pool.Request{
			ID:  "r",
			Ask: pool.Ask{Class: rapid.SampledFrom(classes).Draw(t, "class")},
			Accepts: pool.Acceptance{
				Classes:       some(classes).Draw(t, "classes"),
				Sites:         some(siteIDs).Draw(t, "sites"),
				Jurisdictions: some(jurisdictions).Draw(t, "jurisdictions"),
			},
			Residency: some(jurisdictions).Draw(t, "residency"),
			Window:    windows().Draw(t, "window"),
			Field:     rapid.SampledFrom(fields).Draw(t, "field"),
			Declares: pool.Declarations{
				CivilianPurpose: rapid.Bool().Draw(t, "civilian"),
				OpenOutputs:     rapid.Bool().Draw(t, "open"),
			},
		}
	})
}

func someNation() *rapid.Generator[pool.Nation] { return rapid.SampledFrom(nations) }

func TestAResultDividesTheLots(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offers := offerLists().Draw(t, "offers")
		result := Match(requests().Draw(t, "request"), someNation().Draw(t, "nation"), offers)
		all := slices.Clone(result.Lots)
		for name, lots := range result.ExcludedBy {
			if len(lots) == 0 || !slices.IsSorted(lots) || !slices.Contains(Conditions(), name) {
				t.Fatalf("%s removed %v", name, lots)
			}
			all = append(all, lots...)
		}
		if !slices.IsSorted(result.Lots) {
			t.Fatalf("%v are not in order", result.Lots)
		}
		slices.Sort(all)
		var want []pool.LotID
		for _, o := range offers {
			want = append(want, o.Lot.ID)
		}
		if !slices.Equal(all, want) {
			t.Fatalf("%v were divided into %v", want, all)
		}
	})
}

func TestTheOrderOfLotsIsIrrelevant(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offers := offerLists().Draw(t, "offers")
		r, n := requests().Draw(t, "request"), someNation().Draw(t, "nation")
		permuted := rapid.Permutation(offers).Draw(t, "permuted")
		before := slices.Clone(permuted)
		want, got := Match(r, n, offers), Match(r, n, permuted)
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("got %v, want %v", got, want)
		}
		if !reflect.DeepEqual(permuted, before) {
			t.Fatal("the caller's list was sorted")
		}
		if got := NewCatalog(permuted).Match(r, n); !reflect.DeepEqual(*got, want) {
			t.Fatalf("the catalog says %v, want %v", got, want)
		}
	})
}

// TestALotIsJudgedByItself: other lots neither win nor lose it, nor change what
// removed it.
func TestALotIsJudgedByItself(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offers := offerLists().Filter(func(o []Offer) bool { return len(o) > 0 }).Draw(t, "offers")
		r, n := requests().Draw(t, "request"), someNation().Draw(t, "nation")
		o := rapid.SampledFrom(offers).Draw(t, "one")
		together, alone := Match(r, n, offers), Match(r, n, []Offer{o})
		if slices.Contains(together.Lots, o.Lot.ID) != (len(alone.Lots) == 1) {
			t.Fatalf("%s: %v among others, %v alone", o.Lot.ID, together.Lots, alone.Lots)
		}
		for name := range alone.ExcludedBy {
			if !slices.Contains(together.ExcludedBy[name], o.Lot.ID) {
				t.Fatalf("%s is removed by %s only when alone", o.Lot.ID, name)
			}
		}
	})
}

func TestAddingAnAcceptanceNeverRemovesALot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offers := offerLists().Draw(t, "offers")
		r, n := requests().Draw(t, "request"), someNation().Draw(t, "nation")
		more := r
		more.Accepts.Classes = append(slices.Clone(r.Accepts.Classes), rapid.SampledFrom(classes).Draw(t, "class"))
		if len(r.Accepts.Sites) > 0 {
			more.Accepts.Sites = append(slices.Clone(r.Accepts.Sites), rapid.SampledFrom(siteIDs).Draw(t, "site"))
		}
		if rapid.Bool().Draw(t, "anywhere") {
			more.Accepts.Jurisdictions = nil
		}
		more.Window.End = r.Window.End.AddDate(0, 0, 1)
		more.Declares.OpenOutputs = true
		before, after := Match(r, n, offers), Match(more, n, offers)
		for _, id := range before.Lots {
			if !slices.Contains(after.Lots, id) {
				t.Fatalf("%s was lost by accepting more", id)
			}
		}
	})
}

// TestALotClaimedByOnesOwnChoiceIsWonByAcceptingAll: the order of the
// conditions keeps its promise.
func TestALotClaimedByOnesOwnChoiceIsWonByAcceptingAll(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		offers := offerLists().Draw(t, "offers")
		r, n := requests().Draw(t, "request"), someNation().Draw(t, "nation")
		before := Match(r, n, offers)
		r.Accepts = pool.Acceptance{Classes: classes}
		after := Match(r, n, offers)
		for _, name := range []Condition{Class, Site, Jurisdiction} {
			for _, id := range before.ExcludedBy[name] {
				if !slices.Contains(after.Lots, id) {
					t.Fatalf("%s was claimed by %s, and is not won by accepting everything", id, name)
				}
			}
			if len(after.ExcludedBy[name]) > 0 {
				t.Fatalf("%s removes %v from a request that accepts everything", name, after.ExcludedBy[name])
			}
		}
	})
}

// meets makes a request, nation and lot that match.
func meets() (pool.Request, pool.Nation, Offer) {
	december := pool.Period{
		Start: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		End:   time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	request := pool.Request{
		ID: "r", Ask: pool.Ask{Class: "h100"}, Window: december, Field: "1.2",
		Accepts:   pool.Acceptance{Sites: []pool.SiteID{"lyon"}, Jurisdictions: []pool.Jurisdiction{"EU"}},
		Residency: []pool.Jurisdiction{"EU"},
		Declares:  pool.Declarations{CivilianPurpose: true, OpenOutputs: true},
	}
	nation := pool.Nation{ID: "KE", Groups: []pool.Group{"africa"}}
	lot := pool.Lot{
		ID: "lot", Class: "h100", Site: "lyon", Period: december,
		Conditions: pool.Conditions{
			Nations: []pool.NationID{"KE"}, Fields: []pool.Field{"1"},
			CivilianPurpose: true, OpenOutputs: true, Residency: []pool.Jurisdiction{"EU"},
		},
	}
	return request, nation, Offer{lot, sites[0]}
}

// breaks makes one condition fail.
var breaks = map[Condition]func(*pool.Request, *pool.Nation, *Offer){
	Nation: func(_ *pool.Request, n *pool.Nation, _ *Offer) { n.ID = "NG" },
	Group: func(_ *pool.Request, _ *pool.Nation, o *Offer) {
		o.Lot.Conditions.Nations, o.Lot.Conditions.Groups = nil, []pool.Group{pool.LDC}
	},
	Field:           func(r *pool.Request, _ *pool.Nation, _ *Offer) { r.Field = "2.1" },
	CivilianPurpose: func(r *pool.Request, _ *pool.Nation, _ *Offer) { r.Declares.CivilianPurpose = false },
	OpenOutputs:     func(r *pool.Request, _ *pool.Nation, _ *Offer) { r.Declares.OpenOutputs = false },
	Residency:       func(r *pool.Request, _ *pool.Nation, _ *Offer) { r.Residency = nil },
	Window:          func(r *pool.Request, _ *pool.Nation, o *Offer) { r.Window.Start = o.Lot.Period.End },
	Class:           func(r *pool.Request, _ *pool.Nation, _ *Offer) { r.Ask.Class = "v100" },
	Site:            func(r *pool.Request, _ *pool.Nation, _ *Offer) { r.Accepts.Sites = []pool.SiteID{"nairobi"} },
	Jurisdiction: func(r *pool.Request, _ *pool.Nation, _ *Offer) {
		r.Accepts.Jurisdictions = []pool.Jurisdiction{"KE"}
	},
}

func TestEachConditionRemovesTheLotThatFailsIt(t *testing.T) {
	r, n, o := meets()
	if got := Match(r, n, []Offer{o}); len(got.Lots) != 1 || got.ExcludedBy != nil {
		t.Fatalf("the lot is not matched: %v", got)
	}
	if len(breaks) != len(Conditions()) {
		t.Errorf("%d of %d conditions are tested", len(breaks), len(Conditions()))
	}
	for name, fail := range breaks {
		r, n, o := meets()
		fail(&r, &n, &o)
		want := map[Condition][]pool.LotID{name: {"lot"}}
		if got := Match(r, n, []Offer{o}); len(got.Lots) > 0 || !reflect.DeepEqual(got.ExcludedBy, want) {
			t.Errorf("%s fails: %v", name, got)
		}
	}
}

func TestTheFirstFailingConditionClaimsTheLot(t *testing.T) {
	order := Conditions()
	for i, first := range order {
		for _, second := range order[i+1:] {
			if first == Nation && second == Group {
				continue // a donor that names nations is never a case of group
			}
			r, n, o := meets()
			breaks[second](&r, &n, &o)
			breaks[first](&r, &n, &o)
			got := slices.Collect(maps.Keys(Match(r, n, []Offer{o}).ExcludedBy))
			if !slices.Equal(got, []Condition{first}) {
				t.Errorf("%s and %s fail, but %v claims the lot", first, second, got)
			}
		}
	}
}

func TestResidencyBindsBothSides(t *testing.T) {
	for _, c := range []struct {
		name             string
		required, limits []pool.Jurisdiction
		want             bool
	}{
		{"nobody asks", nil, nil, true},
		{"data may be in the EU, the site is", nil, []pool.Jurisdiction{"KE", "EU"}, true},
		{"data must stay in Kenya, the site is in France", nil, []pool.Jurisdiction{"KE"}, false},
		{"the donor wants limits, the request keeps none", []pool.Jurisdiction{"EU"}, nil, false},
		{"the donor's limits are kept", []pool.Jurisdiction{"EU"}, []pool.Jurisdiction{"EU"}, true},
		{"the request's limits are wider", []pool.Jurisdiction{"EU"}, []pool.Jurisdiction{"EU", "KE"}, false},
	} {
		r, n, o := meets()
		o.Lot.Conditions.Residency, r.Residency = c.required, c.limits
		got := Match(r, n, []Offer{o})
		if (len(got.Lots) == 1) != c.want || !c.want && len(got.ExcludedBy[Residency]) != 1 {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestOnlyNationsThatTheDonorAdmitsAreMatched(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := someNation().Draw(t, "nation")
		r := requests().Draw(t, "request")
		for _, o := range offerLists().Draw(t, "offers") {
			open := OpenTo(o.Lot, nations)
			result := Match(r, n, []Offer{o})
			claimed := len(result.ExcludedBy[Nation])+len(result.ExcludedBy[Group]) == 1
			if admitted := open == nil || slices.Contains(open, n.ID); admitted == claimed {
				t.Fatalf("%s is open to %v, but for %s: %v", o.Lot.ID, open, n.ID, result)
			}
			if !slices.IsSorted(open) || len(open) == len(nations) {
				t.Fatalf("open to %v", open)
			}
		}
	})
}

func TestOpenToIsNilForAllAndEmptyForNone(t *testing.T) {
	lot := func(c pool.Conditions) pool.Lot { return pool.Lot{Conditions: c} }
	for _, c := range []struct {
		conditions pool.Conditions
		want       []pool.NationID
	}{
		{pool.Conditions{}, nil},
		{pool.Conditions{Nations: []pool.NationID{"NP", "FR"}, Groups: []pool.Group{"africa"}}, nil},
		{pool.Conditions{Groups: []pool.Group{pool.LDC}}, []pool.NationID{"MW", "NP"}},
		{pool.Conditions{Groups: []pool.Group{pool.LowIncome}, Nations: []pool.NationID{"FR"}}, []pool.NationID{"FR", "MW"}},
		{pool.Conditions{Nations: []pool.NationID{"BR"}}, []pool.NationID{}},
	} {
		reversed := slices.Clone(nations)
		slices.Reverse(reversed)
		if got := OpenTo(lot(c.conditions), reversed); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%+v is open to %#v, want %#v", c.conditions, got, c.want)
		}
	}
}

func TestOffersRefusesWhatItCannotJoin(t *testing.T) {
	at := func(id pool.LotID, site pool.SiteID) pool.Lot { return pool.Lot{ID: id, Site: site} }
	for name, c := range map[string]struct {
		lots  []pool.Lot
		sites []pool.Site
	}{
		"a site that is not known": {[]pool.Lot{at("a", "mars")}, sites},
		"a site twice":             {nil, append(slices.Clone(sites), sites[0])},
		"a lot twice":              {[]pool.Lot{at("a", "lyon"), at("b", "lyon"), at("a", "zurich")}, sites},
	} {
		if got, err := Offers(c.lots, c.sites); err == nil || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	offers, err := Offers([]pool.Lot{at("b", "lyon"), at("a", "zurich")}, sites)
	if err != nil || offers[0].Lot.ID != "a" || offers[0].Site.Country != "CH" || offers[1].Site.Country != "FR" {
		t.Errorf("joined to %v, %v", offers, err)
	}
}
