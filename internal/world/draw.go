package world

import (
	"math/bits"
	"math/rand/v2"
)

// draws is a stream of whole-number draws. It reduces PCG's 64 bits itself, so
// that the world does not change should the library's own reduction do so.
type draws struct{ source *rand.PCG }

// newDraws is the stream of a seed by number; streams are independent.
func newDraws(seed, stream uint64) draws {
	const golden = 0x9e3779b97f4a7c15 // spreads small numbers over 64 bits
	return draws{rand.NewPCG(seed, (stream+1)*golden)}
}

// below draws from 0 to n−1 by the high half of a 128-bit product; the bias is
// less than n in 2^64.
func (d draws) below(n uint64) uint64 {
	hi, _ := bits.Mul64(d.source.Uint64(), n)
	return hi
}

// between draws from low to high, both included.
func (d draws) between(low, high int) int { return low + int(d.below(uint64(high-low+1))) }

// in reports true in so many of a hundred cases.
func (d draws) in(percent uint64) bool { return d.below(100) < percent }

// pick draws an index in proportion to the weights, which are not all 0.
func (d draws) pick(weights []uint64) int {
	total := uint64(0)
	for _, w := range weights {
		total += w
	}
	left := d.below(total)
	for i, w := range weights {
		if left < w {
			return i
		}
		left -= w
	}
	panic("world: unreachable, the draw is below the total")
}

// zipf draws an index below n ≤ 6 by Zipf's law with exponent 2: the k-th with
// weight 1/k².
func (d draws) zipf(n int) int {
	const divisible = 3600 // by every square up to 36
	weights := make([]uint64, n)
	for k := range weights {
		weights[k] = divisible / uint64((k+1)*(k+1))
	}
	return d.pick(weights)
}

// quantile is a point of a distribution: so many parts in 10,000 lie below.
type quantile struct {
	parts uint64
	value int64
}

// fromQuantiles draws from the distribution that runs straight between its
// quantiles, which begin at 0 and end at 10,000 parts.
func (d draws) fromQuantiles(table []quantile) int64 {
	u := d.below(10_000)
	for i := 1; i < len(table); i++ {
		if a, b := table[i-1], table[i]; u < b.parts {
			// u alone would give only as many values as there are parts.
			const fine = 1 << 20
			at := (u-a.parts)*fine + d.below(fine)
			return a.value + int64(at*uint64(b.value-a.value)/((b.parts-a.parts)*fine))
		}
	}
	panic("world: unreachable, the last quantile is at 10,000 parts")
}
