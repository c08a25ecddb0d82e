package replay

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/matching"
	"github.com/commonpool/commonpool/internal/pool"
)

func day(n int) time.Time { return time.Date(2026, 12, 1+n, 0, 0, 0, 0, time.UTC) }

// amount is n credits.
func amount(n int64) credit.Amount { return credit.GPUMilliseconds(n * credit.CreditGPUMS) }

// small is a pool of two nations of equal weight. Kenya has one institution with
// two leads, Nigeria one with one; every lead has one project.
func small() Pool {
	one := pool.Share{Weight: 1}
	p := Pool{
		ID: "pool", Policy: pool.DefaultPolicy(),
		Nations: []pool.Nation{{ID: "KE", Name: "Kenya"}, {ID: "NG", Name: "Nigeria"}},
		Sites:   []pool.Site{{ID: "lyon", Name: "Lyon", Country: "FR"}},
	}
	for _, n := range p.Nations {
		p.Allocations = append(p.Allocations, pool.NationalAllocation{Nation: n.ID, Share: one, Period: always})
		p.Institutions = append(p.Institutions, pool.Institution{ID: pool.InstitutionID(n.ID + "-1"), Nation: n.ID, Name: "Institute", Share: one})
	}
	for _, l := range []string{"KE-1-a", "KE-1-b", "NG-1-a"} {
		p.Leads = append(p.Leads, pool.Lead{ID: pool.LeadID(l), Institution: pool.InstitutionID(l[:4]), Share: one})
		p.Projects = append(p.Projects, pool.Project{ID: pool.ProjectID(l + "-p"), Lead: pool.LeadID(l), Name: "Project", Share: one})
	}
	return p
}

// numbered is the n-th daily round, opened on the day it divides.
func numbered(n int) pool.Round {
	return pool.Round{
		ID:     pool.RoundID(fmt.Sprintf("round-%d", n)),
		Key:    pool.RoundKey{Pool: "pool", Kind: pool.Regular, Tick: day(n)},
		Period: pool.Period{Start: day(n), End: day(n + 1)},
	}
}

func lotOf(n int, id string, supply credit.Amount) pool.Lot {
	return pool.Lot{
		ID: pool.LotID(id), Contribution: "gift", Class: "a100", Site: "lyon",
		Period: numbered(n).Period, Rate: credit.Reference(), Supply: supply,
	}
}

// wish is an open request of a project for so many credits, since the day before
// the first round and for a month.
func wish(id, project string, credits int64) *pool.Request {
	return &pool.Request{
		ID: pool.RequestID(id), Project: pool.ProjectID(project), State: pool.RequestEligible,
		Ask:   pool.Ask{Class: "a100", Total: credit.GPUSeconds(credits) * credit.Hour},
		Terms: pool.Terms{Rate: credit.Reference(), Requested: amount(credits)},
		Field: "1.2", Purpose: "a test", Rank: 1,
		Submitted: day(-1), Window: pool.Period{Start: day(-1), End: day(30)},
	}
}

