// Package pool holds the nouns that a round is about, and the rules that one
// noun can check by itself: the tree of claimants (Nation, Institution, Lead,
// Project, each with a Share), supply (GPUClass, Site, Contribution, Lot,
// Conditions), demand (Request with its states), and what comes of them (Round,
// Grant) under a Policy.
//
// Invariants: nouns are plain values; a function that changes one returns the
// changed copy. Check methods return all faults at once, each a *fault.Error
// with the path of its field as the API spells it, joined by errors.Join; nil
// means the noun may be stored. Times are UTC to the microsecond, periods are
// half-open, and those that supply or rounds are measured by begin and end on
// whole seconds, so that supply is an exact integer. Quantities are
// credit.Amount (gpu_ms) or credit.GPUSeconds.
//
// What it does not do: it reads no clock, generates no ids, stores nothing and
// carries no tags; it does not check that what an id names exists (the store
// does) nor who may change what (the use cases do), and it does not match
// requests with lots (package matching).
package pool
