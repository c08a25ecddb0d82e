package bench

import (
	"math/bits"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// Bare is a tree with nothing but weights, laid out level by level: the least
// that any division of it has to touch. A request weighs what it asks for.
type Bare struct {
	first  []int32 // children of i: first[i] up to first[i+1]
	weight []int64
	x      []int64
}

// NewBare lays out the nodes and requests of an input.
func NewBare(in *fairshare.Input) *Bare {
	at := make(map[string]int, len(in.Nodes))
	for i := range in.Nodes {
		at[in.Nodes[i].ID] = i
	}
	below := make([][]int32, len(in.Nodes)) // requests count on from the nodes
	root := int32(0)
	for i := range in.Nodes {
		if parent, ok := at[in.Nodes[i].Parent]; ok {
			below[parent] = append(below[parent], int32(i))
		} else {
			root = int32(i)
		}
	}
	for i := range in.Requests {
		leaf := at[in.Requests[i].Node]
		below[leaf] = append(below[leaf], int32(len(in.Nodes)+i))
	}
	b := &Bare{}
	order := []int32{root}
	for k := 0; k < len(order); k++ {
		b.first = append(b.first, int32(len(order)))
		i := int(order[k])
		if i < len(in.Nodes) {
			b.weight = append(b.weight, in.Nodes[i].Weight)
			order = append(order, below[i]...)
		} else {
			b.weight = append(b.weight, in.Requests[i-len(in.Nodes)].Max.GPUMilliseconds())
		}
	}
	b.first = append(b.first, int32(len(order)))
	b.x = make([]int64, len(order))
	return b
}

// Divide hands the total down: everyone gets ⌊parent's·weight/Σ weights⌋.
func (b *Bare) Divide(total int64) {
	b.x[0] = total
	for i, x := range b.x {
		from, till := b.first[i], b.first[i+1]
		var sum uint64
		for _, w := range b.weight[from:till] {
			sum += uint64(w)
		}
		for c := from; c < till; c++ {
			hi, lo := bits.Mul64(uint64(x), uint64(b.weight[c]))
			q, _ := bits.Div64(hi, lo, sum)
			b.x[c] = int64(q)
		}
	}
}
