package credit

import "strconv"

// CreditGPUMS is one credit, an hour of the reference GPU, in gpu_ms.
const CreditGPUMS = 3_600_000

// Amount is a quantity of compute: an integer number of reference
// GPU-milliseconds (gpu_ms). One credit, an hour of the reference GPU, is
// 3,600,000 gpu_ms. Amounts may be negative (a balance, a correction); the zero
// value is nothing, and amounts can be compared with ==.
//
// The type is opaque so that an amount cannot be mixed with a count, a
// duration or an amount already converted to another unit.
type Amount struct{ gpuMS int64 }

// GPUMilliseconds is the amount of n reference GPU-milliseconds.
func GPUMilliseconds(n int64) Amount { return Amount{n} }

// GPUMilliseconds returns the amount as a number of reference GPU-milliseconds.
func (a Amount) GPUMilliseconds() int64 { return a.gpuMS }

// String returns the exact amount with its unit, for logs and errors; pages
// show FormatCredits.
func (a Amount) String() string { return strconv.FormatInt(a.gpuMS, 10) + " gpu_ms" }
