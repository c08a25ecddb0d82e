package replay

import (
	"cmp"
	"maps"
	"slices"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/report"
)

// Summary is a round in numbers.
type Summary struct {
	// Requests took part; Carried of them were in line before. Served got
	// something, Completed got all that was left of what they requested. Waiting
	// are in line but not in this round.
	Requests, Carried, Served, Completed, Waiting int
	// Asked is the most that this round could have given to its requests.
	// Supply = Granted + Left.
	Supply, Asked, Granted, Left credit.Amount
	// Nations are all of them, in order of id.
	Nations  []NationSummary
	Equality Equality
}

// NationSummary is one nation's part in a round, or in several.
type NationSummary struct {
	Nation pool.NationID
	// Requests took part; over several rounds, one counts as often as it did.
	Requests                    int
	Asked, Granted, Entitlement credit.Amount
	// Due is what it asked for of its entitlement, the smaller of the two; over
	// several rounds, the sum of that.
	Due credit.Amount
}

// Equality measures how a division treats nations. Compared are those that asked
// for something: by weight means against the entitlement.
type Equality struct {
	// Jain is 1, and Gini 0, when all that asked got in proportion to their
	// entitlements. A nation that is entitled to nothing is left out. Who uses what
	// others did not want moves both away from that.
	Jain, Gini report.Ratio
	// Met is Jain's index of what nations got of what was due to them, beside what
	// was due: 1 when all of them had the same part of their due, and not moved by
	// what is beyond it.
	Met report.Ratio
	// HHI is the concentration of what was granted: 1 when one has it all.
	HHI report.Ratio
}

// Measure computes the indices of package report over the nations that asked.
// With nobody to compare, everybody is equal: Jain is 1.
func Measure(nations []NationSummary) Equality {
	var claims, due []report.Claim
	amounts := []int64{0} // a claimant with nothing does not change the index
	for _, n := range nations {
		amounts = append(amounts, n.Granted.GPUMilliseconds())
		if n.Asked.Sign() > 0 && n.Entitlement.Sign() > 0 {
			claims = append(claims, report.Claim{Got: n.Granted.GPUMilliseconds(), Weight: n.Entitlement.GPUMilliseconds()})
		}
		if n.Due.Sign() > 0 {
			due = append(due, report.Claim{Got: credit.Min(n.Granted, n.Due).GPUMilliseconds(), Weight: n.Due.GPUMilliseconds()})
		}
	}
	nobody := report.Claim{Weight: 1}
	if len(claims) == 0 {
		claims = append(claims, nobody)
	}
	if len(due) == 0 {
		due = append(due, nobody)
	}
	// Amounts are not negative and weights are positive: the indices have no
	// other reason to fail.
	return Equality{
		Jain: must(report.JainByWeight(claims)),
		Gini: must(report.GiniByWeight(claims)),
		Met:  must(report.JainByWeight(due)),
		HHI:  must(report.Herfindahl(amounts)),
	}
}

// must is for operations whose operands leave no error possible.
func must[T any](value T, err error) T {
	if err != nil {
		panic("replay: " + err.Error())
	}
	return value
}

func summarise(p *Played, f *Frozen) Summary {
	sum := Summary{Requests: len(p.Requests), Waiting: f.waiting}
	var asked, granted, supply, left int64
	byNation := nationTable(p.Snapshot, p.Decision)
	for i, part := range p.Requests {
		most := p.Snapshot.Request(i).Max
		n := byNation[part.Nation.ID]
		n.count(most, part.Granted)
		byNation[part.Nation.ID] = n
		asked += most.GPUMilliseconds()
		granted += part.Granted.GPUMilliseconds()
		if part.Carried {
			sum.Carried++
		}
		if part.Granted.Sign() > 0 {
			sum.Served++
		}
		if part.Granted == part.Request.Terms.Remaining(part.Awarded) {
			sum.Completed++
		}
	}
	for i, l := range p.Snapshot.Lots() {
		supply += l.Supply.GPUMilliseconds()
		left += p.Decision.Left[i]
	}
	sum.Supply, sum.Asked = credit.GPUMilliseconds(supply), credit.GPUMilliseconds(asked)
	sum.Granted, sum.Left = credit.GPUMilliseconds(granted), credit.GPUMilliseconds(left)
	sum.Nations = sortedNations(byNation)
	for i := range sum.Nations {
		sum.Nations[i].setDue()
	}
	sum.Equality = Measure(sum.Nations)
	return sum
}

// nationTable has every nation with its entitlement.
func nationTable(s *fairshare.Snapshot, d *fairshare.Decision) map[pool.NationID]NationSummary {
	table := make(map[pool.NationID]NationSummary)
	for i, n := range s.Nodes() {
		if n.Kind == kindNation {
			id := pool.NationID(n.ID)
			table[id] = NationSummary{Nation: id, Entitlement: credit.GPUMilliseconds(d.Nodes[i].Entitlement)}
		}
	}
	return table
}

// count adds one request. The sums of a round fit: a request's maximum is below
// 2^53 gpu_ms, and a thousand of those fit 64 bits; beyond, the sum stays at the
// largest amount.
func (n *NationSummary) count(asked, granted credit.Amount) {
	n.Requests++
	n.Asked, n.Granted = plus(n.Asked, asked), plus(n.Granted, granted)
}

func (n *NationSummary) setDue() { n.Due = credit.Min(n.Asked, n.Entitlement) }

func plus(a, b credit.Amount) credit.Amount {
	sum, err := a.Add(b)
	if err != nil {
		return credit.GPUMilliseconds(1<<63 - 1)
	}
	return sum
}

func sortedNations(table map[pool.NationID]NationSummary) []NationSummary {
	return slices.SortedFunc(maps.Values(table), func(a, b NationSummary) int { return cmp.Compare(a.Nation, b.Nation) })
}

// Tally adds up rounds, nation by nation.
type Tally struct {
	nations map[pool.NationID]NationSummary
}

// Add counts the nations of one round.
func (t *Tally) Add(nations []NationSummary) {
	if t.nations == nil {
		t.nations = make(map[pool.NationID]NationSummary)
	}
	for _, n := range nations {
		sum := t.nations[n.Nation]
		t.nations[n.Nation] = NationSummary{
			Nation: n.Nation, Requests: sum.Requests + n.Requests,
			Asked: plus(sum.Asked, n.Asked), Granted: plus(sum.Granted, n.Granted),
			Entitlement: plus(sum.Entitlement, n.Entitlement), Due: plus(sum.Due, n.Due),
		}
	}
}

// Nations returns the sums, in order of id.
func (t *Tally) Nations() []NationSummary { return sortedNations(t.nations) }
