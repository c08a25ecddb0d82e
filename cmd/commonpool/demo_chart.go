package main

import (
	"cmp"
	"fmt"
	"math/bits"
	"slices"
	"strings"

	"github.com/rivo/uniseg"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/report"
)

// shareBins are parts of its entitlement that a country may have had, the most
// first.
var shareBins = []string{"over 200 %", "110 to 200 %", "90 to 110 %", "50 to 90 %", "under 50 %"}

// Bins that the page speaks of.
const (
	binOver  = 0
	binFair  = 2
	binUnder = 4
)

// binOf is the bin of a grant. Caps of twice the entitlement are rounded by a few
// gpu_ms, so over 200 % is what is over it by more than a credit.
func binOf(granted, entitled int64) int {
	switch {
	case granted > 2*entitled+credit.CreditGPUMS:
		return binOver
	case 10*granted > 11*entitled:
		return 1
	case 10*granted >= 9*entitled:
		return binFair
	case 2*granted >= entitled:
		return 3
	}
	return binUnder
}

// binned sorts the countries that asked into the bins: first come, first served,
// and ours.
func (d *playedDemo) binned() (before, after [][]string) {
	before, after = make([][]string, len(shareBins)), make([][]string, len(shareBins))
	for _, n := range d.nations {
		if n.asked == 0 || n.entitled == 0 {
			continue
		}
		id, b, a := string(n.nation.ID), binOf(n.queue, n.entitled), binOf(n.granted, n.entitled)
		before[b], after[a] = append(before[b], id), append(after[a], id)
	}
	return before, after
}

// writeShares draws which part of its share each country had, before and after.
func (d *playedDemo) writeShares(p *demoPage) {
	p.title("WHAT EACH COUNTRY GOT, OF ITS SHARE", "share: its entitlement by weight")
	before, after := d.binned()
	const label, number = 14, 4
	column := (p.width - 2 - label) / 2
	head := "  " + padTo("", label) + padTo("first come, first served", column)
	p.line(p.styled(styleDim, head) + p.styled(styleBold, "fair share"))
	for i, name := range shareBins {
		left, right := codeLines(before[i], column-number-2), codeLines(after[i], column-number)
		for k := range max(len(left), len(right), 1) {
			row := "  " + padTo("", label)
			if k == 0 {
				row = "  " + padTo(name, label)
			}
			row += p.binCell(left, k, len(before[i]), column)
			cell := p.binCell(right, k, len(after[i]), column)
			if i == binFair {
				cell = p.styled(styleGood, cell)
			}
			p.line(row + cell)
		}
	}
	p.line("")
	d.writeEquality(p)
}

// binCell is the k-th line of a bin: how many, and which.
func (p *demoPage) binCell(lines []string, k, count, columns int) string {
	switch {
	case count == 0 && k == 0:
		return padTo(p.plain("  ·"), columns)
	case k >= len(lines):
		return padTo("", columns)
	case k == 0:
		return padTo(fmt.Sprintf("%3d %s", count, lines[0]), columns)
	}
	return padTo("    "+lines[k], columns)
}

// codeLines sets codes in lines of so many columns.
func codeLines(codes []string, columns int) []string {
	slices.Sort(codes)
	var lines []string
	for chunk := range slices.Chunk(codes, max(1, (columns+1)/3)) {
		lines = append(lines, strings.Join(chunk, " "))
	}
	return lines
}

// writeEquality writes the figures of all months together, before and after.
func (d *playedDemo) writeEquality(p *demoPage) {
	b, a := d.all.queue, d.all.summary.Equality
	var poor int
	var had, has, entitled, poorHad, poorHas, poorEntitled int64
	for _, n := range d.nations {
		had, has, entitled = had+n.queue, has+n.granted, entitled+n.entitled
		if d.world.nations[n.nation.ID].LDC {
			poor++
			poorHad, poorHas, poorEntitled = poorHad+n.queue, poorHas+n.granted, poorEntitled+n.entitled
		}
	}
	for _, row := range [][3]string{
		{
			fmt.Sprintf("granted to the %d least developed countries (share: %s %%)", poor, percent(poorEntitled, entitled)),
			percent(poorHad, had) + " %", percent(poorHas, has) + " %",
		},
		{"equality by weight (Jain; 1: all in proportion to shares)", b.Jain.String(), a.Jain.String()},
		{"equality of what was due (Jain; 1: all had the same part)", b.Met.String(), a.Met.String()},
		{"inequality by weight (Gini; 0: none)", b.Gini.String(), a.Gini.String()},
		{"concentration (HHI; 1: one country has it all)", b.HHI.String(), a.HHI.String()},
	} {
		p.line("  " + padTo(row[0], 59) + fmt.Sprintf("%6s", row[1]) + " " + arrow(p.ascii) + " " + p.styled(styleBold, row[2]))
	}
}