func newPlayer(t *testing.T, setup Pool) *Player {
	t.Helper()
	p, err := New(setup)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func mustPlay(t *testing.T, p *Player, n int, supply int64, arrivals ...*pool.Request) *Played {
	t.Helper()
	played, err := p.Play(numbered(n), []pool.Lot{lotOf(n, "lot", amount(supply))}, arrivals)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(played.Decision); err != nil {
		t.Fatal(err)
	}
	checkPlayer(t, p)
	return played
}

func accountOf(p *Player, id string) Account {
	for _, a := range p.Accounts() {
		if a.ID == id {
			return a
		}
	}
	return Account{}
}

func TestWhatIsUnmetIsCarriedAndReciprocityIsPaidBack(t *testing.T) {
	p := newPlayer(t, small())
	// Kenya alone asks: it has all 10, 5 beyond its share, and owes them.
	first := mustPlay(t, p, 0, 10, wish("r1", "KE-1-a-p", 30))
	if got := first.Requests[0].Granted; got != amount(10) {
		t.Fatalf("granted %v, expected all 10", got)
	}
	if got := accountOf(p, "KE").Balance; got != credit.GPUMilliseconds(-5*credit.CreditGPUMS) {
		t.Errorf("Kenya owes %v, expected 5 credits", got)
	}
	// Now Nigeria asks too. Shares of 5 and 5, moved by the balances of −5 and +5,
	// would be 0 and 10; Kenya is guaranteed half of its 5: 2.5 and 7.5.
	second := mustPlay(t, p, 1, 10, wish("r2", "NG-1-a-p", 30))
	kenya, _ := second.Part("r1")
	if kenya.Granted.GPUMilliseconds() != 5*credit.CreditGPUMS/2 || kenya.Awarded != amount(10) || !kenya.Carried {
		t.Errorf("Kenya's request: %+v", kenya)
	}
	if line := p.Line(); len(line) != 2 || line[0].Awarded.GPUMilliseconds() != 25*credit.CreditGPUMS/2 || line[0].State != pool.RequestPartlyGranted {
		t.Errorf("in line: %+v", line)
	}
	// Another lot meets both: 30 − 12.5 = 17.5 and 30 − 7.5 = 22.5.
	third := mustPlay(t, p, 2, 50)
	if s := third.Summary; s.Granted != amount(40) || s.Left != amount(10) || s.Completed != 2 || len(p.Line()) != 0 {
		t.Errorf("%+v, in line %v", s, p.Line())
	}
}

func TestWhoHasNoOpenRequestIsLeftOutAndKeepsItsBalance(t *testing.T) {
	p := newPlayer(t, small())
	mustPlay(t, p, 0, 12, wish("a0", "KE-1-a-p", 20), wish("b0", "KE-1-b-p", 1))
	owed, owes := accountOf(p, "KE-1-b").Balance, accountOf(p, "KE-1-a").Balance
	if owed.Sign() <= 0 || owes.Sign() >= 0 {
		t.Fatalf("the leads' balances are %v and %v", owed, owes)
	}
	second := mustPlay(t, p, 1, 1)
	var ids []string
	for _, n := range second.Snapshot.Nodes() {
		ids = append(ids, n.ID)
		if n.ID == "KE-1" && n.Commons != owed {
			t.Errorf("the snapshot's commons is %v, expected the balance left out, %v", n.Commons, owed)
		}
	}
	if want := []string{"KE", "KE-1", "KE-1-a", "KE-1-a-p", "NG", "NG-1", "pool"}; !slices.Equal(ids, want) {
		t.Errorf("nodes %v, expected %v", ids, want)
	}
	if got := accountOf(p, "KE-1-b").Balance; got != owed {
		t.Errorf("left out, but its balance went from %v to %v", owed, got)
	}
}

func TestARequestWaitsForItsTickAndItsWindow(t *testing.T) {
	p := newPlayer(t, small())
	atTick := wish("at-tick", "KE-1-a-p", 1)
	atTick.Submitted = day(0)
	later := wish("later", "KE-1-a-p", 1)
	later.Window.Start = day(1)
	over := wish("over", "KE-1-a-p", 1)
	over.Window.End = day(0)
	never := wish("never", "KE-1-a-p", 100)
	never.Terms.Minimum = amount(100)
	never.Window.End = day(2)
	s := mustPlay(t, p, 0, 10, atTick, later, over, never).Summary
	if s.Requests != 1 || s.Waiting != 3 || s.Granted != amount(0) {
		t.Errorf("round 0: %+v", s)
	}
	if s := mustPlay(t, p, 1, 10).Summary; s.Requests != 3 || s.Served != 2 || s.Carried != 3 {
		t.Errorf("round 1: %+v", s)
	}
	mustPlay(t, p, 2, 10)
	states := map[pool.RequestID]pool.RequestState{}
	for _, s := range p.Standings() {
		states[s.Request.ID] = s.State
	}
	want := map[pool.RequestID]pool.RequestState{
		"at-tick": pool.RequestGranted, "later": pool.RequestGranted, "over": pool.RequestExpired, "never": pool.RequestExpired,
	}
	if !reflect.DeepEqual(states, want) {
		t.Errorf("got %v, expected %v", states, want)
	}
}

func TestEqualMatchesShareOneRecordNamedInOrderOfRequests(t *testing.T) {
	setup := small()
	setup.Nations[1].Groups = []pool.Group{pool.LDC}
	p := newPlayer(t, setup)
	forLDC := lotOf(0, "for-ldc", amount(1))
	forLDC.Conditions.Groups = []pool.Group{pool.LDC}
	nobody := lotOf(0, "for-nobody", amount(1))
	nobody.Conditions.Nations = []pool.NationID{"XX"}
	lots := []pool.Lot{nobody, forLDC, lotOf(0, "for-all", amount(10))}
	f, err := p.Freeze(numbered(0), lots, []*pool.Request{
		wish("r3", "KE-1-b-p", 1), wish("r1", "NG-1-a-p", 1), wish("r2", "KE-1-a-p", 1),
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []fairshare.Eligibility{
		{ID: "e1", Lots: []string{"for-all", "for-ldc"}, ExcludedBy: map[string][]string{"nation": {"for-nobody"}}},
		{ID: "e2", Lots: []string{"for-all"}, ExcludedBy: map[string][]string{"nation": {"for-nobody"}, "group": {"for-ldc"}}},
	}
	if got := f.Snapshot.Eligibilities(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, expected %v", got, want)
	}
	for i, elig := range []string{"e1", "e2", "e2"} {
		if got := f.Snapshot.Request(i).Eligibility; got != elig {
			t.Errorf("request %d has %s, expected %s", i, got, elig)
		}
	}
	for i, open := range [][]string{nil, {"NG"}, {}} {
		if got := f.Snapshot.Lots()[i].OpenTo; !reflect.DeepEqual(got, open) {
			t.Errorf("lot %d is open to %#v, expected %#v", i, got, open)
		}
	}
	if part, ok := f.Part("r1"); !ok || part.Match.ExcludedBy[matching.Nation][0] != "for-nobody" || part.Nation.ID != "NG" {
		t.Errorf("part of r1: %+v, %v", part, ok)
	}
}

func TestEveryFaultIsReportedAndNothingChanges(t *testing.T) {
	p := newPlayer(t, small())
	mustPlay(t, p, 1, 10, wish("known", "KE-1-a-p", 20))
	before, line := p.Accounts(), p.Line()
	round := numbered(1)
	round.Key.Pool, round.Key.Tick = "other", day(0)
	bad := wish("bad", "nobody", 1)
	bad.State, bad.Terms.Minimum, bad.Submitted, bad.Rank = pool.RequestDraft, amount(2), time.Time{}, -1
	lot := lotOf(1, "lot", amount(1))
	lot.Contribution = ""
	_, err := p.Play(round, []pool.Lot{lot}, []*pool.Request{bad, wish("known", "KE-1-a-p", 1), bad})
	for _, want := range []string{
		"round.pool", "round.id", "round.tick", "lots[0].contribution", "arrivals[0].project", "arrivals[0].state",
		"arrivals[0].submitted", "arrivals[0].rank", "arrivals[0].terms.minimum_gpu_ms", "arrivals[1].id", "arrivals[2].id",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no fault at %s in: %v", want, err)
		}
	}
	elsewhere := lotOf(2, "lot", amount(1))
	elsewhere.Site = "nowhere"
	if _, err := p.Play(numbered(2), []pool.Lot{elsewhere}, nil); fault.KindOf(err) != fault.Invalid {
		t.Errorf("an unknown site: %v", err)
	}
	huge := lotOf(2, "lot", credit.GPUMilliseconds(pool.MaxAmount-1))
	more := lotOf(2, "more", amount(1))
	if _, err := p.Play(numbered(2), []pool.Lot{huge, more}, nil); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "2^53") {
		t.Errorf("too much supply: %v", err)
	}
	if !reflect.DeepEqual(p.Accounts(), before) || !reflect.DeepEqual(p.Line(), line) {
		t.Error("a refused round changed the player")
	}
}

func TestANationWithoutAnAllocationIsAFault(t *testing.T) {
	setup := small()
	setup.Allocations[1].Period.End = day(1)
	p := newPlayer(t, setup)
	mustPlay(t, p, 0, 1)
	_, err := p.Play(numbered(1), nil, nil)
	if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "NG has no allocation") {
		t.Errorf("got %v", err)
	}
}

