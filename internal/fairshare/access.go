package fairshare

import "slices"

// access says, within one division, which groups of the supply each signature
// may use. Signatures and groups are numbered locally, from 0.
type access struct {
	supply []portion
	total  int64
	// start and group hold, per local signature, its local groups in order.
	start, group []int32
	// same: every signature that may use anything may use everything.
	same bool

	// bits holds the same as sets: words of them per local signature.
	bits  []uint64
	words int

	local []int32 // signature → local number + 1, valid where stamped
	stamp []int32
	now   int32
}

// open prepares the access of the given signatures to a supply of positive
// portions. Signatures that may use none of it get no local number.
func (a *access) open(s *Snapshot, signatures []int32, supply []portion) {
	if len(a.stamp) < len(s.market.signatureGroups) {
		a.stamp = make([]int32, len(s.market.signatureGroups))
		a.local = make([]int32, len(s.market.signatureGroups))
	}
	a.now++
	a.supply, a.total, a.same = supply, 0, true
	for _, p := range supply {
		a.total += p.amount
	}
	a.start, a.group = append(a.start[:0], 0), a.group[:0]
	a.words = (len(supply) + 63) / 64
	a.bits = a.bits[:0]
	for _, sig := range signatures {
		before := len(a.group)
		a.group = commonGroups(a.group, s.market.signatureGroups[sig], supply)
		found := len(a.group) - before
		a.stamp[sig], a.local[sig] = a.now, 0
		if found == 0 {
			continue
		}
		a.start = append(a.start, int32(len(a.group)))
		a.addBits(a.group[before:])
		a.local[sig] = int32(len(a.start) - 1)
		a.same = a.same && found == len(supply)
	}
}

// addBits adds the set of one more local signature.
func (a *access) addBits(groups []int32) {
	from := len(a.bits)
	a.bits = append(a.bits, make([]uint64, a.words)...)
	for _, j := range groups {
		a.bits[from+int(j>>6)] |= 1 << (j & 63)
	}
}

// has tells whether local signature k may use local group j.
func (a *access) has(k, j int32) bool {
	return a.bits[int(k)*a.words+int(j>>6)]>>(j&63)&1 == 1
}

// commonGroups appends the positions in supply of the groups that are also in
// the sorted list.
func commonGroups(to, list []int32, supply []portion) []int32 {
	if len(list) == 0 {
		return to
	}
	for j, p := range supply {
		if _, found := slices.BinarySearch(list, p.group); found {
			to = append(to, int32(j))
		}
	}
	return to
}

// signatures is the number of local signatures.
func (a *access) signatures() int { return len(a.start) - 1 }

// number is the local number of a signature, −1 if it may use nothing here.
func (a *access) number(signature int32) int32 {
	if a.stamp[signature] != a.now {
		return -1
	}
	return a.local[signature] - 1
}

// of lists the local groups of a local signature.
func (a *access) of(k int32) []int32 { return a.group[a.start[k]:a.start[k+1]] }

// amount is the supply of the local groups of a local signature.
func (a *access) amount(k int32) (sum int64) {
	if a.same {
		return a.total
	}
	for _, j := range a.of(k) {
		sum += a.supply[j].amount
	}
	return sum
}
