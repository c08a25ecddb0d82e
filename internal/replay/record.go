package replay

import (
	"fmt"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/matching"
	"github.com/commonpool/commonpool/internal/pool"
)

// The records of a snapshot, made of nouns.

func (p *Player) roundRecord(r pool.Round) fairshare.Round {
	record := fairshare.Round{
		ID: string(r.ID), Start: r.Period.Start, End: r.Period.End,
		GuaranteePermille: p.setup.Policy.GuaranteePermille,
		BankLimitRounds:   p.setup.Policy.BankLimitRounds,
		MaxPasses:         p.setup.Policy.MaxPasses,
	}
	if name := p.setup.PolicyName; name != "" {
		record.Policy = &name
	}
	if sum := p.setup.PolicySHA256; sum != "" {
		record.PolicySHA256 = &sum
	}
	return record
}

func (p *Player) lotRecords(offers []matching.Offer) []fairshare.Lot {
	records := make([]fairshare.Lot, len(offers))
	for i, o := range offers {
		records[i] = fairshare.Lot{
			ID: string(o.Lot.ID), Class: string(o.Lot.Class), Site: string(o.Lot.Site),
			Ends: o.Lot.Period.End, Supply: o.Lot.Supply,
			OpenTo: words(matching.OpenTo(o.Lot, p.setup.Nations)),
		}
	}
	return records
}

// words keeps the difference between no list and an empty one.
func words[T ~string](list []T) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// input makes the records of the requests that take part, and of their
// eligibilities: one for each different matching result, numbered in the order
// of the requests' ids.
func (f *Frozen) input() fairshare.Input {
	var in fairshare.Input
	in.Requests = make([]fairshare.Request, len(f.Requests))
	known := make(map[*matching.Result]string)
	for i, part := range f.Requests {
		elig, seen := known[part.Match]
		if !seen {
			elig = fmt.Sprintf("e%d", len(known)+1)
			known[part.Match] = elig
			in.Eligibilities = append(in.Eligibilities, eligibilityRecord(elig, part.Match))
		}
		r := part.Request
		least, most := r.Terms.RoundBounds(part.Awarded)
		in.Requests[i] = fairshare.Request{
			ID: string(r.ID), Node: string(r.Project), Eligibility: elig,
			Min: least, Max: most, Rank: r.Rank, Submitted: r.Submitted,
		}
	}
	return in
}

func eligibilityRecord(id string, m *matching.Result) fairshare.Eligibility {
	record := fairshare.Eligibility{ID: id, Lots: words(m.Lots)}
	if m.ExcludedBy != nil {
		record.ExcludedBy = make(map[string][]string, len(m.ExcludedBy))
		for condition, lots := range m.ExcludedBy {
			record.ExcludedBy[string(condition)] = words(lots)
		}
	}
	return record
}

// nodeRecords makes the records of the nodes in the round's tree: all nations
// and institutions, and the leads and projects of the requests that take part.
// leftOut is, per node in the tree, the sum of the balances of the children that
// are not; it is part of the node's commons here.
func (p *Player) nodeRecords(round pool.Round, parts []Part) (records []fairshare.Node, leftOut map[string]credit.Amount, err error) {
	shares, err := p.shares(round)
	if err != nil {
		return nil, nil, err
	}
	present := map[string]bool{p.tree.root: true}
	for _, part := range parts {
		project := string(part.Request.Project)
		present[project], present[p.tree.accounts[project].Parent] = true, true
	}
	leftOut = make(map[string]credit.Amount)
	for id, a := range p.tree.accounts {
		if !present[id] && (a.Kind == kindLead || a.Kind == kindProject) {
			continue
		}
		var out []credit.Amount
		for _, child := range p.tree.children[id] {
			if c := p.tree.accounts[child]; !present[child] && (c.Kind == kindLead || c.Kind == kindProject) {
				out = append(out, c.Balance)
			}
		}
		if leftOut[id], err = credit.Sum(out...); err != nil {
			return nil, nil, err
		}
		commons, err := a.Commons.Add(leftOut[id])
		if err != nil {
			return nil, nil, err
		}
		s := shares[id]
		records = append(records, fairshare.Node{
			ID: id, Parent: a.Parent, Kind: a.Kind, Weight: s.Weight, Floor: s.Floor, Cap: s.Cap,
			Balance: a.Balance, Commons: commons,
		})
	}
	return records, leftOut, nil
}

// shares returns the share of every node in the round. A nation's is that of
// its allocation when the period starts; to have none is a fault, not a weight
// of 0.
func (p *Player) shares(round pool.Round) (map[string]pool.Share, error) {
	var f faults
	start := round.Period.Start
	shares := map[string]pool.Share{p.tree.root: {Weight: 1}}
	for _, a := range p.setup.Allocations {
		if a.Period.Contains(start) { // only one does, Pool.Check has seen to it
			shares[string(a.Nation)] = a.Share
		}
	}
	for _, n := range p.setup.Nations {
		if _, ok := shares[string(n.ID)]; !ok {
			f.found = append(f.found, fault.New(fault.Invalid, codeUnknown,
				"nation %s has no allocation at %s", n.ID, start.Format("2006-01-02")).At(0, "allocations"))
		}
	}
	for _, n := range p.setup.Institutions {
		shares[string(n.ID)] = n.Share
	}
	for _, l := range p.setup.Leads {
		shares[string(l.ID)] = l.Share
	}
	for _, q := range p.setup.Projects {
		shares[string(q.ID)] = q.Share
	}
	return shares, f.err()
}

// accountsAfter returns the true accounts of the nodes in the tree after a
// decision: its commons still holds the balances that were left out.
func (f *Frozen) accountsAfter(d *fairshare.Decision) (map[string]Account, error) {
	accounts := make(map[string]Account, len(d.Nodes))
	for i, n := range f.Snapshot.Nodes() {
		commons, err := credit.GPUMilliseconds(d.Nodes[i].Commons).Sub(f.leftOut[n.ID])
		if err != nil {
			return nil, err
		}
		accounts[n.ID] = Account{
			ID: n.ID, Parent: n.Parent, Kind: n.Kind,
			Balance: credit.GPUMilliseconds(d.Nodes[i].Balance), Commons: commons,
		}
	}
	return accounts, nil
}
