package credit

import (
	"cmp"
	"errors"
	"math"
	"math/bits"
)

// ErrOverflow is the error of an operation whose exact result does not fit 64
// bits.
var ErrOverflow = errors.New("credit: result does not fit 64 bits")

// Add returns a + b, or ErrOverflow.
func (a Amount) Add(b Amount) (Amount, error) {
	sum := a.gpuMS + b.gpuMS
	if (sum > a.gpuMS) != (b.gpuMS > 0) && b.gpuMS != 0 {
		return Amount{}, ErrOverflow
	}
	return Amount{sum}, nil
}

// Sub returns a − b, or ErrOverflow.
func (a Amount) Sub(b Amount) (Amount, error) {
	diff := a.gpuMS - b.gpuMS
	if (diff < a.gpuMS) != (b.gpuMS > 0) && b.gpuMS != 0 {
		return Amount{}, ErrOverflow
	}
	return Amount{diff}, nil
}

// Neg returns −a, or ErrOverflow for the smallest amount, which has no
// opposite.
func (a Amount) Neg() (Amount, error) { return Amount{}.Sub(a) }

// Mul returns n × a, or ErrOverflow.
func (a Amount) Mul(n int64) (Amount, error) {
	product, ok := mul(a.gpuMS, n)
	if !ok {
		return Amount{}, ErrOverflow
	}
	return Amount{product}, nil
}

// Sum returns the sum of the amounts, 0 for none, or ErrOverflow. Only the
// total has to fit: the order of the amounts never matters.
func Sum(amounts ...Amount) (Amount, error) {
	var hi int64 // hi and lo are one 128-bit number in two's complement
	var lo uint64
	for _, a := range amounts {
		var carry uint64
		lo, carry = bits.Add64(lo, uint64(a.gpuMS), 0)
		hi += a.gpuMS>>63 + int64(carry)
	}
	if hi != int64(lo)>>63 {
		return Amount{}, ErrOverflow
	}
	return Amount{int64(lo)}, nil
}

// Cmp returns −1, 0 or +1 as a is less than, equal to or greater than b.
func (a Amount) Cmp(b Amount) int { return cmp.Compare(a.gpuMS, b.gpuMS) }

// Less reports whether a is less than b.
func (a Amount) Less(b Amount) bool { return a.gpuMS < b.gpuMS }

// Sign returns −1, 0 or +1 as a is negative, zero or positive.
func (a Amount) Sign() int { return cmp.Compare(a.gpuMS, 0) }

// Min returns the smaller of a and b.
func Min(a, b Amount) Amount { return Amount{min(a.gpuMS, b.gpuMS)} }

// Max returns the larger of a and b.
func Max(a, b Amount) Amount { return Amount{max(a.gpuMS, b.gpuMS)} }

// mul returns a × b and whether it fits 64 bits.
func mul(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	product := a * b
	// The second clause is the one overflow that dividing back does not show.
	if product/b != a || (b == -1 && a == math.MinInt64) {
		return 0, false
	}
	return product, true
}
