package report

import (
	"math/big"
	"slices"
)

// Herfindahl is the Herfindahl–Hirschman index, the sum of the squared shares:
//
//	Σx² / (Σx)²
//
// 1 when one has it all, 1/n when n have the same; its reciprocal reads as "as
// concentrated as if that many shared equally". PartsPer10000 is its usual scale
// of 0 to 10,000. A claimant with nothing does not change it. Of a division of
// nothing it is 0: nothing is concentrated anywhere.
//
// There is no variant by weight: Σw·Σ(x²/w)/(Σx)² is 1 over [JainByWeight].
//
// Errors, of kind Invalid: no_claimants, negative_amount.
func Herfindahl(amounts []int64) (Ratio, error) {
	claims, err := admit(perHead(amounts))
	if err != nil {
		return Ratio{}, err
	}
	total, _ := totals(claims)
	if total.Sign() == 0 {
		return wholeRatio(0), nil
	}
	squares := squaresOverWeights(claims)
	return ratioOf(squares.num, total.Mul(total, total)), nil
}

// LargestShare is the largest claimant's part of the total, max x / Σx: 1/n to
// 1, and 0 for a division of nothing.
//
// Errors: see [Herfindahl].
func LargestShare(amounts []int64) (Ratio, error) {
	claims, err := admit(perHead(amounts))
	if err != nil {
		return Ratio{}, err
	}
	total, _ := totals(claims)
	if total.Sign() == 0 {
		return wholeRatio(0), nil
	}
	return ratioOf(big.NewInt(slices.Max(amounts)), total), nil
}

// LargestOverEntitlement is the largest share measured against the claimant's
// share of the weights:
//
//	max (x/Σx) / (w/Σw)
//
// 1 when everybody got in proportion, 2 when somebody got twice its part; never
// below 1, and 0 for a division of nothing. A claimant of weight 0 that got
// nothing is left out.
//
// Errors: see [JainByWeight].
func LargestOverEntitlement(claims []Claim) (Ratio, error) {
	claims, err := admit(claims)
	if err != nil {
		return Ratio{}, err
	}
	got, weight := totals(claims)
	if got.Sign() == 0 {
		return wholeRatio(0), nil
	}
	top := slices.MaxFunc(claims, byLevel)
	return ratioOf(
		new(big.Int).Mul(big.NewInt(top.Got), weight),
		new(big.Int).Mul(got, big.NewInt(top.Weight)),
	), nil
}