// writeShort says the outcome in a sentence or two, for those who see the end of
// the page first.
func (d *playedDemo) writeShort(p *demoPage) {
	before, after := d.binned()
	s := &d.all.summary
	p.title("IN SHORT", "")
	p.para("  ", fmt.Sprintf("First come, first served would have left %s under half of their share and given %s more than twice theirs. "+
		"The fair share rule: %d and %d. Equality by weight (Jain) %s %s %s; %s %% of the supply is granted.",
		countries(len(before[binUnder])), countries(len(before[binOver])), len(after[binUnder]), len(after[binOver]),
		d.all.queue.Jain, arrow(p.ascii), s.Equality.Jain, percent(s.Granted.GPUMilliseconds(), s.Supply.GPUMilliseconds())))
}

// writeMonths writes a line per month, twice: amounts, then indices.
func (d *playedDemo) writeMonths(p *demoPage) {
	p.title("MONTH BY MONTH", "credits; carried: in line from earlier months; time: to decide")
	indent := "  "[:min(2, p.width-minDemoWidth+1)] // the second table is as wide as the narrowest page
	lines := [][]string{{"MONTH", "REQUESTS", "CARRIED", "ASKED", "SUPPLY", "GRANTED", "LEFT", "SERVED", "TIME"}}
	for _, r := range append(slices.Clone(d.rows), d.all) {
		s := &r.summary
		lines = append(lines, []string{
			r.id, grouped(int64(s.Requests)), grouped(int64(s.Carried)), whole(s.Asked.GPUMilliseconds()),
			whole(s.Supply.GPUMilliseconds()), whole(s.Granted.GPUMilliseconds()), whole(s.Left.GPUMilliseconds()),
			grouped(int64(s.Served)), fmt.Sprintf("%d ms", (r.took.Microseconds()+500)/1000),
		})
	}
	right := []bool{false, true, true, true, true, true, true, true, true}
	shown := []bool{true, true, true, true, true, true, true, p.width >= wideDemo, !d.demo.noTimings}
	p.grid(aligned(lines, right, shown, indent))
	p.line("")
	lines = [][]string{{"MONTH", "JAIN BY WEIGHT", "DUE MET", "GINI", "HHI"}}
	for _, r := range append(slices.Clone(d.rows), d.all) {
		b, a := r.queue, r.summary.Equality
		row := []string{r.id}
		for _, pair := range [][2]report.Ratio{{b.Jain, a.Jain}, {b.Met, a.Met}, {b.Gini, a.Gini}, {b.HHI, a.HHI}} {
			row = append(row, pair[0].String()+" "+arrow(p.ascii)+" "+pair[1].String())
		}
		lines = append(lines, row)
	}
	p.grid(aligned(lines, []bool{false, false, false, false, false}, []bool{true, true, true, true, true}, indent))
	d.writeOutcome(p)
}

// writeOutcome says what became of the requests, and the rules that were played.
func (d *playedDemo) writeOutcome(p *demoPage) {
	p.line("")
	late := ""
	if d.all.expired > 0 {
		late = fmt.Sprintf(" (%s ran out of time before they had it all)", grouped(int64(d.all.expired)))
	}
	p.para("  ", fmt.Sprintf("In the end %s requests had all they asked for, %s a part, %s nothing%s. First come, first served: %s, %s and %s.",
		grouped(int64(d.served.Full)), grouped(int64(d.served.Part)), grouped(int64(d.served.None)), late,
		grouped(int64(d.queued.Full)), grouped(int64(d.queued.Part)), grouped(int64(d.queued.None))))
	policy := d.last.Snapshot.Round()
	p.para("  ", fmt.Sprintf("Rules: guarantee %d permille of the entitlement, bank %d rounds, %d passes; no country above %d × its entitlement in a month; "+
		"no emergency reserve is taken off here; what was not granted stays in line while its time lasts. "+
		"Left is what nobody in line may use under its conditions, or not enough of it for a minimum.",
		policy.GuaranteePermille, policy.BankLimitRounds, policy.MaxPasses, capFactor))
}

