package world

import (
	"time"

	"github.com/commonpool/commonpool/internal/pool"
)

// The calendar is that of the product's default policy: a tick on the first of
// the month at 06:00 UTC, for a period that begins a lead time of seven days
// later and ends where the next one begins. Requests are collected from the 1st
// to the 25th of the month before the tick, the window of IndiaAI's portal.
const (
	leadDays       = 7
	collectionDays = 25
)

// FirstMonth is the tick of month 0. It lies in the fiscal year of the income
// groups, and every pledge was announced before it.
func FirstMonth() time.Time { return time.Date(2026, time.March, 1, 6, 0, 0, 0, time.UTC) }

// Tick is when the round of month i is opened.
func Tick(i int) time.Time { return FirstMonth().AddDate(0, i, 0) }

// Period is the time that the round of month i divides.
func Period(i int) pool.Period {
	return pool.Period{Start: Tick(i).AddDate(0, 0, leadDays), End: Tick(i+1).AddDate(0, 0, leadDays)}
}

// collection is when the requests of month i are submitted.
func collection(i int) pool.Period {
	t := Tick(i)
	first := time.Date(t.Year(), t.Month()-1, 1, 0, 0, 0, 0, time.UTC)
	return pool.Period{Start: first, End: first.AddDate(0, 0, collectionDays)}
}
