package credit

import (
	"errors"
	"fmt"
)

// Bounds of a rate, in permille of the reference GPU.
const (
	MinRatePermille = 1
	MaxRatePermille = 1_000_000
)

// Errors of rates; ErrOverflow is in arithmetic.go.
var (
	// ErrRate: the permille given are outside MinRatePermille..MaxRatePermille.
	ErrRate = errors.New("credit: rate outside 1..1000000 permille")
	// ErrNoRate: the zero Rate was used in a conversion.
	ErrNoRate = errors.New("credit: no rate")
)

// Hour is a GPU-hour: one GPU for an hour.
const Hour GPUSeconds = 3600

// GPUSeconds is time on GPUs of one class: one GPU for one second is 1. It says
// nothing about how fast they are; a Rate prices it. It may be negative (a
// correction).
type GPUSeconds int64

// Mul returns n × d, or ErrOverflow.
func (d GPUSeconds) Mul(n int64) (GPUSeconds, error) {
	product, ok := mul(int64(d), n)
	if !ok {
		return 0, ErrOverflow
	}
	return GPUSeconds(product), nil
}

// Rate is the price of a GPU class in permille of the reference GPU: a class of
// rate 3050 does in an hour what the reference does in 3.05. The zero value is
// no rate, and every conversion refuses it with ErrNoRate; nothing is ever
// priced at 0 by forgetting to look the rate up.
type Rate struct{ permille int32 }

// NewRate returns the rate of so many permille of the reference,
// MinRatePermille..MaxRatePermille, or ErrRate.
func NewRate(permille int64) (Rate, error) {
	if permille < MinRatePermille || permille > MaxRatePermille {
		return Rate{}, fmt.Errorf("%w: %d", ErrRate, permille)
	}
	return Rate{int32(permille)}, nil
}

// Reference is the rate of the reference GPU, 1000 permille.
func Reference() Rate { return Rate{1000} }

// Permille returns the rate in permille of the reference; 0 for no rate.
func (r Rate) Permille() int64 { return int64(r.permille) }

// IsZero reports whether r is no rate.
func (r Rate) IsZero() bool { return r.permille == 0 }

// Cost returns what d on GPUs of this rate costs: d × permille gpu_ms, exactly.
// Errors: ErrNoRate, ErrOverflow.
func (r Rate) Cost(d GPUSeconds) (Amount, error) {
	if r.IsZero() {
		return Amount{}, ErrNoRate
	}
	return Amount{int64(d)}.Mul(r.Permille())
}

// FloorGPUSeconds returns how many whole GPU-seconds of this rate a buys,
// rounded down (towards −∞), and the rest of a that buys no whole one, from 0 to
// permille − 1 gpu_ms: Cost(seconds) + rest = a. Errors: ErrNoRate.
func (r Rate) FloorGPUSeconds(a Amount) (seconds GPUSeconds, rest Amount, err error) {
	if r.IsZero() {
		return 0, Amount{}, ErrNoRate
	}
	quotient, remainder := a.gpuMS/r.Permille(), a.gpuMS%r.Permille()
	if remainder < 0 {
		quotient, remainder = quotient-1, remainder+r.Permille()
	}
	return GPUSeconds(quotient), Amount{remainder}, nil
}