func TestAPreviewChangesNothingAndGoesStale(t *testing.T) {
	p := newPlayer(t, small())
	lots, arrivals := []pool.Lot{lotOf(0, "lot", amount(3))}, []*pool.Request{wish("r", "KE-1-a-p", 5)}
	preview, err := p.Freeze(numbered(0), lots, arrivals)
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Standings()) != 0 {
		t.Error("the preview took in a request")
	}
	decision := fairshare.Decide(preview.Snapshot)
	other := fairshare.Decide(must(Unlimited(preview.Snapshot)))
	if _, err := p.Post(preview, other); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a decision of another snapshot: %v", err)
	}
	if _, err := p.Post(preview, decision); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Post(preview, decision); fault.KindOf(err) != fault.Conflict {
		t.Errorf("posted twice: %v", err)
	}
}

func TestNobodyWithABalanceGoesOrMoves(t *testing.T) {
	p := newPlayer(t, small())
	moved := small()
	moved.Leads[0].Institution = "NG-1"
	gone := small()
	gone.Projects = gone.Projects[1:]
	for _, setup := range []Pool{moved, gone} {
		if err := p.Amend(setup); fault.KindOf(err) != fault.Conflict {
			t.Errorf("got %v", err)
		}
	}
	grown := small()
	grown.Leads = append(grown.Leads, pool.Lead{ID: "NG-1-b", Institution: "NG-1", Share: pool.Share{Weight: 1}})
	if err := p.Amend(grown); err != nil {
		t.Error(err)
	}
}

