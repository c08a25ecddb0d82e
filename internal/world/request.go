package world

import (
	"fmt"
	"slices"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/pool"
)

func supplyOf(lots []pool.Lot) credit.Amount {
	supplies := make([]credit.Amount, len(lots))
	for i, l := range lots {
		supplies[i] = l.Supply
	}
	return must(credit.Sum(supplies...))
}

// requests generates what is asked for in month i: the flagship first, then
// draws until all of it is 100/22 of the supply or, by less than one request,
// more.
func (w *World) requests(i int, supply credit.Amount) []pool.Request {
	d := newDraws(w.Seed, uint64(i)+1)
	wanted := must(supply.Mul(100)).GPUMilliseconds() / awardedPercent
	largest := must(supply.Mul(largestAward)).GPUMilliseconds() / largestAwardOf / credit.Reference().Permille() / int64(credit.Hour)
	list := []pool.Request{w.request(d, i, w.flagship, largest)}
	table := sizes(largest)
	for asked := list[0].Terms.Requested; asked.GPUMilliseconds() < wanted; {
		r := w.request(d, i, w.someProject(d), d.fromQuantiles(table))
		asked = must(asked.Add(r.Terms.Requested))
		list = append(list, r)
	}
	// Ranks follow the order of drawing, which says nothing about when a request
	// was submitted; ids follow submission.
	ranks := map[pool.ProjectID]int64{}
	for k := range list {
		ranks[list[k].Project]++
		list[k].Rank = ranks[list[k].Project]
	}
	slices.SortStableFunc(list, func(a, b pool.Request) int { return a.Submitted.Compare(b.Submitted) })
	for k := range list {
		list[k].ID = pool.RequestID(fmt.Sprintf("req-%s-%05d", Tick(i).Format("2006-01"), k+1))
	}
	return list
}

// request draws everything about a request of so many credits but its rank and
// its final id.
func (w *World) request(d draws, i int, of project, size int64) pool.Request {
	wanted := someWish(d, size)
	class := w.class(wanted.class)
	permille := class.Rate().Permille()
	hours := max(1, (size*1000+permille-1)/permille)
	about := someTopic(d)
	draft := pool.Request{
		ID: "draft", Project: of.id, State: pool.RequestDraft,
		Ask: pool.Ask{
			Class: class.ID, Total: must(credit.Hour.Mul(hours)),
			Minimum: must(credit.Hour.Mul(someMinimum(d, hours))),
		},
		Accepts:   pool.Acceptance{Classes: someSubstitutes(d, wanted)},
		Residency: someResidency(d, w.Nations[of.nation]),
		Window:    pool.Period{Start: Period(i).Start, End: Period(i + usefulMonths).Start},
		Purpose:   "Generated request, " + about.name,
		Field:     about.field,
		Declares:  pool.Declarations{CivilianPurpose: true, OpenOutputs: d.in(percentOpenOutputs)},
	}
	request := must(draft.Submit(someTime(d, collection(i)), class.GPUClass))
	request.State = pool.RequestEligible
	return request
}

func someWish(d draws, size int64) wish {
	table := wishes()
	weights := make([]uint64, len(table))
	for i, w := range table {
		weights[i] = w.small
		if size > largeRequest {
			weights[i] = w.large
		}
	}
	return table[d.pick(weights)]
}

// someSubstitutes are the first one, two or more classes of the list, or none.
func someSubstitutes(d draws, w wish) []pool.ClassID {
	if d.in(percentOneClassOnly) {
		return nil
	}
	return w.substitutes[:d.between(1, len(w.substitutes))]
}

func someTopic(d draws) topic {
	table := topics()
	weights := make([]uint64, len(table))
	for i, t := range table {
		weights[i] = t.often
	}
	return table[d.pick(weights)]
}

// someMinimum is the least useful part of so many GPU-hours, at least one.
func someMinimum(d draws, hours int64) int64 {
	part := minimumParts[d.pick(minimumCounts)]
	if part == 0 {
		return 1
	}
	return max(1, hours/part)
}

func someResidency(d draws, n Nation) []pool.Jurisdiction {
	draw := d.below(100)
	if draw < percentOwnCountryLaw {
		return []pool.Jurisdiction{pool.Jurisdiction(n.ID)}
	}
	if draw -= percentOwnCountryLaw; draw < percentRegionalLaws {
		if laws := lawsOf(n.Region); laws != nil {
			return laws
		}
		return adequateLaws()
	}
	if draw -= percentRegionalLaws; draw < percentAdequateLaws {
		return adequateLaws()
	}
	return nil
}

// someTime draws a second of the period: weekdays more than weekends, a rush at
// the end, and the hours of the day by hourArrivals.
func someTime(d draws, p pool.Period) time.Time {
	var days []uint64
	for day := p.Start; day.Before(p.End); day = day.AddDate(0, 0, 1) {
		weight := uint64(weekdayArrivals)
		if day.Weekday() == time.Saturday || day.Weekday() == time.Sunday {
			weight = weekendArrivals
		}
		if !day.AddDate(0, 0, rushDays).Before(p.End) {
			weight *= rushFactor
		}
		days = append(days, weight)
	}
	day, hour, second := d.pick(days), d.pick(hourArrivals), d.below(3600)
	return p.Start.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour + time.Duration(second)*time.Second)
}
