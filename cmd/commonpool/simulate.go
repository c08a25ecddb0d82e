package main

import (
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/roundfile"
)

type simulation struct {
	in, out string
	workers workers
	format  format
}

func (a *app) simulateCommand() *cobra.Command {
	var sim simulation
	cmd := &cobra.Command{
		Use:   "simulate --in SNAPSHOT --out DECISION",
		Short: "Decide a round from its snapshot",
		Long: `simulate decides the round of a snapshot file and writes the decision file.

Both are JSON Lines; "-" is standard input or output. Compressed input (gzip,
zstd) is recognised, and a name ending in .gz or .zst is written compressed. The
decision appears whole or not at all: a malformed snapshot leaves what was there.
The same snapshot gives the same bytes, with any number of workers.

A summary goes to standard error; -o says in which form.`,
		Example: `  commonpool simulate --in snapshot.jsonl --out decision.jsonl
  zcat snapshot.jsonl.gz | commonpool simulate --in - --out - | tail -n 1`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if replaces(sim.out, sim.in) {
				return usage(cmd, fmt.Errorf("--out: %s is the snapshot itself", sim.out))
			}
			if err := checkFolder(sim.out); err != nil {
				return err
			}
			return a.simulate(sim)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&sim.in, "in", "", "snapshot `FILE` to read, - for standard input")
	flags.StringVar(&sim.out, "out", "", "decision `FILE` to write, - for standard output")
	sim.workers.register(cmd)
	sim.format.register(cmd)
	require(cmd, "in", "out")
	return cmd
}

// require marks flags as required.
func require(cmd *cobra.Command, names ...string) {
	for _, name := range names {
		if err := cmd.MarkFlagRequired(name); err != nil {
			panic(err) // the flag was defined a line ago
		}
	}
}

// simulate reads, decides and writes, in that order, and says how long each
// took.
func (a *app) simulate(sim simulation) error {
	var took stages
	start := time.Now()
	snapshot, err := a.readSnapshot(sim.in)
	if err != nil {
		return err
	}
	took.reading = lap(&start)
	sha, err := roundfile.SnapshotSHA256(snapshot)
	if err != nil {
		return inFile(nameOf(sim.in, "standard input"), err)
	}
	took.hashing = lap(&start)
	decision := a.decide(snapshot, sim.workers)
	took.deciding = lap(&start)
	err = a.writeOutput(sim.out, func(w io.Writer) error {
		return roundfile.WriteDecision(w, decision, sha)
	})
	if err != nil {
		return err
	}
	took.writing = lap(&start)
	if a.quiet {
		return nil
	}
	return sim.format.write(a.stderr, summary(decision, sha, took))
}

// decide decides a round.
func (a *app) decide(snapshot *fairshare.Snapshot, w workers) *fairshare.Decision {
	bar := a.progress("deciding", unknownSize)
	defer bar.finish()
	if w == 0 {
		return fairshare.Decide(snapshot)
	}
	return fairshare.DecideWith(snapshot, int(w))
}

// stages is how long each stage of a simulation took. Reading includes
// freezing: lines are checked as they come, references at the end.
type stages struct{ reading, hashing, deciding, writing time.Duration }

// lap is the time since start, and starts anew.
func lap(start *time.Time) time.Duration {
	now := time.Now()
	took := now.Sub(*start)
	*start = now
	return took
}

// summary is one row about a decided round.
func summary(d *fairshare.Decision, sha string, took stages) *table {
	s := d.Snapshot()
	var asked, granted, left int64
	for i := range s.NumRequests() {
		if r := s.Request(i); !r.Held {
			asked = addUpTo(asked, r.Max.GPUMilliseconds())
		}
		granted += d.Requests[i].Granted
	}
	for _, amount := range d.Left {
		left += amount
	}
	t := &table{single: true}
	t.column("ROUND", "id").column("REQUESTS", "requests").column("ASKED", "asked_gpu_ms").
		column("GRANTED", "granted_gpu_ms").column("LEFT", "left_gpu_ms").
		column("READING", "reading_us").column("HASHING", "hashing_us").
		column("DECIDING", "deciding_us").column("WRITING", "writing_us").
		wideColumn("NODES", "nodes").wideColumn("LOTS", "lots").
		wideColumn("ENGINE", "engine").wideColumn("SNAPSHOT SHA-256", "snapshot_sha256")
	t.row(
		text(s.Round().ID), count(s.NumRequests()), amount(asked), amount(granted), amount(left),
		duration(took.reading), duration(took.hashing), duration(took.deciding), duration(took.writing),
		count(len(s.Nodes())), count(len(s.Lots())), text(fairshare.Engine), text(sha),
	)
	return t
}
