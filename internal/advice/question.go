package advice

import (
	"fmt"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// MaxRuns bounds how many rounds are decided to answer one question. Shares of
// it: acceptRuns, minimumRuns, two for the maximum, one for the rank, two for
// each of cappedNodes.
const (
	MaxRuns     = 40
	acceptRuns  = 16
	minimumRuns = 16
	cappedNodes = 3
)

// smallRound is the number of requests up to which one worker decides fastest.
const smallRound = 5_000

// question is a claimant, what was decided for it, and what was tried so far.
type question struct {
	d *fairshare.Decision
	s *fairshare.Snapshot
	// request is the index of the request asked about, −1 for a node; node is
	// that of the node asked about, or on which the request hangs.
	request, node int
	before        Outcome
	advice        Advice
}

// newQuestion finds a request of the decision.
func newQuestion(d *fairshare.Decision, requestID string) (*question, fairshare.Request, error) {
	q := &question{d: d, s: d.Snapshot()}
	var found bool
	if q.request, found = q.s.FindRequest(requestID); !found {
		return nil, fairshare.Request{}, &Unknown{"request", requestID}
	}
	r := q.s.Request(q.request)
	q.node, _ = q.s.FindNode(r.Node)
	q.before = q.outcome(d)
	q.advice.Now = q.before
	return q, r, nil
}

// outcome reads what a decision grants to the claimant. A changed snapshot has
// the same requests and nodes, so their indices are the same too.
func (q *question) outcome(d *fairshare.Decision) Outcome {
	o := Outcome{Node: d.Nodes[q.node].Granted}
	o.Granted = o.Node
	if q.request >= 0 {
		o.Granted = d.Requests[q.request].Granted
	}
	return o
}

// try carries a change out, decides the round anew and fills in the outcome.
func (q *question) try(c *Change) (*fairshare.Decision, error) {
	in, err := c.Apply(q.s.Input())
	if err != nil {
		return nil, err
	}
	d, err := q.decide(in)
	if err != nil {
		return nil, fmt.Errorf("advice: trying %s: %w", c.Kind, err)
	}
	c.Before, c.After = q.before, q.outcome(d)
	return d, nil
}

func (q *question) decide(in fairshare.Input) (*fairshare.Decision, error) {
	s, err := fairshare.Freeze(in)
	if err != nil {
		return nil, err
	}
	q.advice.Runs++
	if s.NumRequests() <= smallRound {
		return fairshare.DecideWith(s, 1), nil
	}
	return fairshare.Decide(s), nil
}

// keep files a change that was tried.
func (q *question) keep(c Change) {
	if c.Gain() > 0 {
		q.advice.Changes = append(q.advice.Changes, c)
	} else {
		q.advice.Futile = append(q.advice.Futile, c)
	}
}

// path lists the nodes from one up to the root, as indices.
func path(s *fairshare.Snapshot, node int) []int {
	list := []int{node}
	for s.Nodes()[node].Parent != "" {
		node, _ = s.FindNode(s.Nodes()[node].Parent)
		list = append(list, node)
	}
	return list
}

// nation is the child of the pool at or above a node; "" for the root itself.
func nation(s *fairshare.Snapshot, node int) string {
	if up := path(s, node); len(up) > 1 {
		return s.Nodes()[up[len(up)-2]].ID
	}
	return ""
}

// settledBy is who sets the weight, floor and cap of a node.
func settledBy(s *fairshare.Snapshot, node int) Role {
	if len(path(s, node)) <= 2 {
		return PoolAdmin
	}
	return NationalAdmin
}
