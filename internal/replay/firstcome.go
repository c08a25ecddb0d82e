package replay

import (
	"slices"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/pool"
)

// FirstCome is the baseline that a fair division is compared with: first come,
// first served. In order of submission, then id, every request that is not held
// takes as much as is left of its lots (earliest ending first), up to its
// maximum and not below its minimum. It knows no nations, weights, floors, caps
// or balances. The result is what each request gets, in order of id.
func FirstCome(s *fairshare.Snapshot) []credit.Amount {
	lots := s.Lots()
	turn := make([]int, len(lots)) // by (end, id)
	left := make(map[string]int64, len(lots))
	for i := range lots {
		turn[i] = i
		left[lots[i].ID] = lots[i].Supply.GPUMilliseconds()
	}
	slices.SortStableFunc(turn, func(a, b int) int { return lots[a].Ends.Compare(lots[b].Ends) })
	usable := make(map[string][]string) // eligibility → its lots by turn
	for _, e := range s.Eligibilities() {
		for _, i := range turn {
			if slices.Contains(e.Lots, lots[i].ID) {
				usable[e.ID] = append(usable[e.ID], lots[i].ID)
			}
		}
	}
	requests := make([]fairshare.Request, s.NumRequests())
	queue := make([]int, len(requests))
	for i := range requests {
		requests[i], queue[i] = s.Request(i), i
	}
	slices.SortStableFunc(queue, func(a, b int) int { return requests[a].Submitted.Compare(requests[b].Submitted) })
	grants := make([]credit.Amount, len(requests))
	for _, i := range queue {
		if !requests[i].Held {
			grants[i] = credit.GPUMilliseconds(take(requests[i], usable[requests[i].Eligibility], left))
		}
	}
	return grants
}

// take takes what a request can have from its lots, and returns how much.
func take(r fairshare.Request, lots []string, left map[string]int64) (taken int64) {
	reach := int64(0)
	for _, lot := range lots {
		reach += left[lot]
	}
	want := min(r.Max.GPUMilliseconds(), reach)
	if want < r.Min.GPUMilliseconds() {
		return 0
	}
	for _, lot := range lots {
		part := min(want-taken, left[lot])
		left[lot] -= part
		taken += part
	}
	return taken
}

// Queue plays the same rounds as a Player, first come, first served: unmet
// requests stay in line, and there are no balances.
type Queue struct{ player *Player }

// NewQueue returns a queue with nobody in it. Errors are those of New.
func NewQueue(setup Pool) (*Queue, error) {
	p, err := New(setup)
	return &Queue{p}, err
}

// Amend replaces the pool between rounds, as Player.Amend does.
func (q *Queue) Amend(setup Pool) error { return q.player.Amend(setup) }

// Play serves one round and returns what the nations that asked got, in order of
// id; they have no entitlements. Errors are those of Player.Freeze.
func (q *Queue) Play(round pool.Round, lots []pool.Lot, arrivals []*pool.Request) ([]NationSummary, error) {
	f, err := q.player.Freeze(round, lots, arrivals)
	if err != nil {
		return nil, err
	}
	grants := FirstCome(f.Snapshot)
	if err := q.player.advance(f, grants); err != nil {
		return nil, err
	}
	table := make(map[pool.NationID]NationSummary)
	for i, part := range f.Requests {
		n := table[part.Nation.ID]
		n.Nation = part.Nation.ID
		n.count(f.Snapshot.Request(i).Max, grants[i])
		table[n.Nation] = n
	}
	return sortedNations(table), nil
}

// Standings returns every request that ever arrived, in order of id.
func (q *Queue) Standings() []Standing { return q.player.Standings() }

// Entitled returns the nations of a queue beside the entitlements that the same
// nations have in one round of fair, so that the two can be measured alike.
func Entitled(queue, fair []NationSummary) []NationSummary {
	byID := make(map[pool.NationID]NationSummary, len(queue))
	for _, n := range queue {
		byID[n.Nation] = n
	}
	list := make([]NationSummary, len(fair))
	for i, n := range fair {
		list[i] = byID[n.Nation]
		list[i].Nation, list[i].Entitlement = n.Nation, n.Entitlement
		list[i].setDue()
	}
	return list
}
