package fairshare

import (
	"cmp"
	"slices"
)

// market is the supply: lots in groups, and the signatures of the requests.
//
// A signature is a set of lots that some request of the round, held or not,
// may use. Lots with the same signatures and the same open_to are one group:
// no division can tell them apart.
type market struct {
	// lots of group g: lot[lotStart[g]:lotStart[g+1]], by (end, id); groups
	// stand in the order of their first lots.
	lotStart, lot []int32
	supply        []int64   // group → supply
	openTo        [][]int32 // group → indices of the nodes it is open to; nil all
	groupOf       []int32   // lot → group
	turn          []int32   // lot → its place by (end, id)

	signatureOf     []int32   // eligibility → signature, −1 unused
	signatureGroups [][]int32 // signature → groups, sorted
}

// groupLots sorts the lots into groups.
func (f *freezer) groupLots() market {
	s := f.snapshot
	m := market{signatureOf: f.numberSignatures()}
	signaturesOf := make([][]int32, len(s.lots)) // lot → signatures, sorted
	named := int32(0)
	for elig, sig := range m.signatureOf {
		if sig < named {
			continue // unused, or the same set as before
		}
		named = sig + 1
		for _, lot := range f.lotsOf[elig] {
			signaturesOf[lot] = append(signaturesOf[lot], sig)
		}
	}
	byEnd := make([]int32, len(s.lots))
	for i := range byEnd {
		byEnd[i] = int32(i)
	}
	slices.SortStableFunc(byEnd, func(a, b int32) int { return s.lots[a].Ends.Compare(s.lots[b].Ends) })

	m.groupOf, m.turn = make([]int32, len(s.lots)), make([]int32, len(s.lots))
	groups := map[string]int32{}
	var members [][]int32
	for turn, lot := range byEnd {
		m.turn[lot] = int32(turn)
		key := groupKey(signaturesOf[lot], f.openTo[lot])
		g, known := groups[key]
		if !known {
			g = int32(len(members))
			groups[key] = g
			members = append(members, nil)
			m.openTo = append(m.openTo, f.openTo[lot])
		}
		members[g] = append(members[g], lot)
		m.groupOf[lot] = g
	}
	m.lotStart = append(m.lotStart, 0)
	m.supply = make([]int64, len(members))
	m.signatureGroups = make([][]int32, named)
	for g, lots := range members {
		m.lot = append(m.lot, lots...)
		m.lotStart = append(m.lotStart, int32(len(m.lot)))
		for _, lot := range lots {
			m.supply[g] += s.lots[lot].Supply.GPUMilliseconds()
		}
		for _, sig := range signaturesOf[lots[0]] {
			m.signatureGroups[sig] = append(m.signatureGroups[sig], int32(g))
		}
	}
	return m
}

// numberSignatures numbers the distinct sets of lots among the eligibilities
// that requests use, in the order of their first eligibility.
func (f *freezer) numberSignatures() []int32 {
	s := f.snapshot
	inUse := make([]bool, len(s.eligs))
	for slot := range s.requests {
		inUse[s.requests[slot].elig] = true
	}
	numbers := make([]int32, len(s.eligs))
	known := map[string]int32{}
	for i, lots := range f.lotsOf {
		numbers[i] = -1
		if !inUse[i] {
			continue
		}
		key := string(appendInts(nil, lots))
		sig, ok := known[key]
		if !ok {
			sig = int32(len(known))
			known[key] = sig
		}
		numbers[i] = sig
	}
	return numbers
}

func groupKey(signatures, openTo []int32) string {
	key := appendInts(nil, signatures)
	if openTo != nil {
		key = append(key, "open to"...)
		key = appendInts(key, slices.SortedFunc(slices.Values(openTo), cmp.Compare[int32]))
	}
	return string(key)
}

func appendInts(to []byte, list []int32) []byte {
	for _, v := range list {
		to = append(to, byte(v>>24), byte(v>>16), byte(v>>8), byte(v))
	}
	return append(to, ';')
}

// whole is the supply of all groups, as portions.
func (m *market) whole() []portion {
	var all []portion
	for g, amount := range m.supply {
		if amount > 0 {
			all = append(all, portion{int32(g), amount})
		}
	}
	return all
}

// lots lists the lots of a group, earliest ending first.
func (m *market) lots(g int32) []int32 { return m.lot[m.lotStart[g]:m.lotStart[g+1]] }
