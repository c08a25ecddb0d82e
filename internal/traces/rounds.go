package traces

import (
	"io"
	"math/big"
	"time"
)

// maxWeight is the weight of the group with the largest share in a round.
const maxWeight = 1_000_000

// Round is what waited on a cluster at one moment.
type Round struct {
	Cluster string
	// Time is in UTC.
	Time time.Time
	// Groups are in the order of the input; each is there once.
	Groups []RoundGroup
}

// RoundGroup is one group's waiting demand, and its share.
type RoundGroup struct {
	// Line is the 1-based line it was read from.
	Line  int
	Group string
	// GPURequests ask together for GPUs and GPUSeconds; all may be 0.
	GPURequests, GPUs, GPUSeconds int64
	// Weight is ⌈share × 1,000,000 / largest share of the round⌉: 0 only where the
	// share is 0.
	Weight int64
}

// ReadRounds reads demand by round and group, rounds in the order in which they
// first appear: a CSV with cluster, round_time (RFC 3339), group_id,
// gpu_requests, gpus, gpu_seconds and raw_share (Slurm's, a decimal of at least
// zero); further columns are ignored. Rows of a round need not be neighbours.
// Errors are *fault.Error, at the first bad line.
func ReadRounds(r io.Reader) ([]Round, error) {
	required := []string{"cluster", "round_time", "group_id", "gpu_requests", "gpus", "gpu_seconds", "raw_share"}
	var t roundTable
	if err := readTable(r, required, nil, t.row); err != nil {
		return nil, err
	}
	for i := range t.rounds {
		weigh(t.rounds[i].Groups, t.shares[i])
	}
	return t.rounds, nil
}

// roundKey tells rounds apart.
type roundKey struct {
	cluster string
	unix    int64
	nanos   int
}

// roundTable gathers rows into rounds. shares stand beside the groups they
// belong to.
type roundTable struct {
	rounds []Round
	shares [][]*big.Rat
	index  map[roundKey]int
	groups []map[string]bool
}

func (t *roundTable) row(line int, get func(string) string) error {
	g := RoundGroup{Line: line}
	cluster, err := requiredLabel("cluster", get("cluster"))
	if err != nil {
		return err
	}
	at, err := instant("round_time", get("round_time"))
	if err != nil {
		return err
	}
	if g.Group, err = requiredLabel("group_id", get("group_id")); err != nil {
		return err
	}
	if g.GPURequests, err = count("gpu_requests", get("gpu_requests"), 0); err != nil {
		return err
	}
	if g.GPUs, err = count("gpus", get("gpus"), 0); err != nil {
		return err
	}
	if g.GPUSeconds, err = count("gpu_seconds", get("gpu_seconds"), 0); err != nil {
		return err
	}
	share, err := decimal("raw_share", get("raw_share"))
	if err != nil {
		return err
	}
	i := t.round(cluster, at)
	if t.groups[i][g.Group] {
		return &refused{"group_id", "stands in this round before: " + quoted(g.Group)}
	}
	t.groups[i][g.Group] = true
	t.rounds[i].Groups = append(t.rounds[i].Groups, g)
	t.shares[i] = append(t.shares[i], share)
	return nil
}

// round finds a round, or begins it.
func (t *roundTable) round(cluster string, at time.Time) int {
	key := roundKey{cluster, at.Unix(), at.Nanosecond()}
	if i, ok := t.index[key]; ok {
		return i
	}
	if t.index == nil {
		t.index = map[roundKey]int{}
	}
	i := len(t.rounds)
	t.index[key] = i
	t.rounds = append(t.rounds, Round{Cluster: cluster, Time: at})
	t.shares = append(t.shares, nil)
	t.groups = append(t.groups, map[string]bool{})
	return i
}

// weigh sets the weights of one round's groups from their shares, exactly.
// Rounding up keeps the smallest share above zero.
func weigh(groups []RoundGroup, shares []*big.Rat) {
	largest := new(big.Rat)
	for _, s := range shares {
		if s.Cmp(largest) > 0 {
			largest = s
		}
	}
	if largest.Sign() == 0 {
		return
	}
	for i, s := range shares {
		x := new(big.Rat).Quo(s, largest)
		x.Mul(x, big.NewRat(maxWeight, 1))
		up := new(big.Int).Add(x.Num(), x.Denom())
		groups[i].Weight = up.Sub(up, big.NewInt(1)).Quo(up, x.Denom()).Int64()
	}
}
