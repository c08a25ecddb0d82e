package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// Shape is what a generated round looks like.
type Shape struct {
	Seed                            uint64
	Requests                        int
	Nations, Institutions, Projects int
	// Lots are parted into Groups by which of the Signatures may use them; at
	// most 16 signatures.
	Lots, Groups, Signatures int
	// MinimumPercent of the requests have a minimum.
	MinimumPercent int
	// SupplyPercent is the supply as a part of what is asked for.
	SupplyPercent int64
}

// Million is the round of the issue: a million requests below 200,000 projects
// of 20,000 institutions of 200 nations, for one interchangeable supply.
func Million() Shape {
	return Shape{
		Seed: 20261201, Requests: 1_000_000, Nations: 200, Institutions: 20_000, Projects: 200_000,
		Lots: 1, Groups: 1, Signatures: 1, MinimumPercent: 10, SupplyPercent: 22,
	}
}

// ManyLots is the same round with 1,000 lots in 256 groups and 16 signatures.
func (s Shape) ManyLots() Shape {
	s.Lots, s.Groups, s.Signatures = 1000, 256, 16
	return s
}

// WithoutMinima is the same round with every minimum left out.
func (s Shape) WithoutMinima() Shape {
	s.MinimumPercent = 0
	return s
}

// Scaled is a round of the same shape with so many requests.
func (s Shape) Scaled(requests int) Shape {
	scale := func(n int) int { return max(1, n*requests/s.Requests) }
	s.Nations, s.Institutions, s.Projects = scale(s.Nations), scale(s.Institutions), scale(s.Projects)
	s.Requests = requests
	return s
}

// gpuHour is one hour of the reference GPU.
const gpuHour = 3_600_000

var (
	start = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	end   = start.AddDate(0, 1, 0)
)

// Generate makes the round. The same shape gives the same round.
func Generate(s Shape) fairshare.Input {
	g := generator{Shape: s, r: rand.New(rand.NewPCG(s.Seed, 0))}
	g.in.Round = fairshare.Round{
		ID: "round-2026-12", Start: start, End: end,
		GuaranteePermille: 500, BankLimitRounds: 4, MaxPasses: 8,
	}
	g.tree()
	asked := g.requests()
	g.lots(asked / 100 * s.SupplyPercent)
	return g.in
}

type generator struct {
	Shape
	r  *rand.Rand
	in fairshare.Input
}

// owner picks one of n for the i-th thing: everyone has one, the rest are
// spread unevenly, the square of a uniform number.
func (g *generator) owner(i, n int) int {
	if i < n {
		return i
	}
	u := g.r.Float64()
	return int(u * u * float64(n))
}

func (g *generator) tree() {
	g.in.Nodes = append(g.in.Nodes, fairshare.Node{ID: "pool", Kind: fairshare.KindPool, Weight: 1})
	g.level(fairshare.KindNation, "n%03d", g.Nations, []string{"pool"})
	nations := g.names("n%03d", g.Nations)
	g.level(fairshare.KindInstitution, "i%05d", g.Institutions, nations)
	g.level(fairshare.KindProject, "p%06d", g.Projects, g.names("i%05d", g.Institutions))
}

func (g *generator) names(format string, n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf(format, i)
	}
	return names
}

// level makes the nodes of one level with random weights and, for every other
// pair of siblings, balances of opposite sign.
func (g *generator) level(kind, format string, n int, parents []string) {
	owing := make([]*fairshare.Node, len(parents)) // the first of a pair
	first := len(g.in.Nodes)
	for i := range n {
		g.in.Nodes = append(g.in.Nodes, fairshare.Node{
			ID: fmt.Sprintf(format, i), Parent: parents[g.owner(i, len(parents))], Kind: kind,
			Weight: 1 + g.r.Int64N(1000),
		})
	}
	at := make(map[string]int, len(parents))
	for i, parent := range parents {
		at[parent] = i
	}
	for i := first; i < len(g.in.Nodes); i++ {
		node := &g.in.Nodes[i]
		p := at[node.Parent]
		if owing[p] == nil {
			if g.r.IntN(2) == 0 {
				owing[p] = node
			}
			continue
		}
		amount := g.r.Int64N(20 * gpuHour)
		owing[p].Balance, node.Balance = credit.GPUMilliseconds(-amount), credit.GPUMilliseconds(amount)
		owing[p] = nil
	}
}

// requests makes the requests and returns what they ask for in all.
func (g *generator) requests() (asked int64) {
	projects := g.names("p%06d", g.Projects)
	signatures := g.names("sig-%02d", g.Signatures)
	g.in.Requests = make([]fairshare.Request, g.Requests)
	for i := range g.in.Requests {
		most := g.size()
		least := int64(0)
		if g.r.IntN(100) < g.MinimumPercent {
			least = most * (10 + g.r.Int64N(91)) / 100
		}
		asked += most
		g.in.Requests[i] = fairshare.Request{
			ID:          fmt.Sprintf("r%08x", uint32(i)*2654435761), // odd: no two alike
			Node:        projects[g.owner(i, len(projects))],
			Eligibility: signatures[g.owner(i, len(signatures))],
			Min:         credit.GPUMilliseconds(least),
			Max:         credit.GPUMilliseconds(most),
			Rank:        1 + int64(g.r.IntN(3)),
			Submitted:   start.Add(-time.Duration(g.r.IntN(30*24*3600)) * time.Second),
		}
	}
	return asked
}

// size is Pareto with exponent 1.16 (a fifth asks for four fifths), from one
// GPU-hour to 100,000.
func (g *generator) size() int64 {
	hours := math.Pow(1-g.r.Float64(), -1/1.16)
	return int64(min(hours, 100_000) * gpuHour)
}

// lots divides a supply over the lots at random. Lot i is of group i mod
// Groups; a group has its own set of signatures, so that no two are alike.
func (g *generator) lots(supply int64) {
	masks := g.masks()
	parts := make([]int64, g.Lots)
	var sum int64
	for i := range parts {
		parts[i] = 1 + g.r.Int64N(1000)
		sum += parts[i]
	}
	for k := range g.Signatures {
		g.in.Eligibilities = append(g.in.Eligibilities, fairshare.Eligibility{ID: fmt.Sprintf("sig-%02d", k), Lots: []string{}})
	}
	for i, part := range parts {
		id := fmt.Sprintf("lot-%03d", i)
		g.in.Lots = append(g.in.Lots, fairshare.Lot{
			ID: id, Class: "a100-40gb", Site: fmt.Sprintf("site-%02d", i%40),
			Ends:   end.AddDate(0, 0, -g.r.IntN(20)),
			Supply: credit.GPUMilliseconds(supply / sum * part),
		})
		for k := range g.Signatures {
			if masks[i%g.Groups]>>k&1 == 1 {
				g.in.Eligibilities[k].Lots = append(g.in.Eligibilities[k].Lots, id)
			}
		}
	}
}

// masks draws, per group, a set of signatures, each set once and none empty.
func (g *generator) masks() []uint16 {
	if g.Groups > min(g.Lots, 1<<g.Signatures-1) || g.Signatures > min(16, g.Requests) {
		panic("bench: a shape with more groups than its lots and signatures can tell apart")
	}
	drawn := map[uint16]bool{0: true}
	var masks []uint16
	for len(masks) < g.Groups {
		mask := uint16(g.r.IntN(1 << g.Signatures))
		if !drawn[mask] {
			drawn[mask] = true
			masks = append(masks, mask)
		}
	}
	return masks
}
