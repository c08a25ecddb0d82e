// Package roundfile reads and writes the two public files of a round: the
// snapshot that it was decided from and the decision. Anyone can re-run the
// round from them; the format is section 7 of docs/FAIRNESS.md.
//
// Both are JSON Lines in UTF-8 with integers only, plain or compressed with
// gzip or zstd. Reading is strict: whatever the format does not name is
// malformed, and the first fault is reported with its line and field. Writing
// is canonical: one snapshot has one sequence of bytes, whatever order, spacing
// and left-out defaults it was read with, and its SHA-256 names it.
//
// Invariants: what WriteSnapshot writes ReadSnapshot reads back unchanged, and
// writing that again gives the same bytes; WriteSnapshot writes nothing that
// ReadSnapshot would refuse; memory stays in proportion to the records
// accepted, however far a compressed file expands.
//
// What it does not do: it does not judge whether records fit together
// (empty and duplicate ids, references, cycles, sums, bounds of weights are
// fairshare.Freeze's to check; here its faults are only given a line), it decides nothing, and it knows no
// database.
package roundfile
