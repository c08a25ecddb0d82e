package fairshare

import (
	"cmp"
	"slices"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
)

// Snapshot is a checked and frozen Input: sorted by id, references resolved,
// the tree laid out by level, lots grouped. It never changes.
type Snapshot struct {
	round Round
	lots  []Lot
	eligs []Eligibility
	nodes []Node

	// requests stand by leaf (in the order of the tree), then rank,
	// submission and id; a place in it is a slot. byID lists the slots by id.
	requests []request
	byID     []int32

	tree   tree
	market market
}

// request is a frozen request.
type request struct {
	id        string
	min, max  int64
	submitted int64 // microseconds since 1970
	node      int32 // index into nodes
	elig      int32 // index into eligs
	rank      int32
	held      bool
}

// Freeze checks an input and turns it into a Snapshot. It takes over the
// input's slices. A fault is returned as *Malformed: the first one found, in
// the order round, lots, eligibilities, nodes, requests, then across records.
func Freeze(in Input) (*Snapshot, error) {
	s := &Snapshot{round: in.Round}
	f := &freezer{in: &in, snapshot: s, refusedLot: map[claim]int32{}}
	steps := []func() *Malformed{
		f.checkRound, f.freezeLots, f.freezeEligibilities,
		f.freezeNodes, f.layTree, f.checkBalances, f.resolveOpenTo, f.freezeRequests,
	}
	for _, step := range steps {
		if fault := step(); fault != nil {
			return nil, fault
		}
	}
	s.market = f.groupLots()
	s.tree.listSignatures(s)
	return s, nil
}

// Round returns the round's record.
func (s *Snapshot) Round() Round { return s.round }

// Lots returns the lots in order of id. The slice is the snapshot's own.
func (s *Snapshot) Lots() []Lot { return s.lots }

// Eligibilities returns the eligibilities in order of id. The slice is the
// snapshot's own.
func (s *Snapshot) Eligibilities() []Eligibility { return s.eligs }

// Nodes returns the nodes in order of id. The slice is the snapshot's own.
func (s *Snapshot) Nodes() []Node { return s.nodes }

// NumRequests is the number of requests.
func (s *Snapshot) NumRequests() int { return len(s.requests) }

// Request returns the i-th request in order of id.
func (s *Snapshot) Request(i int) Request {
	r := &s.requests[s.byID[i]]
	return Request{
		ID:          r.id,
		Node:        s.nodes[r.node].ID,
		Eligibility: s.eligs[r.elig].ID,
		Min:         credit.GPUMilliseconds(r.min),
		Max:         credit.GPUMilliseconds(r.max),
		Rank:        int64(r.rank),
		Submitted:   time.UnixMicro(r.submitted).UTC(),
		Held:        r.held,
	}
}

// idOf leads from a slot to the request's place in the order of id.
func (s *Snapshot) idOf() []int32 {
	idOf := make([]int32, len(s.byID))
	for i, slot := range s.byID {
		idOf[slot] = int32(i)
	}
	return idOf
}

// RequestID returns the id of the i-th request in order of id.
func (s *Snapshot) RequestID(i int) string { return s.requests[s.byID[i]].id }

// FindRequest returns the place of a request in the order of id.
func (s *Snapshot) FindRequest(id string) (int, bool) {
	return slices.BinarySearchFunc(s.byID, id, func(slot int32, id string) int {
		return cmp.Compare(s.requests[slot].id, id)
	})
}

// FindNode returns the place of a node in the order of id.
func (s *Snapshot) FindNode(id string) (int, bool) {
	return slices.BinarySearchFunc(s.nodes, id, func(n Node, id string) int { return cmp.Compare(n.ID, id) })
}

// Input returns a copy whose slices may be changed and frozen again. Lists
// inside the records are shared: replace them, do not write into them.
func (s *Snapshot) Input() Input {
	in := Input{
		Round:         s.round,
		Lots:          slices.Clone(s.lots),
		Eligibilities: slices.Clone(s.eligs),
		Nodes:         slices.Clone(s.nodes),
		Requests:      make([]Request, len(s.requests)),
	}
	for i := range in.Requests {
		in.Requests[i] = s.Request(i)
	}
	return in
}

