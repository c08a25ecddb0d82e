package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/commonpool/commonpool/internal/world"
)

// demoSources prints every fact of the reference world with its source and date,
// and every assumption.
func (a *app) demoSources(d *demo) error {
	w := newDemoWorld(d.seed.value, 0)
	p := newDemoPage(d, a.stdout)
	p.para("", "The reference world of commonpool demo: FACTS restate what was published, each with its source and date; ASSUMED is what no source states.")
	w.listCountries(p)
	w.listClasses(p)
	w.listContributions(p)
	w.listAnchors(p)
	p.title("ASSUMED", "the choices of the demo, beside the parts offered above")
	for _, as := range world.Assumptions() {
		p.hanging("  ", "      ", as.What+": "+as.Value)
	}
	_, err := io.WriteString(a.stdout, p.String())
	return err
}

// source writes where something was read.
func (p *demoPage) source(indent string, s world.Source) {
	p.hanging(indent, indent, strings.TrimPrefix(fmt.Sprintf("%s, as of %s, %s", s.What, s.AsOf, qualities[s.Quality]), ", "))
	p.line(indent + s.URL)
}

// qualities are those of sources, in words.
var qualities = map[world.Quality]string{
	world.Primary: "primary source", world.Press: "press", world.Weak: "weak: could not be cross-checked",
}

// listCountries lists the countries, and the sources of their figures.
func (w *demoWorld) listCountries(p *demoPage) {
	p.title("FACTS: COUNTRIES", "least: least developed; researchers per million people, and the year; weight: ASSUMED factors")
	lines := [][]string{{"", "COUNTRY", "REGION", "INCOME", "LEAST", "POPULATION", "RESEARCHERS", "WEIGHT"}}
	for _, n := range w.Nations {
		income, least, researchers := "not classified", "", "not known"
		if n.IncomeGroup != world.NotClassified {
			income = strings.TrimSuffix(groupNames[n.IncomeGroup], " income")
		}
		if n.LDC {
			least = "yes"
		}
		if f := n.ResearchersPerMillion; f.Known {
			researchers = fmt.Sprintf("%s (%d)", grouped(f.Value), f.Year)
		}
		lines = append(lines, []string{
			string(n.ID), p.plain(n.Name), groupNames[n.Region], income, least, grouped(n.Population), researchers, grouped(n.Weight),
		})
	}
	right := []bool{false, false, false, false, false, true, true, true}
	shown := []bool{true, true, p.width >= wideDemo, true, true, true, true, true}
	p.rows(aligned(lines, right, shown, "  "))
	p.line("")
	for _, s := range world.Sources() {
		p.source("  ", s)
	}
}

// listClasses lists the classes with their published rates.
func (w *demoWorld) listClasses(p *demoPage) {
	p.title("FACTS: GPU CLASSES", "RGU: Reference GPU Units; rate: credits for a GPU-hour, RGU / 4")
	lines := [][]string{{"CLASS", "NAME", "RELEASED", "RGU", "RATE"}}
	for _, c := range w.Classes {
		permille := c.Rate().Permille()
		lines = append(lines, []string{
			string(c.ID), c.Name, c.Released, fmt.Sprintf("%d.%04d", c.RGU/10_000, c.RGU%10_000), fmt.Sprintf("%d.%03d", permille/1000, permille%1000),
		})
	}
	p.rows(aligned(lines, []bool{false, false, false, true, true}, []bool{true, true, true, true, true}, "  "))
}

// listContributions lists what was announced, and what the demo offers of it.
func (w *demoWorld) listContributions(p *demoPage) {
	p.title("FACTS: CONTRIBUTIONS, and what of them is offered here (ASSUMED)", "")
	pledges := map[string]world.Pledge{}
	for _, pledge := range w.Pledges {
		pledges[pledge.Announcement] = pledge
	}
	for _, fact := range w.Announcements {
		amount := "amount not stated"
		if fact.Amount.Known {
			amount = grouped(fact.Amount.Value) + " " + fact.Unit
		}
		if fact.Model != "" {
			amount += ", " + fact.Model
		}
		p.hanging("  ", "      ", fact.Contributor+", to "+fact.Beneficiary+": "+amount+"; "+fact.Status)
		if fact.Note != "" {
			p.para("      ", fact.Note)
		}
		p.source("      ", fact.Source)
		if pledge, offered := pledges[fact.ID]; offered {
			p.hanging("      ", "        ", "ASSUMED offer: "+pledge.How+"; for "+conditionsOf(pledge.Conditions))
		} else {
			p.para("      ", "not offered: "+fact.NoPledge)
		}
	}
}

// listAnchors lists the statistics that the generated requests follow.
func (w *demoWorld) listAnchors(p *demoPage) {
	p.title("FACTS: STATISTICS that the GENERATED requests follow", "")
	for _, anchor := range world.Anchors() {
		p.hanging("  ", "      ", anchor.What+": "+anchor.Value+". Used for: "+anchor.UsedFor)
		p.source("      ", anchor.Source)
	}
}

// rows writes a table whose first line is its head.
func (p *demoPage) rows(text string) {
	for i, row := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if i == 0 {
			row = p.styled(styleDim, row)
		}
		p.line(row)
	}
}
