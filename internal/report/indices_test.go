package report_test

import (
	"errors"
	"math"
	"math/big"
	"testing"

	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/report"
)

type indexOf struct {
	name     string
	amounts  func([]int64) (report.Ratio, error)
	byWeight func([]report.Claim) (report.Ratio, error)
}

var indices = []indexOf{
	{name: "Jain", amounts: report.Jain, byWeight: report.JainByWeight},
	{name: "Gini", amounts: report.Gini, byWeight: report.GiniByWeight},
	{name: "Herfindahl", amounts: report.Herfindahl},
	{name: "LargestShare", amounts: report.LargestShare},
	{name: "LargestOverEntitlement", byWeight: report.LargestOverEntitlement},
}

func indexNamed(t *testing.T, name string) indexOf {
	t.Helper()
	for _, x := range indices {
		if x.name == name {
			return x
		}
	}
	t.Fatalf("no index %s", name)
	return indexOf{}
}

func TestIndicesHaveTheirKnownValues(t *testing.T) {
	cases := []struct {
		index   string
		amounts []int64
		num     int64
		den     int64
		sum     string
	}{
		{"Jain", []int64{5, 5, 5, 5}, 1, 1, "20²/(4·100)"},
		// Jain, Chiu, Hawe 1984: k of n sharing equally are at k/n.
		{"Jain", []int64{7, 7, 0, 0, 0, 0, 0, 0, 0, 0}, 2, 10, "14²/(10·98)"},
		{"Jain", []int64{1, 3, 5}, 27, 35, "9²/(3·35)"},
		{"Jain", []int64{9}, 1, 1, "9²/(1·81)"},
		{"Jain", []int64{0, 0}, 1, 1, "nothing, the same for all"},
		{"Gini", []int64{5, 5, 5, 5}, 0, 1, "no difference"},
		{"Gini", []int64{0, 0, 0, 12}, 3, 4, "(n−1)/n: 2·36/(2·4·12)"},
		// 1,2,3,4: |differences| of unordered pairs 1+2+3+1+2+1 = 10.
		{"Gini", []int64{4, 1, 3, 2}, 1, 4, "2·10/(2·4·10)"},
		{"Gini", []int64{9}, 0, 1, "alone"},
		{"Gini", []int64{0, 0}, 0, 1, "nothing, the same for all"},
		{"Herfindahl", []int64{9}, 1, 1, "alone"},
		{"Herfindahl", []int64{30, 30, 20, 20}, 26, 100, ".3²+.3²+.2²+.2²"},
		{"Herfindahl", []int64{0, 0}, 0, 1, "nothing"},
		{"LargestShare", []int64{30, 30, 20, 20}, 3, 10, "30/100"},
		{"LargestShare", []int64{0, 0}, 0, 1, "nothing"},
	}
	for _, c := range cases {
		got, err := indexNamed(t, c.index).amounts(c.amounts)
		if err != nil {
			t.Errorf("%s%v: %v", c.index, c.amounts, err)
			continue
		}
		if want := big.NewRat(c.num, c.den); got.Rat().Cmp(want) != 0 {
			t.Errorf("%s%v = %s, want %s (%s)", c.index, c.amounts, got.Rat(), want, c.sum)
		}
	}
}

func TestWeightedIndicesMeasureAgainstTheEntitlement(t *testing.T) {
	cases := []struct {
		index  string
		claims []report.Claim
		num    int64
		den    int64
		sum    string
	}{
		{"Jain", []report.Claim{{Got: 30, Weight: 3}, {Got: 10, Weight: 1}}, 1, 1, "in proportion"},
		{"Gini", []report.Claim{{Got: 30, Weight: 3}, {Got: 10, Weight: 1}}, 0, 1, "in proportion"},
		{"LargestOverEntitlement", []report.Claim{{Got: 30, Weight: 3}, {Got: 10, Weight: 1}}, 1, 1, "in proportion"},
		{"Jain", []report.Claim{{Got: 20, Weight: 3}, {Got: 20, Weight: 1}}, 3, 4, "40²/(4·(400/3+400))"},
		{"Gini", []report.Claim{{Got: 20, Weight: 3}, {Got: 20, Weight: 1}}, 1, 4, "|20·1−20·3|/(4·40)"},
		{"LargestOverEntitlement", []report.Claim{{Got: 20, Weight: 3}, {Got: 20, Weight: 1}}, 2, 1, "(20/40)/(1/4)"},
		{"Jain", []report.Claim{{Got: 7, Weight: 9}, {Weight: 0}}, 1, 1, "entitled to nothing, got nothing: left out"},
		{"LargestOverEntitlement", []report.Claim{{Weight: 2}, {Weight: 5}}, 0, 1, "nothing"},
	}
	for _, c := range cases {
		got, err := indexNamed(t, c.index).byWeight(c.claims)
		if err != nil {
			t.Errorf("%s%v: %v", c.index, c.claims, err)
			continue
		}
		if want := big.NewRat(c.num, c.den); got.Rat().Cmp(want) != 0 {
			t.Errorf("%s%v = %s, want %s (%s)", c.index, c.claims, got.Rat(), want, c.sum)
		}
	}
}