// freezer carries what the steps of Freeze share. The maps from id to index
// live only as long as it does.
type freezer struct {
	in       *Input
	snapshot *Snapshot
	lotOf    map[string]int32
	eligOf   map[string]int32
	nodeOf   map[string]int32
	// lotsOf and openTo are the resolved lists of eligibilities and lots.
	lotsOf [][]int32
	openTo [][]int32
	// refusedLot remembers, per claim, a lot that does not admit it, or −1.
	refusedLot map[claim]int32
	// nodeIndex and lotIndex lead from the sorted order to the input's.
	nodeIndex, lotIndex, eligIndex []int32
}

func (f *freezer) malformed(kind string, index int, id, field, problem string) *Malformed {
	return &Malformed{Record: Record{kind, index}, ID: id, Field: field, Problem: problem}
}

func (f *freezer) checkRound() *Malformed {
	r := &f.in.Round
	fault := func(field, problem string) *Malformed {
		return f.malformed("round", 0, r.ID, field, problem)
	}
	switch {
	case r.ID == "":
		return fault("id", "empty, expected an id")
	case !r.Start.Before(r.End):
		return fault("end", "not after start, expected a period [start, end)")
	case r.GuaranteePermille < 0 || r.GuaranteePermille > 1000:
		return fault("guarantee_permille", "expected 0 to 1000")
	case r.BankLimitRounds < 0 || r.BankLimitRounds > MaxBankLimitRounds:
		return fault("bank_limit_rounds", "expected 0 to 1000")
	case r.MaxPasses < 1 || r.MaxPasses > MaxPassesLimit:
		return fault("max_passes", "expected 1 to 1000")
	}
	return nil
}

func (f *freezer) freezeLots() *Malformed {
	lots := f.in.Lots
	var fault *Malformed
	f.lotOf, f.lotIndex, fault = sortByID(f, "lot", lots, func(l *Lot) string { return l.ID })
	if fault != nil {
		return fault
	}
	total := int64(0)
	for i := range lots {
		l := &lots[i]
		switch supply := l.Supply.GPUMilliseconds(); {
		case supply < 0:
			return f.malformed("lot", int(f.lotIndex[i]), l.ID, "supply_gpu_ms", "negative, expected an amount")
		case supply >= MaxAmount || total+supply >= MaxAmount:
			return f.malformed("lot", int(f.lotIndex[i]), l.ID, "supply_gpu_ms",
				"the total supply reaches 2^53, expected less")
		default:
			total += supply
		}
	}
	f.snapshot.lots = lots
	return nil
}

func (f *freezer) freezeEligibilities() *Malformed {
	eligs := f.in.Eligibilities
	var fault *Malformed
	f.eligOf, f.eligIndex, fault = sortByID(f, "eligibility", eligs, func(e *Eligibility) string { return e.ID })
	if fault != nil {
		return fault
	}
	f.lotsOf = make([][]int32, len(eligs))
	for i := range eligs {
		e := &eligs[i]
		list, problem := resolve(e.Lots, f.lotOf, "lot")
		if problem != "" {
			return f.malformed("eligibility", int(f.eligIndex[i]), e.ID, "lots", problem)
		}
		f.lotsOf[i] = list
		for _, condition := range sortedKeys(e.ExcludedBy) {
			if _, problem := resolve(e.ExcludedBy[condition], f.lotOf, "lot"); problem != "" {
				return f.malformed("eligibility", int(f.eligIndex[i]), e.ID, "excluded_by."+condition, problem)
			}
		}
	}
	f.snapshot.eligs = eligs
	return nil
}

func (f *freezer) freezeNodes() *Malformed {
	nodes := f.in.Nodes
	var fault *Malformed
	f.nodeOf, f.nodeIndex, fault = sortByID(f, "node", nodes, func(n *Node) string { return n.ID })
	if fault != nil {
		return fault
	}
	for i := range nodes {
		n := &nodes[i]
		if field, problem := checkNode(n); problem != "" {
			return f.malformed("node", int(f.nodeIndex[i]), n.ID, field, problem)
		}
		if _, known := f.nodeOf[n.Parent]; !known && n.Parent != "" {
			return f.malformed("node", int(f.nodeIndex[i]), n.ID, "parent", "unknown node "+quote(n.Parent))
		}
	}
	f.snapshot.nodes = nodes
	return nil
}

