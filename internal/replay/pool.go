package replay

import (
	"fmt"

	"github.com/commonpool/commonpool/internal/pool"
)

// Pool is everything about a pool that rounds are played with, save its lots
// and requests. Lists may be in any order.
type Pool struct {
	ID     pool.PoolID
	Policy pool.Policy
	// PolicyName and PolicySHA256 name the policy document in the snapshots;
	// empty: absent.
	PolicyName, PolicySHA256 string

	Nations      []pool.Nation
	Allocations  []pool.NationalAllocation
	Institutions []pool.Institution
	Leads        []pool.Lead
	Projects     []pool.Project
	Sites        []pool.Site
}

// Check returns every fault of the pool: those of its nouns, what one noun says
// of another that is not there, and ids that name two nodes of the tree (the
// pool, nations, institutions, leads and projects share one space of ids in a
// snapshot).
func (p Pool) Check() error {
	var f faults
	known := newNames(&f)
	known.add(kindPool, "id", string(p.ID))
	f.nest("policy", p.Policy.Check())
	for i, n := range p.Nations {
		path := fmt.Sprintf("nations[%d]", i)
		f.nest(path, n.Check())
		known.add(kindNation, path+".id", string(n.ID))
	}
	for i, a := range p.Allocations {
		path := fmt.Sprintf("allocations[%d]", i)
		f.nest(path, a.Check())
		known.require(kindNation, path+".nation", string(a.Nation))
	}
	f.nest("allocations", pool.CheckAllocations(p.Allocations))
	for i, n := range p.Institutions {
		path := fmt.Sprintf("institutions[%d]", i)
		f.nest(path, n.Check())
		known.add(kindInstitution, path+".id", string(n.ID))
		known.require(kindNation, path+".nation", string(n.Nation))
	}
	for i, l := range p.Leads {
		path := fmt.Sprintf("leads[%d]", i)
		f.nest(path, l.Check())
		known.add(kindLead, path+".id", string(l.ID))
		known.require(kindInstitution, path+".institution", string(l.Institution))
	}
	for i, q := range p.Projects {
		path := fmt.Sprintf("projects[%d]", i)
		f.nest(path, q.Check())
		known.add(kindProject, path+".id", string(q.ID))
		known.require(kindLead, path+".lead", string(q.Lead))
	}
	sites := make(map[pool.SiteID]bool, len(p.Sites))
	for i, s := range p.Sites {
		path := fmt.Sprintf("sites[%d]", i)
		f.nest(path, s.Check())
		if sites[s.ID] {
			f.add(pool.CodeDuplicate, path+".id", "%s stands there twice", s.ID)
		}
		sites[s.ID] = true
	}
	return f.err()
}

// names is which ids name a node, and of which kind.
type names struct {
	kindOf map[string]string
	faults *faults
}

func newNames(f *faults) names { return names{make(map[string]string), f} }

func (n names) add(kind, path, id string) {
	switch other, taken := n.kindOf[id]; {
	case id == "":
		if kind == kindPool { // the nouns check their own ids
			n.faults.add(pool.CodeRequired, path, "is empty")
		}
	case taken:
		n.faults.add(pool.CodeDuplicate, path, "%q already names a node, a %s", id, other)
	default:
		n.kindOf[id] = kind
	}
}

// require adds a fault unless the id names a node of the kind.
func (n names) require(kind, path, id string) {
	if n.kindOf[id] != kind {
		n.faults.add(codeUnknown, path, "is %q, expected the id of a known %s", id, kind)
	}
}

// codeUnknown is the code of the fault that an id names nothing.
const codeUnknown = "unknown"
