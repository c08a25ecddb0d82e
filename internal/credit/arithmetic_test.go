package credit

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

// integers draws 64-bit integers, often from the ends of the range.
func integers() *rapid.Generator[int64] {
	return rapid.OneOf(
		rapid.Int64(),
		rapid.Int64Range(-1000, 1000),
		rapid.SampledFrom([]int64{math.MinInt64, math.MinInt64 + 1, -1, 0, 1, math.MaxInt64 - 1, math.MaxInt64}),
	)
}

func amounts() *rapid.Generator[Amount] { return rapid.Map(integers(), GPUMilliseconds) }

// sameAsBig fails unless got is the big integer want, or err is ErrOverflow and
// want does not fit 64 bits.
func sameAsBig(t *rapid.T, what string, got Amount, err error, want *big.Int) {
	t.Helper()
	if !want.IsInt64() {
		if !errors.Is(err, ErrOverflow) {
			t.Fatalf("%s = %v, %v; want ErrOverflow, the exact result is %v", what, got, err, want)
		}
		return
	}
	if err != nil || got.gpuMS != want.Int64() {
		t.Fatalf("%s = %v, %v; want %v", what, got, err, want)
	}
}

func TestArithmeticIsThatOfIntegersOrAnError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, n := amounts().Draw(t, "a"), amounts().Draw(t, "b"), integers().Draw(t, "n")
		x, y := big.NewInt(a.gpuMS), big.NewInt(b.gpuMS)

		got, err := a.Add(b)
		sameAsBig(t, "a+b", got, err, new(big.Int).Add(x, y))
		got, err = a.Sub(b)
		sameAsBig(t, "a-b", got, err, new(big.Int).Sub(x, y))
		got, err = a.Neg()
		sameAsBig(t, "-a", got, err, new(big.Int).Neg(x))
		got, err = a.Mul(n)
		sameAsBig(t, "a*n", got, err, new(big.Int).Mul(x, big.NewInt(n)))
	})
}

func TestSumFailsOnlyIfTheTotalDoesNotFitWhateverTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(amounts(), 0, 20).Draw(t, "list")
		want := new(big.Int)
		for _, a := range list {
			want.Add(want, big.NewInt(a.gpuMS))
		}
		got, err := Sum(list...)
		sameAsBig(t, "Sum", got, err, want)
		got, err = Sum(rapid.Permutation(list).Draw(t, "permuted")...)
		sameAsBig(t, "Sum permuted", got, err, want)
	})
}

func TestSumSurvivesAnIntermediateOverflow(t *testing.T) {
	largest := GPUMilliseconds(math.MaxInt64)
	got, err := Sum(largest, largest, GPUMilliseconds(-math.MaxInt64), GPUMilliseconds(-5))
	if want := GPUMilliseconds(math.MaxInt64 - 5); err != nil || got != want {
		t.Errorf("Sum = %v, %v; want %v", got, err, want)
	}
}

func TestOrderIsThatOfTheIntegers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := amounts().Draw(t, "a"), amounts().Draw(t, "b")
		x, y := big.NewInt(a.gpuMS), big.NewInt(b.gpuMS)
		if a.Cmp(b) != x.Cmp(y) || a.Less(b) != (x.Cmp(y) < 0) || a.Sign() != x.Sign() {
			t.Fatalf("Cmp %d, Less %t, Sign %d of %v and %v", a.Cmp(b), a.Less(b), a.Sign(), a, b)
		}
		low, high := Min(a, b), Max(a, b)
		if high.Less(low) || !(low == a && high == b || low == b && high == a) {
			t.Fatalf("Min, Max of %v, %v = %v, %v", a, b, low, high)
		}
	})
}

func TestAnAmountKeepsItsMilliseconds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := integers().Draw(t, "n")
		if got := GPUMilliseconds(n).GPUMilliseconds(); got != n {
			t.Fatalf("got %d, want %d", got, n)
		}
	})
	if got := GPUMilliseconds(-7).String(); got != "-7 gpu_ms" {
		t.Errorf("String = %q", got)
	}
}
