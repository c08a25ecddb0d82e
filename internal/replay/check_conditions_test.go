package replay

import (
	"slices"
	"strings"
	"testing"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// For each of these breaches Check says exactly this and nothing else, so that
// none of the conditions they are about can be lost without a test failing.

// units is that many gpu_ms.
func units(n int64) credit.Amount { return credit.GPUMilliseconds(n) }

// two is a round of 12 units of one lot, L, that everybody may use. Nations A and
// B, of one weight, ask for 9 and 9 (a1, a2) and for 9 (b1). Each is entitled to 6,
// is guaranteed 3, and is granted 6; a1 and a2 have 3 each.
func two() fairshare.Input {
	ask := func(id, nation string) fairshare.Request {
		return fairshare.Request{ID: id, Node: nation, Eligibility: "e", Max: units(9), Submitted: day(0)}
	}
	return fairshare.Input{
		Round:         fairshare.Round{ID: "r", Start: day(1), End: day(2), GuaranteePermille: 500, BankLimitRounds: 4, MaxPasses: 8},
		Lots:          []fairshare.Lot{{ID: "L", Class: "a100", Site: "lyon", Ends: day(2), Supply: units(12)}},
		Eligibilities: []fairshare.Eligibility{{ID: "e", Lots: []string{"L"}}},
		Nodes: []fairshare.Node{
			{ID: "A", Parent: "pool", Kind: kindNation, Weight: 1},
			{ID: "B", Parent: "pool", Kind: kindNation, Weight: 1},
			{ID: "pool", Kind: kindPool, Weight: 1},
		},
		Requests: []fairshare.Request{ask("a1", "A"), ask("a2", "A"), ask("b1", "B")},
	}
}

// unused adds a lot of 3 units that no request may use. Not every lot serves
// everybody then, so that the bounds are not told exactly; A is entitled to 8, B to 7.
func unused(in *fairshare.Input) {
	in.Lots = append(in.Lots, fairshare.Lot{ID: "N", Class: "v100", Site: "lyon", Ends: day(2), Supply: units(3)})
}

// spare makes A ask for so much, B for 3, and adds a nation C that asks for
// nothing. Each is entitled to 4. A pays what it has above that, which is credited
// to B, 1 at most, and to C.
func spare(asks int64) func(*fairshare.Input) {
	return func(in *fairshare.Input) {
		in.Requests[0].Max, in.Requests[2].Max = units(asks), units(3)
		in.Requests = slices.Delete(in.Requests, 1, 2)
		in.Nodes = append(in.Nodes, fairshare.Node{ID: "C", Parent: "pool", Kind: kindNation, Weight: 1})
	}
}

// balance sets balances and, of the pool, the commons.
func balance(d *fairshare.Decision, a, b, commons int64) {
	node(d, "A").Balance, node(d, "B").Balance, node(d, "pool").Commons = a, b, commons
}

var conditions = []struct {
	name   string
	round  func(*fairshare.Input)
	breach func(*fairshare.Decision)
	want   []string
}{
	{
		"less is left than was not awarded", unused, func(d *fairshare.Decision) { d.Left[1]-- },
		[]string{"law 1: N: 0 gpu_ms awarded and 2 left of a supply of 3 gpu_ms"},
	},
	{
		"more is left than was not awarded", unused, func(d *fairshare.Decision) { d.Left[1]++ },
		[]string{"law 1: N: 0 gpu_ms awarded and 4 left of a supply of 3 gpu_ms"},
	},
	{
		"more is awarded than there is", func(in *fairshare.Input) { in.Requests[2].Min = units(1) }, func(d *fairshare.Decision) {
			move(d, 2, -1, -1)
			balance(d, 0, -1, 1)
		},
		[]string{"law 1: L: 13 gpu_ms awarded and -1 left of a supply of 12 gpu_ms"},
	},
	{
		"two awards from one lot", nil, func(d *fairshare.Decision) {
			d.Awards[0].Amount--
			d.Awards = slices.Insert(d.Awards, 0, fairshare.Award{Amount: 1})
		},
		[]string{"law 1: a1: has awards that are not in order of lot, or two from one"},
	},
	{
		"less than a minimum", func(in *fairshare.Input) { in.Requests[0].Min = units(2) }, func(d *fairshare.Decision) { move(d, 0, 1, 2) },
		[]string{"law 2: a1: is granted 1 gpu_ms, expected 0 or 2 gpu_ms to 9 gpu_ms"},
	},
	{
		"more than a maximum", func(in *fairshare.Input) {
			in.Requests[0].Min, in.Requests[1].Max = units(1), units(4)
		}, func(d *fairshare.Decision) { move(d, 0, 1, 2) },
		[]string{"law 2: a2: is granted 5 gpu_ms, expected 0 or 0 gpu_ms to 4 gpu_ms"},
	},
	{
		"a grant to a held request", func(in *fairshare.Input) { in.Requests[0].Held = true }, func(d *fairshare.Decision) {
			d.Awards = slices.Insert(d.Awards, 0, fairshare.Award{})
			move(d, 1, 0, 1)
		},
		[]string{"law 2: a1: is held and granted 1 gpu_ms"},
	},
	{
		"more than a cap", func(in *fairshare.Input) {
			limit := units(6)
			in.Nodes[1].Cap = &limit
		}, func(d *fairshare.Decision) {
			move(d, 0, 2, 1)
			balance(d, 1, -1, 0)
		},
		[]string{"law 2: B: is granted 7 gpu_ms above its cap of 6 gpu_ms"},
	},
	{
		"less than a lower bound", func(in *fairshare.Input) {
			unused(in)
			in.Nodes[0].Floor, in.Requests[2].Min = units(6), units(1)
		}, func(d *fairshare.Decision) { move(d, 0, 2, 1) },
		[]string{"law 3: A: is granted 5 gpu_ms, below its lower bound of 6"},
	},
	{
		"floors that do not fit and share less than there is", func(in *fairshare.Input) {
			in.Nodes[0].Floor, in.Nodes[1].Floor = units(10), units(10)
		}, func(d *fairshare.Decision) { node(d, "A").Floor-- },
		[]string{"law 3: pool: the floors below it share 11 of 12 gpu_ms"},
	},
	{
		// Who has a bound above what it asks for cannot have it granted.
		"floors that do not fit, one of them above the demand", func(in *fairshare.Input) {
			in.Nodes[0].Floor, in.Nodes[1].Floor, in.Requests[2].Max = units(10), units(4), units(3)
		}, func(d *fairshare.Decision) {
			node(d, "A").Floor--
			node(d, "B").Floor++
		},
		[]string{"law 3: B: is granted 3 gpu_ms, below its lower bound of 4", "law 3: B: has a lower bound of 4 gpu_ms, expected at most 3"},
	},
	{
		"a unit that should be an equal nation's, first by id", func(in *fairshare.Input) { in.Lots[0].Supply = units(13) },
		func(d *fairshare.Decision) {
			move(d, 0, 2, 1)
			balance(d, 1, -1, 0)
		},
		[]string{"law 4: B: has a unit of lot L that should be A's"},
	},
	{
		"a unit that should be an equal request's, first by id", func(in *fairshare.Input) { in.Lots[0].Supply = units(13) },
		func(d *fairshare.Decision) { move(d, 0, 1, 1) },
		[]string{"law 4: a2: has a unit of lot L that should be a1's"},
	},
	{
		"a unit that should be an equal request's, first by submission", func(in *fairshare.Input) {
			in.Lots[0].Supply, in.Requests[1].Submitted = units(13), day(-1)
		}, func(d *fairshare.Decision) { move(d, 1, 0, 1) },
		[]string{"law 4: a1: has a unit of lot L that should be a2's"},
	},
	{
		"a unit that should be an equal request's, first by rank", func(in *fairshare.Input) {
			in.Lots[0].Supply, in.Requests[0].Rank, in.Requests[1].Submitted = units(13), 1, day(1)
		}, func(d *fairshare.Decision) { move(d, 1, 0, 1) },
		[]string{"law 4: a1: has a unit of lot L that should be a2's"},
	},
	{
		"a unit for no weight", func(in *fairshare.Input) { in.Nodes[1].Weight = 0 }, func(d *fairshare.Decision) {
			d.Awards = append(d.Awards, fairshare.Award{Request: 2})
			move(d, 1, 2, 1)
			balance(d, 1, -1, 0)
		},
		[]string{"law 4: B: has a unit of lot L that should be A's"},
	},
	{
		"what is left and would fit", func(in *fairshare.Input) { in.Requests[0].Max, in.Requests[1].Max = units(3), units(3) },
		func(d *fairshare.Decision) { move(d, 2, -1, 1) },
		[]string{"law 5: b1: has 5 gpu_ms and 1 more would fit"},
	},
	{
		"a lower bound above floor and guarantee", unused, func(d *fairshare.Decision) { node(d, "A").Floor++ },
		[]string{"law 9: A: has a lower bound of 5 gpu_ms, above its floor and guarantee of 4"},
	},
	{
		"a lower bound below the guarantee", nil, func(d *fairshare.Decision) { node(d, "A").Floor-- },
		[]string{"law 9: A: has a lower bound of 2 gpu_ms, expected 3"},
	},
	{
		"more entitlements than supply", unused, func(d *fairshare.Decision) { node(d, "A").Entitlement++ },
		[]string{"law 9: pool: its children are entitled to 16 gpu_ms of a supply of 15"},
	},
	{
		"fewer entitlements than supply", func(in *fairshare.Input) { in.Round.GuaranteePermille = 0 }, func(d *fairshare.Decision) {
			node(d, "A").Entitlement--
			balance(d, -1, 0, 1)
		},
		[]string{"law 9: pool: its children are entitled to 11 of 12 gpu_ms"},
	},
	{
		"balances that do not sum", nil, func(d *fairshare.Decision) { node(d, "pool").Commons-- },
		[]string{"law 10: pool: balances and commons below it sum to -1"},
	},
	{
		"a commons without children", nil, func(d *fairshare.Decision) { node(d, "A").Commons++ },
		[]string{"law 10: A: has a commons of 1, was 0, but no children"},
	},
	{
		"a credit that nobody paid", spare(5), func(d *fairshare.Decision) {
			balance(d, -1, 1, -1)
			node(d, "C").Balance = 1
		},
		[]string{"law 10: pool: 2 gpu_ms credited below it, but 1 paid"},
	},
	{
		"a credit of more than the difference", spare(7), func(d *fairshare.Decision) {
			balance(d, -3, 2, 0)
			node(d, "C").Balance = 1
		},
		[]string{"law 10: B: has a balance of 2, was 0, granted 3, entitled to 4: expected 0 to 1"},
	},
	{
		"a payment by one that took less", spare(7), func(d *fairshare.Decision) {
			balance(d, -3, -1, 1)
			node(d, "C").Balance = 3
		},
		[]string{"law 10: B: has a balance of -1, was 0, granted 3, entitled to 4: expected 0 to 1"},
	},
	{
		"a payment of less than was taken", spare(7), func(d *fairshare.Decision) { balance(d, -2, 1, -1) },
		[]string{"law 10: A: has a balance of -2, was 0, granted 7, entitled to 4: expected -3 to -3"},
	},
	{
		"a debt beyond the bank limit", func(in *fairshare.Input) {
			spare(9)(in)
			in.Round.BankLimitRounds = 1
		}, func(d *fairshare.Decision) {
			node(d, "A").Balance--
			node(d, "pool").Commons++
		},
		[]string{"law 10: A: has a balance of -5, was 0, granted 9, entitled to 4: expected -4 to -4"},
	},
}

func TestEachConditionOfCheckIsNeeded(t *testing.T) {
	for _, c := range conditions {
		t.Run(c.name, func(t *testing.T) {
			in := two()
			if c.round != nil {
				c.round(&in)
			}
			s, err := fairshare.Freeze(in)
			if err != nil {
				t.Fatal(err)
			}
			d := fairshare.Decide(s)
			if err := Check(d); err != nil {
				t.Fatalf("before the breach: %v", err)
			}
			c.breach(d)
			got := ""
			if err := Check(d); err != nil {
				got = err.Error()
			}
			if want := strings.Join(c.want, "\n"); got != want {
				t.Errorf("found\n%s\nwant\n%s", got, want)
			}
		})
	}
}
