package fairshare

import "math/bits"

// unbounded stands for "no limit" in capacities and sums. It is far above any
// supply (below 2^53), and adding two of it still fits 64 bits.
const unbounded = int64(1) << 60

// addCapped adds two non-negative numbers and stops at unbounded.
func addCapped(a, b int64) int64 {
	if s := a + b; s < unbounded {
		return s
	}
	return unbounded
}

// mulCapped multiplies two non-negative numbers and stops at unbounded.
func mulCapped(a, b int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi != 0 || lo >= uint64(unbounded) {
		return unbounded
	}
	return int64(lo)
}

// wideSum adds up any number of integers.
type wideSum struct{ high, low int64 }

func (s *wideSum) add(v int64) {
	s.low += v & (1<<32 - 1)
	s.high += v >> 32
}

func (s *wideSum) isZero() bool {
	return s.low&(1<<32-1) == 0 && s.high+s.low>>32 == 0
}

func clamp(v, lo, hi int64) int64 { return min(max(v, lo), hi) }

// floorDiv is ⌊a/b⌋ for b > 0.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// mulDiv is ⌊a·b/c⌋ in 128 bits for non-negative a, b and positive c; the
// result stops at unbounded.
func mulDiv(a, b, c int64) int64 {
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(c) {
		return unbounded
	}
	q, _ := bits.Div64(hi, lo, uint64(c))
	return int64(min(q, uint64(unbounded)))
}

// steps is ⌊(2·t·w + d)/(2·d)⌋: how many units an item of weight w has
// taken when the level is t/d. For |t| ≤ 2^60, 0 < w ≤ d < 2^54.
func steps(t, w, d int64) int64 {
	if w == d {
		return t
	}
	const small = int64(1) << 40
	if -small < t && t < small && w <= MaxWeight && d <= MaxWeight {
		return floorDiv(2*t*w+d, 2*d)
	}
	if t >= 0 {
		hi, lo := bits.Mul64(uint64(t), uint64(2*w))
		lo, carry := bits.Add64(lo, uint64(d), 0)
		q, _ := bits.Div64(hi+carry, lo, uint64(2*d))
		return int64(q)
	}
	// ⌊(d − 2|t|w)/2d⌋ = −⌊(2|t|w + d − 1)/2d⌋
	hi, lo := bits.Mul64(uint64(-t), uint64(2*w))
	lo, carry := bits.Add64(lo, uint64(d-1), 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(2*d))
	return -int64(q)
}

// fraction is num/den with den > 0.
type fraction struct{ num, den int64 }

// compare is −1, 0 or 1 as a is below, equal to or above b.
func (a fraction) compare(b fraction) int {
	if a.den == b.den {
		return sign(a.num, b.num)
	}
	if (a.num < 0) != (b.num < 0) {
		return sign(a.num, b.num)
	}
	// Same sign: compare |a.num|·b.den with |b.num|·a.den.
	ahi, alo := bits.Mul64(magnitude(a.num), uint64(b.den))
	bhi, blo := bits.Mul64(magnitude(b.num), uint64(a.den))
	c := sign(alo, blo)
	if ahi != bhi {
		c = sign(ahi, bhi)
	}
	if a.num < 0 {
		return -c
	}
	return c
}

// reduced is the fraction in lowest terms.
func (a fraction) reduced() fraction {
	g, b := magnitude(a.num), uint64(a.den)
	for b != 0 {
		g, b = b, g%b
	}
	return fraction{a.num / int64(g), a.den / int64(g)}
}

func magnitude(v int64) uint64 {
	if v < 0 {
		return uint64(-v)
	}
	return uint64(v)
}

func sign[T int64 | uint64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
