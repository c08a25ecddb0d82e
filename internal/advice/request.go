package advice

import (
	"cmp"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// acceptLots tries larger sets of lots, the widest first.
func (q *question) acceptLots(r fairshare.Request, given []Widening) error {
	var list []Widening
	if given == nil {
		list = inferWidenings(q.s, r, nation(q.s, q.node))
	} else {
		list = fitWidenings(q.s, r, nation(q.s, q.node), given)
	}
	if len(list) > acceptRuns {
		q.advice.Untried += len(list) - acceptRuns
		list = list[:acceptRuns]
	}
	for _, w := range list {
		c := Change{
			Kind: AcceptLots, By: Requester, Request: r.ID,
			Accept: w, Eligibility: eligibilityWith(q.s, w.Lots),
		}
		if _, err := q.try(&c); err != nil {
			return err
		}
		q.keep(c)
	}
	return nil
}

// lowerMinimum looks for the largest minimum with which the request gets
// something. What is granted with a smaller minimum is the next to be tried, as
// the minimum: mostly that is it, and one gpu_ms more is too much. Only then the
// search is by halves. It stands on no assumption about smaller and larger
// minima: what it returns was decided, and whether one more is too much, too.
// Where the smallest minimum does not help, what the request would have had with
// all minima ignored is tried.
func (q *question) lowerMinimum(r fairshare.Request, least, would int64) error {
	minimum := r.Min.GPUMilliseconds()
	if least >= minimum {
		return nil
	}
	try := func(to int64) (Change, error) {
		c := Change{Kind: LowerMinimum, By: Requester, Request: r.ID, From: minimum, To: to}
		_, err := q.try(&c)
		return c, err
	}
	good, err := try(least)
	if err != nil {
		return err
	}
	if good.Gain() <= 0 && least < would && would < minimum {
		second, err := try(would)
		if err != nil {
			return err
		}
		if second.Gain() > 0 {
			good = second
		}
	}
	if good.Gain() <= 0 {
		q.keep(good)
		return nil
	}
	bad := minimum
	for n := 2; n < minimumRuns && bad-good.To > 1; n++ {
		next := good.To + (bad-good.To)/2
		if g := max(good.After.Granted, good.To+1); n <= minimumRuns/2 && g < bad {
			next = g
			if good.After.Granted == good.To {
				next = good.To + 1
			}
		}
		c, err := try(next)
		switch {
		case err != nil:
			return err
		case c.After.Granted > 0:
			good = c
		default:
			bad = next
		}
	}
	good.Exact = bad-good.To == 1
	q.keep(good)
	return nil
}

// raiseMaximum asks for all that the request's lots hold, then for just as much
// as that brought.
func (q *question) raiseMaximum(r fairshare.Request) error {
	reach := q.supplyOf(r)
	c := Change{Kind: RaiseMaximum, By: Requester, Request: r.ID, From: r.Max.GPUMilliseconds(), To: reach}
	if reach <= c.From {
		return nil
	}
	if _, err := q.try(&c); err != nil {
		return err
	}
	if just := c; c.Gain() > 0 && c.After.Granted < reach {
		just.To = c.After.Granted
		if _, err := q.try(&just); err != nil {
			return err
		}
		if just.After.Granted >= c.After.Granted {
			c = just
		}
	}
	q.keep(c)
	return nil
}

// release tries the request as if it were not held.
func (q *question) release(r fairshare.Request) error {
	c := Change{Kind: Release, By: NationalAdmin, Request: r.ID}
	if _, err := q.try(&c); err != nil {
		return err
	}
	q.keep(c)
	return nil
}

// rankFirst tries the request as the first of its node, if another that is not
// held comes before it.
func (q *question) rankFirst(r fairshare.Request) error {
	preceded, lowest, highest := false, int64(fairshare.MaxRank), int64(0)
	for i := range q.s.NumRequests() {
		other := q.s.Request(i)
		if other.Node != r.Node || other.ID == r.ID {
			continue
		}
		highest = max(highest, other.Rank)
		if !other.Held {
			lowest = min(lowest, other.Rank)
			preceded = preceded || cmp.Or(
				cmp.Compare(other.Rank, r.Rank),
				other.Submitted.Compare(r.Submitted),
				cmp.Compare(other.ID, r.ID),
			) < 0
		}
	}
	c := Change{Kind: RankFirst, By: Lead, Request: r.ID, From: r.Rank, To: lowest - 1}
	if lowest == 0 {
		c.To, c.OthersDown = 0, true
	}
	if !preceded || c.OthersDown && highest == fairshare.MaxRank {
		return nil
	}
	if _, err := q.try(&c); err != nil {
		return err
	}
	q.keep(c)
	return nil
}
