package credit

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"pgregory.net/rapid"
)

func rates() *rapid.Generator[Rate] {
	return rapid.Map(rapid.OneOf(
		rapid.Int64Range(MinRatePermille, MaxRatePermille),
		rapid.SampledFrom([]int64{1, 999, 1000, 3050, MaxRatePermille}),
	), func(permille int64) Rate { return Rate{int32(permille)} })
}

func TestARateIsBetweenOneAndAMillionPermille(t *testing.T) {
	for _, permille := range []int64{math.MinInt64, -1, 0, 1_000_001, math.MaxInt64, 1<<32 + 1} {
		if r, err := NewRate(permille); !errors.Is(err, ErrRate) || !r.IsZero() {
			t.Errorf("NewRate(%d) = %v, %v; want ErrRate", permille, r, err)
		}
	}
	for _, permille := range []int64{1, 1000, 1_000_000} {
		if r, err := NewRate(permille); err != nil || r.Permille() != permille || r.IsZero() {
			t.Errorf("NewRate(%d) = %v, %v", permille, r, err)
		}
	}
	if reference, _ := NewRate(1000); reference != Reference() {
		t.Errorf("the reference is %v", Reference())
	}
}

func TestCostIsSecondsTimesPermilleOrAnError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, d := rates().Draw(t, "rate"), integers().Draw(t, "seconds")
		got, err := r.Cost(GPUSeconds(d))
		sameAsBig(t, "Cost", got, err, new(big.Int).Mul(big.NewInt(d), big.NewInt(r.Permille())))
	})
}

func TestFloorAndRestMakeUpTheAmount(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, a := rates().Draw(t, "rate"), amounts().Draw(t, "amount")
		seconds, rest, err := r.FloorGPUSeconds(a)
		if err != nil {
			t.Fatal(err)
		}
		if rest.gpuMS < 0 || rest.gpuMS >= r.Permille() {
			t.Fatalf("rest %v of rate %d", rest, r.Permille())
		}
		whole := new(big.Int).Mul(big.NewInt(int64(seconds)), big.NewInt(r.Permille()))
		if whole.Add(whole, big.NewInt(rest.gpuMS)).Cmp(big.NewInt(a.gpuMS)) != 0 {
			t.Fatalf("%d seconds and %v are not %v", seconds, rest, a)
		}
	})
}

func TestWhatWasPricedConvertsBackWithoutRest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, d := rates().Draw(t, "rate"), GPUSeconds(rapid.Int64Range(-1e12, 1e12).Draw(t, "seconds"))
		cost, err := r.Cost(d)
		if err != nil {
			t.Fatal(err)
		}
		if seconds, rest, err := r.FloorGPUSeconds(cost); seconds != d || rest.Sign() != 0 || err != nil {
			t.Fatalf("%d became %d and %v, %v", d, seconds, rest, err)
		}
	})
}

func TestGPUSecondsMultiplyOrOverflow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, n := integers().Draw(t, "seconds"), integers().Draw(t, "n")
		got, err := GPUSeconds(d).Mul(n)
		sameAsBig(t, "Mul", Amount{int64(got)}, err, new(big.Int).Mul(big.NewInt(d), big.NewInt(n)))
	})
}

func TestNoRateConvertsNothing(t *testing.T) {
	var none Rate
	_, errCost := none.Cost(1)
	_, _, errFloor := none.FloorGPUSeconds(GPUMilliseconds(1))
	_, errParse := none.ParseGPUHours("1")
	_, errFormat := none.FormatGPUHours(GPUMilliseconds(1), Style{})
	for _, err := range []error{errCost, errFloor, errParse, errFormat} {
		if !errors.Is(err, ErrNoRate) {
			t.Errorf("got %v, want ErrNoRate", err)
		}
	}
}
