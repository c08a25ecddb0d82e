package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/replay"
	"github.com/commonpool/commonpool/internal/roundfile"
)

// importing is one run of import.
type importing struct {
	trace  traceInput
	out    string
	days   int
	round  int // 0: the whole trace
	format format
}

func (a *app) importCommand() *cobra.Command {
	var imp importing
	cmd := &cobra.Command{
		Use:   "import --in TRACE --out SNAPSHOT",
		Short: "Make the snapshot of a round from a trace of jobs",
		Long: `import makes the snapshot of a round from a trace of GPU jobs, which simulate then
decides. By default the whole trace is one round, which divides the days after
it, and every request is kept useful until they are over; --round K takes the
K-th round of so many days instead, with the jobs that arrived for it and nothing
of what the rounds before would have left (rounds plays them all).

` + traceHelp + `

The snapshot and the list of refused lines appear when all went well, whole or
not at all. A file that is broken as a whole, or has no usable line, is an error
(exit status 2). A summary goes to standard error; -o says in which form.`,
		Example: `  commonpool import --in requests.csv.gz --out snapshot.jsonl --countries groups.csv
  TZ=UTC sacct -P -a -S 2026-01-01 -o ALL | commonpool import --format sacct --in - --out snapshot.jsonl.zst
  commonpool import --format swf --processors-per-gpu 16 --in log.swf.gz --out snapshot.jsonl --refused refused.csv`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := imp.check(); err != nil {
				return usage(cmd, err)
			}
			return a.importTrace(imp)
		},
	}
	flags := cmd.Flags()
	imp.trace.register(cmd)
	flags.StringVar(&imp.out, "out", "", "snapshot `FILE` to write, - for standard output")
	flags.IntVar(&imp.days, "round-days", replay.Week, "`NUMBER` of days in a round")
	flags.IntVar(&imp.round, "round", 0, "`NUMBER` of the round to take; 0: the whole trace as one")
	imp.format.register(cmd)
	require(cmd, "out")
	return cmd
}

func (imp *importing) check() error {
	if imp.round < 0 {
		return errors.New("--round: expected 0 or more")
	}
	if err := checkDays("round-days", imp.days); err != nil {
		return err
	}
	if imp.trace.refused != "" && samePath(imp.trace.refused, imp.out) {
		return errors.New("--out and --refused: both are " + nameOf(imp.out, "standard output"))
	}
	return imp.trace.check(imp.out)
}

// maxDays is the longest round.
const maxDays = 36_500

func checkDays(flag string, days int) error {
	if days < 1 || days > maxDays {
		return fmt.Errorf("--%s: expected 1 to %d", flag, maxDays)
	}
	return nil
}

// samePath tells whether two outputs have the same name.
func samePath(a, b string) bool { return filepath.Clean(a) == filepath.Clean(b) }

// importTrace reads the trace, freezes a round of it, writes both outputs, and
// gives them their names when both are written.
func (a *app) importTrace(imp importing) error {
	for _, out := range []string{imp.out, imp.trace.refused} {
		if out != "" {
			if err := checkFolder(out); err != nil {
				return err
			}
		}
	}
	refused, err := a.openRefusals(imp.trace.refused)
	if err != nil {
		return err
	}
	defer refused.abort()
	read, err := a.readTrace(&imp.trace, refused)
	if err != nil {
		return err
	}
	frozen, err := read.freeze(imp.days, imp.round)
	if err != nil {
		return inFile(read.name, err)
	}
	snapshot, err := a.stage(imp.out)
	if err != nil {
		return err
	}
	defer snapshot.abort()
	bar := a.progress("writing", unknownSize)
	err = roundfile.WriteSnapshot(bar.writer(snapshot), frozen.Snapshot)
	bar.finish()
	if err != nil {
		return inFile(snapshot.name, err)
	}
	// A pipe or a device fails late, at its last bytes, a file hardly ever then.
	commits := []func() error{refused.commit, snapshot.commit}
	if isStream(imp.out) {
		slices.Reverse(commits)
	}
	for _, commit := range commits {
		if err := commit(); err != nil {
			return err
		}
	}
	if a.quiet {
		return nil
	}
	return imp.format.write(a.stderr, read.summary(frozen, refused.count))
}

