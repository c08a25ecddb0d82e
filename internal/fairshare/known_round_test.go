package fairshare_test

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// amounts are amounts by id.
type amounts map[string]int64

// ask is a request; no lots means every lot.
type ask struct {
	id             string // the default is the node's id and "/r"
	min, max, rank int64
	lots           []string
}

// claim is a node of a known round. cap 0 means none.
type claim struct {
	id                          string
	weight, floor, cap, balance int64
	asks                        []ask
	below                       []claim
}

// knownRound is a round as the known answers state it.
type knownRound struct {
	alpha, bank int64
	lots        amounts
	claims      []claim
	asks        []ask // of the pool itself
}

// wants is one request that may use every lot.
func wants(most int64) []ask { return []ask{{max: most}} }

// supply is a round's supply when it is all alike.
func supply(amount int64) amounts { return amounts{"lot": amount} }

// plenty is a demand that is never met.
const plenty = 1_000_000

func (k knownRound) input() fairshare.Input {
	in := fairshare.Input{Round: fairshare.Round{
		ID: "known", Start: roundStart, End: roundStart.AddDate(0, 1, 0),
		GuaranteePermille: k.alpha, BankLimitRounds: k.bank, MaxPasses: 8,
	}}
	for _, id := range slices.Sorted(maps.Keys(k.lots)) {
		in.Lots = append(in.Lots, fairshare.Lot{
			ID: id, Class: "a100-40gb", Site: "nairobi-1", Ends: in.Round.End,
			Supply: credit.GPUMilliseconds(k.lots[id]),
		})
	}
	k.addClaims(&in, claim{id: "pool", weight: 1, asks: k.asks, below: k.claims}, "", 0)
	return in
}

func (k knownRound) addClaims(in *fairshare.Input, c claim, parent string, depth int) {
	kinds := []string{
		fairshare.KindPool, fairshare.KindNation, fairshare.KindInstitution,
		fairshare.KindLead, fairshare.KindProject,
	}
	n := fairshare.Node{
		ID: c.id, Parent: parent, Kind: kinds[depth], Weight: c.weight,
		Floor: credit.GPUMilliseconds(c.floor), Balance: credit.GPUMilliseconds(c.balance),
	}
	if c.cap > 0 {
		n.Cap = new(credit.GPUMilliseconds(c.cap))
	}
	var balances int64
	for _, b := range c.below {
		balances += b.balance
	}
	n.Commons = credit.GPUMilliseconds(-balances)
	in.Nodes = append(in.Nodes, n)
	for _, a := range c.asks {
		k.addAsk(in, c.id, a)
	}
	for _, b := range c.below {
		k.addClaims(in, b, c.id, depth+1)
	}
}

func (k knownRound) addAsk(in *fairshare.Input, node string, a ask) {
	if a.lots == nil {
		a.lots = slices.Sorted(maps.Keys(k.lots))
	}
	if a.id == "" {
		a.id = node + "/r"
	}
	in.Eligibilities = append(in.Eligibilities, fairshare.Eligibility{ID: "for " + a.id, Lots: a.lots})
	in.Requests = append(in.Requests, fairshare.Request{
		ID: a.id, Node: node, Eligibility: "for " + a.id, Rank: a.rank,
		Min: credit.GPUMilliseconds(a.min), Max: credit.GPUMilliseconds(a.max),
		Submitted: roundStart.Add(-time.Hour),
	})
}

// requireAmounts compares what a node or request with each id has.
func requireAmounts(t fataler, what string, got func(id string) int64, want amounts) {
	t.Helper()
	for _, id := range slices.Sorted(maps.Keys(want)) {
		if got(id) != want[id] {
			t.Fatalf("%s: %s has %d, want %d", what, id, got(id), want[id])
		}
	}
}

// granted is what an outcome grants to a node or a request.
func (o outcome) granted(id string) int64 {
	if n, ok := o.nodes[id]; ok {
		return n.granted
	}
	if x, ok := o.requests[id]; ok {
		return x
	}
	panic(fmt.Sprintf("no node or request %q", id))
}

// allLeft is what is left of all lots.
func (o outcome) allLeft() int64 {
	var left int64
	for _, l := range o.left {
		left += l
	}
	return left
}
