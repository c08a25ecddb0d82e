package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/replay"
	"github.com/commonpool/commonpool/internal/traces"
)

// roundsRun is one run of rounds.
type roundsRun struct {
	trace        traceInput
	noon         bool
	rounds, days int
	outDir       string
	ascii        bool
	workers      workers
	format       format
	csvOf        choice
}

func (a *app) roundsCommand() *cobra.Command {
	var run roundsRun
	cmd := &cobra.Command{
		Use:   "rounds --in TRACE",
		Short: "Play rounds over a trace of jobs, and compare with first come, first served",
		Long: `rounds plays several rounds over a trace of GPU jobs. What nations owe and are
owed, and what requests still wait for, goes from each round to the next. The same
rounds are played first come, first served, and both are measured; the laws of
docs/FAIRNESS.md are checked on every decision.

The last round comes at the midnight after the last job, the others so many days
apart before it; the first also has what came earlier. With --noon, the trace is a
table of what waited on a cluster at each moment, with the shares that held there:
each moment is a round of its own.

` + traceHelp + `

Amounts are credits, hours of the reference GPU. DUE MET, JAIN, GINI and HHI are
those of first come, first served, then ours: how equally nations were given what
was due to them (asked for, and within the entitlement), how equally and unequally
all was given by entitlement, how concentrated it is. In the row "all", and in the
table of nations, a request that took part in several rounds is asked for once.

--out-dir writes round-01.snapshot.jsonl, round-01.decision.jsonl and so on into a
new or empty folder, each file whole. Exit status 1: a law is broken, a defect of
commonpool.`,
		Example: `  commonpool rounds --in requests.csv --countries groups.csv
  commonpool rounds --in requests.csv --rounds 0 --days 14 --plan plain --out-dir played
  commonpool rounds --noon --in waiting.csv -o csv --csv-of nations`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := run.check(cmd); err != nil {
				return usage(cmd, err)
			}
			return a.rounds(run)
		},
	}
	flags := cmd.Flags()
	run.trace.register(cmd)
	flags.BoolVar(&run.noon, "noon", false, "the trace is a table of waiting demand and shares, by moment and group")
	flags.IntVar(&run.rounds, "rounds", 4, "`NUMBER` of rounds; 0: as many as the trace needs")
	flags.IntVar(&run.days, "days", replay.Week, "`NUMBER` of days in a round")
	flags.StringVar(&run.outDir, "out-dir", "", "`FOLDER` for the snapshot and decision of every round")
	flags.BoolVar(&run.ascii, "ascii", false, "the chart in ASCII")
	run.csvOf.register(cmd, "csv-of", "", "which table -o csv prints", "rounds", "nations")
	run.workers.register(cmd)
	run.format.register(cmd)
	return cmd
}

func (run *roundsRun) check(cmd *cobra.Command) error {
	if run.noon {
		for _, name := range []string{"format", "rounds", "days"} {
			if cmd.Flags().Changed(name) {
				return fmt.Errorf("--noon: has no use for --%s", name)
			}
		}
	}
	if run.rounds < 0 || run.rounds > maxRounds {
		return fmt.Errorf("--rounds: expected 0 to %d", maxRounds)
	}
	if err := checkDays("days", run.days); err != nil {
		return err
	}
	if cmd.Flags().Changed("csv-of") && run.format.name.value != asCSV {
		return errors.New("--csv-of: only with -o csv")
	}
	if run.trace.refused == standard {
		return errors.New("--refused: standard output has the rounds")
	}
	return run.trace.check()
}

// rounds reads the trace, plays it, and prints what became of it.
func (a *app) rounds(run roundsRun) error {
	if err := checkOutDir(run.outDir); err != nil {
		return err
	}
	if run.trace.refused != "" {
		if err := checkFolder(run.trace.refused); err != nil {
			return err
		}
	}
	refused, err := a.openRefusals(run.trace.refused)
	if err != nil {
		return err
	}
	defer refused.abort()
	source, err := a.readSource(&run, refused)
	if err != nil {
		return err
	}
	played, err := a.play(&run, source.steps)
	if err != nil {
		return inTrace(source.name, err)
	}
	if err := refused.commit(); err != nil {
		return err
	}
	if !a.quiet {
		source.tell(a.stderr, run.trace.plan, refused.count)
	}
	if err := a.printRounds(&run, source, played); err != nil {
		return err
	}
	if n := len(played.broken); n > 0 {
		return &checkError{fmt.Sprintf("%s: laws are broken in %d places, please report it", source.name, n)}
	}
	return nil
}

