package replay

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/traces"
)

// Assumption turns jobs into requests under a plan. Each group of the trace
// becomes a lead with one project in an institution of its country; each job one
// request of that project for its GPU-seconds.
//
// What is from the trace: ids, groups, times of submission, GPU-seconds, the
// class where it is one of the plan's. All else is ASSUMED, also the link from a
// group to its country.
//
// The smallest jobs ask for less than the GPU-hour that is a request's least
// minimum. They are not made larger: their minimum is all they ask for.
type Assumption struct {
	plan     Plan
	draw     drawer
	classes  map[pool.ClassID]pool.GPUClass
	nations  []pool.Nation // in order of id
	homes    map[string]pool.NationID
	accounts map[string]*account // by group
	requests []*pool.Request
	ids      map[pool.RequestID]struct{}
}

// account is a group of the trace, with what is ASSUMED about its requests.
type account struct {
	nation       pool.NationID
	institution  pool.InstitutionID
	lead         pool.LeadID
	project      pool.ProjectID
	sites        []pool.SiteID
	jurisdiction []pool.Jurisdiction
	residency    []pool.Jurisdiction
	declares     pool.Declarations
	field        pool.Field
}

// Assume prepares to read jobs. Countries leads from groups to nations, the keys
// of nations (Nations has the developing economies by alpha-3 code). The members
// of the pool are the nations that countries names, or all if it names none; a
// group that it does not name belongs to a member drawn by its id.
//
// Errors: those of Plan.Check under "plan", and for each country that is not in
// nations.
func Assume(plan Plan, countries map[string]string, nations map[string]pool.Nation) (*Assumption, error) {
	var f faults
	f.nest("plan", plan.Check())
	a := &Assumption{
		plan: plan, draw: drawer(plan.Seed), classes: make(map[pool.ClassID]pool.GPUClass),
		homes: make(map[string]pool.NationID), accounts: make(map[string]*account), ids: make(map[pool.RequestID]struct{}),
	}
	members := make(map[pool.NationID]pool.Nation)
	for _, group := range slices.Sorted(maps.Keys(countries)) {
		n, ok := nations[countries[group]]
		if !ok {
			f.add(codeUnknown, "countries["+group+"]", "is %q, expected one of %d known nations", countries[group], len(nations))
		}
		a.homes[group], members[n.ID] = n.ID, n
	}
	if len(countries) == 0 {
		for _, n := range nations {
			members[n.ID] = n
		}
	}
	if len(members) == 0 {
		f.add(pool.CodeRequired, "nations", "is empty")
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	for _, id := range slices.Sorted(maps.Keys(members)) {
		a.nations = append(a.nations, members[id])
	}
	for _, c := range plan.GPUClasses() {
		a.classes[c.ID] = c
	}
	return a, nil
}

// Requests returns the requests made so far, in the order of the jobs.
func (a *Assumption) Requests() []*pool.Request { return a.requests }

// Asked is what all requests made so far ask for together, or
// credit.ErrOverflow.
func (a *Assumption) Asked() (credit.Amount, error) { return asked(a.requests) }

func asked(requests []*pool.Request) (credit.Amount, error) {
	amounts := make([]credit.Amount, len(requests))
	for i, r := range requests {
		amounts[i] = r.Terms.Requested
	}
	return credit.Sum(amounts...)
}

// Fields of a job that Add finds fault with. They are no columns: each format
// calls them otherwise.
const (
	FieldID         = "id"
	FieldSubmitted  = "submitted"
	FieldGPUSeconds = "gpu_seconds"
)

// Add makes a request of a job. It has the form of traces.Read's accept, which ends
// at an error: wrap it to go on without the job. An error is a *fault.Error,
// Invalid, with the job's line and, as its path, FieldID, FieldSubmitted or
// FieldGPUSeconds; the job is then left out.
func (a *Assumption) Add(job traces.Job) error {
	id := pool.RequestID(publicID("", job.ID))
	if _, twice := a.ids[id]; twice {
		return fault.New(fault.Invalid, pool.CodeDuplicate, "request %s stands there twice", id).At(job.Line, FieldID)
	}
	if !job.Submitted.Before(lastDay) {
		return fault.New(fault.Invalid, pool.CodeOutOfRange,
			"is submitted on %s, too late for a round to follow", job.Submitted.Format(time.DateOnly)).At(job.Line, FieldSubmitted)
	}
	class := pool.ClassID(job.Class)
	if _, known := a.classes[class]; !known {
		class = a.someClass(string(id))
	}
	who := a.account(job.Group)
	r, err := a.request(id, who, class, credit.GPUSeconds(job.GPUSeconds))
	if err != nil {
		return outOfRange(err).At(job.Line, FieldGPUSeconds)
	}
	r.Submitted = job.Submitted
	r.Window = pool.Period{Start: job.Submitted, End: job.Submitted.AddDate(0, 0, int(a.plan.UsefulDays))}
	if err := a.price(r); err != nil {
		return outOfRange(err).At(job.Line, FieldGPUSeconds)
	}
	a.accounts[job.Group], a.ids[id] = who, struct{}{}
	a.requests = append(a.requests, r)
	return nil
}

// outOfRange says the first of the faults that one amount has: where a total is
// out of range, its minimum may be too.
func outOfRange(err error) *fault.Error {
	problem := err.Error()
	var first *fault.Error
	if errors.As(err, &first) {
		problem = first.Problem
	}
	return fault.New(fault.Invalid, pool.CodeOutOfRange, "%s", problem).Because(err)
}

// purpose is that of every request here.
const purpose = "ASSUMED: a job of a trace, of which only size, time and group are known"

// request makes a request but for its times and terms.
func (a *Assumption) request(id pool.RequestID, of *account, class pool.ClassID, total credit.GPUSeconds) (*pool.Request, error) {
	least, err := a.someMinimum(string(id), total)
	if err != nil {
		return nil, err
	}
	return &pool.Request{
		ID: id, Project: of.project, State: pool.RequestEligible,
		Ask: pool.Ask{Class: class, Total: total, Minimum: least},
		Accepts: pool.Acceptance{
			Classes: a.someClasses(string(id), class), Sites: of.sites, Jurisdictions: of.jurisdiction,
		},
		Residency: of.residency, Purpose: purpose, Field: of.field, Declares: of.declares, Rank: 1,
	}, nil
}

// price prices a request when it was submitted.
func (a *Assumption) price(r *pool.Request) (err error) {
	r.Terms, err = r.Ask.Price(a.classes[r.Ask.Class], r.Submitted)
	return err
}

func (a *Assumption) someClass(id string) pool.ClassID {
	total := int64(0)
	for _, c := range a.plan.Classes {
		total += c.Asked
	}
	left := a.draw.below(total, "class", id)
	for _, c := range a.plan.Classes {
		if left < c.Asked {
			return c.ID
		}
		left -= c.Asked
	}
	panic("replay: unreachable, the draw is below the total")
}

func (a *Assumption) someClasses(id string, asked pool.ClassID) []pool.ClassID {
	if a.draw.in(a.plan.Asks.OneClassPercent, "one class", id) {
		return nil
	}
	var list []pool.ClassID
	for _, c := range a.plan.Classes {
		if c.ID != asked && a.draw.in(a.plan.Asks.AcceptPercent, "accepts "+string(c.ID), id) {
			list = append(list, c.ID)
		}
	}
	return list
}

// someMinimum is a GPU-hour or a part of the total, and never more than the
// total.
func (a *Assumption) someMinimum(id string, total credit.GPUSeconds) (credit.GPUSeconds, error) {
	if total < 1 {
		return 0, fmt.Errorf("%d GPU-seconds are asked for, expected at least 1", total)
	}
	least := credit.Hour
	left := a.draw.below(100, "minimum", id)
	for _, m := range a.plan.Asks.Minima {
		if left < m.Percent {
			part, _ := partOf(int64(total), m.Permille, 1000) // at most the total
			least = max(least, credit.GPUSeconds(part))
			break
		}
		left -= m.Percent
	}
	return min(least, total), nil
}

// account finds the account of a group, or makes it; it is the caller's to keep.
func (a *Assumption) account(group string) *account {
	if known, ok := a.accounts[group]; ok {
		return known
	}
	asks, nation := &a.plan.Asks, a.home(group)
	seats := a.institutions(nation)
	return &account{
		nation:       nation,
		institution:  seats[a.draw.below(int64(len(seats)), "institution", group)],
		lead:         pool.LeadID(publicID("lead-", group)),
		project:      pool.ProjectID(publicID("project-", group)),
		sites:        a.someSites(group),
		jurisdiction: a.someLimit(asks.Jurisdictions, "jurisdictions", group),
		residency:    a.someLimit(asks.Residency, "residency", group),
		declares: pool.Declarations{
			CivilianPurpose: a.draw.in(asks.CivilianPercent, "civilian", group),
			OpenOutputs:     a.draw.in(asks.OpenPercent, "open", group),
		},
		field: asks.Fields[a.draw.below(int64(len(asks.Fields)), "field", group)],
	}
}

// home is the nation of a group, drawn where it is not known.
func (a *Assumption) home(group string) pool.NationID {
	if n, ok := a.homes[group]; ok {
		return n
	}
	return a.nations[a.draw.below(int64(len(a.nations)), "nation", group)].ID
}

// institutions are those of a nation, largest first.
func (a *Assumption) institutions(nation pool.NationID) []pool.InstitutionID {
	list := make([]pool.InstitutionID, 1+a.draw.below(a.plan.Tree.MaxInstitutions, "institutions", string(nation)))
	for i := range list {
		list[i] = pool.InstitutionID(fmt.Sprintf("%s-%d", nation, i+1))
	}
	return list
}

func (a *Assumption) someSites(group string) []pool.SiteID {
	if a.draw.in(a.plan.Asks.AnywherePercent, "anywhere", group) {
		return nil
	}
	sites := a.plan.Sites
	list := []pool.SiteID{sites[a.draw.below(int64(len(sites)), "site", group)].ID}
	for _, s := range sites {
		if s.ID != list[0] && a.draw.in(a.plan.Asks.AcceptPercent, "site "+string(s.ID), group) {
			list = append(list, s.ID)
		}
	}
	return list
}

func (a *Assumption) someLimit(limits []PlanLimit, question, group string) []pool.Jurisdiction {
	left := a.draw.below(100, question, group)
	for _, l := range limits {
		if left < l.Percent {
			return l.Within
		}
		left -= l.Percent
	}
	return nil
}

// publicID makes an id of a name in a trace: the name itself where it may be one,
// else a hash of it.
func publicID(prefix, name string) string {
	id := prefix + name
	if (pool.Lead{ID: pool.LeadID(id), Institution: "any"}).Check() == nil {
		return id
	}
	return prefix + "x" + shortHash(name)
}
