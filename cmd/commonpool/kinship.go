package main

import (
	"slices"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// kinship is who hangs on whom in a snapshot, by indices.
type kinship struct {
	parent []int   // node → node above; −1 for the pool
	down   []int   // every node, parents before children
	nodeOf []int32 // request → its node
	asked  []int64 // node → Σ maxima of the requests below that are not held
}

func newKinship(s *fairshare.Snapshot) *kinship {
	nodes := s.Nodes()
	k := &kinship{
		parent: make([]int, len(nodes)),
		nodeOf: make([]int32, s.NumRequests()),
		asked:  make([]int64, len(nodes)),
	}
	children := make([]int, len(nodes)) // not yet listed
	for i := range nodes {
		k.parent[i] = -1
		if nodes[i].Parent != "" {
			k.parent[i], _ = s.FindNode(nodes[i].Parent)
			children[k.parent[i]]++
		}
	}
	for i := range nodes {
		for n := i; n >= 0 && children[n] == 0; n = k.parent[n] {
			children[n] = -1
			k.down = append(k.down, n)
			if k.parent[n] >= 0 {
				children[k.parent[n]]--
			}
		}
	}
	slices.Reverse(k.down)
	for i := range s.NumRequests() {
		r := s.Request(i)
		node, _ := s.FindNode(r.Node)
		k.nodeOf[i] = int32(node)
		if !r.Held {
			k.asked[node] = addUpTo(k.asked[node], r.Max.GPUMilliseconds())
		}
	}
	for _, n := range slices.Backward(k.down) {
		if p := k.parent[n]; p >= 0 {
			k.asked[p] = addUpTo(k.asked[p], k.asked[n])
		}
	}
	return k
}

// branches says for every node below which child of the parent it stands, the
// child itself included; −1 elsewhere. The parent −1 has one child, the pool.
func (k *kinship) branches(parent int) []int {
	branch := make([]int, len(k.parent))
	for _, n := range k.down {
		switch p := k.parent[n]; {
		case p == parent:
			branch[n] = n
		case p < 0:
			branch[n] = -1
		default:
			branch[n] = branch[p]
		}
	}
	return branch
}
