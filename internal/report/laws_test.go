package report_test

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/report"
)

var someAmounts = rapid.SliceOfN(rapid.OneOf(rapid.Int64Range(0, 12), rapid.Int64Range(0, 1<<53)), 1, 12)

var someClaims = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) report.Claim {
	return report.Claim{
		Got:    rapid.Int64Range(0, 1<<40).Draw(t, "got"),
		Weight: rapid.Int64Range(1, 1_000_000).Draw(t, "weight"),
	}
}), 1, 12)

type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func ratio(t failer, r report.Ratio, err error) report.Ratio {
	t.Helper()
	if err != nil {
		t.Fatalf("%v", err)
	}
	return r
}

func amountsIndex(t failer, x indexOf, amounts []int64) report.Ratio {
	t.Helper()
	r, err := x.amounts(amounts)
	return ratio(t, r, err)
}

func claimsIndex(t failer, x indexOf, claims []report.Claim) report.Ratio {
	t.Helper()
	r, err := x.byWeight(claims)
	return ratio(t, r, err)
}

func equal(t failer, law string, a, b report.Ratio) {
	t.Helper()
	if a.Cmp(b) != 0 {
		t.Fatalf("%s: %s became %s", law, a.Rat(), b.Rat())
	}
}

func sum(amounts []int64) (total int64) {
	for _, x := range amounts {
		total += x
	}
	return total
}

func TestIndicesIgnoreUnitAndOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := someAmounts.Draw(t, "amounts")
		claims := someClaims.Draw(t, "claims")
		k := rapid.Int64Range(1, 1000).Draw(t, "k")
		moreAmounts := slices.Clone(amounts)
		for i := range moreAmounts {
			moreAmounts[i] *= k
		}
		moreGot, moreWeight := slices.Clone(claims), slices.Clone(claims)
		for i := range claims {
			moreGot[i].Got *= k
			moreWeight[i].Weight *= k
		}
		for _, x := range indices {
			if x.amounts != nil {
				before := amountsIndex(t, x, amounts)
				equal(t, x.name+", amounts × k", before, amountsIndex(t, x, moreAmounts))
				equal(t, x.name+", other order", before, amountsIndex(t, x, rapid.Permutation(amounts).Draw(t, "order")))
			}
			if x.byWeight != nil {
				before := claimsIndex(t, x, claims)
				equal(t, x.name+", got × k", before, claimsIndex(t, x, moreGot))
				equal(t, x.name+", weights × k", before, claimsIndex(t, x, moreWeight))
				equal(t, x.name+", other order", before, claimsIndex(t, x, rapid.Permutation(claims).Draw(t, "order")))
			}
		}
	})
}

func TestIndicesStayWithinTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := someAmounts.Draw(t, "amounts")
		n := int64(len(amounts))
		within := func(name string, r report.Ratio, low, high *big.Rat) {
			if r.Rat().Cmp(low) < 0 || r.Rat().Cmp(high) > 0 {
				t.Fatalf("%s%v = %s, want %s to %s", name, amounts, r.Rat(), low, high)
			}
		}
		nth := big.NewRat(1, n)
		within("Jain", amountsIndex(t, indices[0], amounts), nth, big.NewRat(1, 1))
		within("Gini", amountsIndex(t, indices[1], amounts), new(big.Rat), big.NewRat(n-1, n))
		if sum(amounts) > 0 {
			hhi := amountsIndex(t, indices[2], amounts)
			within("Herfindahl", hhi, nth, big.NewRat(1, 1))
			top := amountsIndex(t, indices[3], amounts)
			within("LargestShare", top, hhi.Rat(), big.NewRat(1, 1))
			jain := amountsIndex(t, indices[0], amounts)
			if product := new(big.Rat).Mul(jain.Rat(), hhi.Rat()); product.Cmp(nth) != 0 {
				t.Fatalf("Jain · Herfindahl = %s, want 1/n = %s", product, nth)
			}
		}
	})
}

func TestWeightedIndicesStayWithinTheirBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claims := someClaims.Draw(t, "claims")
		one := big.NewRat(1, 1)
		jain := claimsIndex(t, indices[0], claims).Rat()
		gini := claimsIndex(t, indices[1], claims).Rat()
		over := claimsIndex(t, indices[4], claims).Rat()
		if jain.Sign() <= 0 || jain.Cmp(one) > 0 || gini.Sign() < 0 || gini.Cmp(one) >= 0 {
			t.Fatalf("Jain %s, Gini %s of %v", jain, gini, claims)
		}
		if over.Sign() > 0 && over.Cmp(one) < 0 {
			t.Fatalf("largest over entitlement %s of %v, want at least 1", over, claims)
		}
		if (jain.Cmp(one) == 0) != (gini.Sign() == 0) {
			t.Fatalf("Jain %s and Gini %s disagree about %v being in proportion", jain, gini, claims)
		}
	})
}

func TestInProportionIsPerfectlyFair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claims := someClaims.Draw(t, "claims")
		level := rapid.Int64Range(0, 1000).Draw(t, "level")
		for i := range claims {
			claims[i].Got = level * claims[i].Weight
		}
		if jain := claimsIndex(t, indices[0], claims).String(); jain != "1.0000" {
			t.Fatalf("Jain %s, want 1", jain)
		}
		if gini := claimsIndex(t, indices[1], claims).String(); gini != "0.0000" {
			t.Fatalf("Gini %s, want 0", gini)
		}
	})
}

