package fairshare

import "sync"

// division is how a set of claims was settled, for the reasons.
type division struct {
	code     divisionCode
	standing int32    // claims that stand at the level and wanted more
	last     fraction // the key of the last unit given out
	tight    []int32  // the groups that hold it down
	would    int64    // dropped: the request's share with minima ignored
}

type divisionCode uint8

const (
	shared  divisionCode = iota // to one level, every lot interchangeable
	heldBy                      // to one level, by the tight groups
	dropped                     // below its minimum
)

// divisions numbers the divisions of a pass. Each worker fills chunks of its
// own, so the numbers depend on the workers; nothing that leaves the engine
// shows them.
type divisions struct {
	mu     sync.Mutex
	chunks [][]division
}

const chunkBits = 10

// noneUsable is the division of a claimant that can use nothing of its
// parent's supply.
const noneUsable = int32(0)

func (d *divisions) at(number int32) *division {
	return &d.chunks[number>>chunkBits][number&(1<<chunkBits-1)]
}

// recorder adds divisions to a pass from one worker.
type recorder struct {
	to    *divisions
	chunk []division // being filled
	first int32      // the number of its first
	used  int32
}

func (r *recorder) record(v division) int32 {
	if r.used == int32(len(r.chunk)) {
		r.chunk, r.used = make([]division, 1<<chunkBits), 0
		r.to.mu.Lock()
		r.first = int32(len(r.to.chunks)) << chunkBits
		r.to.chunks = append(r.to.chunks, r.chunk)
		r.to.mu.Unlock()
	}
	r.chunk[r.used] = v
	r.used++
	return r.first + r.used - 1
}
