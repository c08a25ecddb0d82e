package credit

import (
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseGPUHoursIsExactOrRefuses(t *testing.T) {
	for text, want := range map[string]GPUSeconds{
		"0":                  0,
		"-0.0":               0,
		"12.5":               45_000, // 12.5 × 3600
		"0.01":               36,
		"010":                36_000, // decimal, not octal
		"-1.25":              -4_500,
		"0.0025":             9,
		"1.0000000000000000": 3_600,
	} {
		if got, err := ParseGPUHours(text); got != want || err != nil {
			t.Errorf("ParseGPUHours(%q) = %d, %v; want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]error{
		"0.001":                        ErrInexact, // 3.6 seconds
		"0.333":                        ErrInexact,
		"2562047788015216":             ErrOverflow, // × 3600 > 2^63
		"9999999999999999999999":       ErrOverflow,
		strings.Repeat("1", 65):        ErrSyntax,
		"1." + strings.Repeat("0", 63): ErrSyntax,
	} {
		if got, err := ParseGPUHours(text); !errors.Is(err, want) || got != 0 {
			t.Errorf("ParseGPUHours(%q) = %d, %v; want %v", text, got, err, want)
		}
	}
}

func TestOnlyPlainDecimalsAreRead(t *testing.T) {
	for _, text := range []string{
		"", "-", ".", "1.", ".5", "+1", "--1", "1-", "1e3", "0x10", "0b1", "1_000", "1,000", "1/2", " 1", "1 ",
		"1.2.3", "1.-2", "Inf", "NaN", "١", "1\x00", "½",
	} {
		if got, err := ParseCredits(text); !errors.Is(err, ErrSyntax) || got != (Amount{}) {
			t.Errorf("ParseCredits(%q) = %v, %v; want ErrSyntax", text, got, err)
		}
	}
}

func TestParsedCostIsTheDecimalTimesTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?[0-9]{1,12}(\.[0-9]{1,12})?`).Draw(t, "text")
		r := rates().Draw(t, "rate")
		want, _ := new(big.Rat).SetString(text)
		want.Mul(want, new(big.Rat).SetInt64(3600*r.Permille()))
		got, err := r.ParseGPUHours(text)
		if !want.IsInt() {
			if !errors.Is(err, ErrInexact) {
				t.Fatalf("%q = %v, %v; want ErrInexact for %v", text, got, err, want)
			}
			return
		}
		sameAsBig(t, text, got, err, want.Num())
	})
}

func TestWhatIsWholeHundredthsSurvivesFormattingAndParsing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rates().Draw(t, "rate")
		hundredths := rapid.Int64Range(-1e9, 1e9).Draw(t, "hundredths")
		cost, err := r.Cost(GPUSeconds(36 * hundredths))
		if err != nil {
			t.Fatal(err)
		}
		text, err := r.FormatGPUHours(cost, Style{})
		if err != nil {
			t.Fatal(err)
		}
		if back, err := r.ParseGPUHours(text); back != cost || err != nil {
			t.Fatalf("%v was written %q and read as %v, %v", cost, text, back, err)
		}
	})
}

func TestTwoDecimalsAreRoundedHalfUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, a := rates().Draw(t, "rate"), amounts().Draw(t, "amount")
		got, err := r.FormatGPUHours(a, Style{})
		if err != nil {
			t.Fatal(err)
		}
		// big.Rat rounds halves away from zero, but keeps the sign of zero.
		want := big.NewRat(a.gpuMS, 3600*r.Permille()).FloatString(2)
		if want == "-0.00" {
			want = "0.00"
		}
		if got != want {
			t.Fatalf("%v at %d is %q, want %q", a, r.Permille(), got, want)
		}
	})
}

func TestFormattedText(t *testing.T) {
	english := Style{Group: ",", Point: "."}
	french := Style{Group: "\u202f", Point: ","}
	for _, c := range []struct {
		gpuMS int64
		style Style
		want  string
	}{
		{0, Style{}, "0.00"},
		{17_999, Style{}, "0.00"}, // half a hundredth is 18,000
		{18_000, Style{}, "0.01"},
		{-17_999, Style{}, "0.00"},
		{-18_000, Style{}, "-0.01"},
		{999 * CreditGPUMS, english, "999.00"},
		{1000 * CreditGPUMS, english, "1,000.00"},
		{-1_234_567 * CreditGPUMS, english, "-1,234,567.00"},
		{1_234_567 * CreditGPUMS / 2, french, "617\u202f283,50"},
		{math.MinInt64, Style{}, "-2562047788015.22"},
		{math.MaxInt64, english, "2,562,047,788,015.22"},
	} {
		if got := FormatCredits(GPUMilliseconds(c.gpuMS), c.style); got != c.want {
			t.Errorf("FormatCredits(%d) = %q, want %q", c.gpuMS, got, c.want)
		}
	}
}

func FuzzParseGPUHoursNeverPanicsNorRounds(f *testing.F) {
	for _, seed := range []string{"12.5", "-0.01", "1e9", "0x1", "9223372036854775808", ""} {
		f.Add(seed, int64(1000))
	}
	f.Fuzz(func(t *testing.T, text string, permille int64) {
		r, err := NewRate(permille)
		if err != nil {
			return
		}
		a, err := r.ParseGPUHours(text)
		if err != nil {
			return
		}
		exact, ok := new(big.Rat).SetString(text)
		if !ok || exact.Mul(exact, new(big.Rat).SetInt64(3600*permille)).Cmp(new(big.Rat).SetInt64(a.gpuMS)) != 0 {
			t.Fatalf("%q at %d was read as %v", text, permille, a)
		}
	})
}
