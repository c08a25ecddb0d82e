package main

import (
	"math/big"
	"strconv"

	"github.com/commonpool/commonpool/internal/credit"
)

// whole shows gpu_ms as credits without decimals, halves away from zero.
func whole(gpuMS int64) string {
	n := (abs(gpuMS) + credit.CreditGPUMS/2) / credit.CreditGPUMS
	if gpuMS < 0 {
		n = -n
	}
	return grouped(n)
}

// percent is 100·part/total, rounded half up, and "-" of a total of nothing.
func percent(part, total int64) string {
	if total == 0 {
		return "-"
	}
	n := new(big.Int).Mul(big.NewInt(200), big.NewInt(part))
	n.Add(n, big.NewInt(total))
	return strconv.FormatInt(n.Div(n, new(big.Int).Mul(big.NewInt(2), big.NewInt(total))).Int64(), 10)
}

// countries counts countries.
func countries(n int) string {
	if n == 1 {
		return "1 country"
	}
	return strconv.Itoa(n) + " countries"
}
