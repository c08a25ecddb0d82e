package main

import (
	"crypto/sha256"
	"slices"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/roundfile"
)

// sameInAnyOrder tells whether the input of a decision turned around, decided by
// three workers, and again by one, gives the same two files.
func sameInAnyOrder(d *fairshare.Decision) (bool, error) {
	want, err := fingerprint(d)
	if err != nil {
		return false, err
	}
	in := d.Snapshot().Input()
	slices.Reverse(in.Lots)
	slices.Reverse(in.Eligibilities)
	slices.Reverse(in.Nodes)
	slices.Reverse(in.Requests)
	turned, err := fairshare.Freeze(in)
	if err != nil {
		return false, err
	}
	for _, again := range []*fairshare.Decision{fairshare.DecideWith(turned, 3), fairshare.DecideWith(d.Snapshot(), 1)} {
		got, err := fingerprint(again)
		if err != nil || got != want {
			return false, err
		}
	}
	return true, nil
}

// fingerprint is the SHA-256 of a decision file, which has that of its snapshot.
func fingerprint(d *fairshare.Decision) (sum [sha256.Size]byte, err error) {
	snapshot, err := roundfile.SnapshotSHA256(d.Snapshot())
	if err != nil {
		return sum, err
	}
	hash := sha256.New()
	if err := roundfile.WriteDecision(hash, d, snapshot); err != nil {
		return sum, err
	}
	return [sha256.Size]byte(hash.Sum(nil)), nil
}
