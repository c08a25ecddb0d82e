package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/replay"
	"github.com/commonpool/commonpool/internal/roundfile"
)

// roundRow is one round in numbers, or all of them.
type roundRow struct {
	id      string
	summary replay.Summary
	queue   replay.Equality // first come, first served
	// Expired requests were out of time when the round came, waiting ones stand in
	// line after it.
	expired, waiting int
	nodes            int
	sha              string // of the snapshot; "": all
	took             time.Duration
}

// nationRow is one nation over all rounds.
type nationRow struct {
	nation                               pool.Nation
	requests                             int
	asked, granted, queue, due, entitled int64
	balance                              int64
}

// playedRounds is what came of playing rounds.
type playedRounds struct {
	rows    []roundRow
	all     roundRow
	nations []nationRow
	commons int64 // of the pool
	broken  []string
}

// play plays all rounds, ours and first come, first served.
func (a *app) play(run *roundsRun, steps []replay.Step) (*playedRounds, error) {
	player, err := replay.New(steps[0].Pool)
	if err != nil {
		return nil, err
	}
	queue, err := replay.NewQueue(steps[0].Pool)
	if err != nil {
		return nil, err
	}
	bar := a.roundsProgress(len(steps))
	defer bar.finish()
	out := &playedRounds{}
	var before, after replay.Tally
	carried := make(map[pool.RequestID]bool)
	for i, step := range steps {
		played, row, err := playRound(run.workers, player, step)
		if err != nil {
			return nil, err
		}
		served, err := serveQueue(queue, step)
		if err != nil {
			return nil, err
		}
		served = replay.Entitled(served, row.summary.Nations)
		row.queue = replay.Measure(served)
		before.Add(served)
		after.Add(row.summary.Nations)
		for _, part := range played.Requests {
			if part.Carried {
				carried[part.Request.ID] = true
			}
		}
		if err := a.writeRound(run, i+1, len(steps), played.Decision, row.sha); err != nil {
			return nil, err
		}
		broken, err := brokenLaws(played.Decision)
		if err != nil {
			return nil, err
		}
		out.broken = append(out.broken, broken...)
		out.rows = append(out.rows, row)
		bar.add()
	}
	out.total(player, before.Nations(), after.Nations(), len(carried))
	out.tellNations(player, steps[len(steps)-1].Pool, before.Nations(), after.Nations())
	return out, nil
}

// playRound plays one round and measures how long it took to decide.
func playRound(w workers, player *replay.Player, step replay.Step) (*replay.Played, roundRow, error) {
	if err := player.Amend(step.Pool); err != nil {
		return nil, roundRow{}, err
	}
	frozen, err := player.Freeze(step.Round, step.Lots, step.Arrivals)
	if err != nil {
		return nil, roundRow{}, err
	}
	sha, err := roundfile.SnapshotSHA256(frozen.Snapshot)
	if err != nil {
		return nil, roundRow{}, err
	}
	before := len(player.Line())
	start := time.Now()
	var decision *fairshare.Decision
	if w == 0 {
		decision = fairshare.Decide(frozen.Snapshot)
	} else {
		decision = fairshare.DecideWith(frozen.Snapshot, int(w))
	}
	took := lap(&start)
	played, err := player.Post(frozen, decision)
	if err != nil {
		return nil, roundRow{}, err
	}
	row := roundRow{
		id: string(step.Round.ID), summary: played.Summary, waiting: len(player.Line()),
		nodes: len(frozen.Snapshot.Nodes()), sha: sha, took: took,
	}
	// Who leaves the line has all it asked for, or is out of time.
	row.expired = before + len(step.Arrivals) - played.Summary.Completed - row.waiting
	return played, row, nil
}

// serveQueue serves one round first come, first served.
func serveQueue(queue *replay.Queue, step replay.Step) ([]replay.NationSummary, error) {
	if err := queue.Amend(step.Pool); err != nil {
		return nil, err
	}
	return queue.Play(step.Round, step.Lots, step.Arrivals)
}

// writeRound writes the snapshot and the decision of a round, where asked to.
func (a *app) writeRound(run *roundsRun, n, of int, d *fairshare.Decision, sha string) error {
	if run.outDir == "" {
		return nil
	}
	if err := os.Mkdir(run.outDir, 0o777); err != nil && !errors.Is(err, os.ErrExist) {
		return inFile(run.outDir, err)
	}
	for _, file := range []struct {
		kind  string
		write func(io.Writer) error
	}{
		{"snapshot", func(w io.Writer) error { return roundfile.WriteSnapshot(w, d.Snapshot()) }},
		{"decision", func(w io.Writer) error { return roundfile.WriteDecision(w, d, sha) }},
	} {
		if err := a.writeStaged(roundFile(run.outDir, n, of, file.kind), file.write); err != nil {
			return err
		}
	}
	return nil
}

