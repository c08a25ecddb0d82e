package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// lotGroup is lots that no request of the round can tell apart (docs/FAIRNESS.md,
// section 2): the same sets of lots among the requests name them, and they are
// open to the same nations. The first to end comes first and names the group.
type lotGroup struct{ lots []int } // indices into the snapshot's lots

// groupLots sorts the lots into groups.
func groupLots(s *fairshare.Snapshot) []lotGroup {
	namedBy := map[string][]int{} // lot → signatures
	for number, signature := range signatures(s) {
		for _, lot := range signature {
			namedBy[lot] = append(namedBy[lot], number)
		}
	}
	order := make([]int, len(s.Lots()))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return s.Lots()[a].Ends.Compare(s.Lots()[b].Ends) })
	at := map[string]int{}
	var groups []lotGroup
	for _, i := range order {
		l := &s.Lots()[i]
		key := fmt.Sprint(namedBy[l.ID])
		if l.OpenTo != nil {
			key += fmt.Sprintf(" open to %q", slices.Sorted(slices.Values(l.OpenTo)))
		}
		g, known := at[key]
		if !known {
			g = len(groups)
			at[key] = g
			groups = append(groups, lotGroup{})
		}
		groups[g].lots = append(groups[g].lots, i)
	}
	return groups
}

// signatures are the distinct sets of lots that requests may use.
func signatures(s *fairshare.Snapshot) [][]string {
	used := map[string]bool{}
	for i := range s.NumRequests() {
		used[s.Request(i).Eligibility] = true
	}
	var list [][]string
	for _, e := range s.Eligibilities() {
		if used[e.ID] {
			list = append(list, slices.Sorted(slices.Values(e.Lots)))
		}
	}
	slices.SortFunc(list, slices.Compare)
	return slices.CompactFunc(list, slices.Equal)
}

// lotUse is what became of one group of lots.
type lotUse struct {
	Lots   []string `json:"lots"`
	Supply int64    `json:"supply_gpu_ms"`
	// Here is what the claimant and its siblings have of it.
	Here int64 `json:"siblings_gpu_ms"`
	// Elsewhere is what others in the tree have.
	Elsewhere int64 `json:"elsewhere_gpu_ms"`
	Left      int64 `json:"left_gpu_ms"`
}

// useOf describes the groups that the given lots name. Who stands here is told
// by a number per request, −1 for those elsewhere; taken sums, by that number,
// what those here have of all these groups together.
func (x *explainer) useOf(names []string, number func(request int32) int) (uses []lotUse, taken map[int]int64) {
	groupOf := make([]int, len(x.s.Lots()))
	for i := range groupOf {
		groupOf[i] = -1
	}
	for _, g := range x.lots {
		if name := x.s.Lots()[g.lots[0]].ID; !slices.Contains(names, name) {
			continue
		}
		var use lotUse
		for _, i := range g.lots {
			use.Lots = append(use.Lots, x.s.Lots()[i].ID)
			use.Supply += x.s.Lots()[i].Supply.GPUMilliseconds()
			use.Left += x.d.Left[i]
			groupOf[i] = len(uses)
		}
		uses = append(uses, use)
	}
	taken = map[int]int64{}
	for _, a := range x.d.Awards {
		g := groupOf[a.Lot]
		if g < 0 {
			continue
		}
		if n := number(a.Request); n >= 0 {
			uses[g].Here += a.Amount
			taken[n] += a.Amount
		} else {
			uses[g].Elsewhere += a.Amount
		}
	}
	slices.SortStableFunc(uses, func(a, b lotUse) int { return cmp.Compare(a.Lots[0], b.Lots[0]) })
	return uses, taken
}

// wholeLots describes groups of lots for the pool, where nobody stands beside.
func (x *explainer) wholeLots(names []string) []lotUse {
	uses, _ := x.useOf(names, func(int32) int { return 0 })
	return uses
}

// called names a group: its first lot, and how many others there are.
func (u *lotUse) called() string {
	switch n := len(u.Lots) - 1; n {
	case 0:
		return u.Lots[0]
	case 1:
		return u.Lots[0] + " and " + u.Lots[1]
	default:
		return fmt.Sprintf("%s and %s others like it", u.Lots[0], grouped(int64(n)))
	}
}

// several lists a few names and counts the rest.
func several(names []string) string {
	const most = 6
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %s more", grouped(int64(len(names)-most)))
	}
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}
