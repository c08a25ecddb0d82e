// Package advice says what would change a decision: what a person could do so
// that a request, or a node, had been granted more in the same round.
//
// Its job: ForRequest and ForNode try changes one at a time. Each is made in a
// copy of the snapshot, which is frozen and decided anew; what is promised is
// what that run granted, never a formula or a template. Advice.Best names the
// change with the most to gain for one role. Ever says whether a request's
// minimum can be granted at all with these lots and caps.
//
// Invariants:
//   - It is pure, and deterministic whatever the number of processors.
//   - Change.After is the outcome of deciding Change.Apply of the snapshot's
//     input; anybody can check it with the public files alone.
//   - At most MaxRuns rounds are decided for one question. What is left out for
//     that reason is counted in Advice.Untried; a search that it ended is not
//     Exact.
//   - What a donor, a nation or the period excludes is never advised: a request
//     is only offered lots that its own choices removed (class, site,
//     jurisdiction), or that some other request uses and nothing foreign to its
//     own choices removed, and only lots that are open to its nation.
//
// What it does not do: it changes nothing and combines no two changes; it does
// not foretell later rounds (what waiting brings depends on what others ask
// then); it does not judge whether a change is allowed or wise; it renders no
// text.
package advice
