package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

var day = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

// anyRound draws a small round: nations, institutions and projects, lots of
// which requests may use some, floors, caps, balances, minima.
func anyRound(t *rapid.T) *fairshare.Snapshot {
	number := func(label string, from, to int64) int64 { return rapid.Int64Range(from, to).Draw(t, label) }
	in := fairshare.Input{Round: fairshare.Round{
		ID: "r", Start: day, End: day.AddDate(0, 1, 0),
		GuaranteePermille: number("alpha", 0, 1000), BankLimitRounds: number("K", 0, 4), MaxPasses: number("passes", 1, 8),
	}}
	for i := range number("lots", 1, 4) {
		in.Lots = append(in.Lots, fairshare.Lot{
			ID: fmt.Sprint("lot-", i), Class: "c", Site: "s", Ends: day.AddDate(0, 1, int(i)),
			Supply: credit.GPUMilliseconds(number("supply", 0, 60)),
		})
	}
	for i := range number("eligibilities", 1, 4) {
		e := fairshare.Eligibility{ID: fmt.Sprint("e", i)}
		for k := range in.Lots {
			if rapid.Bool().Draw(t, "eligible") {
				e.Lots = append(e.Lots, in.Lots[k].ID)
			}
		}
		in.Eligibilities = append(in.Eligibilities, e)
	}
	in.Nodes = []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool, Weight: 1}}
	addNodes(t, &in, 0, 0)
	s, err := fairshare.Freeze(in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// addNodes adds children below a node, and requests to those without.
func addNodes(t *rapid.T, in *fairshare.Input, parent, depth int) {
	kinds := []string{fairshare.KindNation, fairshare.KindInstitution, fairshare.KindProject}
	number := func(label string, from, to int64) int64 { return rapid.Int64Range(from, to).Draw(t, label) }
	if depth == len(kinds) {
		for range number("requests", 0, 3) {
			most := number("max", 0, 40)
			in.Requests = append(in.Requests, fairshare.Request{
				ID: fmt.Sprint("q", len(in.Requests)), Node: in.Nodes[parent].ID,
				Eligibility: in.Eligibilities[number("eligibility", 0, int64(len(in.Eligibilities)-1))].ID,
				Min:         credit.GPUMilliseconds(number("min", 0, most) * number("minimal", 0, 1)), Max: credit.GPUMilliseconds(most),
				Rank: number("rank", 0, 2), Submitted: day, Held: number("held", 0, 9) == 0,
			})
		}
		return
	}
	var owed int64
	for range number("children", 1, 3) {
		n := fairshare.Node{
			ID: fmt.Sprint(in.Nodes[parent].ID, ".", len(in.Nodes)), Parent: in.Nodes[parent].ID, Kind: kinds[depth],
			Weight: number("weight", 0, 4), Balance: credit.GPUMilliseconds(number("balance", -20, 20)),
		}
		owed += n.Balance.GPUMilliseconds()
		if number("bounded", 0, 3) == 0 {
			most := credit.GPUMilliseconds(number("cap", 0, 40))
			n.Cap, n.Floor = &most, credit.GPUMilliseconds(number("floor", 0, most.GPUMilliseconds()))
		}
		in.Nodes = append(in.Nodes, n)
		addNodes(t, in, len(in.Nodes)-1, depth+1)
	}
	in.Nodes[parent].Commons = credit.GPUMilliseconds(-owed)
}

func TestTheLevelGivesTheGrantOfWhoeverHasItsShare(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyRound(t)
		x := newExplainer(fairshare.Decide(s))
		for i := range s.NumRequests() {
			e := x.explain(i, true)
			for k := range e.Levels {
				l := &e.Levels[k]
				checkLots(t, l)
				if c := l.Calculation; c != nil {
					checkCalculation(t, l)
				}
			}
			var b strings.Builder
			if err := e.writeText(&b); err != nil || strings.Contains(b.String(), "%!") {
				t.Fatalf("%v\n%s", err, b.String())
			}
		}
	})
}

func TestWhatTheSentenceOfThePoolSaysIsLeftIsOfNoUse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anyRound(t)
		x := newExplainer(fairshare.Decide(s))
		pool, _ := s.FindNode("pool")
		l := x.nodeLevel(pool)
		if !strings.Contains(l.Sentence, " is left: ") {
			return
		}
		checkLots(t, &l)
		for i := range s.NumRequests() {
			r, has := s.Request(i), x.d.Requests[i].Granted
			most := r.Max.GPUMilliseconds()
			if more := min(x.leftFor(i), most-has); !r.Held && more > 0 && has+more >= r.Min.GPUMilliseconds() {
				t.Fatalf("%s has %d of %d and could use %d more: %s", r.ID, has, most, more, l.Sentence)
			}
		}
	})
}

// leftFor is what is left in the lots of a request, within the caps above it.
func (x *explainer) leftFor(request int) (sum int64) {
	for _, e := range x.s.Eligibilities() {
		for i, l := range x.s.Lots() {
			if e.ID == x.s.Request(request).Eligibility && slices.Contains(e.Lots, l.ID) {
				sum += x.d.Left[i]
			}
		}
	}
	for n := int(x.kin.nodeOf[request]); n >= 0; n = x.kin.parent[n] {
		if limit := x.s.Nodes()[n].Cap; limit != nil {
			sum = min(sum, limit.GPUMilliseconds()-x.d.Nodes[n].Granted)
		}
	}
	return sum
}

func TestAmountsThatLookAlikeAreComparedExactly(t *testing.T) {
	for want, c := range map[string][2]int64{
		"2.00 instead of 1.00": {7_200_000, 3_600_000},
		"3.34 (12,034,002 gpu_ms) instead of 3.34 (12,034,001 gpu_ms)": {12_034_002, 12_034_001},
	} {
		if got := insteadOf(c[0], c[1]); got != want {
			t.Errorf("%s, expected %s", got, want)
		}
	}
}

func TestWhatWasNotTriedIsCounted(t *testing.T) {
	for want, got := range map[string]string{
		"1 more change (lots to accept, caps above) was not tried.":       untried(1, true),
		"1,200 more changes (lots to accept, caps above) were not tried.": untried(1200, true),
		"2 more changes (caps above) were not tried.":                     untried(2, false),
	} {
		if got != want {
			t.Errorf("%s, expected %s", got, want)
		}
	}
}

// checkLots checks that every group of lots that a reason names is found, and
// that what became of it adds up.
func checkLots(t *rapid.T, l *level) {
	if l.Reason.Code == fairshare.Lots && len(l.Lots) != len(l.Reason.Lots) {
		t.Fatalf("%s: %v of %v", l.ID, l.Lots, l.Reason.Lots)
	}
	for _, u := range l.Lots {
		if u.Here+u.Elsewhere+u.Left != u.Supply {
			t.Fatalf("%s: %+v", l.ID, u)
		}
	}
}

// checkCalculation checks that the level gives the grant, and a note says so
// where it does not: a request's grant differs by a tie or by what was left over
// and by nothing else.
func checkCalculation(t *rapid.T, l *level) {
	c := l.Calculation
	switch {
	case c.Note == "" && c.Due != l.Granted,
		c.Note == noteTie && c.Due != l.Granted+1,
		c.Note == noteMore && c.Due >= l.Granted,
		c.Note == noteLess && c.Due <= l.Granted,
		c.Note == noteLess && l.Kind == requestKind,
		c.Note == noteWeight && l.Node.Weight != 0:
		t.Fatalf("%s: level %d/%d gives %d, granted %d: %s", l.ID, c.LevelNum, c.LevelDen, c.Due, l.Granted, c.Note)
	}
}
