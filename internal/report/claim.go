package report

import (
	"fmt"
	"math/big"
	"math/bits"

	"github.com/commonpool/commonpool/internal/fault"
)

// Claim is what one claimant got, beside its weight: a policy weight, or the
// entitlement in the same unit as Got. Only the proportions of the weights
// matter. Claims of a round are taken from its decision: Got is granted_gpu_ms,
// Weight is entitlement_gpu_ms.
type Claim struct {
	Got    int64
	Weight int64
}

// perHead makes each amount the claim of one of equals.
func perHead(amounts []int64) []Claim {
	claims := make([]Claim, len(amounts))
	for i, x := range amounts {
		claims[i] = Claim{Got: x, Weight: 1}
	}
	return claims
}

// admit checks the claims and leaves out those that are entitled to nothing and
// got nothing. At least one claim is left.
//
// Errors (kind Invalid, path "claims[i].got" and the like): no_claimants,
// negative_amount, negative_weight, weightless_claimant.
func admit(claims []Claim) ([]Claim, error) {
	kept := make([]Claim, 0, len(claims))
	for i, c := range claims {
		switch {
		case c.Got < 0:
			return nil, fault.New(fault.Invalid, "negative_amount",
				"%d is negative, expected 0 or more", c.Got).At(0, fmt.Sprintf("claims[%d].got", i))
		case c.Weight < 0:
			return nil, fault.New(fault.Invalid, "negative_weight",
				"%d is negative, expected 0 or more", c.Weight).At(0, fmt.Sprintf("claims[%d].weight", i))
		case c.Weight == 0 && c.Got > 0:
			return nil, fault.New(fault.Invalid, "weightless_claimant",
				"got %d with weight 0: measured against nothing, no index is defined", c.Got).
				At(0, fmt.Sprintf("claims[%d].weight", i))
		case c.Weight > 0:
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		return nil, fault.New(fault.Invalid, "no_claimants", "no claimant with a weight, expected at least one")
	}
	return kept, nil
}

// totals are the sums of what was got and of the weights. They may exceed int64.
func totals(claims []Claim) (got, weight *big.Int) {
	got, weight = new(big.Int), new(big.Int)
	var term big.Int
	for _, c := range claims {
		got.Add(got, term.SetInt64(c.Got))
		weight.Add(weight, term.SetInt64(c.Weight))
	}
	return got, weight
}

// byLevel orders claims by Got/Weight, poorest first, compared exactly by
// cross-multiplying in 128 bits.
func byLevel(a, b Claim) int {
	return cmpProducts(a.Got, b.Weight, b.Got, a.Weight)
}

// cmpProducts compares a·b with c·d, all of them 0 or more.
func cmpProducts(a, b, c, d int64) int {
	hi1, lo1 := bits.Mul64(uint64(a), uint64(b))
	hi2, lo2 := bits.Mul64(uint64(c), uint64(d))
	switch {
	case hi1 != hi2:
		if hi1 < hi2 {
			return -1
		}
		return 1
	case lo1 < lo2:
		return -1
	case lo1 > lo2:
		return 1
	}
	return 0
}