// grid writes a table whose first line is its head and whose last is the sum.
func (p *demoPage) grid(text string) {
	rows := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, row := range rows {
		switch i {
		case 0:
			row = p.styled(styleDim, row)
		case len(rows) - 1:
			row = p.styled(styleBold, row)
		}
		p.line(row)
	}
}

// Widths from which tables have room for more of their columns.
const (
	wideDemo   = 92
	widestDemo = 106
)

// Columns of report.Bars: the narrowest chart as it is seen, and what stands
// unseen behind the bars for an empty number.
const (
	narrowestBars = 21
	blankText     = 3
)

// codeWidth is the width of a country's code beside its name.
const codeWidth = 4

// longest is the width of the longest name.
func longest(list []nationRow) int {
	n := 0
	for _, row := range list {
		n = max(n, uniseg.StringWidth(row.nation.Name))
	}
	return n
}

// byShare orders countries by what they got of their entitlement, most first.
func byShare(a, b nationRow) int {
	hiA, loA := bits.Mul64(uint64(a.granted), uint64(b.entitled))
	hiB, loB := bits.Mul64(uint64(b.granted), uint64(a.entitled))
	return cmp.Or(cmp.Compare(hiB, hiA), cmp.Compare(loB, loA), cmp.Compare(a.nation.ID, b.nation.ID))
}

// ofShare is an amount in parts of the entitlement, 1,000 being all of it.
func ofShare(amount, entitled int64) int64 {
	if entitled == 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(amount), 1000)
	parts, _ := bits.Div64(hi, lo, uint64(entitled)) // no grant is that far above its entitlement
	return int64(parts)
}

// writeNations draws what each country got beside its entitlement. All bars are
// on the scale of their own entitlement, else the largest country would be the
// only one that is seen.
func (d *playedDemo) writeNations(p *demoPage) {
	p.title("WHO ASKED, WHO GOT", p.plain("bar: granted, │: its share; before: first come, first served; balance: what is owed to it"))
	list := slices.Clone(d.nations)
	slices.SortStableFunc(list, byShare)
	sum := nationRow{asked: d.all.summary.Asked.GPUMilliseconds(), granted: d.all.summary.Granted.GPUMilliseconds()}
	for _, n := range list {
		sum.entitled, sum.queue, sum.balance = sum.entitled+n.entitled, sum.queue+n.queue, sum.balance+n.balance
	}
	lines := [][]string{{"BEFORE", "AFTER", "GRANTED", "SHARE", "ASKED", "BALANCE"}}
	bars := make([]report.Bar, 0, len(list))
	for _, n := range append(slices.Clone(list), sum) {
		lines = append(lines, []string{
			percent(n.queue, n.entitled) + " %", percent(n.granted, n.entitled) + " %",
			whole(n.granted), whole(n.entitled), whole(n.asked), whole(n.balance),
		})
		bars = append(bars, report.Bar{Value: ofShare(n.granted, n.entitled), Mark: 1000, Text: " "})
	}
	wide := p.width >= wideDemo
	right := []bool{true, true, true, true, true, true}
	numbers := strings.Split(aligned(lines, right, []bool{wide, wide, true, p.width >= widestDemo, true, true}, ""), "\n")
	space := p.width - 2 - uniseg.StringWidth(numbers[0]) // the titles stand at the right of their columns
	names := min(longest(list)+codeWidth, space-1-narrowestBars)
	chart := strings.Split(report.Bars(bars[:len(list)], space-names+blankText-1, p.ascii), "\n")
	p.line("  " + p.styled(styleDim, padTo("COUNTRY", space)+numbers[0]))
	for i, n := range list {
		p.line("  " + padTo(padTo(p.fit(string(n.nation.ID)+"  "+n.nation.Name, names), names)+chart[i], space) + numbers[i+1])
	}
	p.line("  " + p.styled(styleBold, padTo("together", space)+numbers[len(list)+1]))
	commons := ""
	if d.commons != 0 {
		commons = fmt.Sprintf(" Balances and the commons, %s, add up to 0.", whole(d.commons))
	}
	p.para("  ", "Credits of all months. A country above its share had what others did not ask for or could not use, and owes it; "+
		"one below asked for less, or could use no more of what was left."+commons)
}
