package replay

import (
	"maps"
	"slices"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
)

// Kinds of nodes, as the snapshot names them.
const (
	kindPool        = fairshare.KindPool
	kindNation      = fairshare.KindNation
	kindInstitution = fairshare.KindInstitution
	kindLead        = fairshare.KindLead
	kindProject     = fairshare.KindProject
)

// Account is what a node owes or is owed after the rounds played so far.
type Account struct {
	ID, Parent, Kind string
	// Balance is the node's own. Commons belongs to the sibling group below it:
	// the balances of all its children, in the last snapshot or not, and Commons
	// sum to 0.
	Balance, Commons credit.Amount
}

// tree is the whole tree of claimants with its accounts.
type tree struct {
	root     string
	accounts map[string]Account // by id
	children map[string][]string
	nations  map[pool.NationID]*pool.Nation
}

// newTree lays out a checked pool; balances are taken from an earlier tree.
func newTree(p Pool, before *tree) (*tree, error) {
	t := &tree{
		root: string(p.ID), accounts: make(map[string]Account),
		children: make(map[string][]string), nations: make(map[pool.NationID]*pool.Nation),
	}
	add := func(kind, id, parent string) {
		a := Account{ID: id, Parent: parent, Kind: kind}
		t.accounts[id] = a
		t.children[parent] = append(t.children[parent], id)
	}
	add(kindPool, t.root, "")
	for _, n := range p.Nations {
		t.nations[n.ID] = &n
		add(kindNation, string(n.ID), t.root)
	}
	for _, n := range p.Institutions {
		add(kindInstitution, string(n.ID), string(n.Nation))
	}
	for _, l := range p.Leads {
		add(kindLead, string(l.ID), string(l.Institution))
	}
	for _, q := range p.Projects {
		add(kindProject, string(q.ID), string(q.Lead))
	}
	if before == nil {
		return t, nil
	}
	for _, id := range slices.Sorted(maps.Keys(before.accounts)) {
		was := before.accounts[id]
		is, stays := t.accounts[id]
		if !stays || is.Kind != was.Kind || is.Parent != was.Parent {
			return nil, fault.New(fault.Conflict, pool.CodeConflict,
				"%s %s of %q is gone or has moved: its balance would have nowhere to go", was.Kind, id, was.Parent)
		}
		t.accounts[id] = was
	}
	return t, nil
}

// nationOf returns the nation that a node below it belongs to.
func (t *tree) nationOf(id string) *pool.Nation {
	for t.accounts[id].Kind != kindNation {
		id = t.accounts[id].Parent
	}
	return t.nations[pool.NationID(id)]
}
