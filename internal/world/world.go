package world

import (
	"fmt"

	"github.com/commonpool/commonpool/internal/pool"
)

// World is the reference world of one seed. The tables of facts are the same
// for every seed; the tree below the nations is generated from it. A World is
// not changed after New and may be read by several goroutines.
type World struct {
	Seed          uint64
	Nations       []Nation // by id
	Allocations   []pool.NationalAllocation
	Classes       []Class
	Sites         []pool.Site
	Announcements []Announcement
	Pledges       []Pledge
	// Institutions, Leads and Projects are generated, and fictional.
	Institutions []pool.Institution
	Leads        []pool.Lead
	Projects     []pool.Project

	activity []uint64  // of Nations: how often each asks
	families [][]house // of Nations: the projects below, most active first
	// flagship asks for as large a part of every month's supply as the largest
	// known single award took.
	flagship project
}

// house is an institution as the generator sees it: the projects of each lead.
type house [][]pool.ProjectID

// project is a project with its nation, an index of Nations.
type project struct {
	nation int
	id     pool.ProjectID
}

// New makes the world of a seed. The same seed gives the same world on every
// machine.
func New(seed uint64) *World {
	facts := announcementTable()
	w := &World{
		Seed: seed, Nations: weighted(), Classes: classTable(), Sites: siteTable(),
		Announcements: facts, Pledges: pledges(facts),
	}
	d := newDraws(seed, 0)
	for _, n := range w.Nations {
		w.Allocations = append(w.Allocations, pool.NationalAllocation{
			Nation: n.ID, Share: pool.Share{Weight: n.Weight},
			Period: pool.Period{Start: Period(0).Start, End: Period(pledgedMonths).Start},
		})
		w.activity = append(w.activity, n.activity())
		w.families = append(w.families, w.settle(d, n))
	}
	home := d.pick(w.activity)
	w.flagship = project{home, w.families[home][0][0][0]}
	return w
}

// settle generates what is below a nation: two to five institutions by how much
// it asks, two to six leads in each, one to three projects for each.
func (w *World) settle(d draws, n Nation) []house {
	count := 2
	for _, step := range []uint64{50, 150, 300} {
		if n.activity() >= step {
			count++
		}
	}
	var houses []house
	for i := range count {
		institution := fmt.Sprintf("%s-%d", n.ID, i+1)
		w.Institutions = append(w.Institutions, pool.Institution{
			ID: pool.InstitutionID(institution), Nation: n.ID, Name: "Institute " + institution,
			Share: pool.Share{Weight: institutionWeights[i]},
		})
		var h house
		for l := range d.between(2, 6) {
			lead := fmt.Sprintf("%s-L%d", institution, l+1)
			w.Leads = append(w.Leads, pool.Lead{
				ID: pool.LeadID(lead), Institution: pool.InstitutionID(institution), Share: pool.Share{Weight: 1},
			})
			var projects []pool.ProjectID
			for p := range d.between(1, 3) {
				id := pool.ProjectID(fmt.Sprintf("%s-P%d", lead, p+1))
				w.Projects = append(w.Projects, pool.Project{
					ID: id, Lead: pool.LeadID(lead), Name: "Project " + string(id), Share: pool.Share{Weight: 1},
				})
				projects = append(projects, id)
			}
			h = append(h, projects)
		}
		houses = append(houses, h)
	}
	return houses
}

// someProject draws a project by how much its nation, institution and lead ask.
func (w *World) someProject(d draws) project {
	nation := d.pick(w.activity)
	houses := w.families[nation]
	leads := houses[d.zipf(len(houses))]
	projects := leads[d.zipf(len(leads))]
	return project{nation, projects[d.zipf(len(projects))]}
}

// class is the class of an id of the tables.
func (w *World) class(id pool.ClassID) Class {
	for _, c := range w.Classes {
		if c.ID == id {
			return c
		}
	}
	panic("world: no class " + string(id))
}

// Lots is the supply of month i, 0 being March 2026, in the order of Pledges.
// Before month 0 and after the last pledge there is none.
func (w *World) Lots(i int) []pool.Lot {
	var lots []pool.Lot
	for _, p := range w.Pledges {
		if lot, ok := p.lot(i, w.class(p.Class).GPUClass); ok {
			lots = append(lots, lot)
		}
	}
	return lots
}

// Month is the supply and the new demand of month i: its Lots, and the requests
// by the time of submission, all priced and eligible. Months can be asked for in
// any order and are the same each time. A month without supply has no requests.
//
// A month does not know what earlier ones granted: to keep a request in line,
// carry it over; its Window stays open for three months.
func (w *World) Month(i int) (lots []pool.Lot, requests []pool.Request) {
	lots = w.Lots(i)
	if len(lots) == 0 {
		return nil, nil
	}
	return lots, w.requests(i, supplyOf(lots))
}
