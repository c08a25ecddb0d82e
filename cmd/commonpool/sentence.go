package main

import (
	"fmt"
	"slices"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// sentence says in plain words why a claimant was not granted more.
func (x *explainer) sentence(l *level, r fairshare.Reason) string {
	if left := x.left(); l.Parent == "" && l.Kind != requestKind && left > 0 &&
		(r.Code == fairshare.BelowMinimum || r.Code == fairshare.Lots) {
		return leftSentence(left)
	}
	switch r.Code {
	case fairshare.DemandMet:
		if l.Asked == 0 {
			return "Nothing was asked for here."
		}
		return "It has all that was asked for."
	case fairshare.HeldBack:
		return "It is held back: it takes no part in this round and counts as no demand."
	case fairshare.NoEligibleLot:
		return "No lot of this round may be used by it" + excluded(r.ExcludedBy) + "."
	case fairshare.BelowMinimum:
		return belowMinimum(l, r)
	case fairshare.Cap:
		return x.capSentence(l, r)
	case fairshare.Floor:
		return floorSentence(l)
	case fairshare.Lots:
		return lotsSentence(l, r)
	}
	return shareSentence(l, r)
}

// left is what the round leaves of all lots.
func (x *explainer) left() (sum int64) {
	for _, amount := range x.d.Left {
		sum += amount
	}
	return sum
}

// leftSentence is about the pool where something is left though more was asked
// for: the last step of a round has offered it to every request.
func leftSentence(left int64) string {
	return exact(left) + " is left: no request in the round can use it within its minimum, the lots that it may use and the caps above it."
}

// excluded says which conditions removed which lots.
func excluded(by map[string][]string) string {
	text := ""
	for _, condition := range slices.Sorted(mapKeys(by)) {
		if text == "" {
			text = ": "
		} else {
			text += "; "
		}
		text += fmt.Sprintf("the condition %s removes %s", condition, several(by[condition]))
	}
	return text
}

func mapKeys(m map[string][]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

func belowMinimum(l *level, r fairshare.Reason) string {
	if l.Kind != requestKind {
		return fmt.Sprintf("It was offered %s, but a request below would have had less than its minimum, so it could not use all of it.", exact(r.WouldHave))
	}
	return fmt.Sprintf("Its share would have been %s, less than its minimum of %s: a request gets its minimum or nothing.",
		exact(r.WouldHave), exact(*l.Reason.Minimum))
}

func (x *explainer) capSentence(l *level, r fairshare.Reason) string {
	limit := "its cap"
	if i, found := x.s.FindNode(r.Node); found && x.s.Nodes()[i].Cap != nil {
		limit = "its cap of " + exact(x.s.Nodes()[i].Cap.GPUMilliseconds())
	}
	switch {
	case r.Node == l.ID && l.Kind != requestKind:
		return "It stands at " + limit + "."
	case l.Kind != requestKind && x.isBelow(r.Node, l.ID):
		return fmt.Sprintf("It had all its requests could use: %s, below it, stands at %s.", r.Node, limit)
	}
	return fmt.Sprintf("%s, above it, stands at %s.", r.Node, limit)
}

// isBelow tells whether a node hangs somewhere below another.
func (x *explainer) isBelow(id, above string) bool {
	i, found := x.s.FindNode(id)
	for found && i >= 0 {
		if i = x.kin.parent[i]; i >= 0 && x.s.Nodes()[i].ID == above {
			return true
		}
	}
	return false
}

func floorSentence(l *level) string {
	what := "Its guarantee"
	if l.Node.OwnFloor >= l.Node.Guarantee {
		what = "Its floor"
	}
	for _, row := range l.Siblings {
		if row.ID == l.ID && row.Due != nil && *row.Due < l.Granted {
			return fmt.Sprintf("%s lifts it to %s; weight and balance alone would give it %s.", what, exact(l.Granted), credits(*row.Due))
		}
	}
	return fmt.Sprintf("%s gives it %s, and its share is no more than that.", what, exact(l.Granted))
}

func lotsSentence(l *level, r fairshare.Reason) string {
	used := several(r.Lots)
	switch {
	case len(r.Lots) == 0 && l.Parent == "":
		return "The round has no supply that a request may use."
	case len(r.Lots) == 0 && l.Granted > 0:
		return fmt.Sprintf("It has all that it could use here; the rest of what it asked for may use only lots of which %s had nothing.", l.Parent)
	case len(r.Lots) == 0:
		return fmt.Sprintf("It may use only lots of which %s had nothing.", l.Parent)
	}
	verb := "are used up"
	if len(r.Lots) == 1 {
		verb = "is used up"
	}
	switch {
	case l.Parent == "" && l.Kind != requestKind:
		return fmt.Sprintf("All lots are granted: %s.", used)
	case r.Siblings > 1:
		return fmt.Sprintf("It may use only lots of which %s has nothing more: %s. %s claimants wait there, served to the same level.", l.Parent, used, grouped(r.Siblings))
	case r.LevelNum == 0:
		return fmt.Sprintf("It had more from what was left over, until the lots that it may use were gone: %s %s.", used, verb)
	}
	return fmt.Sprintf("It may use only lots of which %s has nothing more: %s.", l.Parent, used)
}

func shareSentence(l *level, r fairshare.Reason) string {
	switch note := l.Calculation.Note; {
	case note == noteLeftOver:
		return fmt.Sprintf("Nothing of what %s was given came to it; what it has was left over at the end.", l.Parent)
	case l.Shared == 0:
		return fmt.Sprintf("%s was given nothing to divide.", l.Parent)
	case r.LevelNum == 0:
		return fmt.Sprintf("What %s was given went to its claimants' floors; nothing was left to divide above them.", l.Parent)
	case note == noteWeight:
		return fmt.Sprintf("Its weight is 0, so it shares only what the others below %s leave.", l.Parent)
	case note == noteLess:
		return fmt.Sprintf("It has what it could use of its share of what %s was given.", l.Parent)
	case note == noteMore:
		return fmt.Sprintf("It has its share of what %s was given, and some of what was left over at the end.", l.Parent)
	case l.Granted == l.Shared:
		return fmt.Sprintf("It has all that %s was given; see the level above.", l.Parent)
	case r.Siblings > 1:
		return fmt.Sprintf("It has its share of what %s was given: %s claimants want more, and all were served to the same level.", l.Parent, grouped(r.Siblings))
	}
	return fmt.Sprintf("It has what the claimants beside it left of what %s was given.", l.Parent)
}
