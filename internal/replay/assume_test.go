package replay

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/traces"
)

func TestTheReferenceNationsAreSound(t *testing.T) {
	table := Nations()
	ids, ldc := map[pool.NationID]bool{}, 0
	for alpha3, n := range table {
		if err := n.Check(); err != nil || len(alpha3) != 3 || ids[n.ID] {
			t.Errorf("%s: %v %v", alpha3, n, err)
		}
		ids[n.ID] = true
		if n.In(pool.LDC) {
			ldc++
		}
	}
	// 25 low, 50 lower-middle, 53 upper-middle and 2 not classified; 44 LDCs since
	// São Tomé and Príncipe left the list.
	if len(table) != 130 || ldc != 44 {
		t.Errorf("%d nations, %d LDCs", len(table), ldc)
	}
	if n := table["RWA"]; n.ID != "RW" || n.Name != "Rwanda" || !slices.Equal(n.Groups, []pool.Group{pool.LowIncome, pool.LDC}) {
		t.Errorf("%+v", n)
	}
	if n := table["ETH"]; !slices.Equal(n.Groups, []pool.Group{pool.LDC}) {
		t.Errorf("not classified: %+v", n)
	}
}

func job(id, group string, submitted time.Time, seconds int64) traces.Job {
	return traces.Job{ID: id, Group: group, Submitted: submitted, GPUs: 1, DurationSeconds: seconds, GPUSeconds: seconds, Line: 7}
}

// someJobs are a few jobs of three groups, of which one has no country.
func someJobs() []traces.Job {
	return []traces.Job{
		job("j1", "g1", day(0), 180), job("j2", "g2", day(1).Add(time.Hour), 36_000), job("j3", "g3", day(8), 7200),
		job("j4", "g1", day(8), 4_838_400), job("a/b c", "lab/ü", day(15).Add(time.Second), 3600),
	}
}

func assumption(t *testing.T, plan Plan, jobs []traces.Job) *Assumption {
	t.Helper()
	a, err := Assume(plan, map[string]string{"g1": "KEN", "g2": "RWA"}, Nations())
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		if err := a.Add(j); err != nil {
			t.Fatal(err)
		}
	}
	return a
}

func TestWhatIsAssumedDoesNotDependOnTheOrderOfJobs(t *testing.T) {
	jobs := someJobs()
	steps := must(assumption(t, AssumedPlan(3), jobs).Rounds(Week, 0))
	slices.Reverse(jobs)
	if again := must(assumption(t, AssumedPlan(3), jobs).Rounds(Week, 0)); !reflect.DeepEqual(again, steps) {
		t.Error("the same jobs in another order make other rounds")
	}
	if other := must(assumption(t, AssumedPlan(4), jobs).Rounds(Week, 0)); reflect.DeepEqual(other, steps) {
		t.Error("another seed makes the same rounds")
	}
}

func TestARequestKeepsWhatTheTraceSays(t *testing.T) {
	a := assumption(t, AssumedPlan(1), someJobs())
	for i, r := range a.Requests() {
		j := someJobs()[i]
		if r.Ask.Total != credit.GPUSeconds(j.GPUSeconds) || !r.Submitted.Equal(j.Submitted) || !strings.Contains(r.Purpose, "ASSUMED") {
			t.Errorf("%+v of %+v", r, j)
		}
		// The smallest has all it asks for as its minimum; every other check holds.
		if r.Ask.Minimum > r.Ask.Total || r.Ask.Minimum < min(credit.Hour, r.Ask.Total) {
			t.Errorf("a minimum of %d of %d", r.Ask.Minimum, r.Ask.Total)
		}
		if err := r.Check(); (err != nil) != (r.Ask.Total < credit.Hour) {
			t.Errorf("request for %d GPU-seconds: %v", r.Ask.Total, err)
		}
	}
	if id := a.Requests()[4].ID; id == "a/b c" || a.Requests()[0].ID != "j1" {
		t.Errorf("ids %v", id)
	}
	if err := a.Add(someJobs()[0]); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), "j1") {
		t.Errorf("a second job of one id: %v", err)
	}
	if err := a.Add(job("huge", "g9", day(0), 1<<60)); fault.KindOf(err) != fault.Invalid || len(a.Requests()) != 5 || a.accounts["g9"] != nil {
		t.Errorf("a job beyond 2^53: %v", err)
	}
}

