// Package replay plays rounds over a trace without a database: it builds each
// round's snapshot from the nouns of package pool, has package fairshare decide
// it, and carries reciprocity and unmet requests forward to the next.
//
// It has three parts. A [Player] keeps what outlives a round: the balance and
// the commons of every node, and the requests that stand in line with what they
// were awarded so far. A [Plan] and an [Assumption] turn jobs of a trace into
// such a pool, its lots and its requests; everything they add to the trace is
// ASSUMED, that is drawn from a seed, and says so in names and purposes.
// [Check] tests the laws of docs/FAIRNESS, section 6, on any decision, from
// nothing but what is public about it.
//
// # How a snapshot is built
//
//   - Nations and institutions are always in the tree. Leads and projects without
//     an open request are left out and keep their balance: the snapshot's commons
//     is the true commons plus the balances left out, and after the round the
//     true commons is the decision's less the same balances.
//   - A request takes part while requested − awarded is above 0, if it was
//     submitted before the round's tick, its window is not over at the tick and
//     overlaps the round's period. Its bounds are those of
//     [pool.Terms.RoundBounds].
//   - Equal matching results share one eligibility record; they are named e1,
//     e2, … in the order of the first request, by id, that has them.
//
// # Invariants
//
//   - After every round the balances of each sibling group and the commons above
//     it sum to 0, left out or not.
//   - A request is never awarded more than it requested, and what it was awarded
//     in all is the sum of what the decisions granted it.
//   - The same inputs in any order give the same snapshot. Draws depend on the
//     seed and an id, never on the order of calls.
//   - A round that is refused changes nothing, nor does a job that is.
//
// # Not its job
//
// It opens no file and reads no clock: streams and times are passed in. It keeps
// nothing beyond the process, and knows no ledger, no grants that are spent, no
// review of requests and no reserve: the rooms that stand on the store do. It
// does not divide (package fairshare) and does not write snapshots (package
// roundfile).
package replay
