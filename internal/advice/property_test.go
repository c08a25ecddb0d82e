package advice_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/advice"
	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/matching"
)

var december = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func gpuMS(t *rapid.T, label string, least, most int64) credit.Amount {
	return credit.GPUMilliseconds(rapid.Int64Range(least, most).Draw(t, label))
}

// smallRounds draws rounds in which everything that advice looks at happens
// often.
func smallRounds(t *rapid.T) *fairshare.Snapshot {
	in := fairshare.Input{Round: fairshare.Round{
		ID: "round", Start: december, End: december.AddDate(0, 1, 0),
		GuaranteePermille: rapid.Int64Range(0, 1000).Draw(t, "guarantee"),
		BankLimitRounds:   rapid.Int64Range(0, 4).Draw(t, "bank"),
		MaxPasses:         rapid.Int64Range(1, 8).Draw(t, "passes"),
	}}
	drawTree(t, &in)
	drawLots(t, &in)
	drawRequests(t, &in)
	s, err := fairshare.Freeze(in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func drawTree(t *rapid.T, in *fairshare.Input) {
	in.Nodes = []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool, Weight: 1}}
	add := func(parent int, kind string) int {
		id := fmt.Sprintf("%s%d", kind[:1], len(in.Nodes))
		n := fairshare.Node{ID: id, Parent: in.Nodes[parent].ID, Kind: kind, Weight: rapid.Int64Range(0, 4).Draw(t, "weight")}
		n.Balance = gpuMS(t, "balance", -40, 40)
		in.Nodes[parent].Commons = credit.GPUMilliseconds(in.Nodes[parent].Commons.GPUMilliseconds() - n.Balance.GPUMilliseconds())
		if rapid.IntRange(0, 2).Draw(t, "capped") == 0 {
			limit := gpuMS(t, "cap", 0, 60)
			n.Cap = &limit
		}
		if n.Cap == nil && rapid.IntRange(0, 3).Draw(t, "floored") == 0 {
			n.Floor = gpuMS(t, "floor", 0, 30)
		}
		in.Nodes = append(in.Nodes, n)
		return len(in.Nodes) - 1
	}
	for range rapid.IntRange(1, 3).Draw(t, "nations") {
		nation := add(0, fairshare.KindNation)
		for range rapid.IntRange(0, 2).Draw(t, "projects") {
			add(nation, fairshare.KindProject)
		}
	}
}

func drawLots(t *rapid.T, in *fairshare.Input) {
	var nations []string
	for _, n := range in.Nodes {
		if n.Parent == "pool" {
			nations = append(nations, n.ID)
		}
	}
	for i := range rapid.IntRange(1, 4).Draw(t, "lots") {
		l := fairshare.Lot{
			ID:    fmt.Sprintf("lot%d", i),
			Class: rapid.SampledFrom([]string{"a100", "h100", "v100"}).Draw(t, "class"),
			Site:  rapid.SampledFrom([]string{"lyon", "nairobi"}).Draw(t, "site"),
			Ends:  in.Round.End, Supply: gpuMS(t, "supply", 0, 60),
		}
		if rapid.IntRange(0, 3).Draw(t, "donor's terms") == 0 {
			l.OpenTo = rapid.Permutation(nations).Draw(t, "open to")[:rapid.IntRange(0, len(nations)).Draw(t, "how many")]
		}
		in.Lots = append(in.Lots, l)
	}
}

// drawRequests draws requests with an eligibility each, or one of an earlier
// request of the same node.
func drawRequests(t *rapid.T, in *fairshare.Input) {
	parents := map[string]string{}
	inner := map[string]bool{}
	var leaves []string
	for _, n := range in.Nodes {
		parents[n.ID] = n.Parent
		inner[n.Parent] = true
	}
	for _, n := range in.Nodes {
		if !inner[n.ID] {
			leaves = append(leaves, n.ID)
		}
	}
	last := map[string]string{}
	for i := range rapid.IntRange(1, 9).Draw(t, "requests") {
		r := fairshare.Request{
			ID: fmt.Sprintf("r%d", i), Node: rapid.SampledFrom(leaves).Draw(t, "node"),
			Max: gpuMS(t, "max", 0, 50), Rank: rapid.Int64Range(0, 2).Draw(t, "rank"),
			Submitted: december.Add(-time.Duration(rapid.IntRange(0, 3).Draw(t, "hours ago")) * time.Hour),
			Held:      rapid.IntRange(0, 6).Draw(t, "held") == 0,
		}
		if rapid.Bool().Draw(t, "has a minimum") {
			r.Min = gpuMS(t, "min", 0, r.Max.GPUMilliseconds())
		}
		nation := r.Node
		if p := parents[nation]; p != "pool" {
			nation = p
		}
		if e := last[r.Node]; e != "" && rapid.Bool().Draw(t, "same lots") {
			r.Eligibility = e
		} else {
			r.Eligibility = fmt.Sprintf("sig%d", i)
			in.Eligibilities = append(in.Eligibilities, drawEligibility(t, in, r.Eligibility, nation))
			last[r.Node] = r.Eligibility
		}
		in.Requests = append(in.Requests, r)
	}
}

