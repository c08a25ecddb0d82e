package main

import (
	"encoding/hex"
	"fmt"
	"math/bits"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/matching"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/replay"
	"github.com/commonpool/commonpool/internal/world"
)

// demoPool is the id of the demo's pool.
const demoPool pool.PoolID = "pool"

// capFactor is how many entitlements a nation may have in one month: the
// product's default formula for national allocations, after ECMWF.
const capFactor = 2

// demoWorld is the reference world as steps to play.
type demoWorld struct {
	*world.World
	nations      map[pool.NationID]world.Nation
	facts        map[string]world.Announcement
	contributors map[pool.ContributionID]string
	steps        []replay.Step
}

func newDemoWorld(seed uint64, months int) *demoWorld {
	w := &demoWorld{
		World: world.New(seed), nations: map[pool.NationID]world.Nation{},
		facts: map[string]world.Announcement{}, contributors: map[pool.ContributionID]string{},
	}
	for _, fact := range w.Announcements {
		w.facts[fact.ID] = fact
	}
	for _, pledge := range w.Pledges {
		w.contributors[pledge.ID] = w.facts[pledge.Announcement].Contributor
	}
	setup := replay.Pool{
		ID: demoPool, Policy: pool.DefaultPolicy(), Institutions: w.Institutions,
		Leads: w.Leads, Projects: w.Projects, Sites: w.Sites,
	}
	for _, n := range w.Nations {
		setup.Nations = append(setup.Nations, n.Nation)
		w.nations[n.ID] = n
	}
	for i := range months {
		lots, requests := w.Month(i)
		arrivals := make([]*pool.Request, len(requests))
		for k := range requests {
			arrivals[k] = &requests[k]
		}
		setup.Allocations = capped(w.Allocations, setup.Nations, lots)
		w.steps = append(w.steps, replay.Step{
			Pool: setup, Lots: lots, Arrivals: arrivals,
			Round: pool.Round{
				ID:     pool.RoundID(world.Tick(i).Format("2006-01")),
				Key:    pool.RoundKey{Pool: demoPool, Kind: pool.Regular, Tick: world.Tick(i)},
				Period: world.Period(i),
			},
		})
	}
	return w
}

// capped are the allocations with a month's caps: twice the nation's part, by
// weight, of each lot that is open to it. The engine's own entitlement differs
// from that part by less than a gpu_ms a lot, for it rounds to whole ones.
func capped(list []pool.NationalAllocation, nations []pool.Nation, lots []pool.Lot) []pool.NationalAllocation {
	weight := map[pool.NationID]uint64{}
	for _, a := range list {
		weight[a.Nation] = uint64(a.Share.Weight)
	}
	part := map[pool.NationID]uint64{}
	for _, lot := range lots {
		open := matching.OpenTo(lot, nations)
		if open == nil {
			for _, n := range nations {
				open = append(open, n.ID)
			}
		}
		sum := uint64(0)
		for _, id := range open {
			sum += weight[id]
		}
		for _, id := range open {
			hi, lo := bits.Mul64(uint64(lot.Supply.GPUMilliseconds()), weight[id])
			share, _ := bits.Div64(hi, lo, sum)
			part[id] += share
		}
	}
	out := make([]pool.NationalAllocation, len(list))
	for i, a := range list {
		most := credit.GPUMilliseconds(capFactor * int64(part[a.Nation]))
		out[i] = a
		out[i].Share.Cap = &most
	}
	return out
}

// playDemo plays the months, ours and first come, first served, and checks every
// decision.
func (a *app) playDemo(d *demo) (*playedDemo, error) {
	w := newDemoWorld(d.seed.value, d.months)
	player, err := replay.New(w.steps[0].Pool)
	if err != nil {
		return nil, err
	}
	queue, err := replay.NewQueue(w.steps[0].Pool)
	if err != nil {
		return nil, err
	}
	bar := a.roundsProgress(d.months)
	defer bar.finish()
	out := &playedDemo{playedRounds: &playedRounds{}, demo: d, world: w}
	var before, after replay.Tally
	carried := map[pool.RequestID]bool{}
	for i, step := range w.steps {
		served, err := a.playMonth(out, player, queue, i, step)
		if err != nil {
			return nil, fmt.Errorf("month %s: %w", step.Round.ID, err)
		}
		before.Add(served)
		after.Add(out.last.Summary.Nations)
		for _, part := range out.last.Requests {
			if part.Carried {
				carried[part.Request.ID] = true
			}
		}
		bar.add()
	}
	out.total(player, before.Nations(), after.Nations(), len(carried))
	out.tellNations(player, w.steps[len(w.steps)-1].Pool, before.Nations(), after.Nations())
	out.served, out.queued = countServed(player.Standings()), countServed(queue.Standings())
	sum, err := fingerprint(out.last.Decision)
	out.decision = hex.EncodeToString(sum[:])
	return out, err
}

// playMonth plays the i-th month and returns what nations would have had, first
// come, first served.
func (a *app) playMonth(out *playedDemo, player *replay.Player, queue *replay.Queue, i int, step replay.Step) ([]replay.NationSummary, error) {
	played, row, err := playRound(0, player, step)
	if err != nil {
		return nil, err
	}
	served, err := serveQueue(queue, step)
	if err != nil {
		return nil, err
	}
	served = replay.Entitled(served, played.Summary.Nations)
	row.queue = replay.Measure(served)
	broken, err := brokenLaws(played.Decision)
	if err != nil {
		return nil, err
	}
	if err := a.writeRound(&roundsRun{outDir: out.demo.outDir}, i+1, out.demo.months, played.Decision, row.sha); err != nil {
		return nil, err
	}
	out.rows, out.broken, out.last = append(out.rows, row), append(out.broken, broken...), played
	return served, nil
}

// demoServed is what became of all requests in the end.
type demoServed struct {
	Full int `json:"full"`
	Part int `json:"part"`
	None int `json:"none"`
}

func countServed(list []replay.Standing) demoServed {
	var c demoServed
	for _, s := range list {
		switch {
		case s.Request.Terms.Remaining(s.Awarded).Sign() == 0:
			c.Full++
		case s.Awarded.Sign() > 0:
			c.Part++
		default:
			c.None++
		}
	}
	return c
}
