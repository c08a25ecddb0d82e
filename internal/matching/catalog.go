package matching

import (
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"
	"time"

	"github.com/commonpool/commonpool/internal/pool"
)

// Catalog matches many requests with the same offers. Each condition is
// evaluated once for each different thing that requests say about it, as a set
// of lots; requests for which all conditions leave the same sets share one
// Result. A Catalog grows with what differs between requests, not with their
// number, and is not safe for concurrent use.
type Catalog struct {
	offers []Offer // in order of id
	times  timeline

	// met[i] maps a key of rules[i] to the set of lots for which it holds.
	met [len(rules)]map[string]setID
	// sets and lists are the same sets in two forms; ids maps the bytes of a set
	// to its id.
	sets  []lotSet
	lists [][]pool.LotID
	ids   map[string]setID
	// byHolding maps the sets for which the conditions hold, and byRemoving the
	// sets that each of them removes, to the result.
	byHolding, byRemoving map[[len(rules)]setID]*Result

	key []byte // the last key, kept for its space
}

type (
	// lotSet has bit i%64 of word i/64 set if it holds the i-th offer.
	lotSet []uint64
	// setID is the index of a set in Catalog.sets; equal sets have equal ids.
	setID int32
)

// NewCatalog returns a catalog of the offers, in any order, whose lot ids
// differ. It keeps what they refer to, which must not be changed.
func NewCatalog(offers []Offer) *Catalog {
	x := &Catalog{
		offers:     slices.SortedFunc(slices.Values(offers), byLotID),
		ids:        make(map[string]setID),
		byHolding:  make(map[[len(rules)]setID]*Result),
		byRemoving: make(map[[len(rules)]setID]*Result),
	}
	for i := range x.met {
		x.met[i] = make(map[string]setID)
	}
	x.times = newTimeline(x.offers)
	return x
}

// Match returns what the function Match returns for the catalog's offers.
// Requests with equal results get the same pointer; the result is not to be
// changed.
func (x *Catalog) Match(r pool.Request, nation pool.Nation) *Result {
	c := claim{&r, &nation}
	var holds [len(rules)]setID
	for i := range rules {
		x.key = rules[i].key(x.key[:0], c, &x.times)
		id, ok := x.met[i][string(x.key)]
		if !ok {
			id = x.intern(x.evaluate(i, c))
			x.met[i][string(x.key)] = id
		}
		holds[i] = id
	}
	result, ok := x.byHolding[holds]
	if !ok {
		result = x.resolve(holds)
		x.byHolding[holds] = result
	}
	return result
}

// evaluate returns the lots for which rules[i] holds.
func (x *Catalog) evaluate(i int, c claim) lotSet {
	set := make(lotSet, (len(x.offers)+63)/64)
	for n := range x.offers {
		if rules[i].met(c, &x.offers[n]) {
			set[n/64] |= 1 << (n % 64)
		}
	}
	return set
}

// intern returns the id of a set, which it keeps.
func (x *Catalog) intern(set lotSet) setID {
	content := make([]byte, 0, 8*len(set))
	for _, word := range set {
		content = binary.LittleEndian.AppendUint64(content, word)
	}
	id, ok := x.ids[string(content)]
	if !ok {
		id = setID(len(x.sets))
		x.sets = append(x.sets, set)
		x.lists = append(x.lists, nil)
		x.ids[string(content)] = id
	}
	return id
}

// resolve gives each lot to the first condition that does not hold for it, the
// others to Lots.
func (x *Catalog) resolve(holds [len(rules)]setID) *Result {
	left := make(lotSet, (len(x.offers)+63)/64)
	for n := range x.offers {
		left[n/64] |= 1 << (n % 64)
	}
	var removed [len(rules)]setID
	for i, id := range holds {
		removed[i] = x.intern(left.remove(x.sets[id]))
	}
	if result, ok := x.byRemoving[removed]; ok {
		return result
	}
	result := &Result{Lots: x.lots(x.intern(left))}
	for i, id := range removed {
		if lots := x.lots(id); lots != nil {
			if result.ExcludedBy == nil {
				result.ExcludedBy = make(map[Condition][]pool.LotID)
			}
			result.ExcludedBy[rules[i].name] = lots
		}
	}
	x.byRemoving[removed] = result
	return result
}

// remove takes out of s what is not in keep and returns it.
func (s lotSet) remove(keep lotSet) lotSet {
	out := make(lotSet, len(s))
	for w := range s {
		out[w] = s[w] &^ keep[w]
		s[w] &= keep[w]
	}
	return out
}

// lots returns the ids of the offers in a set, in order; nil for none. It makes
// the list once.
func (x *Catalog) lots(id setID) []pool.LotID {
	if x.lists[id] != nil {
		return x.lists[id]
	}
	size := 0
	for _, word := range x.sets[id] {
		size += bits.OnesCount64(word)
	}
	if size == 0 {
		return nil
	}
	list := make([]pool.LotID, 0, size)
	for w, word := range x.sets[id] {
		for ; word != 0; word &= word - 1 {
			list = append(list, x.offers[w*64+bits.TrailingZeros64(word)].Lot.ID)
		}
	}
	x.lists[id] = list
	return list
}

// timeline is the moments at which lots start and end, each in order.
type timeline struct{ starts, ends []time.Time }

func newTimeline(offers []Offer) timeline {
	var t timeline
	for _, o := range offers {
		t.starts = append(t.starts, o.Lot.Period.Start)
		t.ends = append(t.ends, o.Lot.Period.End)
	}
	slices.SortFunc(t.starts, time.Time.Compare)
	slices.SortFunc(t.ends, time.Time.Compare)
	return t
}

// around returns how many lots end at or before the window's start, and how many
// start before its end.
func (t *timeline) around(window pool.Period) (over, begun int) {
	over = sort.Search(len(t.ends), func(i int) bool { return t.ends[i].After(window.Start) })
	begun = sort.Search(len(t.starts), func(i int) bool { return !t.starts[i].Before(window.End) })
	return over, begun
}
