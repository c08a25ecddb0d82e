package main

import (
	"fmt"
	"strings"

	"github.com/commonpool/commonpool/internal/advice"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// advised is what would have granted more, found by deciding the round anew.
type advised struct {
	Sentences []string       `json:"sentences"`
	Change    *advisedChange `json:"change,omitempty"`
	// Runs counts the rounds that were decided to find it.
	Runs int `json:"runs"`
}

// advisedChange is one change to the snapshot and what it brings, in gpu_ms.
type advisedChange struct {
	Kind    string   `json:"kind"`
	By      string   `json:"by"`
	Request string   `json:"request,omitempty"`
	Node    string   `json:"node,omitempty"`
	From    int64    `json:"from"`
	To      int64    `json:"to"`
	Classes []string `json:"classes,omitempty"`
	Sites   []string `json:"sites,omitempty"`
	Lots    []string `json:"lots,omitempty"`
	Before  int64    `json:"before_gpu_ms"`
	After   int64    `json:"after_gpu_ms"`
}

// advise looks for one change that would have granted more: the requester's own
// for a request, else anybody's.
func (a *app) advise(d *fairshare.Decision, id string, isRequest bool) (*advised, error) {
	bar := a.progress("looking for what would change it", unknownSize)
	defer bar.finish()
	ask := func() (*advice.Advice, error) { return advice.ForNode(d, id) }
	if isRequest {
		ask = func() (*advice.Advice, error) { return advice.ForRequest(d, id, advice.Options{}) }
	}
	found, err := ask()
	if err != nil {
		return nil, err
	}
	best := pickChange(found, isRequest)
	return &advised{Sentences: adviceSentences(d.Snapshot(), found, best, isRequest), Change: recordOf(best), Runs: found.Runs}, nil
}

// pickChange is the requester's best change, else that of those further away.
func pickChange(found *advice.Advice, isRequest bool) *advice.Change {
	roles := []advice.Role{advice.NationalAdmin, advice.PoolAdmin}
	if isRequest {
		roles = append([]advice.Role{advice.Requester, advice.Lead}, roles...)
	}
	for _, role := range roles {
		if c := found.Best(role); c != nil {
			return c
		}
	}
	return nil
}

func recordOf(c *advice.Change) *advisedChange {
	if c == nil {
		return nil
	}
	return &advisedChange{
		Kind: string(c.Kind), By: string(c.By), Request: c.Request, Node: c.Node, From: c.From, To: c.To,
		Classes: c.Accept.Classes, Sites: c.Accept.Sites, Lots: c.Accept.Added,
		Before: c.Before.Granted, After: c.After.Granted,
	}
}

// adviceSentences says it in plain words; the figures are those of a round
// decided with the change and nothing else.
func adviceSentences(s *fairshare.Snapshot, found *advice.Advice, best *advice.Change, isRequest bool) []string {
	var list []string
	tried := fmt.Sprintf(" (%s tried)", plural(len(found.Changes)+len(found.Futile), "change"))
	switch {
	case found.Runs == 0 && isRequest:
		list = append(list, "Nothing of its own: it accepts every lot that it could use, and no cap above it is full.")
	case found.Runs == 0:
		list = append(list, "Nothing: no setting of it could have brought more in this round.")
	case best == nil:
		list = append(list, "Nothing that was tried would have brought more in this round"+tried+".")
	default:
		if isRequest && best.By != advice.Requester {
			list = append(list, "Nothing that the requester could change would have brought more in this round.")
		}
		list = append(list, fmt.Sprintf("%s, this would have been %s.",
			ifChanged(s, best), insteadOf(best.After.Granted, best.Before.Granted)))
		if best.Request != "" {
			list = append(list, together(s, best)...)
		}
	}
	if found.Untried > 0 {
		list = append(list, untried(found.Untried, isRequest))
	}
	return list
}

// untried says how many changes were left out.
func untried(n int, isRequest bool) string {
	of := "caps above"
	if isRequest {
		of = "lots to accept, caps above"
	}
	if n == 1 {
		return "1 more change (" + of + ") was not tried."
	}
	return plural(n, "more change") + " (" + of + ") were not tried."
}

// insteadOf compares two amounts, exactly where two decimals show no difference.
func insteadOf(to, from int64) string {
	show := credits
	if credits(to) == credits(from) {
		show = exact
	}
	return show(to) + " instead of " + show(from)
}

// together says what the change brings all requests of the node, where that is
// not the same.
func together(s *fairshare.Snapshot, c *advice.Change) []string {
	gain := c.After.Node - c.Before.Node
	node := nodeOf(s, c.Request)
	switch {
	case gain == c.Gain():
		return nil
	case gain == 0:
		return []string{fmt.Sprintf("The requests of %s together would have had no more: the others would have had less.", node)}
	}
	return []string{fmt.Sprintf("The requests of %s together would have had %s.", node, insteadOf(c.After.Node, c.Before.Node))}
}

// nodeOf is the node that a request hangs on.
func nodeOf(s *fairshare.Snapshot, request string) string {
	i, _ := s.FindRequest(request)
	return s.Request(i).Node
}

// ifChanged is the condition, as the beginning of a sentence.
func ifChanged(s *fairshare.Snapshot, c *advice.Change) string {
	changed := insteadOf(c.To, c.From)
	switch c.Kind {
	case advice.AcceptLots:
		return "Had " + c.Request + " accepted " + widening(&c.Accept) + " too"
	case advice.LowerMinimum:
		return fmt.Sprintf("Had %s asked for a minimum of %s instead of %s", c.Request, exact(c.To), credits(c.From))
	case advice.RaiseMaximum:
		return fmt.Sprintf("Had %s asked for %s", c.Request, changed)
	case advice.RankFirst:
		return fmt.Sprintf("Had %s been ranked first in %s", c.Request, nodeOf(s, c.Request))
	case advice.Release:
		return "Had " + c.Request + " not been held"
	case advice.RaiseCap:
		return fmt.Sprintf("Had %s had a cap of %s", c.Node, changed)
	case advice.RemoveCap:
		return fmt.Sprintf("Had %s had no cap instead of %s", c.Node, credits(c.From))
	case advice.RaiseWeight:
		return fmt.Sprintf("Had %s had weight %s instead of %s", c.Node, grouped(c.To), grouped(c.From))
	case advice.RaiseFloor:
		return fmt.Sprintf("Had %s had a floor of %s", c.Node, changed)
	}
	return "With the change " + string(c.Kind)
}

// widening names what is to be accepted besides.
func widening(w *advice.Widening) string {
	var parts []string
	add := func(what, many string, names []string) {
		if len(names) > 1 {
			what = many
		}
		if len(names) > 0 {
			parts = append(parts, what+" "+several(names))
		}
	}
	add("class", "classes", w.Classes)
	add("site", "sites", w.Sites)
	add("jurisdiction", "jurisdictions", w.Jurisdictions)
	if len(parts) == 0 {
		add("lot", "lots", w.Added)
		return strings.Join(parts, "")
	}
	lots := w.Added
	add("(lot", "(lots", lots)
	return strings.Join(parts[:len(parts)-1], " and ") + " " + parts[len(parts)-1] + ")"
}

// plural counts things by their name.
func plural(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return grouped(int64(n)) + " " + thing + "s"
}
