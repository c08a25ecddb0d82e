// Package bench measures the engine and its files beside a limit or a peer in
// the same run: sorting a million integers, a bare division of the same tree, a
// linear program. The figures are ratios, so that they mean the same on a slow
// machine and on a fast one.
//
// Run it by make bench; TestFigures prints the table, and with -record writes
// it into README.md. Without -figures it measures nothing, so that go test
// ./... stays quick.
//
// Invariants: every round is generated from a seed and is the same in every
// run; a figure is the median of several runs, and what it is compared with was
// measured between them, in the same process.
//
// What it does not do: it fails no build for being slow, it never changes the
// engine's settings, and it reads no real data.
package bench