func TestIndicesRefuseWhatTheyAreNotDefinedFor(t *testing.T) {
	cases := []struct {
		claims []report.Claim
		code   string
		path   string
	}{
		{nil, "no_claimants", ""},
		{[]report.Claim{{Weight: 0}}, "no_claimants", ""},
		{[]report.Claim{{Got: 1, Weight: 1}, {Got: -1, Weight: 1}}, "negative_amount", "claims[1].got"},
		{[]report.Claim{{Got: 1, Weight: -1}}, "negative_weight", "claims[0].weight"},
		{[]report.Claim{{Got: 1, Weight: 0}}, "weightless_claimant", "claims[0].weight"},
	}
	for _, x := range indices {
		for _, c := range cases {
			if x.byWeight != nil {
				_, err := x.byWeight(c.claims)
				expectRefusal(t, x.name, err, c.code, c.path)
			}
		}
		if x.amounts != nil {
			_, err := x.amounts(nil)
			expectRefusal(t, x.name, err, "no_claimants", "")
			_, err = x.amounts([]int64{3, -1})
			expectRefusal(t, x.name, err, "negative_amount", "claims[1].got")
		}
	}
}

func expectRefusal(t *testing.T, index string, err error, code, path string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Invalid || f.Code != code || f.Path != path {
		t.Errorf("%s: error %v, want invalid %s at %q", index, err, code, path)
	}
}

func TestIndicesHoldTheLargestAmounts(t *testing.T) {
	most := []int64{math.MaxInt64, math.MaxInt64, math.MaxInt64, 0}
	jain, err := report.Jain(most)
	if err != nil || jain.String() != "0.7500" {
		t.Errorf("Jain = %v, %v, want 3/4", jain, err)
	}
	gini, err := report.Gini(most)
	if err != nil || gini.String() != "0.2500" {
		t.Errorf("Gini = %v, %v, want 1/4: 3 pairs of 2^63−1 over 4·3", gini, err)
	}
	over, err := report.LargestOverEntitlement([]report.Claim{{Got: math.MaxInt64, Weight: 1}, {Weight: math.MaxInt64}})
	if err != nil || over.PartsPer10000() != math.MaxInt64 {
		t.Errorf("LargestOverEntitlement = %v, %v, want it held at the largest int64", over, err)
	}
}

func TestPartsAreRoundedHalfUp(t *testing.T) {
	cases := []struct {
		amounts []int64
		parts   int64
		text    string
	}{
		{[]int64{1, 2}, 6667, "0.6667"},            // 2/3
		{[]int64{1, 1, 1}, 3333, "0.3333"},         // 1/3
		{[]int64{10_001, 9_999}, 5001, "0.5001"},   // 10,001/20,000 = 5,000.5 parts
		{[]int64{19_999, 1}, 10_000, "1.0000"},     // 9,999.5 parts
		{[]int64{0}, 0, "0.0000"},                  // nothing
		{[]int64{math.MaxInt64}, 10_000, "1.0000"}, // all
	}
	for _, c := range cases {
		got, err := report.LargestShare(c.amounts)
		if err != nil || got.PartsPer10000() != c.parts || got.String() != c.text {
			t.Errorf("LargestShare%v = %d parts, %s, %v; want %d, %s", c.amounts, got.PartsPer10000(), got, err, c.parts, c.text)
		}
	}
	var zero report.Ratio
	if zero.PartsPer10000() != 0 || zero.String() != "0.0000" || zero.Cmp(zero) != 0 || zero.Rat().Sign() != 0 {
		t.Errorf("the zero Ratio is %s, want 0", zero)
	}
}
