package replay

import (
	"maps"
	"slices"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/pool"
)

// poolID is that of every pool made of a trace.
const poolID pool.PoolID = "assumed"

// always is when the allocations of a plan hold.
var always = pool.Period{Start: founded, End: time.Date(9999, time.December, 31, 0, 0, 0, 0, time.UTC)}

// lastDay begins the last day after which a round could be held.
var lastDay = always.End.AddDate(0, 0, -1)

// pool makes the pool of all accounts known so far. Floors and caps of nations
// are the plan's parts of a round's supply in gpu_ms. Weights are those of
// groups; nil: each lead and project weighs 1, the institutions of a nation …,
// 3, 2, 1 and nations as the plan says.
func (a *Assumption) pool(supply int64, weights map[string]int64) Pool {
	p := Pool{ID: poolID, Policy: a.plan.Policy.policy(), PolicyName: "ASSUMED", Nations: a.nations}
	for _, s := range a.plan.Sites {
		p.Sites = append(p.Sites, s.site())
	}
	sums := a.sums(weights)
	for _, n := range a.nations {
		share := pool.Share{Weight: a.plan.Tree.weightOf(n)}
		if weights != nil {
			share.Weight = sums.nations[n.ID]
		}
		a.plan.Tree.bound(&share, supply)
		p.Allocations = append(p.Allocations, pool.NationalAllocation{Nation: n.ID, Share: share, Period: always})
		seats := a.institutions(n.ID)
		for i, id := range seats {
			share := pool.Share{Weight: int64(len(seats) - i)}
			if weights != nil {
				share.Weight = sums.institutions[id]
			}
			p.Institutions = append(p.Institutions, pool.Institution{
				ID: id, Nation: n.ID, Name: "ASSUMED institution " + string(id), Share: share,
			})
		}
	}
	for _, group := range slices.Sorted(maps.Keys(a.accounts)) {
		who, share := a.accounts[group], pool.Share{Weight: 1}
		if weights != nil {
			share.Weight = weights[group]
		}
		p.Leads = append(p.Leads, pool.Lead{ID: who.lead, Institution: who.institution, Share: share})
		p.Projects = append(p.Projects, pool.Project{
			ID: who.project, Lead: who.lead, Name: "ASSUMED project " + string(who.project), Share: pool.Share{Weight: 1},
		})
	}
	return p
}

func (t PlanTree) weightOf(n pool.Nation) int64 {
	for _, w := range t.Weights {
		if n.In(w.Group) {
			return w.Weight
		}
	}
	return t.OtherWeight
}

// bound sets the plan's floor and cap of a round's supply, which is below 2^53
// gpu_ms; a cap beyond that is none.
func (t PlanTree) bound(s *pool.Share, supply int64) {
	floor, _ := partOf(supply, t.FloorPermille, 1000) // at most the supply
	s.Floor = credit.GPUMilliseconds(floor)
	if t.CapPermille == 0 {
		return
	}
	if most, ok := partOf(supply, t.CapPermille, 1000); ok && most < pool.MaxAmount {
		limit := credit.GPUMilliseconds(most)
		s.Cap = &limit
	}
}

// weightSums are the weights of nations, and of the institutions of each.
type weightSums struct {
	nations      map[pool.NationID]int64
	institutions map[pool.InstitutionID]int64
}

// sums adds up the weights of groups, in millionths of the largest sibling's.
func (a *Assumption) sums(weights map[string]int64) weightSums {
	s := weightSums{make(map[pool.NationID]int64), make(map[pool.InstitutionID]int64)}
	for group, w := range weights {
		who := a.accounts[group]
		s.nations[who.nation] += w
		s.institutions[who.institution] += w
	}
	for _, n := range a.nations {
		siblings := make(map[pool.InstitutionID]int64)
		for _, id := range a.institutions(n.ID) {
			siblings[id] = s.institutions[id]
		}
		scale(siblings)
		maps.Copy(s.institutions, siblings)
	}
	scale(s.nations)
	return s
}

// scale turns sums of weights into ⌈sum × 10⁶ / largest⌉.
func scale[K comparable](sums map[K]int64) {
	largest := int64(0)
	for _, sum := range sums {
		largest = max(largest, sum)
	}
	for k, sum := range sums {
		if largest > 0 {
			// A trace of fewer than 2^23 groups, of 10⁶ each, fits 64 bits.
			sums[k] = (sum*pool.MaxWeight + largest - 1) / largest
		}
	}
}
