// Package traces reads records of past or waiting GPU jobs, line by line, so
// that a round can be tried on real demand: the request CSV, the output of
// Slurm's `sacct -P` and the Standard Workload Format. It also reads the small
// tables such a trial needs: which country a group belongs to, the demand and
// shares of past rounds, and the rates of GPU classes.
//
// # Formats
//
// RequestCSV has a header line; names decide the order, further columns are
// ignored. Required: request_id, submit_time (RFC 3339 with a zone), group_id,
// gpus, duration_s (requested), gpu_seconds (checked against gpus ×
// duration_s), resource (only "gpu" is a request for GPUs). Used when present:
// user_id, gpu_class, used_s, state. Quoting follows RFC 4180, except that a
// record is one line: a quoted field may not contain a line break.
//
// Sacct is what `sacct -P` (or -p) prints: a header and fields separated by
// "|". Required: JobID, Submit, User, Account, Timelimit, Elapsed, State and at
// least one of ReqTRES and AllocTRES; Cluster, when present, becomes part of
// the id ("graham-123"). Slurm prints local times without a zone; they are taken
// as UTC, so run sacct with TZ=UTC (a time with an offset is honoured). Steps
// (123.batch, 123.0) belong to their job and are counted, not read. GPUs are
// those of ReqTRES; where it names none, those of AllocTRES. Slurm may list the
// same GPUs twice, as gres/gpu=2 and as gres/gpu:a100=2: they count once, and
// the type becomes the class when it covers all of them.
//
// SWF is Feitelson's Standard Workload Format, version 2.2: comments that begin
// with ";", among them "; UnixStartTime: seconds", then 18 numbers a line, -1
// for unknown. It knows processors, not GPUs: the caller says how many
// processors stand for one GPU (1: processors are GPUs), and a part of a GPU
// counts as a whole one. Requested processors that are unknown are replaced by
// the allocated ones; a requested time that is unknown is not replaced. Users
// and groups become "user-7" and "group-3"; a job whose group is unknown is its
// user's alone. Lines of status 2, 3 and 4 are parts of a job that was swapped
// out; they count as steps. Times may be fractions: a submission is rounded
// down to the second, lengths are rounded up.
//
// Any of them, and the small tables, may be compressed with gzip or zstd; the
// first bytes decide, not the name.
//
// # Invariants
//
//   - A job that reaches the caller has an id that no earlier job of the same
//     input had, a group, a time of submission from 1970 to 9999 in UTC, at least
//     one GPU, at least one second, and GPUSeconds = GPUs × DurationSeconds exactly.
//   - A line is a job, a step, a refusal, or neither (header, comment, blank): no
//     line is both, none is dropped unseen. A refused line changes nothing for
//     the lines after it.
//   - A broken input (no header, a torn archive, a failing reader) is one
//     *fault.Error; jobs already handed over stay handed over.
//   - Memory does not grow with the input, except for a set of 16 bytes for each
//     accepted id (with its hash table about 26, measured on 3 million). A line
//     longer than MaxLine is never held whole.
//   - The same bytes give the same jobs, refusals and errors in the same order.
//
// # Not done here
//
// No files are opened and no clock is read. Jobs are not sorted, grouped, priced
// or turned into requests; nothing is repaired or guessed. A Slurm array whose
// tasks stand on one line (123_[1-9]) is refused: sacct --array lists them one by
// one.
package traces
