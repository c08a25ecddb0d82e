package traces

import (
	"io"
	"math/big"
)

// ClassRate is what a second of a GPU class costs.
type ClassRate struct {
	// Line is the 1-based line it was read from.
	Line int
	// Class is the name of the GPU model.
	Class string
	// RatePermille is in thousandths of the reference GPU, the A100-40GB; from 1
	// to 1,000,000.
	RatePermille int64
}

// ReadClassRates reads a table of GPU classes, in its order: a CSV with
// gpu_class and rgu, the reference GPU units of Canada's Alliance, of which an
// A100-40GB has 4. A class stands there once. Errors are *fault.Error, at the
// first bad line.
func ReadClassRates(r io.Reader) ([]ClassRate, error) {
	const class, rgu = "gpu_class", "rgu"
	var rates []ClassRate
	seen := map[string]bool{}
	err := readTable(r, []string{class, rgu}, nil, func(line int, get func(string) string) error {
		name, err := requiredLabel(class, get(class))
		if err != nil {
			return err
		}
		if seen[name] {
			return &refused{class, "stands there before: " + quoted(name)}
		}
		seen[name] = true
		rate, err := ratePermille(rgu, get(rgu))
		rates = append(rates, ClassRate{line, name, rate})
		return err
	})
	if err != nil {
		return nil, err
	}
	return rates, nil
}

// ratePermille is rgu / 4 × 1000, rounded half up.
func ratePermille(field, rgu string) (int64, error) {
	x, err := decimal(field, rgu)
	if err != nil {
		return 0, err
	}
	x.Mul(x, big.NewRat(1000/4, 1)).Add(x, big.NewRat(1, 2))
	n := new(big.Int).Quo(x.Num(), x.Denom())
	if n.Sign() == 0 || n.Cmp(big.NewInt(1_000_000)) > 0 {
		return 0, &refused{field, "gives a rate outside 1 to 1,000,000 permille: " + quoted(rgu)}
	}
	return n.Int64(), nil
}
