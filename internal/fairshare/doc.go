// Package fairshare decides a round: given a frozen snapshot of supply, claims
// and history it says who is granted what from which lot, and why.
//
// It is a pure function, Decide, over integers. There is no context, clock,
// logger, I/O, float or map order in it: the same snapshot gives the same
// decision on every machine and with any number of workers. A change of any
// outcome is a new Engine name.
//
// What it does not do: it does not read or write files (package roundfile), it
// does not know what a lot's conditions mean (package matching has already
// turned them into eligibilities and open_to lists), and it posts nothing.
//
// The rule is written down in docs/FAIRNESS.md; the functions here carry the
// names used there.
package fairshare
