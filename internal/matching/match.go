package matching

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/commonpool/commonpool/internal/pool"
)

// Offer is a lot with the facts of its site.
type Offer struct {
	Lot  pool.Lot
	Site pool.Site
}

// Offers joins lots with their sites, in order of lot id. It is an error if a
// lot's site is not among the sites, or if an id stands twice.
func Offers(lots []pool.Lot, sites []pool.Site) ([]Offer, error) {
	byID := make(map[pool.SiteID]pool.Site, len(sites))
	for _, s := range sites {
		if _, twice := byID[s.ID]; twice {
			return nil, fmt.Errorf("matching: site %s stands there twice", s.ID)
		}
		byID[s.ID] = s
	}
	offers := make([]Offer, len(lots))
	for i, l := range lots {
		site, ok := byID[l.Site]
		if !ok {
			return nil, fmt.Errorf("matching: lot %s is at site %s, which is not known", l.ID, l.Site)
		}
		offers[i] = Offer{l, site}
	}
	slices.SortFunc(offers, byLotID)
	for i := 1; i < len(offers); i++ {
		if offers[i-1].Lot.ID == offers[i].Lot.ID {
			return nil, fmt.Errorf("matching: lot %s stands there twice", offers[i].Lot.ID)
		}
	}
	return offers, nil
}

func byLotID(a, b Offer) int { return cmp.Compare(a.Lot.ID, b.Lot.ID) }

// Result divides lots into those that may be used and those that a condition
// removed. Every list is in order of id; every lot stands in exactly one.
type Result struct {
	Lots []pool.LotID
	// ExcludedBy has no entry for a condition that removed nothing; it is nil if
	// none did.
	ExcludedBy map[Condition][]pool.LotID
}

// Match returns which of the offers, in any order, a request on behalf of a
// nation may use, and which condition removed each other one.
func Match(r pool.Request, nation pool.Nation, offers []Offer) Result {
	offers = slices.SortedFunc(slices.Values(offers), byLotID)
	c := claim{&r, &nation}
	var result Result
	for i := range offers {
		id := offers[i].Lot.ID
		if name, removed := firstFailing(c, &offers[i]); removed {
			result.exclude(name, id)
		} else {
			result.Lots = append(result.Lots, id)
		}
	}
	return result
}

func (r *Result) exclude(name Condition, id pool.LotID) {
	if r.ExcludedBy == nil {
		r.ExcludedBy = make(map[Condition][]pool.LotID)
	}
	r.ExcludedBy[name] = append(r.ExcludedBy[name], id)
}

func firstFailing(c claim, o *Offer) (name Condition, removed bool) {
	for i := range rules {
		if !rules[i].met(c, o) {
			return rules[i].name, true
		}
	}
	return "", false
}

// OpenTo returns which of the nations a lot's donor admits, in order of id: nil
// if all of them, an empty slice if none. The nations are those of the whole
// tree, each once.
func OpenTo(lot pool.Lot, nations []pool.Nation) []pool.NationID {
	admitted := make([]pool.NationID, 0, len(nations))
	for _, n := range nations {
		if lot.Conditions.Admits(n) {
			admitted = append(admitted, n.ID)
		}
	}
	if len(admitted) == len(nations) {
		return nil
	}
	slices.Sort(admitted)
	return admitted
}
