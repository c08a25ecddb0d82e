package world

import (
	"testing"

	"pgregory.net/rapid"
)

func TestDrawsStayWithinTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDraws(rapid.Uint64().Draw(t, "seed"), rapid.Uint64Range(0, 100).Draw(t, "stream"))
		n := rapid.Uint64Range(1, 1<<63).Draw(t, "n")
		if x := d.below(n); x >= n {
			t.Fatalf("below(%d) = %d", n, x)
		}
		if x := d.between(2, 6); x < 2 || x > 6 {
			t.Fatalf("between(2, 6) = %d", x)
		}
		if k := d.pick([]uint64{0, 3, 0, 1, 0}); k != 1 && k != 3 {
			t.Fatalf("picked %d, whose weight is 0", k)
		}
		if k := d.zipf(6); k < 0 || k > 5 {
			t.Fatalf("zipf(6) = %d", k)
		}
		largest := rapid.Int64Range(1, 1_000_000).Draw(t, "largest")
		if x := d.fromQuantiles(sizes(largest)); x < 2 || x > max(largest, berzeliusMostHours) {
			t.Fatalf("a size of %d, largest %d", x, largest)
		}
	})
}

func TestDrawsFollowTheirDistribution(t *testing.T) {
	const n = 200_000
	near := func(what string, got, want int) {
		if got < want*97/100 || got > want*103/100 {
			t.Errorf("%s: %d of %d, expected about %d", what, got, n, want)
		}
	}
	d := newDraws(7, 0)
	table := sizes(80_000)
	below := make([]int, len(table))
	ranks := make([]int, 3)
	for range n {
		size := d.fromQuantiles(table)
		for i, q := range table {
			if size < q.value {
				below[i]++
			}
		}
		ranks[d.zipf(3)]++
	}
	for i, q := range table[1 : len(table)-1] {
		// Sizes are whole credits, rounded down, so "below" is exact at a knot.
		near("below a quantile", below[i+1], n*int(q.parts)/10_000)
	}
	near("first of three", ranks[0], n*36/49) // 1 : 1/4 : 1/9
	near("second of three", ranks[1], n*9/49)
	near("third of three", ranks[2], n*4/49)
}

func TestSizesRise(t *testing.T) {
	table := sizes(0)
	for i := 1; i < len(table); i++ {
		if table[i].parts <= table[i-1].parts || table[i].value < table[i-1].value {
			t.Errorf("quantile %d does not rise: %v after %v", i, table[i], table[i-1])
		}
	}
	if last := table[len(table)-1]; table[0].parts != 0 || last.parts != 10_000 {
		t.Errorf("quantiles run from %d to %d parts, expected 0 to 10,000", table[0].parts, last.parts)
	}
}

func TestEveryNationHasAnActivityAndAWeight(t *testing.T) {
	total := int64(0)
	for _, n := range weighted() {
		if n.activity() < 1 || n.Weight < 1 {
			t.Errorf("%s: activity %d, weight %d", n.Name, n.activity(), n.Weight)
		}
		total += n.Weight
	}
	if total < 999_970 || total > 1_000_030 {
		t.Errorf("weights sum to %d, expected 1,000,000 but for rounding thirty times", total)
	}
}
