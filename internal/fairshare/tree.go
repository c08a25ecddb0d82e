package fairshare

import (
	"slices"
	"strconv"
)

// tree is the nodes laid out by level: place 0 is the pool, and the children
// of one node stand together in the order of their ids.
type tree struct {
	node   []int32 // place → index into the snapshot's nodes
	place  []int32 // index → place
	parent []int32 // place → place of the parent (0 for the pool)
	nation []int32 // place → place of the child of the pool above; 0 for the pool
	first  []int32 // children of p: places first[p] up to first[p+1]
	slot   []int32 // requests of p: slots slot[p] up to slot[p+1]
	terms  []terms // place → what the node brings to its parent's division

	// signatures of p: signature[from[p]:till[p]], sorted: those of the
	// requests below that are not held.
	from, till []int32
	signature  []int32
}

// terms are the numbers of a node, in gpu_ms but for the weight.
type terms struct{ weight, floor, cap, balance int64 }

func termsOf(n *Node) terms {
	t := terms{n.Weight, n.Floor.GPUMilliseconds(), unbounded, n.Balance.GPUMilliseconds()}
	if n.Cap != nil {
		t.cap = n.Cap.GPUMilliseconds()
	}
	return t
}

func (t *tree) isLeaf(p int32) bool { return t.first[p] == t.first[p+1] }

// children lists the places of p's children, as a range.
func (t *tree) children(p int32) (from, till int32) { return t.first[p], t.first[p+1] }

// below counts the requests of p's subtree, for all p.
func (t *tree) below() []int32 {
	count := make([]int32, len(t.node))
	for p := len(t.node) - 1; p >= 0; p-- {
		count[p] += t.slot[p+1] - t.slot[p]
		if p > 0 {
			count[t.parent[p]] += count[p]
		}
	}
	return count
}

func quote(id string) string { return strconv.Quote(id) }

// layTree orders the nodes by level and refuses what is not one tree.
func (f *freezer) layTree() *Malformed {
	nodes := f.snapshot.nodes
	parent := make([]int32, len(nodes))
	count := make([]int32, len(nodes)+1) // children of node i: count[i+1]
	root := int32(-1)
	for i := range nodes {
		if nodes[i].Parent == "" {
			if root >= 0 {
				return f.malformed("node", int(f.nodeIndex[i]), nodes[i].ID, "parent", "a second root")
			}
			root, parent[i] = int32(i), -1
			continue
		}
		parent[i] = f.nodeOf[nodes[i].Parent]
		count[parent[i]+1]++
	}
	if root < 0 {
		return f.noRoot()
	}
	for i := range nodes {
		count[i+1] += count[i]
	}
	child := make([]int32, len(nodes)-1)
	next := slices.Clone(count[:len(nodes)])
	for i := range nodes {
		if q := parent[i]; q >= 0 {
			child[next[q]] = int32(i)
			next[q]++
		}
	}
	return f.layLevels(root, count, child)
}

func (f *freezer) noRoot() *Malformed {
	if len(f.snapshot.nodes) == 0 {
		return f.malformed("round", 0, f.in.Round.ID, "id", "no node record, expected a tree")
	}
	return f.malformed("node", int(f.nodeIndex[0]), f.snapshot.nodes[0].ID, "parent", "no root, expected one node with parent \"\"")
}

// layLevels fills the tree level by level from the root; the children of node
// i are child[start[i]:start[i+1]].
func (f *freezer) layLevels(root int32, start, child []int32) *Malformed {
	nodes, t := f.snapshot.nodes, &f.snapshot.tree
	n := len(nodes)
	t.node = append(make([]int32, 0, n), root)
	t.parent = append(make([]int32, 0, n), 0)
	t.first = make([]int32, 0, n+1)
	t.place = make([]int32, n)
	for i := range t.place {
		t.place[i] = -1
	}
	t.place[root] = 0
	depth, levelEnd := 1, 1
	for p := 0; p < len(t.node); p++ {
		if p == levelEnd {
			depth, levelEnd = depth+1, len(t.node)
		}
		if depth > MaxDepth {
			i := t.node[p]
			return f.malformed("node", int(f.nodeIndex[i]), nodes[i].ID, "parent",
				"more than "+strconv.Itoa(MaxDepth)+" levels deep")
		}
		t.first = append(t.first, int32(len(t.node)))
		i := t.node[p]
		for _, c := range child[start[i]:start[i+1]] {
			t.place[c] = int32(len(t.node))
			t.node = append(t.node, c)
			t.parent = append(t.parent, int32(p))
		}
	}
	t.first = append(t.first, int32(len(t.node)))
	if i := slices.Index(t.place, -1); i >= 0 {
		return f.malformed("node", int(f.nodeIndex[i]), nodes[i].ID, "parent", "part of a cycle")
	}
	t.settle(nodes)
	return nil
}

// settle fills in what follows from the order of the places.
func (t *tree) settle(nodes []Node) {
	n := len(t.node)
	t.terms = make([]terms, n)
	for p, i := range t.node {
		t.terms[p] = termsOf(&nodes[i])
	}
	t.nation = make([]int32, n)
	for p := 1; p < n; p++ {
		t.nation[p] = int32(p)
		if q := t.parent[p]; q != 0 {
			t.nation[p] = t.nation[q]
		}
	}
}

// listSignatures lists, for every node, the signatures of the requests below.
func (t *tree) listSignatures(s *Snapshot) {
	n := len(t.node)
	t.from, t.till = make([]int32, n), make([]int32, n)
	seen := make([]int32, len(s.market.signatureGroups))
	for p := n - 1; p >= 0; p-- {
		t.from[p] = int32(len(t.signature))
		add := func(sig int32) {
			if seen[sig] != int32(p)+1 {
				seen[sig] = int32(p) + 1
				t.signature = append(t.signature, sig)
			}
		}
		for slot := t.slot[p]; slot < t.slot[p+1]; slot++ {
			if r := &s.requests[slot]; !r.held {
				add(s.market.signatureOf[r.elig])
			}
		}
		for c := t.first[p]; c < t.first[p+1]; c++ {
			for k := t.from[c]; k < t.till[c]; k++ {
				add(t.signature[k])
			}
		}
		t.till[p] = int32(len(t.signature))
		slices.Sort(t.signature[t.from[p]:t.till[p]])
	}
	t.signature = slices.Clip(t.signature)
}