// total makes the row of all rounds, in which each request counts once.
func (p *playedRounds) total(player *replay.Player, before, after []replay.NationSummary, carried int) {
	var asked, supply, granted, left int64
	sum := &p.all.summary
	for _, s := range player.Standings() {
		sum.Requests++
		asked = addUpTo(asked, s.Request.Terms.Requested.GPUMilliseconds())
		if s.Awarded.Sign() > 0 {
			sum.Served++
		}
		if s.State == pool.RequestGranted {
			sum.Completed++
		}
		if s.State == pool.RequestExpired {
			p.all.expired++
		}
	}
	for _, row := range p.rows {
		supply = addUpTo(supply, row.summary.Supply.GPUMilliseconds())
		granted = addUpTo(granted, row.summary.Granted.GPUMilliseconds())
		left = addUpTo(left, row.summary.Left.GPUMilliseconds())
		p.all.took += row.took
	}
	p.all.id, sum.Carried, p.all.waiting = "all", carried, len(player.Line())
	sum.Asked, sum.Supply = credit.GPUMilliseconds(asked), credit.GPUMilliseconds(supply)
	sum.Granted, sum.Left = credit.GPUMilliseconds(granted), credit.GPUMilliseconds(left)
	sum.Equality, p.all.queue = replay.Measure(after), replay.Measure(before)
}

// tellNations makes the rows of nations; each request counts once.
func (p *playedRounds) tellNations(player *replay.Player, setup replay.Pool, before, after []replay.NationSummary) {
	at := make(map[string]int)
	for i, n := range setup.Nations {
		at[string(n.ID)] = i
		p.nations = append(p.nations, nationRow{nation: n})
	}
	parent := make(map[string]string)
	for _, account := range player.Accounts() {
		parent[account.ID] = account.Parent
		switch account.Kind {
		case fairshare.KindPool:
			p.commons = account.Commons.GPUMilliseconds()
		case fairshare.KindNation:
			p.nations[at[account.ID]].balance = account.Balance.GPUMilliseconds()
		}
	}
	for _, s := range player.Standings() {
		project := string(s.Request.Project)
		row := &p.nations[at[parent[parent[parent[project]]]]]
		row.requests++
		row.asked = addUpTo(row.asked, s.Request.Terms.Requested.GPUMilliseconds())
	}
	for _, n := range after {
		row := &p.nations[at[string(n.Nation)]]
		row.granted, row.entitled, row.due = n.Granted.GPUMilliseconds(), n.Entitlement.GPUMilliseconds(), n.Due.GPUMilliseconds()
	}
	for _, n := range before {
		p.nations[at[string(n.Nation)]].queue = n.Granted.GPUMilliseconds()
	}
}

// lawsChecked are the numbers of the laws (docs/FAIRNESS.md) that brokenLaws
// looks at.
var lawsChecked = []int{1, 2, 3, 4, 5, 9, 10, 11}

// brokenLaws checks a decision, and the one of the same round without minima and
// caps, where more can be seen. Law 11: the decision has the same bytes from the
// input in another order, by another number of workers.
func brokenLaws(d *fairshare.Decision) ([]string, error) {
	round := d.Snapshot().Round().ID
	var list []string
	tell := func(where string, err error) {
		for _, e := range eachOf(err) {
			list = append(list, where+e.Error())
		}
	}
	tell(round+": ", replay.Check(d))
	free, err := replay.Unlimited(d.Snapshot())
	if err != nil {
		return nil, fmt.Errorf("round %s without minima and caps: %w", round, err)
	}
	tell(round+" without minima and caps: ", replay.Check(fairshare.Decide(free)))
	same, err := sameInAnyOrder(d)
	if err != nil {
		return nil, fmt.Errorf("round %s in another order: %w", round, err)
	}
	if !same {
		list = append(list, round+": law 11: another order of the input, or number of workers, is decided otherwise")
	}
	return list, nil
}

// eachOf lists the errors that one joins; none of nil.
func eachOf(err error) []error {
	if joined, several := err.(interface{ Unwrap() []error }); several {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
