package main

import (
	"fmt"
	"strings"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/world"
)

// demoLabel says what of the demo is real. Wherever the demo is shown, so is
// this.
func demoLabel(seed uint64) string {
	return fmt.Sprintf("demo: real countries, classes, published contributions; requests are GENERATED (seed %d), offered parts are ASSUMED", seed)
}

// writeText writes the page for people. The first screen says it all.
func (d *playedDemo) writeText(p *demoPage, examples []demoExample) {
	d.writeHead(p)
	d.writeShares(p)
	d.writeOrigin(p)
	d.writeGivers(p)
	d.writeMonths(p)
	d.writeNations(p)
	d.writeExamples(p, examples)
	d.writeShort(p)
	d.writeClosing(p)
}

// writeHead says what this is, and the whole in three figures.
func (d *playedDemo) writeHead(p *demoPage) {
	p.hanging("", "      ", demoLabel(d.demo.seed.value))
	p.line("")
	s := &d.all.summary
	supply := s.Supply.GPUMilliseconds()
	p.para("", fmt.Sprintf("%s, %s, %s for %s credits of GPU time; %s credits on offer, %s for every 100 asked for. "+
		"1 credit is 1 hour of an A100-40GB.",
		plural(d.demo.months, "month"), countries(len(d.nations)), plural(s.Requests, "request"),
		whole(s.Asked.GPUMilliseconds()), whole(supply), percent(supply, s.Asked.GPUMilliseconds())))
}

// writeOrigin says where the facts come from, a line each.
func (d *playedDemo) writeOrigin(p *demoPage) {
	p.title("WHERE THE FACTS COME FROM", "all of them, with dates and links: commonpool demo --sources")
	offered := map[string]bool{}
	for _, pledge := range d.world.Pledges {
		offered[pledge.Announcement] = true
	}
	for _, row := range [][2]string{
		{"countries", "World Bank, UNESCO, UN list of least developed countries"},
		{"GPU classes", "Reference GPU Units of the Digital Research Alliance of Canada"},
		{"contributions", fmt.Sprintf("%d published; %d offered here in part, which is ASSUMED", len(d.world.Announcements), len(offered))},
		{"requests", fmt.Sprintf("GENERATED after %d published statistics; fictional institutes", len(world.Anchors()))},
		{"assumptions", fmt.Sprintf("%d, each of which demo --sources states", len(world.Assumptions())+len(offered))},
	} {
		p.hanging("  "+padTo(row[0], 15), strings.Repeat(" ", 17), row[1])
	}
}

// writeGivers lists the lots of the first month under those who gave them.
func (d *playedDemo) writeGivers(p *demoPage) {
	first := d.world.steps[0]
	p.title("WHO GAVE", fmt.Sprintf("what a month has; here the first, %s to %s (UTC)",
		first.Round.Period.Start.Format("2 Jan"), first.Round.Period.End.Format("2 Jan 2006")))
	lines := [][]string{{"GPU CLASS", "SITE", "GPU-HOURS", "CREDITS", "FOR WHOM"}}
	var supply int64
	for _, lot := range first.Lots {
		ms := lot.Supply.GPUMilliseconds()
		supply += ms
		lines = append(lines, []string{shortClass(lot.Class), string(lot.Site), gpuHoursOf(lot), whole(ms), ""})
	}
	lines = append(lines, []string{"together", "", "", whole(supply), ""})
	rows := strings.Split(aligned(lines, []bool{false, false, true, true, false}, []bool{true, true, true, true, true}, "    "), "\n")
	at := strings.Index(rows[0], "FOR WHOM")
	p.line(p.styled(styleDim, rows[0]))
	giver := ""
	for i, lot := range first.Lots {
		if name := d.world.contributors[lot.Contribution]; name != giver {
			p.para("  ", name)
			giver = name
		}
		p.hanging(padTo(rows[i+1], at), strings.Repeat(" ", at), conditionsOf(lot.Conditions))
	}
	p.line(p.styled(styleBold, rows[len(first.Lots)+1]))
}

// shortClass is a class without the form of its board.
func shortClass(id pool.ClassID) string { return strings.TrimSuffix(string(id), "-sxm5") }

// gpuHoursOf is a lot in GPU-hours of its class, rounded half up.
func gpuHoursOf(lot pool.Lot) string {
	const hour = int64(credit.Hour)
	return grouped((gpuSecondsOf(lot) + hour/2) / hour)
}

// conditionsOf says in a few words who may use a lot.
func conditionsOf(c pool.Conditions) string {
	var list []string
	switch {
	case len(c.Nations) > 0:
		list = append(list, countries(len(c.Nations))+" by name")
	case len(c.Groups) > 0:
		var names []string
		for _, g := range c.Groups {
			names = append(names, groupNames[g])
		}
		list = append(list, several(names))
	default:
		list = append(list, "any country")
	}
	if len(c.Fields) > 0 {
		var names []string
		for _, f := range c.Fields {
			names = append(names, broadFields[f])
		}
		list = append(list, several(names)+" sciences")
	}
	if c.CivilianPurpose {
		list = append(list, "civilian purpose")
	}
	if c.OpenOutputs {
		list = append(list, "open outputs")
	}
	return strings.Join(list, "; ")
}

// groupNames are the groups of the demo's donors.
var groupNames = map[pool.Group]string{
	world.Africa: "Africa", world.Asia: "Asia", world.Pacific: "Pacific", world.LatinAmerica: "Latin America",
	pool.LDC: "least developed", pool.LowIncome: "low income", pool.LowerMiddleIncome: "lower-middle income",
	pool.UpperMiddleIncome: "upper-middle income",
}

// broadFields are the broad fields of the OECD's list of fields of research.
var broadFields = map[pool.Field]string{
	"1": "natural", "2": "engineering", "3": "medical", "4": "agricultural", "5": "social", "6": "humanities",
}

// writeClosing says how to check all this.
func (d *playedDemo) writeClosing(p *demoPage) {
	p.title("CHECK IT YOURSELF", "commonpool: go run ./cmd/commonpool, or make build and bin/commonpool")
	if d.demo.outDir == "" {
		p.command(fmt.Sprintf("commonpool demo --seed %d --months %d --out-dir %s", d.demo.seed.value, d.demo.months, shownDir))
	}
	p.command("commonpool verify --in " + d.lastFile("snapshot") + " --decision " + d.lastFile("decision"))
	p.command("commonpool why SN --in " + d.lastFile("snapshot"))
	p.line("")
	if len(d.broken) == 0 {
		p.para("  ", fmt.Sprintf("Laws %s of docs/FAIRNESS.md checked on each decision: all hold.", strings.Trim(fmt.Sprint(lawsChecked), "[]")))
	} else {
		p.para("  ", "BROKEN LAWS: "+strings.Join(d.broken, "; "))
	}
	p.para("  ", fmt.Sprintf("A seed gives the same decisions on every machine (%s). SHA-256 of the last:", fairshare.Engine))
	p.line("  " + p.styled(styleBold, d.decision))
}

// shownDir is the folder in the commands shown where none was named.
const shownDir = "d"

// lastFile is a file of the last month as a command line has it.
func (d *playedDemo) lastFile(kind string) string {
	dir := d.demo.outDir
	if dir == "" {
		dir = shownDir
	}
	name := roundFile(dir, d.demo.months, d.demo.months, kind)
	plain := func(r rune) bool {
		return r >= 0x80 || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-+:@%", r)
	}
	if strings.IndexFunc(name, func(r rune) bool { return !plain(r) }) >= 0 {
		name = "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
	}
	return printable(name)
}
