package fairshare

// network is the flow network of one division: source → port → signature →
// group → sink. A port stands for one child of a node, with one entry per
// signature of its demand, or, at a leaf, for all requests of one signature.
//
// Maximum flows are found by Dinic's algorithm (Dinitz 1970): shortest
// augmenting paths by levels. The flow itself is not unique; its value and the
// set reachable from the source in the residual graph (the source side of the
// smallest minimum cut) are.
type network struct {
	ports, signatures, groups int

	// Edges in pairs: edge e runs to[e] with rest[e] capacity left, e^1 is its
	// reverse. Edge 2i is source → port i; then the entries; then signature →
	// group; the last groups edges run to the sink.
	first []int32 // node → its first edge, −1 none
	next  []int32 // edge → the node's next edge
	to    []int32
	rest  []int64
	full  []int64 // capacities, to start over from

	sinkEdge int32 // the first edge to the sink
	level    []int32
	current  []int32
	queue    []int32
}

const (
	sourceNode = int32(0)
	sinkNode   = int32(1)
)

func (n *network) portNode(i int) int32      { return int32(2 + i) }
func (n *network) signatureNode(k int) int32 { return int32(2 + n.ports + k) }
func (n *network) groupNode(j int) int32     { return int32(2 + n.ports + n.signatures + j) }

// reset makes a network with the given sizes and no entries.
func (n *network) reset(ports, signatures, groups int) {
	n.ports, n.signatures, n.groups = ports, signatures, groups
	nodes := 2 + ports + signatures + groups
	n.first = resize(n.first, nodes)
	n.level = resize(n.level, nodes)
	n.current = resize(n.current, nodes)
	for i := range n.first {
		n.first[i] = -1
	}
	n.next, n.to, n.rest, n.full = n.next[:0], n.to[:0], n.rest[:0], n.full[:0]
	for i := range ports {
		n.edge(sourceNode, n.portNode(i), 0)
	}
}

func (n *network) edge(from, to int32, capacity int64) {
	e := int32(len(n.to))
	n.to = append(n.to, to, from)
	n.rest = append(n.rest, capacity, 0)
	n.full = append(n.full, capacity, 0)
	n.next = append(n.next, n.first[from], n.first[to])
	n.first[from], n.first[to] = e, e+1
}

// entry lets port i use up to the given demand of signature k.
func (n *network) entry(i, k int, demand int64) {
	n.edge(n.portNode(i), n.signatureNode(k), demand)
}

// admit lets signature k use group j.
func (n *network) admit(k, j int) {
	n.edge(n.signatureNode(k), n.groupNode(j), unbounded)
}

// supply gives the groups their supplies; it is the last step of building.
func (n *network) supply(amounts []portion) {
	n.sinkEdge = int32(len(n.to))
	for j, s := range amounts {
		n.edge(n.groupNode(j), sinkNode, s.amount)
	}
}

// maxflow is the value of a maximum flow when port i offers offers[i].
func (n *network) maxflow(offers []int64) (total int64) {
	copy(n.rest, n.full)
	for i, v := range offers {
		n.rest[2*i] = v
	}
	return n.augment()
}

// augment adds to the present flow until it is maximal, and returns how much.
func (n *network) augment() (total int64) {
	for n.layer() {
		copy(n.current, n.first)
		for {
			pushed := n.push(sourceNode, unbounded)
			if pushed == 0 {
				break
			}
			total += pushed
		}
	}
	return total
}

// layer finds the distances from the source in the residual graph (−1 where
// there is no way) and says whether the sink can be reached.
func (n *network) layer() bool {
	for i := range n.level {
		n.level[i] = -1
	}
	n.level[sourceNode] = 0
	n.queue = append(n.queue[:0], sourceNode)
	for head := 0; head < len(n.queue); head++ {
		v := n.queue[head]
		for e := n.first[v]; e >= 0; e = n.next[e] {
			if w := n.to[e]; n.rest[e] > 0 && n.level[w] < 0 {
				n.level[w] = n.level[v] + 1
				n.queue = append(n.queue, w)
			}
		}
	}
	return n.level[sinkNode] >= 0
}

// push sends up to limit from v to the sink along shortest paths.
func (n *network) push(v int32, limit int64) (sent int64) {
	if v == sinkNode {
		return limit
	}
	for e := n.current[v]; e >= 0; e = n.next[e] {
		n.current[v] = e
		w := n.to[e]
		if n.rest[e] <= 0 || n.level[w] != n.level[v]+1 {
			continue
		}
		got := n.push(w, min(limit-sent, n.rest[e]))
		n.rest[e] -= got
		n.rest[e^1] += got
		sent += got
		if sent == limit {
			return sent
		}
	}
	n.current[v] = -1
	return sent
}

// admitted is the present flow of the p-th admitted pair of signature and group
// in a network with one entry per port.
func (n *network) admitted(p int) int64 { return n.rest[2*(2*n.ports+p)+1] }

// portReached tells, after a maximum flow, whether a port can be reached from
// the source in the residual graph.
func (n *network) portReached(i int) bool { return n.level[n.portNode(i)] >= 0 }

// reachedGroups names the groups of the supply that can be reached from the
// source after a maximum flow: those on its side of the smallest minimum cut.
func (n *network) reachedGroups(supply []portion) []int32 {
	reached := []int32{}
	for j, p := range supply {
		if n.level[n.groupNode(j)] >= 0 {
			reached = append(reached, p.group)
		}
	}
	return reached
}

// resize returns a slice of n elements, keeping the array where it is enough.
// The elements hold anything.
func resize[T any](s []T, n int) []T {
	if cap(s) >= n {
		return s[:n]
	}
	return make([]T, n, n+n/2)
}
