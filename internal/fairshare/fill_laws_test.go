package fairshare_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// The laws of FAIRNESS §6 that are about one Fill, tested on the engine's own.

func engineFill(budget int64, items []refItem) (x []int64, left int64) {
	of := make([]fairshare.FillItem, len(items))
	for i, it := range items {
		of[i] = fairshare.FillItem{Weight: it.weight, Lo: it.lo, Hi: it.hi, Offset: it.offset}
	}
	return fairshare.FillForTest(budget, of)
}

// drawFill draws a division with bounds up to most and offsets up to ±far.
func drawFill(t *rapid.T, most, far int64) (budget int64, items []refItem) {
	d := drawing{t: t}
	items = make([]refItem, d.count(0, 6, "items"))
	var ceilings int64
	for i := range items {
		it := refItem{weight: d.number(0, 4, "weight")}
		if d.coin(3, "heavy") {
			it.weight = d.number(0, fairshare.MaxWeight, "weight")
		}
		if !d.coin(4, "no offset") {
			it.offset = d.number(-far, far, "offset")
		}
		it.hi = d.number(0, most, "hi")
		if d.coin(3, "has a floor") {
			it.lo = d.number(0, it.hi, "lo")
		}
		ceilings += it.hi
		items[i] = it
	}
	// Seldom more than all can take.
	return d.number(0, ceilings+ceilings/8+1, "budget"), items
}

func TestLaw13FillEqualsTheUnitByUnitDefinition(t *testing.T) {
	for _, far := range []int64{3, 40, 1 << 52} {
		check(t, func(t *rapid.T) {
			budget, items := drawFill(t, 25, far)
			x, left := engineFill(budget, items)
			want, wantLeft := refFill(budget, items)
			if !slices.Equal(x, want) || left != wantLeft {
				t.Fatalf("Fill(%d, %+v) = %v, %d left; want %v, %d left", budget, items, x, left, want, wantLeft)
			}
		})
	}
}

// Amounts too large to be counted one by one are checked by their exchanges:
// the last unit of each item comes before the next of every other. One vector
// alone satisfies that.
func TestLaw04FillOfLargeAmountsIsLevel(t *testing.T) {
	for _, far := range []int64{1 << 20, 1 << 52} {
		check(t, func(t *rapid.T) {
			budget, items := drawFill(t, 1<<49, far)
			x, left := engineFill(budget, items)
			requireFill(t, budget, items, x, left)
		})
	}
}

func requireFill(t *rapid.T, budget int64, items []refItem, x []int64, left int64) {
	var floors int64
	for _, it := range items {
		floors += it.lo
	}
	if budget < floors {
		scaled := make([]refItem, len(items))
		for i, it := range items {
			scaled[i] = refItem{weight: it.lo, hi: it.lo}
		}
		items = scaled
	}
	if sum(x)+left != budget || left < 0 {
		t.Fatalf("%d given out as %v, %d left", budget, x, left)
	}
	for c, it := range items {
		if x[c] < it.lo || x[c] > it.hi {
			t.Fatalf("%d is not in %+v", x[c], it)
		}
		if x[c] == it.hi {
			continue
		}
		if left > 0 {
			t.Fatalf("%d left, but %+v has %d", left, it, x[c])
		}
		for d, other := range items {
			if d != c && x[d] > other.lo && !precedes(other, x[d], d, it, x[c], c) {
				t.Fatalf("Fill(%d, %+v) = %v: item %d comes before item %d", budget, items, x, c, d)
			}
		}
	}
}

func TestLaw12FillIsUnchangedByScalingWeights(t *testing.T) {
	check(t, func(t *rapid.T) {
		budget, items := drawFill(t, 1<<49, 1<<52)
		heaviest := int64(1)
		for _, it := range items {
			heaviest = max(heaviest, it.weight)
		}
		factor := rapid.Int64Range(1, fairshare.MaxWeight/heaviest).Draw(t, "factor")
		scaled := slices.Clone(items)
		for i := range scaled {
			scaled[i].weight *= factor
		}
		requireSameFill(t, budget, items, scaled)
	})
}

// Items without weight are level among themselves only, and stay where they are.
func TestLaw12FillIsUnchangedByShiftingOffsets(t *testing.T) {
	check(t, func(t *rapid.T) {
		budget, items := drawFill(t, 1<<49, 1<<51)
		c := rapid.Int64Range(-(1<<31), 1<<31).Draw(t, "c")
		shifted := slices.Clone(items)
		for i := range shifted {
			shifted[i].offset += c * shifted[i].weight
		}
		requireSameFill(t, budget, items, shifted)
	})
}

func requireSameFill(t *rapid.T, budget int64, items, changed []refItem) {
	x, left := engineFill(budget, items)
	y, leftOfChanged := engineFill(budget, changed)
	if !slices.Equal(x, y) || left != leftOfChanged {
		t.Fatalf("Fill(%d, %+v) = %v, %d left; with %+v %v, %d left", budget, items, x, left, changed, y, leftOfChanged)
	}
}