func TestAPoolReportsEveryFault(t *testing.T) {
	setup := small()
	setup.ID, setup.Policy.MaxPasses = "", 0
	setup.Institutions[0].ID = "NG"
	setup.Leads[2].ID = "KE-1-a"
	setup.Projects[0].Share.Weight = -1
	setup.Allocations = append(setup.Allocations, setup.Allocations[0])
	setup.Sites = append(setup.Sites, setup.Sites[0])
	_, err := New(setup)
	for _, want := range []string{
		"id: is empty", "policy.max_passes", "institutions[0].id", "leads[0].institution", "leads[2].id",
		"projects[0].share.weight", "allocations[2].period", "sites[1].id",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no fault %q in: %v", want, err)
		}
	}
	var first *fault.Error
	if !errors.As(err, &first) || first.Kind != fault.Invalid {
		t.Errorf("no fault: %v", err)
	}
}

func TestWhatIsDueIsMeasuredApartFromWhatIsLent(t *testing.T) {
	p := newPlayer(t, small())
	// Nigeria asks for 2 of the 5 it is due and gets them, Kenya has the other 8:
	// nobody misses anything. Per entitlement it is Jain (8+2)²/(2·(8²+2²)) = 0.7353.
	e := mustPlay(t, p, 0, 10, wish("k", "KE-1-a-p", 30), wish("n", "NG-1-a-p", 2)).Summary.Equality
	if e.Met.String() != "1.0000" || e.Jain.String() != "0.7353" {
		t.Errorf("%+v", e)
	}
}

func TestFirstComeServesInOrderOfSubmission(t *testing.T) {
	late, early, large := wish("a", "KE-1-a-p", 4), wish("b", "NG-1-a-p", 5), wish("c", "KE-1-b-p", 9)
	early.Submitted = day(-3)
	large.Submitted, large.Terms.Minimum = day(-2), amount(8)
	q, err := NewQueue(small())
	if err != nil {
		t.Fatal(err)
	}
	// Of 10, b takes 5; c needs 8 and gets nothing; a takes 4.
	served, err := q.Play(numbered(0), []pool.Lot{lotOf(0, "lot", amount(10))}, []*pool.Request{late, early, large})
	if err != nil {
		t.Fatal(err)
	}
	want := []NationSummary{
		{Nation: "KE", Requests: 2, Asked: amount(13), Granted: amount(4)},
		{Nation: "NG", Requests: 1, Asked: amount(5), Granted: amount(5)},
	}
	if !reflect.DeepEqual(served, want) {
		t.Errorf("got %+v, expected %+v", served, want)
	}
	fair := []NationSummary{{Nation: "KE", Entitlement: amount(5)}, {Nation: "NG", Entitlement: amount(5)}}
	// Jain of 4 and 5: 81/(2·41) = 0.9878, also of what was due, 5 and 5; HHI
	// 41/81 = 0.5062.
	if e := Measure(Entitled(served, fair)); e.Jain.String() != "0.9878" || e.Met.String() != "0.9878" || e.HHI.String() != "0.5062" {
		t.Errorf("got %+v", e)
	}
	if e := Measure(nil); e.Jain.String() != "1.0000" || e.Met.String() != "1.0000" || e.Gini.String() != "0.0000" || e.HHI.String() != "0.0000" {
		t.Errorf("of nobody: %+v", e)
	}
}