func checkNode(n *Node) (field, problem string) {
	floor := n.Floor.GPUMilliseconds()
	switch {
	case !slices.Contains([]string{KindPool, KindNation, KindInstitution, KindLead, KindProject}, n.Kind):
		return "kind", "unknown kind " + quote(n.Kind) + ", expected pool, nation, institution, lead or project"
	case (n.Kind == KindPool) != (n.Parent == ""):
		return "kind", "expected pool for the root, and only for it"
	case n.Weight < 0 || n.Weight > MaxWeight:
		return "weight", "expected 0 to 1000000"
	case floor < 0 || floor >= MaxAmount:
		return "floor_gpu_ms", "expected 0 to 2^53-1"
	case n.Cap != nil && (n.Cap.GPUMilliseconds() < 0 || n.Cap.GPUMilliseconds() >= MaxAmount):
		return "cap_gpu_ms", "expected null or 0 to 2^53-1"
	case n.Cap != nil && floor > n.Cap.GPUMilliseconds():
		return "floor_gpu_ms", "above cap_gpu_ms"
	case magnitude(n.Balance.GPUMilliseconds()) >= MaxAmount:
		return "balance_gpu_ms", "expected less than 2^53 either way"
	case magnitude(n.Commons.GPUMilliseconds()) >= MaxAmount:
		return "commons_gpu_ms", "expected less than 2^53 either way"
	}
	return "", ""
}

func (f *freezer) checkBalances() *Malformed {
	nodes, t := f.snapshot.nodes, &f.snapshot.tree
	for p := range t.node {
		n := t.node[p]
		var sum wideSum
		sum.add(nodes[n].Commons.GPUMilliseconds())
		for c := t.first[p]; c < t.first[p+1]; c++ {
			sum.add(t.terms[c].balance)
		}
		if !sum.isZero() {
			return f.malformed("node", int(f.nodeIndex[n]), nodes[n].ID, "commons_gpu_ms",
				"the balances of the child nodes and the commons do not sum to 0")
		}
	}
	if root := t.node[0]; nodes[root].Balance.GPUMilliseconds() != 0 {
		return f.malformed("node", int(f.nodeIndex[root]), nodes[root].ID, "balance_gpu_ms",
			"the root has no siblings, expected 0")
	}
	return nil
}

// sortByID sorts records by id in place and returns where each id stands and
// which index each had before. Ids must be present and differ.
func sortByID[T any](f *freezer, kind string, records []T, id func(*T) string) (map[string]int32, []int32, *Malformed) {
	index := make([]int32, len(records))
	for i := range index {
		index[i] = int32(i)
	}
	slices.SortStableFunc(index, func(a, b int32) int { return cmp.Compare(id(&records[a]), id(&records[b])) })
	sorted := make([]T, len(records))
	at := make(map[string]int32, len(records))
	for i, from := range index {
		sorted[i] = records[from]
		name := id(&sorted[i])
		if name == "" {
			return nil, nil, f.malformed(kind, int(from), "", "id", "empty, expected an id")
		}
		if _, twice := at[name]; twice {
			return nil, nil, f.malformed(kind, int(from), name, "id", "duplicate")
		}
		at[name] = int32(i)
	}
	copy(records, sorted)
	return at, index, nil
}

// resolve turns a list of ids into sorted indices.
func resolve(ids []string, at map[string]int32, what string) (list []int32, problem string) {
	list = make([]int32, len(ids))
	for i, id := range ids {
		n, known := at[id]
		if !known {
			return nil, "unknown " + what + " " + quote(id)
		}
		list[i] = n
	}
	slices.Sort(list)
	for i := 1; i < len(list); i++ {
		if list[i] == list[i-1] {
			return nil, "duplicate entry"
		}
	}
	return list, ""
}

func sortedKeys(m map[string][]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
