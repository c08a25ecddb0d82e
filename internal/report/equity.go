package report

import (
	"math/big"
	"slices"
)

// Jain is Jain's fairness index of amounts among equals:
//
//	(Σx)² / (n·Σx²)
//
// 1 when all have the same, k/n when k of n share everything equally, 1/n when
// one has it all (Jain, Chiu, Hawe 1984). One claimant alone is at 1; so is a
// division of nothing, since all have the same.
//
// Errors: see [JainByWeight].
func Jain(amounts []int64) (Ratio, error) { return JainByWeight(perHead(amounts)) }

// JainByWeight is Jain's index of what each unit of weight got, x/w:
//
//	(Σx)² / (Σw · Σ(x²/w))
//
// 1 exactly when everybody got in proportion to its weight. A claimant counts
// as often as its weight says, so splitting one into two of the same level
// changes nothing, and the smallest member cannot drag the figure about. With
// equal weights it is [Jain]. It is the index that the engine's own objective,
// the least Σ(x−b)²/w, makes as large as it can be (docs/FAIRNESS, section 1).
// A claimant of weight 0 that got nothing is left out.
//
// Errors, all of kind Invalid: no_claimants (none, or none with a weight),
// negative_amount, negative_weight, weightless_claimant (weight 0, got more).
func JainByWeight(claims []Claim) (Ratio, error) {
	claims, err := admit(claims)
	if err != nil {
		return Ratio{}, err
	}
	got, weight := totals(claims)
	if got.Sign() == 0 {
		return wholeRatio(1), nil
	}
	squares := squaresOverWeights(claims)
	return ratioOf(
		new(big.Int).Mul(new(big.Int).Mul(got, got), squares.den),
		new(big.Int).Mul(weight, squares.num),
	), nil
}

// squaresOverWeights is Σ(x²/w). Claims of one weight are summed before they
// are divided, and the fractions are added in pairs: adding them one by one
// would handle the whole denominator once per claimant.
func squaresOverWeights(claims []Claim) Ratio {
	sorted := slices.Clone(claims)
	slices.SortFunc(sorted, func(a, b Claim) int { return cmpProducts(a.Weight, 1, b.Weight, 1) })
	var terms []Ratio
	for i := 0; i < len(sorted); {
		weight, sum := sorted[i].Weight, new(big.Int)
		for ; i < len(sorted) && sorted[i].Weight == weight; i++ {
			x := big.NewInt(sorted[i].Got)
			sum.Add(sum, x.Mul(x, x))
		}
		terms = append(terms, ratioOf(sum, big.NewInt(weight)))
	}
	return sumInPairs(terms)
}

func sumInPairs(terms []Ratio) Ratio {
	if len(terms) == 1 {
		return terms[0]
	}
	a, b := sumInPairs(terms[:len(terms)/2]), sumInPairs(terms[len(terms)/2:])
	num := new(big.Int).Mul(a.num, b.den)
	return ratioOf(num.Add(num, new(big.Int).Mul(b.num, a.den)), new(big.Int).Mul(a.den, b.den))
}

// Gini is the Gini coefficient of amounts among equals:
//
//	ΣΣ|xᵢ−xⱼ| / (2·n·Σx)
//
// over all ordered pairs: 0 when all have the same, (n−1)/n when one has it all
// (Gini 1912; the population's coefficient, without the n/(n−1) of a sample).
// One claimant alone is at 0; so is a division of nothing.
//
// Errors: see [JainByWeight].
func Gini(amounts []int64) (Ratio, error) { return GiniByWeight(perHead(amounts)) }

// GiniByWeight is the Gini coefficient of what each unit of weight got:
//
//	ΣΣ|xᵢ·wⱼ − xⱼ·wᵢ| / (2·Σw·Σx)
//
// twice the area between the Lorenz curve of x over w and the straight line. 0
// exactly when everybody got in proportion to its weight; below 1 always. With
// equal weights it is [Gini]. A claimant of weight 0 that got nothing is left
// out.
//
// Errors: see [JainByWeight].
func GiniByWeight(claims []Claim) (Ratio, error) {
	claims, err := admit(claims)
	if err != nil {
		return Ratio{}, err
	}
	got, weight := totals(claims)
	if got.Sign() == 0 {
		return wholeRatio(0), nil
	}
	return ratioOf(differences(claims), new(big.Int).Mul(got, weight)), nil
}

// differences is ΣΣ|xᵢ·wⱼ − xⱼ·wᵢ| over unordered pairs. Sorted by level, every
// difference has a known sign, so the sums of those before are all it takes:
// n·log n instead of n².
func differences(claims []Claim) *big.Int {
	sorted := slices.Clone(claims)
	slices.SortFunc(sorted, byLevel)
	total, gotBefore, weightBefore := new(big.Int), new(big.Int), new(big.Int)
	var got, weight, term big.Int
	for _, c := range sorted {
		got.SetInt64(c.Got)
		weight.SetInt64(c.Weight)
		total.Add(total, term.Mul(&got, weightBefore))
		total.Sub(total, term.Mul(&weight, gotBefore))
		gotBefore.Add(gotBefore, &got)
		weightBefore.Add(weightBefore, &weight)
	}
	return total
}
