package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/roundfile"
)

// question is what why is asked.
type question struct {
	id, in, decision string
	kind             choice
	noAdvice         bool
	workers          workers
	form             choice
}

// Kinds of ids that why can be asked about.
const (
	anyKind     = "any"
	requestKind = "request"
	nodeKind    = "node"
)

func (a *app) whyCommand() *cobra.Command {
	var q question
	cmd := &cobra.Command{
		Use:   "why ID --in SNAPSHOT [--decision DECISION]",
		Short: "Explain what a request or a node was granted",
		Long: `why decides the round of a snapshot again and explains, for one request or node
and every level above it, what was asked, what was granted and what kept it from
more, with the numbers to recompute it by hand. At the end it names one thing
that would have brought more, found by deciding the round with that change.

With --decision, that file is verified first: if it is not the decision of this
snapshot, why says so and explains nothing (exit status 1).

An id that is both a request's and a node's means the request; see --kind.`,
		Example: `  commonpool why q7 --in docs/examples/worked-round.jsonl
  commonpool why KE --in snapshot.jsonl.gz --decision decision.jsonl.gz -o json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.id = args[0]
			if q.in == standard && q.decision == standard {
				return usage(cmd, errors.New("--in and --decision: only one of them can be standard input"))
			}
			return a.why(q)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&q.in, "in", "", "snapshot `FILE`, - for standard input")
	flags.StringVar(&q.decision, "decision", "", "decision `FILE` to verify first")
	q.kind.register(cmd, "kind", "", "what the id is", anyKind, requestKind, nodeKind)
	flags.BoolVar(&q.noAdvice, "no-advice", false, "do not look for what would have brought more (up to 40 rounds are decided)")
	q.workers.register(cmd)
	q.form.register(cmd, outputFlag, "o", "form of the output", asText, asJSON, asYAML)
	require(cmd, "in")
	return cmd
}

// why recomputes the round, checks the decision where one is named, and prints
// the explanation.
func (a *app) why(q question) error {
	if q.decision != "" {
		if err := checkExists(q.decision); err != nil {
			return err
		}
	}
	snapshot, err := a.readSnapshot(q.in)
	if err != nil {
		return err
	}
	sha, err := roundfile.SnapshotSHA256(snapshot)
	if err != nil {
		return inFile(nameOf(q.in, "standard input"), err)
	}
	index, isRequest, err := find(snapshot, q)
	if err != nil {
		return inFile(nameOf(q.in, "standard input"), err)
	}
	decision := a.decide(snapshot, q.workers)
	if q.decision != "" {
		if err := a.refuseOther(q, decision, sha); err != nil {
			return err
		}
	}
	e := newExplainer(decision).explain(index, isRequest)
	e.SnapshotSHA256 = sha
	if !q.noAdvice {
		if e.Advice, err = a.advise(decision, q.id, isRequest); err != nil {
			return err
		}
	}
	switch q.form.value {
	case asJSON:
		return writeJSON(a.stdout, e)
	case asYAML:
		return writeYAML(a.stdout, e)
	}
	return e.writeText(a.stdout)
}

// refuseOther is an error where the decision file is not the decision.
func (a *app) refuseOther(q question, decision *fairshare.Decision, sha string) error {
	err := a.compare(q.decision, decision, sha)
	var differs *roundfile.Difference
	if !errors.As(err, &differs) {
		return err
	}
	return &checkError{fmt.Sprintf("%s: line %d: not what %s decides from %s; nothing is explained",
		nameOf(q.decision, "standard input"), differs.Line, fairshare.Engine, nameOf(q.in, "standard input"))}
}

// find looks a request or node up by id.
func find(s *fairshare.Snapshot, q question) (index int, isRequest bool, err error) {
	if q.kind.value != nodeKind {
		if i, found := s.FindRequest(q.id); found {
			return i, true, nil
		}
	}
	if q.kind.value != requestKind {
		if i, found := s.FindNode(q.id); found {
			return i, false, nil
		}
	}
	what := "request or node"
	if q.kind.value != anyKind {
		what = q.kind.value
	}
	return 0, false, fault.New(fault.NotFound, "unknown_id", "no %s %q", what, q.id)
}
