// Package credit holds the unit of account: amounts of compute as integers,
// the rate of a GPU class, checked arithmetic, and the exact conversion to and
// from GPU-hours.
//
// Three quantities are kept apart by type. An Amount is reference compute, in
// gpu_ms; a GPUSeconds is time on GPUs of some class; a Rate turns the second
// into the first. One GPU-second of a class with rate r permille costs r
// gpu_ms, so that direction is always exact. The other one has a remainder,
// which is returned and never dropped.
//
// Invariants: nothing here is a float; every operation either gives the exact
// result or an error; the only rounding is FloorGPUSeconds and the two decimals
// of FormatCredits and FormatGPUHours, and both say so.
//
// What it does not do: it knows no classes and no dates of rates (package
// pool), keeps no balances (package ledger) and imports nothing of the house.
package credit
