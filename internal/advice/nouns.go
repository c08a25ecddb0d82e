package advice

import (
	"slices"
	"strings"

	"github.com/commonpool/commonpool/internal/matching"
	"github.com/commonpool/commonpool/internal/pool"
)

// Widenings lists what a request could accept besides, found by matching the
// changed request again: what one lot needs, for each lot that the request's own
// choices remove; the same everywhere it is offered; and everything at once. A
// lot under a jurisdiction that is not accepted is won by accepting the country
// of its site. It is not nil, for Options.
func Widenings(r pool.Request, nation pool.Nation, offers []matching.Offer) []Widening {
	before := matching.Match(r, nation, offers)
	var everything needs
	var tries []needs
	for _, condition := range matching.Conditions() {
		if !isOwn(string(condition)) {
			continue
		}
		for _, lot := range before.ExcludedBy[condition] {
			i := slices.IndexFunc(offers, func(o matching.Offer) bool { return o.Lot.ID == lot })
			n := needsOf(r, &offers[i])
			everything.add(n)
			tries = append(tries, n)
		}
	}
	for _, n := range slices.Clone(tries) { // one class wherever it stands
		for _, class := range n.classes {
			tries = append(tries, needs{[]pool.ClassID{class}, everything.sites, everything.jurisdictions})
		}
	}
	list := []Widening{}
	seen := set{}
	for _, n := range append(tries, everything) {
		if key := n.key(); !seen[key] {
			seen[key] = true
			list = append(list, n.widening(r, nation, offers, before.Lots))
		}
	}
	return list
}

// needs is what a request has to accept besides.
type needs struct {
	classes       []pool.ClassID
	sites         []pool.SiteID
	jurisdictions []pool.Jurisdiction
}

func needsOf(r pool.Request, o *matching.Offer) (n needs) {
	if !r.AcceptsClass(o.Lot.Class) {
		n.classes = append(n.classes, o.Lot.Class)
	}
	if !r.AcceptsSite(o.Lot.Site) {
		n.sites = append(n.sites, o.Lot.Site)
	}
	if !r.AcceptsJurisdiction(o.Site) {
		n.jurisdictions = append(n.jurisdictions, o.Site.Country)
	}
	return n
}

func (n *needs) add(other needs) {
	n.classes = union(n.classes, other.classes)
	n.sites = union(n.sites, other.sites)
	n.jurisdictions = union(n.jurisdictions, other.jurisdictions)
}

func (n *needs) key() string {
	return strings.Join([]string{
		strings.Join(texts(n.classes), "\x00"), strings.Join(texts(n.sites), "\x00"), strings.Join(texts(n.jurisdictions), "\x00"),
	}, "\x01")
}

func (n *needs) widening(r pool.Request, nation pool.Nation, offers []matching.Offer, before []pool.LotID) Widening {
	r.Accepts.Classes = union(r.Accepts.Classes, n.classes)
	r.Accepts.Sites = union(r.Accepts.Sites, n.sites)
	r.Accepts.Jurisdictions = union(r.Accepts.Jurisdictions, n.jurisdictions)
	w := Widening{Classes: texts(n.classes), Sites: texts(n.sites), Jurisdictions: texts(n.jurisdictions)}
	for _, lot := range matching.Match(r, nation, offers).Lots {
		w.Lots = append(w.Lots, string(lot))
		if !slices.Contains(before, lot) {
			w.Added = append(w.Added, string(lot))
		}
	}
	return w
}

// union is a with what b has besides; neither is written to.
func union[T ~string](a, b []T) []T {
	sum := slices.Clone(a)
	for _, e := range b {
		if !slices.Contains(sum, e) {
			sum = append(sum, e)
		}
	}
	return sum
}

func texts[T ~string](list []T) []string {
	var all []string
	for _, e := range list {
		all = append(all, string(e))
	}
	slices.Sort(all)
	return all
}
