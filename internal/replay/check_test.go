package replay

import (
	"errors"
	"slices"
	"testing"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/pool"
)

// decided is a round of 12 units: Kenya asks for 9 and 4, Nigeria for 9; Nigeria
// may have the change it wants made to its setup and lots.
func decided(t *testing.T, change func(*Pool, []*pool.Request)) *fairshare.Decision {
	t.Helper()
	unit := func(id, project string, units int64) *pool.Request {
		r := wish(id, project, 1)
		r.Terms.Requested = credit.GPUMilliseconds(units)
		return r
	}
	setup := small()
	arrivals := []*pool.Request{unit("k1", "KE-1-a-p", 9), unit("k2", "KE-1-b-p", 4), unit("n1", "NG-1-a-p", 9)}
	if change != nil {
		change(&setup, arrivals)
	}
	lots := []pool.Lot{lotOf(0, "all", credit.GPUMilliseconds(12)), lotOf(0, "none", credit.GPUMilliseconds(3))}
	lots[1].Class = "v100"
	f, err := newPlayer(t, setup).Freeze(numbered(0), lots, arrivals)
	if err != nil {
		t.Fatal(err)
	}
	d := fairshare.Decide(f.Snapshot)
	if err := Check(d); err != nil {
		t.Fatal(err)
	}
	return d
}

// laws are those that a decision breaks.
func laws(err error) []int {
	var list []int
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			var b *Broken
			if errors.As(e, &b) && !slices.Contains(list, b.Law) {
				list = append(list, b.Law)
			}
		}
	}
	slices.Sort(list)
	return list
}

// move takes units from one request and gives them to another, or to nobody
// (−1), all sums adjusted.
func move(d *fairshare.Decision, from, to int, units int64) {
	parent := map[string]string{}
	at := map[string]int{}
	for i, n := range d.Snapshot().Nodes() {
		parent[n.ID], at[n.ID] = n.Parent, i
	}
	change := func(r int, by int64) {
		d.Requests[r].Granted += by
		for i := range d.Awards {
			if int(d.Awards[i].Request) == r {
				d.Awards[i].Amount += by
			}
		}
		for id := d.Snapshot().Request(r).Node; id != ""; id = parent[id] {
			d.Nodes[at[id]].Granted += by
		}
	}
	change(from, -units)
	if to < 0 {
		d.Left[0] += units
		return
	}
	change(to, units)
}

func node(d *fairshare.Decision, id string) *fairshare.NodeOutcome {
	for i, n := range d.Snapshot().Nodes() {
		if n.ID == id {
			return &d.Nodes[i]
		}
	}
	return nil
}

func TestEachBrokenLawIsFound(t *testing.T) {
	limit := credit.GPUMilliseconds(5)
	capped := func(p *Pool, _ []*pool.Request) { p.Leads[0].Share.Cap = &limit }
	least := func(_ *Pool, r []*pool.Request) { r[0].Terms.Minimum = credit.GPUMilliseconds(2) }
	for _, c := range []struct {
		name   string
		setup  func(*Pool, []*pool.Request)
		breaks func(*fairshare.Decision)
		law    int
	}{
		{"more is left than was not awarded", nil, func(d *fairshare.Decision) { d.Left[0]++ }, 1},
		{"a lot that is not eligible", nil, func(d *fairshare.Decision) { d.Awards[0].Lot = 1 }, 1},
		{"a grant without award", nil, func(d *fairshare.Decision) { d.Requests[0].Granted++ }, 1},
		{"an award of nothing", nil, func(d *fairshare.Decision) { d.Awards[0].Amount = 0 }, 1},
		{"a node that has not what its requests have", nil, func(d *fairshare.Decision) { node(d, "KE-1").Granted++ }, 1},
		{"more than a cap", capped, func(d *fairshare.Decision) { node(d, "KE-1-a").Granted = 6 }, 2},
		{"less than a minimum", least, func(d *fairshare.Decision) { move(d, 0, 1, 2) }, 2},
		{"more than a maximum", nil, func(d *fairshare.Decision) { move(d, 2, 1, 3) }, 2},
		{"less than a lower bound", nil, func(d *fairshare.Decision) { move(d, 2, 0, 5) }, 3},
		{"a unit that should be a sibling nation's", nil, func(d *fairshare.Decision) { move(d, 2, 0, 1) }, 4},
		{"a unit that should be a sibling lead's", nil, func(d *fairshare.Decision) { move(d, 1, 0, 1) }, 4},
		{"what is left and would fit", nil, func(d *fairshare.Decision) { move(d, 2, -1, 1) }, 5},
		{"a lower bound above floor and guarantee", nil, func(d *fairshare.Decision) { node(d, "KE").Floor++ }, 9},
		{"more entitlements than supply", nil, func(d *fairshare.Decision) { node(d, "KE").Entitlement += 10 }, 9},
		{"balances that do not sum", nil, func(d *fairshare.Decision) { node(d, "KE").Balance++ }, 10},
		{"a credit that nobody paid", nil, func(d *fairshare.Decision) {
			node(d, "KE-1-a").Balance, node(d, "KE-1").Commons = 1, -1
		}, 10},
		{"a commons without children", nil, func(d *fairshare.Decision) { node(d, "KE-1-a-p").Commons++ }, 10},
	} {
		d := decided(t, c.setup)
		c.breaks(d)
		if found := Check(d); !slices.Contains(laws(found), c.law) {
			t.Errorf("%s: law %d is broken, found: %v", c.name, c.law, found)
		}
	}
}

func TestCheckStopsCounting(t *testing.T) {
	d := decided(t, nil)
	for i := range d.Nodes {
		d.Nodes[i] = fairshare.NodeOutcome{Granted: -1, Floor: 1 << 40, Entitlement: 1, Balance: 1, Commons: 1}
	}
	joined, ok := Check(d).(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != maxBroken {
		t.Errorf("got %v", Check(d))
	}
}

func TestKeysAreComparedExactly(t *testing.T) {
	for _, c := range []struct {
		a, b key
		less bool
	}{
		{key{1, 3}, key{1, 2}, true},
		{key{1, 2}, key{1, 3}, false},
		{key{-1, 2}, key{1, 1_000_000}, true},
		{key{-1, 2}, key{-1, 3}, true},
		{key{-1, 3}, key{-1, 2}, false},
		{key{2, 4}, key{1, 2}, false},
		{key{1<<62 - 1, 1_000_000}, key{1 << 62, 1_000_000}, true},
		{key{-(1 << 62), 999_999}, key{-(1 << 62), 1_000_000}, true},
	} {
		if got := c.a.less(c.b); got != c.less {
			t.Errorf("%v < %v: %v", c.a, c.b, got)
		}
	}
}
