package advice

import (
	"slices"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// raiseCaps tries, for each full node on the way up and for the one that the
// reason names, what it would bring to have no cap, and then the smallest cap
// that brings the same.
func (q *question) raiseCaps(why fairshare.Reason) error {
	var full []int
	if i, found := q.s.FindNode(why.Node); found && why.Code == fairshare.Cap {
		full = append(full, i)
	}
	for _, i := range path(q.s, q.node) {
		limit := q.s.Nodes()[i].Cap
		if limit != nil && limit.GPUMilliseconds() == q.d.Nodes[i].Granted && !slices.Contains(full, i) {
			full = append(full, i)
		}
	}
	if len(full) > cappedNodes {
		q.advice.Untried += len(full) - cappedNodes
		full = full[:cappedNodes]
	}
	for _, i := range full {
		if err := q.raiseCap(i); err != nil {
			return err
		}
	}
	return nil
}

func (q *question) raiseCap(node int) error {
	n := &q.s.Nodes()[node]
	removed := Change{Kind: RemoveCap, By: settledBy(q.s, node), Node: n.ID, From: n.Cap.GPUMilliseconds()}
	d, err := q.try(&removed)
	if err != nil {
		return err
	}
	if removed.Gain() <= 0 {
		q.keep(removed)
		return nil
	}
	raised := removed
	raised.Kind, raised.To = RaiseCap, d.Nodes[node].Granted
	if raised.To <= raised.From {
		q.keep(removed)
		return nil
	}
	if _, err := q.try(&raised); err != nil {
		return err
	}
	q.keep(raised)
	if raised.After != removed.After {
		q.keep(removed)
	}
	return nil
}

// raiseWeight tries twice the node's weight.
func (q *question) raiseWeight() error {
	n := &q.s.Nodes()[q.node]
	c := Change{Kind: RaiseWeight, By: settledBy(q.s, q.node), Node: n.ID, From: n.Weight}
	c.To = min(max(2*n.Weight, 1), fairshare.MaxWeight)
	if n.Parent == "" || c.To == c.From {
		return nil
	}
	if _, err := q.try(&c); err != nil {
		return err
	}
	q.keep(c)
	return nil
}

// raiseFloor tries a floor as high as supply and cap allow, then one that is
// just what that brought.
func (q *question) raiseFloor() error {
	n := &q.s.Nodes()[q.node]
	c := Change{Kind: RaiseFloor, By: settledBy(q.s, q.node), Node: n.ID, From: n.Floor.GPUMilliseconds()}
	for _, l := range q.s.Lots() {
		c.To += l.Supply.GPUMilliseconds()
	}
	if n.Cap != nil {
		c.To = min(c.To, n.Cap.GPUMilliseconds())
	}
	if n.Parent == "" || c.To <= c.From {
		return nil
	}
	if _, err := q.try(&c); err != nil {
		return err
	}
	if just := c; c.Gain() > 0 && c.From < c.After.Granted && c.After.Granted < c.To {
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
