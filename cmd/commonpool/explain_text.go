package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// page collects the text of an explanation.
type page struct{ bytes.Buffer }

func (p *page) line(format string, args ...any) {
	p.WriteString(strings.TrimRight(fmt.Sprintf(format, args...), " ") + "\n")
}

// writeText writes the explanation for people. Amounts are credits, with the
// exact gpu_ms wherever a figure is recomputed.
func (e *explanation) writeText(w io.Writer) error {
	p := &page{}
	p.line("%s %s in round %s (%s to %s), decided by %s", e.Kind, printable(e.ID), printable(e.Round), e.Start, e.End, e.Engine)
	p.line("Amounts are credits. 1 credit is 1 GPU-hour of the reference GPU, 3,600,000 gpu_ms.")
	p.line("")
	least := ""
	if e.Minimum != nil && *e.Minimum > 0 {
		least = "; nothing below " + exact(*e.Minimum)
	}
	for _, of := range []struct {
		what, more string
		gpuMS      int64
	}{{"asked  ", least, e.Asked}, {"granted", "", e.Granted}} {
		p.line("%s  %s credits, %s GPU-hours of the reference, %s gpu_ms%s",
			of.what, credits(of.gpuMS), credits(of.gpuMS), grouped(of.gpuMS), of.more)
	}
	e.writeLots(p)
	for i := range e.Levels {
		p.line("")
		e.Levels[i].write(p, i+1)
	}
	if e.Advice != nil {
		p.line("")
		p.line("What would have changed this")
		for _, s := range e.Advice.Sentences {
			p.line("   %s", printable(s))
		}
	}
	_, err := w.Write(p.Bytes())
	return err
}

func (e *explanation) writeLots(p *page) {
	var lines [][]string
	for i, part := range e.Lots {
		if i == maxSiblings {
			p.line("         from %s lots, the first of which are", grouped(int64(len(e.Lots))))
			break
		}
		lines = append(lines, []string{credits(part.Amount), "from " + printable(part.Lot), printable(part.Class + " at " + part.Site)})
	}
	all := []bool{true, true, true}
	p.WriteString(aligned(lines, []bool{true, false, false}, all, "         "))
}

// write writes one level.
func (l *level) write(p *page, number int) {
	id, parent := printable(l.ID), printable(l.Parent)
	switch {
	case l.Kind == requestKind:
		p.line("%d. request %s among the requests of %s", number, id, parent)
	case l.Parent == "":
		p.line("%d. %s: the whole round", number, id)
	default:
		p.line("%d. %s %s among the children of %s", number, l.Kind, id, parent)
	}
	p.line("   %s", printable(l.Sentence))
	l.writeFigures(p)
	l.writeUses(p)
	if l.Calculation != nil && (len(l.Siblings) > 1 || l.Calculation.Note != "") {
		l.Calculation.write(p, l.Kind == requestKind)
	}
	l.writeSiblings(p)
}

// writeFigures writes the amounts of the claimant itself.
func (l *level) writeFigures(p *page) {
	if l.Kind == requestKind {
		p.line("   asked %s, granted %s", credits(l.Asked), credits(l.Granted))
		return
	}
	n := l.Node
	if l.Parent == "" {
		p.line("   supply %s, asked %s, granted %s", credits(n.Entitlement), credits(l.Asked), credits(l.Granted))
		return
	}
	p.line("   entitlement %s, asked %s, granted %s", credits(n.Entitlement), credits(l.Asked), credits(l.Granted))
	bounds := fmt.Sprintf("floor %s (%s)", credits(n.Floor), n.floorFrom())
	if n.Cap != nil {
		bounds += ", cap " + credits(*n.Cap)
	}
	p.line("   %s", bounds)
	p.line("   balance %s before, %s after the round", credits(n.Before), credits(n.After))
	if l.Calculation != nil && l.Calculation.Owed != n.Before {
		p.line("   owed %s: its balance within the bank limit of %s", credits(l.Calculation.Owed), credits(abs(l.Calculation.Owed)))
	}
}

// floorFrom says where the floor that held comes from.
func (n *nodeFigures) floorFrom() string {
	from := "its guarantee of " + credits(n.Guarantee)
	if n.OwnFloor > n.Guarantee {
		from = "its own floor of " + credits(n.OwnFloor)
	}
	if n.Floor < max(n.OwnFloor, n.Guarantee) {
		return "of " + from + ", as far as its requests, caps and lots allow"
	}
	return from
}