// freeze makes the snapshot of one round, or of the whole trace as one.
func (read *traceRead) freeze(days, round int) (*replay.Frozen, error) {
	count := 0
	if round == 0 {
		count = 1
	}
	steps, err := read.rounds(days, count)
	if err != nil {
		return nil, err
	}
	if round > len(steps) {
		return nil, fault.New(fault.Invalid, "no_such_round", "--round %d: there is none, the last round of %d days is %d", round, days, len(steps))
	}
	step := steps[max(0, round-1)]
	if round == 0 {
		keepUseful(step.Arrivals, step.Round.Period.End)
	}
	read.accounts, read.nations = members(step.Pool)
	player, err := replay.New(step.Pool)
	if err != nil {
		return nil, err
	}
	return player.Freeze(step.Round, step.Lots, step.Arrivals)
}

// maxRounds is the largest number of rounds that a trace is split into.
const maxRounds = 10_000

// rounds splits the trace into so many rounds; 0: as many as it needs. A single
// job with a wrong date can make it need more than there is memory for. It is
// called once, and lets go of what was assumed.
func (read *traceRead) rounds(days, count int) ([]replay.Step, error) {
	requests := read.assumed.Requests()
	first, last := requests[0].Submitted, requests[0].Submitted
	for _, r := range requests {
		if r.Submitted.Before(first) {
			first = r.Submitted
		}
		if r.Submitted.After(last) {
			last = r.Submitted
		}
	}
	if need := int64(last.Sub(first)/(24*time.Hour)) / int64(days); count == 0 && need >= maxRounds {
		return nil, fault.New(fault.Invalid, pool.CodeOutOfRange, "from %s to %s it needs more than %s rounds of %d days",
			first.Format(time.DateOnly), last.Format(time.DateOnly), grouped(maxRounds), days)
	}
	steps, err := read.assumed.Rounds(days, count)
	read.assumed = nil // the steps have what is needed; the set of ids is large
	return steps, err
}

// keepUseful lets requests wait for a round that comes long after them.
func keepUseful(requests []*pool.Request, until time.Time) {
	for _, r := range requests {
		if r.Window.End.Before(until) {
			r.Window.End = until
		}
	}
}

// members counts the accounts that requests of a trace come from, and their
// nations.
func members(p replay.Pool) (accounts, nations int) {
	home := make(map[pool.InstitutionID]pool.NationID)
	for _, n := range p.Institutions {
		home[n.ID] = n.Nation
	}
	seen := make(map[pool.NationID]bool)
	for _, l := range p.Leads {
		seen[home[l.Institution]] = true
	}
	return len(p.Leads), len(seen)
}

// summary is one row about an import.
func (read *traceRead) summary(frozen *replay.Frozen, refused int) *table {
	var asked, supply int64
	s := frozen.Snapshot
	for i := range s.NumRequests() {
		asked = addUpTo(asked, s.Request(i).Max.GPUMilliseconds())
	}
	for _, l := range s.Lots() {
		supply += l.Supply.GPUMilliseconds()
	}
	t := &table{single: true}
	t.column("ROUND", "round").column("LINES", "lines").column("JOBS", "jobs").
		column("REFUSED", "refused").column("STEPS", "steps").column("GPU-HOURS", "gpu_seconds").
		column("ACCOUNTS", "accounts").column("NATIONS", "nations").column("REQUESTS", "requests").
		column("ASKED", "asked_gpu_ms").column("SUPPLY", "supply_gpu_ms").
		wideColumn("CLASS ASSUMED", "class_assumed").wideColumn("SEED", "seed")
	t.row(
		text(s.Round().ID), count(read.lines), count(read.jobs), count(refused), count(read.steps),
		gpuHours(read.gpuSeconds), count(read.accounts), count(read.nations), count(s.NumRequests()),
		amount(asked), amount(supply), count(read.classAssumed), text(fmt.Sprint(read.plan.Seed)),
	)
	return t
}

// gpuHours is a cell with time on GPUs of whatever class: hours for people,
// seconds for programs. Its key ends in _seconds.
func gpuHours(seconds int64) cell {
	hours, err := credit.Reference().Cost(credit.GPUSeconds(seconds))
	if err != nil { // thousands of millions of hours: decimals no longer matter
		return cell{grouped(seconds / int64(credit.Hour)), seconds}
	}
	return cell{credits(hours.GPUMilliseconds()), seconds}
}
