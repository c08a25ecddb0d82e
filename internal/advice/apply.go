package advice

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// Apply returns the input with the change made, and nothing else. It writes to
// the input's slices, which must be a copy (Snapshot.Input makes one), but not
// into the lists inside its records. It is an error if a record that the change
// names is not there.
func (c *Change) Apply(in fairshare.Input) (fairshare.Input, error) {
	if c.Request != "" {
		i := slices.IndexFunc(in.Requests, func(r fairshare.Request) bool { return r.ID == c.Request })
		if i < 0 {
			return in, &Unknown{"request", c.Request}
		}
		return c.applyToRequest(in, i)
	}
	i := slices.IndexFunc(in.Nodes, func(n fairshare.Node) bool { return n.ID == c.Node })
	if i < 0 {
		return in, &Unknown{"node", c.Node}
	}
	n, amount := &in.Nodes[i], credit.GPUMilliseconds(c.To)
	switch c.Kind {
	case RaiseCap:
		n.Cap = &amount
	case RemoveCap:
		n.Cap = nil
	case RaiseWeight:
		n.Weight = c.To
	case RaiseFloor:
		n.Floor = amount
	default:
		return in, fmt.Errorf("advice: %q is no change of a node", c.Kind)
	}
	return in, nil
}

func (c *Change) applyToRequest(in fairshare.Input, i int) (fairshare.Input, error) {
	r := &in.Requests[i]
	switch c.Kind {
	case AcceptLots:
		return c.applyLots(in, r)
	case LowerMinimum:
		r.Min = credit.GPUMilliseconds(c.To)
	case RaiseMaximum:
		r.Max = credit.GPUMilliseconds(c.To)
	case RankFirst:
		for k := range in.Requests {
			if other := &in.Requests[k]; c.OthersDown && k != i && other.Node == r.Node {
				other.Rank++
			}
		}
		r.Rank = c.To
	case Release:
		r.Held = false
	default:
		return in, fmt.Errorf("advice: %q is no change of a request", c.Kind)
	}
	return in, nil
}

// applyLots gives the request an eligibility with the lots of c.Accept: one that
// is there, or a new one.
func (c *Change) applyLots(in fairshare.Input, r *fairshare.Request) (fairshare.Input, error) {
	named := func(id string) func(fairshare.Eligibility) bool {
		return func(e fairshare.Eligibility) bool { return e.ID == id }
	}
	id := c.Eligibility
	if id == "" {
		now := slices.IndexFunc(in.Eligibilities, named(r.Eligibility))
		if now < 0 {
			return in, &Unknown{"eligibility", r.Eligibility}
		}
		for n := 0; id == "" || slices.ContainsFunc(in.Eligibilities, named(id)); n++ {
			id = r.Eligibility + "+" + strconv.Itoa(n)
		}
		in.Eligibilities = append(in.Eligibilities, fairshare.Eligibility{
			ID: id, Lots: c.Accept.Lots, ExcludedBy: without(in.Eligibilities[now].ExcludedBy, c.Accept.Lots),
		})
	} else if !slices.ContainsFunc(in.Eligibilities, named(id)) {
		return in, &Unknown{"eligibility", id}
	}
	r.Eligibility = id
	return in, nil
}

// without is excluded_by with the given lots taken out.
func without(excludedBy map[string][]string, lots []string) map[string][]string {
	if excludedBy == nil {
		return nil
	}
	rest := make(map[string][]string, len(excludedBy))
	for condition, list := range excludedBy {
		kept := slices.DeleteFunc(slices.Clone(list), func(lot string) bool { return slices.Contains(lots, lot) })
		if len(kept) > 0 {
			rest[condition] = kept
		}
	}
	return rest
}

// Unknown is the error that a snapshot has no record of that kind and id.
type Unknown struct{ Kind, ID string }

func (u *Unknown) Error() string { return "advice: unknown " + u.Kind + " " + strconv.Quote(u.ID) }