func TestEqualWeightsAreNoWeights(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amounts := someAmounts.Draw(t, "amounts")
		weight := rapid.Int64Range(1, 1_000_000).Draw(t, "weight")
		var claims []report.Claim
		for _, x := range amounts {
			claims = append(claims, report.Claim{Got: x, Weight: weight})
		}
		for _, x := range indices[:2] {
			equal(t, x.name, amountsIndex(t, x, amounts), claimsIndex(t, x, claims))
		}
	})
}

func TestSplittingAClaimantOfOneLevelChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claims := someClaims.Draw(t, "claims")
		k := rapid.Int64Range(2, 9).Draw(t, "parts")
		whole := slices.Clone(claims)
		whole[0].Got *= k
		whole[0].Weight *= k
		parts := slices.Clone(claims)
		for range k - 1 {
			parts = append(parts, claims[0])
		}
		for _, x := range indices[:2] {
			equal(t, x.name, claimsIndex(t, x, whole), claimsIndex(t, x, parts))
		}
	})
}

// The principle of transfers (Pigou 1912, Dalton 1920): moving something from
// the richer to the poorer, not past the point where they are level, makes a
// division more equal. Strictly so for both indices; and less concentrated.
func TestTransfersToThePoorerMakeItMoreEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := rapid.SliceOfN(rapid.Int64Range(0, 1_000_000), 2, 12).Draw(t, "amounts")
		slices.Sort(before)
		poor := rapid.IntRange(0, len(before)-2).Draw(t, "poor")
		rich := rapid.IntRange(poor+1, len(before)-1).Draw(t, "rich")
		if before[rich]-before[poor] < 2 {
			t.Skip("already level")
		}
		moved := rapid.Int64Range(1, (before[rich]-before[poor])/2).Draw(t, "moved")
		after := slices.Clone(before)
		after[rich] -= moved
		after[poor] += moved
		if amountsIndex(t, indices[0], after).Cmp(amountsIndex(t, indices[0], before)) <= 0 {
			t.Fatalf("Jain did not rise from %v to %v", before, after)
		}
		for _, x := range indices[1:3] {
			if amountsIndex(t, x, after).Cmp(amountsIndex(t, x, before)) >= 0 {
				t.Fatalf("%s did not fall from %v to %v", x.name, before, after)
			}
		}
	})
}

// The same against weights: one unit moves from the higher level x/w to the
// lower and does not turn them round.
func TestWeightedTransfersToTheLowerLevelMakeItMoreEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before := someClaims.Draw(t, "claims")
		if len(before) < 2 {
			t.Skip("nobody to give to")
		}
		a, b := before[0], before[1]
		if a.Got*b.Weight < b.Got*a.Weight {
			before[0], before[1] = before[1], before[0]
			a, b = b, a
		}
		if a.Got < 1 || (a.Got-1)*b.Weight < (b.Got+1)*a.Weight {
			t.Skip("would turn them round")
		}
		after := slices.Clone(before)
		after[0].Got--
		after[1].Got++
		if claimsIndex(t, indices[0], after).Cmp(claimsIndex(t, indices[0], before)) <= 0 {
			t.Fatalf("Jain did not rise from %v to %v", before, after)
		}
		if claimsIndex(t, indices[1], after).Cmp(claimsIndex(t, indices[1], before)) >= 0 {
			t.Fatalf("Gini did not fall from %v to %v", before, after)
		}
	})
}

func TestGiniEqualsItsDefinitionPairByPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		claims := someClaims.Draw(t, "claims")
		differences, got, weight := new(big.Int), new(big.Int), new(big.Int)
		for _, a := range claims {
			got.Add(got, big.NewInt(a.Got))
			weight.Add(weight, big.NewInt(a.Weight))
			for _, b := range claims {
				ab := new(big.Int).Mul(big.NewInt(a.Got), big.NewInt(b.Weight))
				ba := new(big.Int).Mul(big.NewInt(b.Got), big.NewInt(a.Weight))
				differences.Add(differences, ab.Sub(ab, ba).Abs(ab))
			}
		}
		if got.Sign() == 0 {
			t.Skip("nothing was given")
		}
		want := new(big.Rat).SetFrac(differences, got.Mul(got, weight.Lsh(weight, 1)))
		if gini := claimsIndex(t, indices[1], claims).Rat(); gini.Cmp(want) != 0 {
			t.Fatalf("Gini %s, by definition %s", gini, want)
		}
	})
}

// Twenty thousand institutions with entitlements as weights, all different, are
// the largest level that a report compares.
func BenchmarkJainByWeight(b *testing.B) {
	claims := manyClaims(20_000)
	for b.Loop() {
		r, err := report.JainByWeight(claims)
		ratio(b, r, err).PartsPer10000()
	}
}

func BenchmarkGiniByWeight(b *testing.B) {
	claims := manyClaims(20_000)
	for b.Loop() {
		r, err := report.GiniByWeight(claims)
		ratio(b, r, err).PartsPer10000()
	}
}

func manyClaims(n int) []report.Claim {
	r := rand.New(rand.NewPCG(1, 2))
	claims := make([]report.Claim, n)
	for i := range claims {
		claims[i] = report.Claim{Got: r.Int64N(1 << 40), Weight: 1 + r.Int64N(1<<40)}
	}
	return claims
}
