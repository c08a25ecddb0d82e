// Package report holds the read models: what is computed from grants and
// balances for people to look at, and never flows back into a decision.
//
// Today it has two jobs. The first is measuring a division: how equal it is
// ([Jain], [Gini], and [JainByWeight], [GiniByWeight] against what each
// claimant is entitled to) and how concentrated ([Herfindahl], [LargestShare],
// [LargestOverEntitlement]). The second is drawing one on a text terminal
// ([Bars]).
//
// # Invariants
//
//   - Indices are pure functions over integers. Each is an exact fraction; it
//     is rounded (half up) only when printed, and no float is used anywhere.
//   - The order of the claimants never matters. Neither does the unit: amounts
//     in gpu_ms and the same amounts in hours give the same index.
//   - Bad input (nobody, a negative amount, something given to a claimant who
//     is entitled to nothing) is an error of package fault with the index of
//     the claimant, never a quiet zero.
//   - A chart line is never wider than asked for, measured in terminal columns
//     and not in bytes or runes, and an ASCII chart is ASCII to the last byte.
//
// # Not its job
//
// It decides nothing: fairshare divides without looking at any index. It does
// not choose who is compared (nations, institutions, requests) nor which
// baseline a division is compared with; the caller does. It knows no colours
// and no terminal.
//
// # Sources
//
//   - R. Jain, D. Chiu, W. Hawe: A Quantitative Measure of Fairness and
//     Discrimination for Resource Allocation in Shared Computer Systems. DEC
//     Research Report TR-301, 1984.
//   - C. Gini: Variabilità e mutabilità. Bologna, 1912. (Mean difference.)
//   - M. O. Lorenz: Methods of Measuring the Concentration of Wealth.
//     Publications of the American Statistical Association 9 (70), 1905.
//   - A. O. Hirschman: National Power and the Structure of Foreign Trade.
//     Berkeley, 1945; O. C. Herfindahl: Concentration in the Steel Industry.
//     Dissertation, Columbia University, 1950.
//   - A. C. Pigou: Wealth and Welfare, 1912; H. Dalton: The Measurement of the
//     Inequality of Incomes. The Economic Journal 30 (119), 1920. (The principle
//     of transfers that the tests hold Gini and Jain to.)
package report
