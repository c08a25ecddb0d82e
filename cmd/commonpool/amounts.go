package main

import (
	"math"
	"strconv"
	"strings"

	"github.com/commonpool/commonpool/internal/credit"
)

// thousands is how people are shown numbers here: 1,234,567.89.
var thousands = credit.Style{Group: ","}

// credits shows gpu_ms as credits, which are GPU-hours of the reference GPU,
// with two decimals.
func credits(gpuMS int64) string {
	return credit.FormatCredits(credit.GPUMilliseconds(gpuMS), thousands)
}

// exact shows gpu_ms as credits with the figure itself, which small amounts and
// sums need.
func exact(gpuMS int64) string {
	return credits(gpuMS) + " (" + grouped(gpuMS) + " gpu_ms)"
}

// grouped shows an integer with its thousands separated.
func grouped(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digits[i])
	}
	return sign + b.String()
}

// addUpTo is a + b, at most the largest integer; neither is negative. Requests
// may ask for more than there can ever be.
func addUpTo(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// abs is the magnitude of an amount.
func abs(n int64) int64 { return max(n, -n) }