// writeUses writes what became of the lots that the reason names.
func (l *level) writeUses(p *page) {
	if len(l.Lots) == 0 {
		return
	}
	here, beside := "TO "+printable(l.Parent), l.Parent != ""
	if !beside {
		here = "GRANTED"
	}
	lines := [][]string{{"LOTS", "SUPPLY", here, "ELSEWHERE", "LEFT"}}
	for i := range l.Lots {
		if i == maxSiblings {
			lines = append(lines, []string{fmt.Sprintf("and %s more", grouped(int64(len(l.Lots)-i))), "", "", "", ""})
			break
		}
		u := &l.Lots[i]
		lines = append(lines, []string{printable(u.called()), credits(u.Supply), credits(u.Here), credits(u.Elsewhere), credits(u.Left)})
	}
	p.WriteString(aligned(lines, []bool{false, true, true, true, true}, []bool{true, true, true, beside, true}, "   "))
}

// write writes the sum that gives the share.
func (k *calculation) write(p *page, requests bool) {
	if k.LevelNum != 0 {
		unit := "each unit of weight"
		if requests {
			unit = "each request"
		}
		half := k.LevelNum / k.LevelDen / 2 // two decimals of a credit are far coarser
		p.line("   level %s gpu_ms; half of it is L, %s for %s", fraction(k.LevelNum, k.LevelDen), credits(half), unit)
		p.line("   share = owed + ⌊weight × L + 1/2⌋ = %s + ⌊(%s × %s + %s) / %s⌋ = %s + %s = %s gpu_ms",
			grouped(k.Owed), grouped(k.Weight), grouped(k.LevelNum), grouped(k.LevelDen), grouped(2*k.LevelDen),
			grouped(k.Owed), grouped(k.Steps), grouped(k.Owed+k.Steps))
		if k.Due != k.Owed+k.Steps {
			p.line("   not less than its floor, %s gpu_ms", grouped(k.Floor))
		}
	}
	if k.Note != "" {
		p.line("   granted %s gpu_ms. %s", grouped(k.Granted), k.Note)
	}
}

// fraction shows a fraction in lowest terms.
func fraction(num, den int64) string {
	if den == 1 {
		return grouped(num)
	}
	return grouped(num) + "/" + grouped(den)
}

// writeSiblings writes the table of claimants.
func (l *level) writeSiblings(p *page) {
	if len(l.Siblings) <= 1 {
		return
	}
	node := l.Kind != requestKind
	lots, due := l.Siblings[0].FromLots != nil, false
	for _, s := range l.Siblings {
		due = due || s.Due != nil
	}
	head := []string{"", "CLAIMANT", "WEIGHT", "OWED", "FLOOR", "ASKED", "BY LEVEL", "OF THESE LOTS", "GRANTED", "WHY"}
	shown := []bool{true, true, node, node, node, true, due, lots, true, true}
	lines := [][]string{head}
	for _, s := range l.Siblings {
		row := []string{"", printable(s.ID), grouped(s.Weight), credits(s.Owed), credits(s.Floor), credits(s.Asked), "-", "", credits(s.Granted), plain(s.Reason)}
		if s.ID == l.ID {
			row[0] = "*"
		}
		if s.Due != nil {
			row[6] = credits(*s.Due)
		}
		if s.FromLots != nil {
			row[7] = credits(*s.FromLots)
		}
		lines = append(lines, row)
	}
	if o := l.LeftOut; o != nil {
		lines = append(lines, []string{"", fmt.Sprintf("and %s more", grouped(o.Count)), grouped(o.Weight), "", "", "", "", "", credits(o.Granted), ""})
	}
	lines = append(lines, []string{"", "together", "", "", "", "", "", "", credits(l.Shared), ""})
	right := []bool{false, false, true, true, true, true, true, true, true, false}
	p.WriteString(aligned(lines, right, shown, "   "))
}

// plain names a reason in a table.
func plain(code string) string {
	switch code {
	case fairshare.DemandMet:
		return "has all it asked"
	case fairshare.Share:
		return "its share"
	case fairshare.Floor:
		return "its floor"
	case fairshare.Cap:
		return "a cap"
	case fairshare.Lots:
		return "its lots are used up"
	case fairshare.BelowMinimum:
		return "below its minimum"
	case fairshare.NoEligibleLot:
		return "no lot it may use"
	case fairshare.HeldBack:
		return "held"
	}
	return code
}