func TestAJobThatIsNoRequestHasOneFaultInOneLine(t *testing.T) {
	a := assumption(t, PlainPlan(1), nil)
	late := time.Date(9999, 12, 31, 8, 0, 0, 0, time.UTC)
	for want, j := range map[string]traces.Job{
		"line 7: gpu_seconds: 1152921504606846976 GPU-seconds at 1000 permille are not within 0 to 2^53 - 1 gpu_ms": job("huge", "g", day(0), 1<<60),
		"line 7: gpu_seconds: 0 GPU-seconds are asked for, expected at least 1":                                     job("none", "g", day(0), 0),
		"line 7: submitted: is submitted on 9999-12-31, too late for a round to follow":                             job("late", "g", late, 3600),
	} {
		j.Line = 7
		if err := a.Add(j); err == nil || err.Error() != want {
			t.Errorf("job %s: %v, expected %s", j.ID, err, want)
		}
	}
}

func TestARoundAfterTheLastDayIsOneFault(t *testing.T) {
	a := assumption(t, PlainPlan(1), []traces.Job{job("j", "g", time.Date(9999, 12, 26, 0, 0, 0, 0, time.UTC), 3600)})
	_, err := a.Rounds(Week, 1)
	if want := "the round of 9999-12-27 would end on 10000-01-03, expected 9999-12-31 at the latest"; err == nil || err.Error() != want {
		t.Errorf("%v, expected %s", err, want)
	}
	if steps, err := a.Rounds(4, 1); err != nil || len(steps) != 1 {
		t.Errorf("%d rounds, %v", len(steps), err)
	}
}

func TestAJobOfAKnownClassAsksForIt(t *testing.T) {
	j := job("j", "g1", day(0), 3600)
	j.Class = "t4-16gb"
	if got := assumption(t, AssumedPlan(1), []traces.Job{j}).Requests()[0].Ask.Class; got != "t4-16gb" {
		t.Errorf("asks for %s", got)
	}
}

func TestRoundsHoldAllRequestsBeforeTheirTicks(t *testing.T) {
	a := assumption(t, AssumedPlan(1), someJobs())
	for _, c := range []struct {
		count    int
		arrivals []int
	}{{0, []int{2, 2, 1}}, {1, []int{5}}, {2, []int{4, 1}}, {4, []int{0, 2, 2, 1}}} {
		steps := must(a.Rounds(Week, c.count))
		supply, got := int64(0), []int{}
		for i, s := range steps {
			// The last submission is on day 15, so the last tick is day 16.
			if want := day(16 - 7*(len(steps)-1-i)); !s.Round.Key.Tick.Equal(want) || !s.Round.Period.Start.Equal(want) {
				t.Errorf("tick %v, expected %v", s.Round.Key.Tick, want)
			}
			for _, r := range s.Arrivals {
				if !r.Submitted.Before(s.Round.Key.Tick) {
					t.Errorf("%s arrives before it was submitted", r.ID)
				}
			}
			got = append(got, len(s.Arrivals))
			for _, l := range s.Lots {
				supply += l.Supply.GPUMilliseconds()
				if err := l.Check(); err != nil {
					t.Error(err)
				}
			}
		}
		if want := must(a.Asked()).GPUMilliseconds() * 220 / 1000; supply != want || !slices.Equal(got, c.arrivals) {
			t.Errorf("%d rounds: supply %d of %d, arrivals %v, expected %v", c.count, supply, want, got, c.arrivals)
		}
		player, err := Play(steps, func(p *Played) error { return Check(p.Decision) })
		if err != nil {
			t.Fatal(err)
		}
		checkPlayer(t, player)
	}
	for _, bad := range [][2]int{{0, 1}, {7, -1}} {
		if _, err := a.Rounds(bad[0], bad[1]); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v: %v", bad, err)
		}
	}
	if _, err := assumption(t, AssumedPlan(1), nil).Rounds(Week, 0); fault.KindOf(err) != fault.Invalid {
		t.Errorf("no requests: %v", err)
	}
}

