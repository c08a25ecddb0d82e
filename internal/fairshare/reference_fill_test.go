package fairshare_test

import (
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// The reference_*_test.go files are a second, slow implementation of the rule,
// written from docs/FAIRNESS.md alone. They follow its definitions word by
// word (units are given out one at a time) instead of its closed forms, so
// that a mistake in a closed form of the engine cannot be repeated here. They
// are meant for supplies of a few dozen units.

// refItem is one claimant of a division: FAIRNESS §1's weight w, bounds lo and
// hi, and offset b.
type refItem struct{ weight, lo, hi, offset int64 }

// refUnbounded stands for "no bound". It is small enough to be added up.
const refUnbounded = int64(1) << 60

// refFill is FAIRNESS §1 by its definition: start everyone at lo and give each
// next unit to the item below hi with the smallest key, the earlier item first
// among equals. It returns what each item gets and what is left over.
func refFill(budget int64, items []refItem) (x []int64, left int64) {
	var floors, ceilings int64
	for _, it := range items {
		floors += it.lo
		ceilings += it.hi
	}
	x = make([]int64, len(items))
	if budget >= ceilings {
		for i, it := range items {
			x[i] = it.hi
		}
		return x, budget - ceilings
	}
	if budget < floors {
		byFloor := make([]refItem, len(items))
		for i, it := range items {
			byFloor[i] = refItem{weight: it.lo, hi: it.lo}
		}
		return refFill(budget, byFloor)
	}
	for i, it := range items {
		x[i] = it.lo
	}
	anyone := func(int) bool { return true }
	for range budget - floors {
		x[refNext(items, x, anyone)]++
	}
	return x, 0
}

// refNext is the item that the next unit goes to among those that may grow:
// the smallest key of those with a weight, and only when none of them can take
// it, the smallest key of those without. It is -1 when nobody can.
func refNext(items []refItem, x []int64, mayGrow func(int) bool) int {
	for _, weightless := range []bool{false, true} {
		best := -1
		for i, it := range items {
			if (it.weight == 0) != weightless || x[i] >= it.hi || !mayGrow(i) {
				continue
			}
			if best < 0 || refNextKey(it, x[i]).less(refNextKey(items[best], x[best])) {
				best = i
			}
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

// refKey is the exact fraction num/den, den > 0.
type refKey struct{ num, den int64 }

// refNextKey is the key (2(x−b)+1)/w of the unit after the x-th; a weight of 0
// counts as 1.
func refNextKey(it refItem, x int64) refKey {
	return refKey{2*(x-it.offset) + 1, max(it.weight, 1)}
}

// refLastKey is the key (2(x−b)−1)/w at which the x-th unit was given.
func refLastKey(it refItem, x int64) refKey {
	return refKey{2*(x-it.offset) - 1, max(it.weight, 1)}
}

func (k refKey) less(other refKey) bool { return k.compare(other) < 0 }

func (k refKey) compare(other refKey) int {
	const safe = 1 << 31 // products of smaller numbers fit 64 bits
	if -safe < k.num && k.num < safe && k.den < safe &&
		-safe < other.num && other.num < safe && other.den < safe {
		a, b := k.num*other.den, other.num*k.den
		switch {
		case a < b:
			return -1
		case a > b:
			return 1
		}
		return 0
	}
	product := func(a, b int64) *big.Int {
		return new(big.Int).Mul(big.NewInt(a), big.NewInt(b))
	}
	return product(k.num, other.den).Cmp(product(other.num, k.den))
}

// refWebster is the rounding of a supply to weights alone: FAIRNESS §3.3's
// Webster(s; weights). Weights of 0 get nothing unless all are 0.
func refWebster(supply int64, weights []int64) []int64 {
	var total int64
	for _, w := range weights {
		total += w
	}
	items := make([]refItem, len(weights))
	for i, w := range weights {
		items[i] = refItem{weight: w, hi: supply}
		if w == 0 && total > 0 {
			items[i].hi = 0
		}
	}
	x, _ := refFill(supply, items)
	return x
}

// The rule minimises Σ(x−b)²/w over the integers; on tiny inputs every integer
// vector can be tried.
func TestReferenceFillMinimisesTheSumOfSquares(t *testing.T) {
	check(t, func(t *rapid.T) {
		items := make([]refItem, 3)
		for i := range items {
			items[i] = refItem{
				weight: rapid.Int64Range(1, 5).Draw(t, "weight"),
				lo:     rapid.Int64Range(0, 2).Draw(t, "lo"),
				offset: rapid.Int64Range(-4, 4).Draw(t, "offset"),
			}
			items[i].hi = items[i].lo + rapid.Int64Range(0, 5).Draw(t, "range")
		}
		floors := items[0].lo + items[1].lo + items[2].lo
		budget := floors + rapid.Int64Range(0, 12).Draw(t, "above floors")
		x, left := refFill(budget, items)
		budget -= left
		cost := func(x []int64) *big.Rat {
			sum := new(big.Rat)
			for i, it := range items {
				d := x[i] - it.offset
				sum.Add(sum, big.NewRat(d*d, it.weight))
			}
			return sum
		}
		for a := items[0].lo; a <= items[0].hi; a++ {
			for b := items[1].lo; b <= items[1].hi; b++ {
				c := budget - a - b
				if c < items[2].lo || c > items[2].hi {
					continue
				}
				if other := []int64{a, b, c}; cost(other).Cmp(cost(x)) < 0 {
					t.Fatalf("%v of %v costs %s, more than %v: %s", x, items, cost(x), other, cost(other))
				}
			}
		}
	})
}
