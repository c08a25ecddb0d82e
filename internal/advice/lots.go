package advice

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/matching"
)

// isOwn reports whether a condition speaks of the researcher's own choice. They
// are the last in the order of matching, so that a lot which one of them claims
// fails none of the others'.
func isOwn(condition string) bool {
	switch matching.Condition(condition) {
	case matching.Class, matching.Site, matching.Jurisdiction:
		return true
	}
	return false
}

// reach is what a snapshot tells about the lots that a request may use.
type reach struct {
	lots []fairshare.Lot // all, by id
	has  set             // lots that it may use
	// won are the lots that it could use by accepting more; barred those that
	// something else removed or that are not open to its nation.
	won, barred set
	// classes and sites are accepted now, as far as the records show it.
	classes, sites set
}

type set map[string]bool

func (s set) addAll(list []string) {
	for _, e := range list {
		s[e] = true
	}
}

func newReach(s *fairshare.Snapshot, r fairshare.Request, nation string) *reach {
	e := eligibility(s, r.Eligibility)
	x := &reach{s.Lots(), set{}, set{}, set{}, set{}, set{}}
	x.has.addAll(e.Lots)
	known := set{} // lots whose class is accepted: site and jurisdiction are asked after it
	for condition, lots := range e.ExcludedBy {
		switch {
		case !isOwn(condition):
			x.barred.addAll(lots)
			continue
		case condition != string(matching.Class):
			known.addAll(lots)
		}
		x.won.addAll(lots)
	}
	for _, l := range x.lots {
		if l.OpenTo != nil && !slices.Contains(l.OpenTo, nation) {
			x.barred[l.ID] = true
		}
		if x.has[l.ID] {
			x.sites[l.Site] = true
		}
		if x.has[l.ID] || known[l.ID] {
			x.classes[l.Class] = true
		}
	}
	maps.DeleteFunc(x.won, func(lot string, _ bool) bool { return x.barred[lot] || x.has[lot] })
	return x
}

// inferWidenings lists the larger sets of lots that the request could use, from
// the snapshot's records alone: by accepting one class, one site, one class at
// one site or one class everywhere; everything; and each existing eligibility
// that has more. The widest comes first, then those that name less, then those
// that add more supply.
//
// Where the records do not show whether a site is accepted (all its lots were
// removed by their class), it is named.
func inferWidenings(s *fairshare.Snapshot, r fairshare.Request, nation string) []Widening {
	x := newReach(s, r, nation)
	var list []Widening
	offer := func(lots func(l *fairshare.Lot) bool) { list = append(list, x.widening(lots)) }
	with := func(classes, sites set) {
		offer(func(l *fairshare.Lot) bool {
			return x.won[l.ID] && (x.classes[l.Class] || classes == nil || classes[l.Class]) &&
				(x.sites[l.Site] || sites == nil || sites[l.Site])
		})
	}
	with(nil, nil)
	seen := map[[2]string]bool{}
	for i := range x.lots {
		l := &x.lots[i]
		if place := [2]string{l.Class, l.Site}; x.won[l.ID] && !seen[place] {
			seen[place] = true
			with(set{l.Class: true}, set{})
			with(set{}, set{l.Site: true})
			with(set{l.Class: true}, set{l.Site: true})
			with(set{l.Class: true}, nil)
			with(nil, set{l.Site: true})
		}
	}
	for _, e := range s.Eligibilities() {
		theirs := set{}
		theirs.addAll(e.Lots)
		if within(x.has, theirs) && !meet(x.barred, theirs, x.has) {
			offer(func(l *fairshare.Lot) bool { return theirs[l.ID] })
		}
	}
	return orderWidenings(s, list)
}