// roundSource is the rounds that a trace was split into.
type roundSource struct {
	name  string // of the trace, for errors
	steps []replay.Step
	seed  uint64
	read  *traceRead // nil: a table of moments
}

// tell says in one line what was read, and what of it is invented.
func (s *roundSource) tell(w io.Writer, plan string, refused int) {
	said := fmt.Sprintf("%d moments", len(s.steps))
	if s.read != nil {
		said = fmt.Sprintf("%s lines, %s jobs, %s steps, %s GPU-hours", grouped(int64(s.read.lines)),
			grouped(int64(s.read.jobs)), grouped(int64(s.read.steps)), gpuHours(s.read.gpuSeconds).text)
	}
	accounts, nations := members(s.steps[len(s.steps)-1].Pool)
	_, _ = fmt.Fprintf(w, "%s: %s, %s refused, %s accounts, %s nations; all else is ASSUMED (plan %s, seed %d)\n",
		printable(s.name), said, grouped(int64(refused)), grouped(int64(accounts)), grouped(int64(nations)), printable(plan), s.seed)
}

// inTrace names the trace of an error that does not name another file.
func inTrace(name string, err error) error {
	var other *fileError
	if errors.As(err, &other) {
		return err
	}
	return inFile(name, err)
}

// readSource reads the trace and splits it into rounds.
func (a *app) readSource(run *roundsRun, refused *refusals) (*roundSource, error) {
	if run.noon {
		return a.readNoon(&run.trace, refused)
	}
	read, err := a.readTrace(&run.trace, refused)
	if err != nil {
		return nil, err
	}
	steps, err := read.rounds(run.days, run.rounds)
	return &roundSource{read.name, steps, read.plan.Seed, read}, inFile(read.name, err)
}

// readNoon reads a table of waiting demand. Groups without a country are refused
// and leave its rounds.
func (a *app) readNoon(t *traceInput, refused *refusals) (*roundSource, error) {
	plan, assumed, known, err := a.assume(t)
	if err != nil {
		return nil, err
	}
	source := &roundSource{name: nameOf(t.in, "standard input"), seed: plan.Seed}
	var moments []traces.Round
	err = a.withInput(t.in, "reading", func(r io.Reader) error {
		moments, err = traces.ReadRounds(r)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i := range moments {
		if moments[i].Groups, err = withCountry(moments[i].Groups, known, refused); err != nil {
			return nil, err
		}
	}
	refused.show(a.stderr, source.name, t.refused)
	source.steps, err = assumed.Noon(moments)
	return source, inFile(source.name, err)
}

// withCountry returns the groups whose country is known (nil: all are), and
// refuses the others.
func withCountry(groups []traces.RoundGroup, known map[string]string, refused *refusals) ([]traces.RoundGroup, error) {
	if known == nil {
		return groups, nil
	}
	var kept []traces.RoundGroup
	for _, g := range groups {
		if _, there := known[g.Group]; there {
			kept = append(kept, g)
			continue
		}
		reason := fmt.Sprintf("no country is given for group %q", g.Group)
		if err := refused.add(traces.Refusal{Line: g.Line, Field: "group_id", Reason: reason}); err != nil {
			return nil, err
		}
	}
	return kept, nil
}

// checkOutDir refuses a folder that cannot be made or has something in it: files
// of two runs side by side would tell a false story.
func checkOutDir(path string) error {
	if path == "" {
		return nil
	}
	entries, err := os.ReadDir(path)
	if errors.Is(err, os.ErrNotExist) {
		return checkFolder(path)
	}
	if err == nil && len(entries) > 0 {
		err = fault.New(fault.Conflict, pool.CodeConflict, "the folder is not empty")
	}
	return inFile(path, err)
}

// roundFile is the path of a file of the n-th of so many rounds, from 1.
func roundFile(folder string, n, of int, kind string) string {
	return filepath.Join(folder, fmt.Sprintf("round-%0*d.%s.jsonl", max(2, len(fmt.Sprint(of))), n, kind))
}