func drawEligibility(t *rapid.T, in *fairshare.Input, id, nation string) fairshare.Eligibility {
	e := fairshare.Eligibility{ID: id, ExcludedBy: map[string][]string{}}
	conditions := []string{"", "", "class", "site", "jurisdiction", "window"}
	for _, l := range in.Lots {
		switch condition := rapid.SampledFrom(conditions).Draw(t, "condition"); {
		case l.OpenTo != nil && !slices.Contains(l.OpenTo, nation):
			e.ExcludedBy["nation"] = append(e.ExcludedBy["nation"], l.ID)
		case condition == "":
			e.Lots = append(e.Lots, l.ID)
		default:
			e.ExcludedBy[condition] = append(e.ExcludedBy[condition], l.ID)
		}
	}
	if rapid.IntRange(0, 4).Draw(t, "unexplained") == 0 {
		e.ExcludedBy = nil
	}
	return e
}

func TestEachPromisedFigureIsWhatAFreshRunGives(t *testing.T) {
	counts := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		s := smallRounds(t)
		d := fairshare.Decide(s)
		f := serialise(t, s)
		for i := range s.NumRequests() {
			r := s.Request(i)
			a, err := advice.ForRequest(d, r.ID, advice.Options{})
			if err != nil {
				t.Fatal(err)
			}
			check(t, f, d, a, r.ID, r.Node)
			checkLots(t, s, r, a)
			if again, _ := advice.ForRequest(d, r.ID, advice.Options{}); !reflect.DeepEqual(a, again) {
				t.Fatalf("asked again: %+v, before %+v", again, a)
			}
			count(counts, a)
		}
		for _, n := range s.Nodes() {
			a, err := advice.ForNode(d, n.ID)
			if err != nil {
				t.Fatal(err)
			}
			check(t, f, d, a, "", n.ID)
			count(counts, a)
		}
	})
	t.Log(counts)
}

func count(counts map[string]int, a *advice.Advice) {
	for _, c := range a.Changes {
		counts[string(c.Kind)]++
	}
	for _, c := range a.Futile {
		counts[string(c.Kind)+" in vain"]++
	}
}

// checkLots verifies that a request is only offered lots that it could win.
func checkLots(t *rapid.T, s *fairshare.Snapshot, r fairshare.Request, a *advice.Advice) {
	var e fairshare.Eligibility
	classes := map[string]string{}
	for _, l := range s.Lots() {
		classes[l.ID] = l.Class
	}
	shared := map[string]bool{}
	for _, other := range s.Eligibilities() {
		if other.ID == r.Eligibility {
			e = other
		}
		for _, lot := range other.Lots {
			shared[lot] = true
		}
	}
	for _, c := range append(a.Changes, a.Futile...) {
		for _, lot := range c.Accept.Added {
			own := slices.Contains(e.ExcludedBy["class"], lot) || slices.Contains(e.ExcludedBy["site"], lot) ||
				slices.Contains(e.ExcludedBy["jurisdiction"], lot)
			foreign := slices.Contains(e.ExcludedBy["window"], lot) || slices.Contains(e.ExcludedBy["nation"], lot)
			if foreign || !own && !shared[lot] || slices.Contains(e.Lots, lot) {
				t.Fatalf("%s is offered %s: %+v, has %+v", r.ID, lot, c, e)
			}
			if slices.Contains(e.ExcludedBy["class"], lot) && len(e.Lots) == 0 &&
				len(e.ExcludedBy["site"])+len(e.ExcludedBy["jurisdiction"]) == 0 &&
				!slices.Contains(c.Accept.Classes, classes[lot]) {
				t.Fatalf("class %s is not named: %+v", classes[lot], c)
			}
		}
	}
}

func TestTheLargestMinimumIsFound(t *testing.T) {
	found, beaten := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := smallRounds(t)
		d := fairshare.DecideWith(s, 1)
		f := serialise(t, s)
		for i := range s.NumRequests() {
			r := s.Request(i)
			if d.RequestReason(i).Code != fairshare.BelowMinimum {
				continue
			}
			a, err := advice.ForRequest(d, r.ID, advice.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range append(a.Changes, a.Futile...) {
				if c.Kind != advice.LowerMinimum {
					continue
				}
				best := c
				for best.To = r.Min.GPUMilliseconds() - 1; best.To > c.To; best.To-- {
					if granted(decide(t, f.carryOut(t, &best)), r.ID, r.Node).Granted > 0 {
						break
					}
				}
				found++
				if best.To > c.To {
					beaten++
				}
				if c.After.Granted > 0 && !c.Exact {
					t.Fatalf("not searched to the end: %+v", c)
				}
			}
		}
	})
	t.Logf("%d found, in %d cases a larger one beyond a gap", found, beaten)
	if beaten > 1+found/100 {
		t.Errorf("gaps are not rare: %d of %d", beaten, found)
	}
}

func TestOwnConditionsAreTheLastOfMatching(t *testing.T) {
	all := matching.Conditions()
	want := []matching.Condition{matching.Class, matching.Site, matching.Jurisdiction}
	if got := all[len(all)-3:]; !slices.Equal(got, want) {
		t.Errorf("the last conditions are %v, expected %v", got, want)
	}
}

func TestUnknownIDsAreNamed(t *testing.T) {
	s, err := fairshare.Freeze(fairshare.Input{
		Round: fairshare.Round{ID: "round", Start: december, End: december.AddDate(0, 1, 0), MaxPasses: 1},
		Nodes: []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool}},
	})
	if err != nil {
		t.Fatal(err)
	}
	d := fairshare.Decide(s)
	_, one := advice.ForRequest(d, "r", advice.Options{})
	_, two := advice.ForNode(d, "n")
	_, three := advice.Ever(d, "r")
	for _, err := range []error{one, two, three} {
		if unknown := (*advice.Unknown)(nil); !errors.As(err, &unknown) {
			t.Errorf("got %v", err)
		}
	}
}
