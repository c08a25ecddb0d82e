package replay

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/traces"
)

// openTestData opens a file of the real traces, which are not in this
// repository.
func openTestData(t *testing.T, name string) *os.File {
	t.Helper()
	dir := os.Getenv("COMMONPOOL_TEST_DATA")
	if dir == "" {
		t.Skip("COMMONPOOL_TEST_DATA does not name the directory of the real traces, so they are not replayed.")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

// assumed is an assumption about the real groups.
func assumed(t *testing.T, plan Plan) *Assumption {
	t.Helper()
	countries, err := traces.ReadGroupCountries(openTestData(t, "group_country_ASSUMED.csv"))
	if err != nil {
		t.Fatal(err)
	}
	a, err := Assume(plan, countries, Nations())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestFourWeeklyRoundsOfTheRealRequests(t *testing.T) {
	for _, plan := range []struct {
		name string
		Plan
	}{{"assumed plan", AssumedPlan(1)}, {"plain plan", PlainPlan(1)}} {
		t.Run(plan.name, func(t *testing.T) {
			a := assumed(t, plan.Plan)
			sum, err := traces.Read(openTestData(t, "requests_drac_graham_gpu_2021-05.csv"), traces.RequestCSV(), a.Add, nil)
			if err != nil {
				t.Fatal(err)
			}
			if sum.Jobs != 11_300 || sum.Refused != 0 || len(a.accounts) != 118 || sum.GPUSeconds/3600 != 297_830 {
				t.Fatalf("%+v, %d accounts", sum, len(a.accounts))
			}
			steps, err := a.Rounds(Week, 4)
			if err != nil {
				t.Fatal(err)
			}
			supply := credit.Amount{}
			for _, s := range steps {
				for _, l := range s.Lots {
					supply = plus(supply, l.Supply)
				}
			}
			asked := must(a.Asked())
			if want, _ := partOf(asked.GPUMilliseconds(), 220, 1000); supply.GPUMilliseconds() != want {
				t.Errorf("supply %v, 22 %% of %v is %d", supply, asked, want)
			}
			fmt.Printf("%s: %d requests of %d accounts ask for %d GPU-hours, %s credits; supply %s\n",
				plan.name, sum.Jobs, len(a.accounts), sum.GPUSeconds/3600, credits(asked), credits(supply))
			replayReal(t, steps)
		})
	}
}

func TestRealNoonRounds(t *testing.T) {
	rounds, err := traces.ReadRounds(openTestData(t, "rounds_drac_graham_2021-05.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for _, plan := range []struct {
		name string
		Plan
	}{{"assumed plan", AssumedPlan(1)}, {"plain plan", PlainPlan(1)}} {
		t.Run(plan.name, func(t *testing.T) {
			a := assumed(t, plan.Plan)
			steps, err := a.Noon(rounds)
			if err != nil {
				t.Fatal(err)
			}
			fmt.Printf("%s: %d noon rounds of %d accounts\n", plan.name, len(steps), len(a.accounts))
			replayReal(t, steps)
		})
	}
}

func credits(a credit.Amount) string { return credit.FormatCredits(a, credit.Style{Group: ","}) }

// replayReal plays steps, checks every law in every round, and prints the
// figures of every round and of all together.
func replayReal(t *testing.T, steps []Step) {
	t.Helper()
	queue, err := NewQueue(steps[0].Pool)
	if err != nil {
		t.Fatal(err)
	}
	var before, after Tally
	fmt.Println("credits; each index is that of first come, first served → ours\n" +
		"round                       requests carried      asked    granted       left   due met           jain            gini            hhi             decide")
	row := func(name string, s Summary, b, a Equality, took time.Duration) {
		fmt.Printf("%-27s %8d %7d %10s %10s %10s   %s → %s %s → %s %s → %s %s → %s %v\n", name, s.Requests, s.Carried,
			credits(s.Asked), credits(s.Granted), credits(s.Left), b.Met, a.Met, b.Jain, a.Jain, b.Gini, a.Gini, b.HHI, a.HHI,
			took.Round(time.Microsecond))
	}
	k, all, sampled := 0, Summary{}, tried{}
	var total time.Duration
	player, err := Play(steps, func(p *Played) error {
		step := steps[k]
		if err := queue.Amend(step.Pool); err != nil {
			return err
		}
		served, err := queue.Play(step.Round, step.Lots, step.Arrivals)
		if err != nil {
			return err
		}
		start := time.Now()
		fairshare.Decide(p.Snapshot)
		took := time.Since(start)
		total += took
		after.Add(p.Summary.Nations)
		before.Add(Entitled(served, p.Summary.Nations))
		row(string(p.Round.ID), p.Summary, Measure(Entitled(served, p.Summary.Nations)), p.Summary.Equality, took)
		all.Requests += p.Summary.Requests
		all.Carried += p.Summary.Carried
		all.Asked, all.Granted, all.Left = plus(all.Asked, p.Summary.Asked), plus(all.Granted, p.Summary.Granted), plus(all.Left, p.Summary.Left)
		checkEveryLaw(t, p, uint64(k))
		sampled.checkSampledLaws(t, p, uint64(k))
		k++
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	row("all", all, Measure(before.Nations()), Measure(after.Nations()), total)
	fmt.Println(sampled)
	checkPlayer(t, player)
}

// checkEveryLaw checks the laws of one decision, 1 to 5, 9 and 10, and of those
// that compare several 11 whole and 6 and 8 on a few changes; checkSampledLaws
// has the others.
func checkEveryLaw(t *testing.T, p *Played, seed uint64) {
	t.Helper()
	if err := Check(p.Decision); err != nil {
		t.Errorf("%s: %v", p.Round.ID, err)
	}
	free, err := Unlimited(p.Snapshot)
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(fairshare.Decide(free)); err != nil {
		t.Errorf("%s without minima and caps: %v", p.Round.ID, err)
	}
	want := contents(p.Decision)
	for _, workers := range []int{1, 2, 7} {
		if got := contents(fairshare.DecideWith(p.Snapshot, workers)); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: law 11: %d workers decide otherwise", p.Round.ID, workers)
		}
	}
	random := rand.New(rand.NewPCG(seed, 11))
	if got := contents(fairshare.DecideWith(shuffled(t, p.Snapshot, random), 3)); !reflect.DeepEqual(got, want) {
		t.Errorf("%s: law 11: the same input in another order is decided otherwise", p.Round.ID)
	}
	checkResponses(t, free)
	checkMoreSupply(t, free)
}

// content is all of a decision that can be seen.
type content struct {
	Nodes         []fairshare.NodeOutcome
	Requests      []fairshare.RequestOutcome
	Awards        []fairshare.Award
	Left          []int64
	NodeReasons   []fairshare.Reason
	RequestReason []fairshare.Reason
}

func contents(d *fairshare.Decision) content {
	c := content{Awards: d.Awards, Left: d.Left}
	for i, n := range d.Nodes {
		c.Nodes = append(c.Nodes, fairshare.NodeOutcome{
			Entitlement: n.Entitlement, Floor: n.Floor, Granted: n.Granted, Balance: n.Balance, Commons: n.Commons,
		})
		c.NodeReasons = append(c.NodeReasons, d.NodeReason(i))
	}
	for i, r := range d.Requests {
		c.Requests = append(c.Requests, fairshare.RequestOutcome{Granted: r.Granted})
		c.RequestReason = append(c.RequestReason, d.RequestReason(i))
	}
	return c
}

func shuffled(t *testing.T, s *fairshare.Snapshot, random *rand.Rand) *fairshare.Snapshot {
	t.Helper()
	in := s.Input()
	random.Shuffle(len(in.Lots), func(i, j int) { in.Lots[i], in.Lots[j] = in.Lots[j], in.Lots[i] })
	random.Shuffle(len(in.Nodes), func(i, j int) { in.Nodes[i], in.Nodes[j] = in.Nodes[j], in.Nodes[i] })
	random.Shuffle(len(in.Requests), func(i, j int) { in.Requests[i], in.Requests[j] = in.Requests[j], in.Requests[i] })
	random.Shuffle(len(in.Eligibilities), func(i, j int) {
		in.Eligibilities[i], in.Eligibilities[j] = in.Eligibilities[j], in.Eligibilities[i]
	})
	again, err := fairshare.Freeze(in)
	if err != nil {
		t.Fatal(err)
	}
	return again
}

// changed decides a snapshot after a change.
func changed(t *testing.T, s *fairshare.Snapshot, change func(*fairshare.Input)) *fairshare.Decision {
	t.Helper()
	in := s.Input()
	change(&in)
	again, err := fairshare.Freeze(in)
	if err != nil {
		t.Fatal(err)
	}
	return fairshare.Decide(again)
}

// checkNoneLower checks that no nation but one has less after a change.
func checkNoneLower(t *testing.T, law int, what string, before, after *fairshare.Decision, but string) {
	t.Helper()
	for i, n := range before.Snapshot().Nodes() {
		if had, has := before.Nodes[i].Granted, after.Nodes[i].Granted; n.Kind == kindNation && n.ID != but && has < had {
			t.Errorf("%s: law %d: %s lowers %s from %d to %d", before.Snapshot().Round().ID, law, what, n.ID, had, has)
		}
	}
}

// checkResponses spot-checks laws 6 and 8 at the level of nations, on a round
// without minima and caps: a claimant leaving lowers nobody else, and more
// balance does not lower its owner.
func checkResponses(t *testing.T, s *fairshare.Snapshot) {
	t.Helper()
	base := fairshare.Decide(s)
	largest, root := -1, 0
	for i, n := range s.Nodes() {
		if n.Kind == kindNation && (largest < 0 || base.Nodes[i].Granted > base.Nodes[largest].Granted) {
			largest = i
		}
		if n.Kind == kindPool {
			root = i
		}
	}
	id := s.Nodes()[largest].ID
	nation := nationByProject(s)
	checkNoneLower(t, 6, id+" leaving", base, changed(t, s, func(in *fairshare.Input) {
		for i := range in.Requests {
			in.Requests[i].Held = in.Requests[i].Held || nation[in.Requests[i].Node] == id
		}
	}), id)
	richer := changed(t, s, func(in *fairshare.Input) {
		gift := credit.GPUMilliseconds(base.Nodes[largest].Entitlement/2 + 1)
		in.Nodes[largest].Balance = plus(in.Nodes[largest].Balance, gift)
		in.Nodes[root].Commons = must(in.Nodes[root].Commons.Sub(gift))
	})
	if got := richer.Nodes[largest].Granted; got < base.Nodes[largest].Granted {
		t.Errorf("%s: law 8: more balance lowers %s from %d to %d", s.Round().ID, id, base.Nodes[largest].Granted, got)
	}
}

// checkMoreSupply spot-checks the other half of law 6 at the level of nations:
// more of any one lot lowers nobody. It is about shares: a guarantee is a part of
// the entitlement to all lots, also those that a nation does not want, and the
// bank limit is a multiple of it; where either binds, more of one lot moves what
// is divided of another. Guarantees, floors and balances are taken off here.
func checkMoreSupply(t *testing.T, s *fairshare.Snapshot) {
	t.Helper()
	alone := func(in *fairshare.Input) {
		in.Round.GuaranteePermille = 0
		for i := range in.Nodes {
			n := &in.Nodes[i]
			n.Floor, n.Balance, n.Commons = credit.Amount{}, credit.Amount{}, credit.Amount{}
		}
	}
	base := changed(t, s, alone)
	for i, l := range s.Lots() {
		for _, more := range []int64{1, l.Supply.GPUMilliseconds()/10 + 1} {
			checkNoneLower(t, 6, fmt.Sprintf("%d more of lot %s", more, l.ID), base, changed(t, s, func(in *fairshare.Input) {
				alone(in)
				in.Lots[i].Supply = plus(in.Lots[i].Supply, credit.GPUMilliseconds(more))
			}), "")
		}
	}
}

func nationByProject(s *fairshare.Snapshot) map[string]string {
	byID := map[string]fairshare.Node{}
	for _, n := range s.Nodes() {
		byID[n.ID] = n
	}
	nation := map[string]string{}
	for id, n := range byID {
		if n.Kind == kindProject {
			for n.Kind != kindNation {
				n = byID[n.Parent]
			}
			nation[id] = n.ID
		}
	}
	return nation
}

// checkPlayer checks what holds of a player between rounds: every sibling
// group's balances and commons sum to 0, nobody is awarded more than requested.
func checkPlayer(t testing.TB, p *Player) {
	t.Helper()
	sum := map[string]int64{}
	for _, a := range p.Accounts() {
		sum[a.ID] += a.Commons.GPUMilliseconds()
		sum[a.Parent] += a.Balance.GPUMilliseconds()
	}
	for id, s := range sum {
		if s != 0 {
			t.Errorf("balances below %q and its commons sum to %d", id, s)
		}
	}
	for _, s := range p.Standings() {
		if s.Request.Terms.Requested.Less(s.Awarded) || s.Awarded.Sign() < 0 {
			t.Errorf("request %s was awarded %v of %v", s.Request.ID, s.Awarded, s.Request.Terms.Requested)
		}
		switch want := s.Request.Terms.StateGiven(s.Awarded); s.State {
		case want, "expired":
		default:
			t.Errorf("request %s is %s, expected %s", s.Request.ID, s.State, want)
		}
	}
}
