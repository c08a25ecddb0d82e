// Package world is the reference world that `commonpool demo` plays: real
// countries, GPU classes and published contributions, and a generator of the
// requests that nobody has published.
//
// # What is fact and what is not
//
// Three kinds of data are kept apart, and every type says which it is:
//
//   - Fact: [Nation], [Class], [Announcement] and [Anchors] restate published
//     figures, each with its source and date. What no source states is marked as
//     not known ([Figure]); it is never a zero.
//   - ASSUMED: what the demo needs and no source states: which part of a
//     contribution is offered to the pool, the classes where no model is named,
//     the classes a request accepts instead. The assumed numbers are in
//     assumption.go and in the rules of pledge.go; [Assumptions] and [Pledge]
//     say them in words, so that a page can print them.
//   - Generated: institutions, leads, projects and requests come from the seed.
//     Institutions are fictional and are named so that it shows ("Institute
//     KE-1"); a request's purpose begins with "Generated request".
//
// # How facts become lots
//
// A [Pledge] says how it was made in one sentence, its field How. A stock of GPU-hours
// is spread evenly: 1,500,000 GPU-hours of the AI Hub for Sustainable
// Development (stated 2026-02-10) become 125,000 a month for twelve months. A
// number of GPUs becomes an assumed part of it, whole GPUs, for the length of
// the month: of the 3,000 GPUs of Cassava Technologies (stated 2025-04-08) an
// assumed 200 parts in 10,000, that is 60, are offered. Contributions stated
// after month 0 began, in money only, or in GPUs that have no published rate
// are shown as facts and become no lot.
//
// # How requests are generated
//
// All draws are whole numbers from PCG (math/rand/v2) reduced by a 128-bit
// multiplication. There is no float anywhere, so a seed gives the same world on
// every machine. Each month has its own stream and can be asked for alone.
//
//   - How much: requests are drawn until together they ask for 100/22 of the
//     month's supply; in 2021 Canada's competition could award 22 % of the GPUs
//     asked for.
//   - How large: by a table of quantiles between published thresholds
//     (Berzelius, NHR@ZIB, IndiaAI), straight lines between them. The longest
//     tail ends at the part of its pool that IndiaAI's largest award took, 4,096
//     of 34,333 GPUs, and one project asks for that part of the pool every month.
//   - Who: nations by the square root of their researchers, below that by
//     Zipf's law with exponent 2. One lead in ten then asks for about 60 %; in
//     the Graham trace of May 2021 one account in ten asked for 76 % of the GPU
//     time.
//   - When: from the 1st to the 25th of the month before, the window of
//     IndiaAI's portal, with a rush at the end.
//
// # Not its job
//
// It decides nothing and carries nothing over: a request that got nothing is
// not asked again unless the caller does so. It takes off no reserve. It knows
// no clock: month 0 is [FirstMonth], whatever today is.
package world
