package report

import (
	"fmt"
	"math/big"
)

// Ratio is an exact non-negative fraction: the value of an index. The zero
// Ratio is 0.
//
// It is kept unreduced, because reducing a fraction of a million bits costs
// more than computing it; compare with Cmp, never with ==.
type Ratio struct{ num, den *big.Int }

// partsPerWhole is the scale of PartsPer10000, the usual one of the
// Herfindahl–Hirschman index.
const partsPerWhole = 10_000

func ratioOf(num, den *big.Int) Ratio { return Ratio{num: num, den: den} }

func wholeRatio(n int64) Ratio { return Ratio{num: big.NewInt(n), den: big.NewInt(1)} }

func (r Ratio) parts() (num, den *big.Int) {
	if r.den == nil {
		return new(big.Int), big.NewInt(1)
	}
	return r.num, r.den
}

// Rat is the fraction in lowest terms, a copy of the caller's own.
func (r Ratio) Rat() *big.Rat {
	num, den := r.parts()
	return new(big.Rat).SetFrac(num, den)
}

// Cmp compares exactly: -1 if r < other, 0 if equal, 1 if r > other.
func (r Ratio) Cmp(other Ratio) int {
	n1, d1 := r.parts()
	n2, d2 := other.parts()
	return new(big.Int).Mul(n1, d2).Cmp(new(big.Int).Mul(n2, d1))
}

// PartsPer10000 is the ratio in parts per 10,000, rounded half up:
// ⌊(2·10,000·num + den) / (2·den)⌋. An index is at most 1, that is 10,000;
// LargestOverEntitlement may be larger, and is held at the largest int64.
func (r Ratio) PartsPer10000() int64 {
	num, den := r.parts()
	n := new(big.Int).Mul(num, big.NewInt(2*partsPerWhole))
	n.Add(n, den)
	n.Quo(n, new(big.Int).Lsh(den, 1))
	if !n.IsInt64() {
		return 1<<63 - 1
	}
	return n.Int64()
}

// String is the ratio with four decimals, rounded half up: "0.8123".
func (r Ratio) String() string {
	p := r.PartsPer10000()
	return fmt.Sprintf("%d.%04d", p/partsPerWhole, p%partsPerWhole)
}
