package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/commonpool/commonpool/internal/advice"
	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/pool"
)

// demoExample is one request of the last month, explained.
type demoExample struct {
	title   string
	country pool.Nation
	topic   string
	level   level
	advice  *advised
	command string // that tells more
}

// exampleKind is what an example is to show.
type exampleKind struct {
	title string
	fits  func(r fairshare.Reason, asked, granted int64) bool
}

func exampleKinds() []exampleKind {
	return []exampleKind{
		{"granted in full", func(r fairshare.Reason, _, granted int64) bool {
			return r.Code == fairshare.DemandMet && granted > 0
		}},
		{"limited by its share", func(r fairshare.Reason, asked, granted int64) bool {
			return r.Code == fairshare.Share && r.Siblings > 1 && granted >= credit.CreditGPUMS && granted < asked
		}},
		{"below its minimum", func(r fairshare.Reason, _, _ int64) bool {
			return r.Code == fairshare.BelowMinimum && r.WouldHave >= credit.CreditGPUMS
		}},
	}
}

// Examples ask for about typicalExample credits; of each kind at most
// triedExamples are asked for advice, until one has some for its requester.
const (
	typicalExample = 500 * credit.CreditGPUMS
	triedExamples  = 6
)

// demoExamples picks one request of each kind, of different countries.
func (a *app) demoExamples(d *playedDemo) ([]demoExample, error) {
	x := newExplainer(d.last.Decision)
	used := map[pool.NationID]bool{}
	var list []demoExample
	for _, kind := range exampleKinds() {
		chosen, err := a.demoExample(d, x, kind, used)
		if err != nil {
			return nil, err
		}
		if chosen != nil {
			used[chosen.country.ID] = true
			list = append(list, *chosen)
		}
	}
	return list, nil
}

// demoExample picks a request of a kind: the first with something that its
// requester could change, else the first of all; nil if there is none.
func (a *app) demoExample(d *playedDemo, x *explainer, kind exampleKind, used map[pool.NationID]bool) (*demoExample, error) {
	var chosen *demoExample
	candidates := d.candidates(kind, used)
	for _, i := range candidates[:min(len(candidates), triedExamples)] {
		part := d.last.Requests[i]
		id := string(part.Request.ID)
		found, err := a.advise(x.d, id, true)
		if err != nil {
			return nil, err
		}
		helps := found.Change != nil && found.Change.By == string(advice.Requester)
		if chosen != nil && !helps {
			continue
		}
		_, topic, _ := strings.Cut(part.Request.Purpose, ", ")
		chosen = &demoExample{
			title: kind.title, country: *part.Nation, topic: topic, level: x.requestLevel(i), advice: found,
			command: "commonpool why " + id + " --in " + d.lastFile("snapshot"),
		}
		if helps {
			break
		}
	}
	return chosen, nil
}

// candidates are the requests of the last month that an example fits: those of
// the least developed countries first, then the nearest to a typical size.
func (d *playedDemo) candidates(kind exampleKind, used map[pool.NationID]bool) []int {
	var list []int
	for i, part := range d.last.Requests {
		asked := d.last.Snapshot.Request(i).Max.GPUMilliseconds()
		if !used[part.Nation.ID] && kind.fits(d.last.Decision.RequestReason(i), asked, part.Granted.GPUMilliseconds()) {
			list = append(list, i)
		}
	}
	rank := func(i int) (int, int64) {
		poor := 1
		if d.world.nations[d.last.Requests[i].Nation.ID].LDC {
			poor = 0
		}
		return poor, abs(d.last.Snapshot.Request(i).Max.GPUMilliseconds() - typicalExample)
	}
	slices.SortStableFunc(list, func(i, j int) int {
		a, far := rank(i)
		b, farther := rank(j)
		return cmp.Or(cmp.Compare(a, b), cmp.Compare(far, farther))
	})
	return list
}

// writeExamples explains the examples, each in a sentence and with the change
// that would have helped.
func (d *playedDemo) writeExamples(p *demoPage, list []demoExample) {
	p.title("WHY", fmt.Sprintf("%d of the %s requests of %s", len(list), grouped(int64(len(d.last.Requests))), d.last.Round.ID))
	for i, e := range list {
		if i > 0 {
			p.line("")
		}
		p.hanging("  ", "    ", fmt.Sprintf("%s, %s (%s): asked for %s credits, granted %s",
			e.level.ID, e.country.Name, e.topic, credits(e.level.Asked), credits(e.level.Granted)))
		other := strings.Repeat(" ", 16)
		p.hanging("    why         ", other, e.level.Sentence)
		p.hanging("    one change  ", other, strings.Join(e.advice.Sentences, " "))
		p.hanging("    see more    ", other, e.command)
	}
}