// widening is the set of the lots that the request has and some more.
func (x *reach) widening(more func(*fairshare.Lot) bool) Widening {
	var w Widening
	for i := range x.lots {
		switch l := &x.lots[i]; {
		case x.has[l.ID]:
			w.Lots = append(w.Lots, l.ID)
		case more(l):
			w.Lots = append(w.Lots, l.ID)
			w.Added = append(w.Added, l.ID)
			if !x.classes[l.Class] {
				w.Classes = append(w.Classes, l.Class)
			}
			if !x.sites[l.Site] {
				w.Sites = append(w.Sites, l.Site)
			}
		}
	}
	slices.Sort(w.Classes)
	slices.Sort(w.Sites)
	w.Classes, w.Sites = slices.Compact(w.Classes), slices.Compact(w.Sites)
	return w
}

// fitWidenings keeps of the given sets the lots that the snapshot has and that
// are open to the nation.
func fitWidenings(s *fairshare.Snapshot, r fairshare.Request, nation string, given []Widening) []Widening {
	x := newReach(s, r, nation)
	var list []Widening
	for _, g := range given {
		lots := set{}
		lots.addAll(g.Lots)
		w := x.widening(func(l *fairshare.Lot) bool {
			return lots[l.ID] && (l.OpenTo == nil || slices.Contains(l.OpenTo, nation))
		})
		w.Classes, w.Sites, w.Jurisdictions = g.Classes, g.Sites, g.Jurisdictions
		list = append(list, w)
	}
	return orderWidenings(s, list)
}

// orderWidenings leaves out those that add nothing and, of those with the same
// lots, all but the one that names least.
func orderWidenings(s *fairshare.Snapshot, list []Widening) []Widening {
	supply := map[string]int64{}
	for _, l := range s.Lots() {
		supply[l.ID] = l.Supply.GPUMilliseconds()
	}
	added := func(w *Widening) (sum int64) {
		for _, lot := range w.Added {
			sum += supply[lot]
		}
		return sum
	}
	list = slices.DeleteFunc(list, func(w Widening) bool { return len(w.Added) == 0 })
	slices.SortStableFunc(list, func(a, b Widening) int {
		return cmp.Or(cmp.Compare(a.names(), b.names()), -cmp.Compare(added(&a), added(&b)), slices.Compare(a.Lots, b.Lots))
	})
	seen := set{}
	list = slices.DeleteFunc(list, func(w Widening) bool {
		key := strings.Join(w.Added, "\x00")
		defer func() { seen[key] = true }()
		return seen[key]
	})
	if len(list) > 0 {
		widest := 0
		for i := range list {
			if len(list[i].Added) > len(list[widest].Added) {
				widest = i
			}
		}
		w := list[widest]
		list = slices.Insert(slices.Delete(list, widest, widest+1), 0, w)
	}
	return list
}

// supplyOf is what the lots of a request hold together.
func (q *question) supplyOf(r fairshare.Request) (sum int64) {
	usable := set{}
	usable.addAll(eligibility(q.s, r.Eligibility).Lots)
	for _, l := range q.s.Lots() {
		if usable[l.ID] {
			sum += l.Supply.GPUMilliseconds()
		}
	}
	return sum
}

// eligibility finds a record by its id.
func eligibility(s *fairshare.Snapshot, id string) fairshare.Eligibility {
	all := s.Eligibilities()
	i, _ := slices.BinarySearchFunc(all, id, func(e fairshare.Eligibility, id string) int { return cmp.Compare(e.ID, id) })
	return all[i]
}

// eligibilityWith is the id of the first record with just these lots, which are
// in order; "" if there is none.
func eligibilityWith(s *fairshare.Snapshot, lots []string) string {
	for _, e := range s.Eligibilities() {
		if len(e.Lots) == len(lots) && slices.Equal(slices.Sorted(slices.Values(e.Lots)), lots) {
			return e.ID
		}
	}
	return ""
}

// within reports whether b has all of a.
func within(a, b set) bool {
	for e := range a {
		if !b[e] {
			return false
		}
	}
	return true
}

// meet reports whether a and b share something that is not in except.
func meet(a, b, except set) bool {
	for e := range a {
		if b[e] && !except[e] {
			return true
		}
	}
	return false
}
