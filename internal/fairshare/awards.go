package fairshare

import (
	"cmp"
	"slices"
)

// takeLots turns the canonical flow into awards: inside a group the requests,
// by id, take the lots, earliest ending first. It fills d.Awards (by request,
// then lot) and d.Left, and returns the grants per slot.
func takeLots(s *Snapshot, p *pass, d *Decision) (granted []int64) {
	for i := range s.lots {
		d.Left[i] = s.lots[i].Supply.GPUMilliseconds()
	}
	bySlot, start := sortGrants(s, p)
	cursor := make([]int32, len(s.market.supply))
	d.Awards = make([]Award, 0, len(bySlot))
	for i, slot := range s.byID {
		first := len(d.Awards)
		for _, g := range bySlot[start[slot]:start[slot+1]] {
			d.take(int32(i), s.market.lots(g.group), &cursor[g.group], g.amount)
		}
		sortAwards(d.Awards[first:])
	}
	return slices.Clone(p.x)
}

// take draws an amount for a request from the lots in order, starting at the
// cursor, which is moved past the lots that are used up.
func (d *Decision) take(request int32, lots []int32, cursor *int32, amount int64) {
	for amount > 0 {
		lot := lots[*cursor]
		if part := min(amount, d.Left[lot]); part > 0 {
			d.Left[lot] -= part
			amount -= part
			d.Awards = append(d.Awards, Award{request, lot, part})
		}
		if d.Left[lot] == 0 {
			*cursor++
		}
	}
}

func sortAwards(awards []Award) {
	if len(awards) > 1 {
		slices.SortFunc(awards, compareAwards)
	}
}

// compareAwards orders awards by request, then lot.
func compareAwards(a, b Award) int {
	return cmp.Or(cmp.Compare(a.Request, b.Request), cmp.Compare(a.Lot, b.Lot))
}

// sortGrants brings the grants of all workers into the order of slots; those of
// a slot are grants[start[slot]:start[slot+1]].
func sortGrants(s *Snapshot, p *pass) (grants []grant, start []int32) {
	start = make([]int32, len(s.requests)+2)
	total := 0
	for _, list := range p.flows {
		total += len(list)
		for i := range list {
			start[list[i].slot+2]++
		}
	}
	for slot := 2; slot < len(start); slot++ {
		start[slot] += start[slot-1]
	}
	grants = make([]grant, total)
	for _, list := range p.flows {
		for _, g := range list {
			grants[start[g.slot+1]] = g
			start[g.slot+1]++
		}
	}
	p.flows = nil
	return grants, start
}
