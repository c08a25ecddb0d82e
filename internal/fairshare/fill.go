package fairshare

import "slices"

// item is one claimant of a fill. All amounts are in gpu_ms.
type item struct {
	weight int64 // 0..2^53
	lo, hi int64 // 0 ≤ lo ≤ hi
	offset int64 // b: positive for a claimant that is owed
	x      int64 // the result
}

// topLevel bounds the search for a level t in either direction.
const topLevel = int64(1) << 60

// fill is Fill(B, items): everyone starts at lo, and each next unit goes to
// the item below hi with the smallest key (2(x−b)+1)/w, ties to the earlier
// item. It writes x and returns what is left when all are at hi.
//
// Source: the divisor method of Webster and Sainte-Laguë (Balinski & Young,
// Fair Representation, 1982) on an uneven bottom.
func fill(budget int64, items []item) (left int64) {
	var sumLo, sumHi, zeroLo int64
	zeros := false
	for i := range items {
		sumLo = addCapped(sumLo, items[i].lo)
		sumHi = addCapped(sumHi, items[i].hi)
		if items[i].weight == 0 {
			zeros = true
			zeroLo = addCapped(zeroLo, items[i].lo)
		}
	}
	switch {
	case budget >= sumHi:
		for i := range items {
			items[i].x = items[i].hi
		}
		return budget - sumHi
	case budget < sumLo:
		fillFloors(budget, items)
	case zeros:
		fillWeightless(budget, zeroLo, items)
	default:
		fillToLevel(budget, items)
	}
	return 0
}

// fillFloors divides a budget that does not cover the floors by the floors.
func fillFloors(budget int64, items []item) {
	floors := make([]item, len(items))
	for i, it := range items {
		floors[i] = item{weight: it.lo, hi: it.lo}
	}
	fill(budget, floors)
	for i := range items {
		items[i].x = floors[i].x
	}
}

// fillWeightless serves the items of weight 0 last, as if each had weight 1.
func fillWeightless(budget, zeroLo int64, items []item) {
	var weighted, weightless []item
	for _, it := range items {
		if it.weight == 0 {
			it.weight = 1
			weightless = append(weightless, it)
		} else {
			weighted = append(weighted, it)
		}
	}
	rest := fill(budget-zeroLo, weighted)
	fill(zeroLo+rest, weightless)
	for i := range items {
		if items[i].weight == 0 {
			items[i].x, weightless = weightless[0].x, weightless[1:]
		} else {
			items[i].x, weighted = weighted[0].x, weighted[1:]
		}
	}
}

// at is what the item has when the level is t/d.
func (it *item) at(t, d int64) int64 {
	return clamp(it.offset+steps(t, it.weight, d), it.lo, it.hi)
}

// fillToLevel finds the level for Σlo ≤ budget < Σhi and positive weights.
func fillToLevel(budget int64, items []item) {
	var d int64
	for i := range items {
		d = max(d, items[i].weight)
	}
	t, ok := level(budget, items, d)
	if !ok {
		fillExtreme(budget, items, d, t)
		return
	}
	rest := budget
	for i := range items {
		items[i].x = items[i].at(t, d)
		rest -= items[i].x
	}
	serveLast(rest, items, t, d)
}

// level is the largest t with Σ at(t) ≤ budget. It is not ok when t is not
// within ±topLevel; t is then the bound that was passed.
func level(budget int64, items []item, d int64) (t int64, ok bool) {
	var sumWeight, sumOffset int64
	for i := range items {
		sumWeight = addCapped(sumWeight, items[i].weight)
		sumOffset += items[i].offset
	}
	below, above := -topLevel, topLevel
	t = clamp(scaled(budget-sumOffset, d, sumWeight), -topLevel+1, topLevel-1)
	for round := 0; above-below > 1; round++ {
		sum, weight := sumAt(items, t, d, budget)
		if sum <= budget {
			below = t
		} else {
			above = t
		}
		next := below/2 + above/2
		if weight > 0 && round%4 != 3 {
			next = t + scaled(budget-sum, d, weight)
			if next == t && sum <= budget {
				next++
			}
		}
		t = clamp(next, below+1, max(above-1, below+1))
	}
	if below == -topLevel {
		if sum, _ := sumAt(items, below, d, budget); sum > budget {
			return below, false
		}
	}
	if above == topLevel {
		if sum, _ := sumAt(items, above, d, budget); sum <= budget {
			return above, false
		}
	}
	return below, true
}

// sumAt is Σ at(t), and the weight of the items strictly between lo and hi,
// whose sum grows with t. The sum stops early once far beyond the budget.
func sumAt(items []item, t, d, budget int64) (sum, weight int64) {
	for i := range items {
		it := &items[i]
		x := it.at(t, d)
		sum += x
		if it.lo < x && x < it.hi {
			weight = addCapped(weight, it.weight)
		}
		if sum > budget+unbounded {
			return sum, weight
		}
	}
	return sum, weight
}

// scaled is about n·d/w, rounded towards zero.
func scaled(n, d, w int64) int64 {
	if n < 0 {
		return -mulDiv(-n, d, w)
	}
	return mulDiv(n, d, w)
}

// fillExtreme handles levels beyond ±topLevel, where light items are still
// being served and heavy ones are all at one of their bounds: these are set,
// and the others searched with the scale of the heaviest among them.
func fillExtreme(budget int64, items []item, d, t int64) {
	var rest []item
	var index []int
	for i := range items {
		it := &items[i]
		it.x = it.at(t, d)
		if bound := t > 0 && it.x == it.hi || t < 0 && it.x == it.lo; bound {
			budget -= it.x
		} else {
			rest = append(rest, *it)
			index = append(index, i)
		}
	}
	fill(budget, rest)
	for k, i := range index {
		items[i].x = rest[k].x
	}
}

// serveLast hands the remaining units, at most one each, to the items whose
// next unit lies between the levels t and t+1, in the order of their keys.
func serveLast(rest int64, items []item, t, d int64) {
	if rest == 0 {
		return
	}
	var buffer [64]int32
	next := buffer[:0]
	even := true
	for i := range items {
		if items[i].at(t+1, d) > items[i].x {
			next = append(next, int32(i))
			even = even && items[i].weight == d
		}
	}
	if !even {
		slices.SortStableFunc(next, func(a, b int32) int {
			return items[a].nextKey().compare(items[b].nextKey())
		})
	}
	for _, i := range next[:rest] {
		items[i].x++
	}
}

// nextKey is the key of the item's next unit.
func (it *item) nextKey() fraction {
	return fraction{2*(it.x-it.offset) + 1, max(it.weight, 1)}
}

// lastKey is the largest key among the units given out above lo, in lowest
// terms; 0/1 when there is none.
func lastKey(items []item) fraction {
	last, served := fraction{0, 1}, false
	for i := range items {
		it := &items[i]
		if it.x <= it.lo {
			continue
		}
		key := fraction{2*(it.x-1-it.offset) + 1, max(it.weight, 1)}
		if !served || key.compare(last) > 0 {
			last, served = key, true
		}
	}
	return last.reduced()
}
