package roundfile

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// awkward strings are allowed and need care when written.
var awkward = []string{"a", "b\"q", `c\d`, "Å", "\u2028", "\ufeff", "\U0001F30D", "/", "<&>", "\x7f", " "}

// drawInput draws a small valid input: whatever it draws, Freeze accepts.
func drawInput(t *rapid.T) fairshare.Input {
	in := fairshare.Input{Round: drawRound(t)}
	drawTree(t, &in)
	drawLots(t, &in)
	drawEligibilities(t, &in)
	drawRequests(t, &in)
	return in
}

func drawInstant(t *rapid.T, label string) time.Time {
	micros := rapid.OneOf(
		rapid.Map(rapid.Int64Range(0, 4_000_000_000), func(s int64) int64 { return s * 1_000_000 }),
		rapid.Int64Range(-62_167_219_200_000_000, 253_402_300_799_999_998), // years 0 to 9999
	).Draw(t, label)
	return time.UnixMicro(micros).UTC()
}

func drawAmount(t *rapid.T, label string, most int64) credit.Amount {
	return credit.GPUMilliseconds(rapid.Int64Range(0, most).Draw(t, label))
}

// drawID draws an id that is unique by its number.
func drawID(t *rapid.T, prefix string, n int) string {
	return fmt.Sprintf("%s%s%d", rapid.SampledFrom(awkward).Draw(t, prefix), prefix, n)
}

func drawRound(t *rapid.T) fairshare.Round {
	r := fairshare.Round{
		ID:                drawID(t, "round", 0),
		Start:             drawInstant(t, "start"),
		GuaranteePermille: rapid.Int64Range(0, 1000).Draw(t, "guarantee"),
		BankLimitRounds:   rapid.Int64Range(0, 20).Draw(t, "bank limit"),
		MaxPasses:         rapid.Int64Range(1, 9).Draw(t, "passes"),
	}
	r.End = r.Start.Add(time.Microsecond)
	if rapid.Bool().Draw(t, "policy named") {
		policy := rapid.SampledFrom(append(awkward, "")).Draw(t, "policy")
		digest := rapid.StringMatching(`[0-9a-f]{64}`).Draw(t, "digest")
		r.Policy, r.PolicySHA256 = &policy, &digest
	}
	return r
}

func drawTree(t *rapid.T, in *fairshare.Input) {
	kinds := []string{fairshare.KindNation, fairshare.KindInstitution, fairshare.KindLead, fairshare.KindProject}
	in.Nodes = []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool, Weight: 1}}
	for i := range rapid.IntRange(0, 8).Draw(t, "nodes") {
		parent := rapid.IntRange(0, len(in.Nodes)-1).Draw(t, "parent")
		n := fairshare.Node{
			ID:      drawID(t, "n", i),
			Parent:  in.Nodes[parent].ID,
			Kind:    rapid.SampledFrom(kinds).Draw(t, "kind"),
			Weight:  rapid.Int64Range(0, 5).Draw(t, "weight"),
			Balance: credit.GPUMilliseconds(rapid.Int64Range(-1000, 1000).Draw(t, "balance")),
		}
		if rapid.Bool().Draw(t, "capped") {
			limit := drawAmount(t, "cap", 5000)
			n.Cap = &limit
			n.Floor = drawAmount(t, "floor", limit.GPUMilliseconds())
		}
		commons := in.Nodes[parent].Commons.GPUMilliseconds() - n.Balance.GPUMilliseconds()
		in.Nodes[parent].Commons = credit.GPUMilliseconds(commons)
		in.Nodes = append(in.Nodes, n)
	}
}

func drawLots(t *rapid.T, in *fairshare.Input) {
	nations := childrenOf(in, "pool")
	for i := range rapid.IntRange(0, 5).Draw(t, "lots") {
		l := fairshare.Lot{
			ID:     drawID(t, "lot", i),
			Class:  rapid.SampledFrom([]string{"a100-40gb", "", "v100"}).Draw(t, "class"),
			Site:   rapid.SampledFrom(awkward).Draw(t, "site"),
			Ends:   drawInstant(t, "ends"),
			Supply: drawAmount(t, "supply", 3000),
		}
		if rapid.Bool().Draw(t, "conditions") {
			l.OpenTo = subset(t, nations, "open to")
		}
		in.Lots = append(in.Lots, l)
	}
}

func drawEligibilities(t *rapid.T, in *fairshare.Input) {
	var lots []string
	for _, l := range in.Lots {
		lots = append(lots, l.ID)
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "eligibilities") {
		e := fairshare.Eligibility{ID: drawID(t, "sig", i), Lots: subset(t, lots, "lots")}
		if rapid.Bool().Draw(t, "reasons given") {
			e.ExcludedBy = map[string][]string{}
			for _, condition := range subset(t, awkward, "conditions") {
				e.ExcludedBy[condition] = subset(t, lots, "excluded")
			}
		}
		in.Eligibilities = append(in.Eligibilities, e)
	}
}

func drawRequests(t *rapid.T, in *fairshare.Input) {
	for i := range rapid.IntRange(0, 8).Draw(t, "requests") {
		var may []fairshare.Eligibility
		node := rapid.SampledFrom(leavesOf(in)).Draw(t, "node")
		for _, e := range in.Eligibilities {
			if admits(in, e, node) {
				may = append(may, e)
			}
		}
		if len(may) == 0 {
			continue
		}
		r := fairshare.Request{
			ID: drawID(t, "r", i), Node: node, Eligibility: rapid.SampledFrom(may).Draw(t, "eligibility").ID,
			Max:       drawAmount(t, "max", 2000),
			Rank:      rapid.Int64Range(0, 3).Draw(t, "rank"),
			Submitted: drawInstant(t, "submitted"),
			Held:      rapid.IntRange(0, 4).Draw(t, "held") == 0,
		}
		r.Min = drawAmount(t, "min", r.Max.GPUMilliseconds())
		in.Requests = append(in.Requests, r)
	}
}

func subset(t *rapid.T, of []string, label string) []string {
	some := []string{}
	for _, s := range of {
		if rapid.Bool().Draw(t, label) {
			some = append(some, s)
		}
	}
	return append([]string{}, rapid.Permutation(some).Draw(t, label)...) // never nil
}

func childrenOf(in *fairshare.Input, parent string) (ids []string) {
	for _, n := range in.Nodes {
		if n.Parent == parent {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

func leavesOf(in *fairshare.Input) (ids []string) {
	for _, n := range in.Nodes {
		if len(childrenOf(in, n.ID)) == 0 {
			ids = append(ids, n.ID)
		}
	}
	return ids
}

// admits says whether every lot of the eligibility is open to the node.
func admits(in *fairshare.Input, e fairshare.Eligibility, node string) bool {
	parent := map[string]string{}
	for _, n := range in.Nodes {
		parent[n.ID] = n.Parent
	}
	nation := node
	for nation != "pool" && parent[nation] != "pool" {
		nation = parent[nation]
	}
	for _, l := range in.Lots {
		if l.OpenTo != nil && slices.Contains(e.Lots, l.ID) && !slices.Contains(l.OpenTo, nation) {
			return false
		}
	}
	return true
}