func TestNoonRoundsWeighAsTheTableSays(t *testing.T) {
	a := assumption(t, PlainPlan(1), nil)
	noon := day(0).Add(12 * time.Hour)
	steps := must(a.Noon([]traces.Round{
		{Cluster: "c", Time: noon.AddDate(0, 0, 1), Groups: []traces.RoundGroup{{Group: "g1", GPUSeconds: 3600, Weight: 1_000_000}}},
		{Cluster: "c", Time: noon, Groups: []traces.RoundGroup{
			{Group: "g1", GPUSeconds: 10_000, Weight: 500_000},
			{Group: "g2", GPUSeconds: 20_000, Weight: 1_000_000},
			{Group: "idle", Weight: 1},
		}},
	}))
	first := steps[0]
	if !first.Round.Key.Tick.Equal(noon) || len(first.Arrivals) != 2 || first.Lots[0].Supply != credit.GPUMilliseconds(30_000*220) {
		t.Errorf("%+v", first)
	}
	weights := map[string]int64{}
	for _, n := range first.Pool.Allocations {
		weights[string(n.Nation)] = n.Share.Weight
	}
	for _, l := range first.Pool.Leads {
		weights[string(l.ID)] = l.Share.Weight
	}
	// Kenya and Rwanda, with the idle group in the one or the other.
	sums := map[pool.NationID]int64{"KE": 500_000, "RW": 1_000_000}
	sums[a.home("idle")]++
	largest := max(sums["KE"], sums["RW"])
	up := func(sum int64) int64 { return (sum*1_000_000 + largest - 1) / largest }
	want := map[string]int64{
		"KE": up(sums["KE"]), "RW": up(sums["RW"]), "lead-g1": 500_000, "lead-g2": 1_000_000, "lead-idle": 1,
	}
	if !reflect.DeepEqual(weights, want) {
		t.Errorf("got %v, expected %v", weights, want)
	}
	player, err := Play(steps, func(p *Played) error { return Check(p.Decision) })
	if err != nil {
		t.Fatal(err)
	}
	checkPlayer(t, player)
	if len(player.Line()) != 1 { // of the second moment: the first's is over
		t.Errorf("in line: %v", player.Line())
	}
}

func TestAPlanReportsEveryFault(t *testing.T) {
	for _, plan := range []Plan{AssumedPlan(1), PlainPlan(1)} {
		if err := plan.Check(); err != nil {
			t.Error(err)
		}
	}
	p := AssumedPlan(1)
	p.SupplyPermille, p.UsefulDays, p.Policy.MaxPasses = 0, 0, 0
	p.Tree.MaxInstitutions, p.Tree.FloorPermille = 0, 500
	p.Tree.Weights[0].Group = "Low Income"
	p.Classes[0].RatePermille, p.Classes[1].Asked = 0, -1
	p.Sites[0].Country = "Kenya"
	p.Lots[0].Class, p.Lots[1].Site, p.Lots[2].ID, p.Lots[3].Share = "k80", "nowhere", p.Lots[3].ID, -1
	p.Lots[4].Conditions.Fields = []pool.Field{"9"}
	p.Asks.OpenPercent, p.Asks.Fields[0] = 101, "1"
	p.Asks.Residency[0].Within, p.Asks.Jurisdictions[0].Within[1] = nil, "eu"
	p.Asks.Minima[0].Percent = 90
	_, err := Assume(p, map[string]string{"g": "ZZZ"}, Nations())
	for _, want := range []string{
		"plan.supply_permille", "plan.useful_days", "plan.policy.max_passes", "plan.tree.max_institutions", "plan.tree.floor_permille",
		"plan.tree.weights[0].group", "plan.classes[0].rate_permille", "plan.classes[1].asked", "plan.sites[0].country",
		"plan.lots[0].class", "plan.lots[1].site", "plan.lots[3].id", "plan.lots[3].share", "plan.lots[4].conditions.fields[0]",
		"plan.requests.open_percent", "plan.requests.fields[0]", "plan.requests.residency[0].within", "plan.requests.jurisdictions[0].within[1]", "plan.requests.minima",
		"countries[g]",
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("no fault at %s in: %v", want, err)
		}
	}
}
