package world

import (
	"fmt"

	"github.com/commonpool/commonpool/internal/pool"
)

// Every ASSUMED number of this package is in this file or in the rules of
// pledge.go, which say so themselves.

const (
	// Part of the weights of nations that is equal, of 1,000; the product's
	// default formula, after ECMWF.
	equalPartPermille = 350
	// Months that a pledged number of GPUs, and a pledged stock of GPU-hours,
	// are there for.
	pledgedMonths = 24
	creditMonths  = 12
	// Months after its first period that a request stays useful.
	usefulMonths = 3
	// Size in credits above which only the large classes are asked for.
	largeRequest = 5_000

	percentOneClassOnly  = 25
	percentOpenOutputs   = 80
	percentAdequateLaws  = 9
	percentRegionalLaws  = 9
	percentOwnCountryLaw = 2

	weekdayArrivals = 10
	weekendArrivals = 3
	rushDays        = 3
	rushFactor      = 3
)

// needFactor is the income group's factor in the need-based part of the
// weights, and unclassifiedCountsAs the override for a nation without a group.
var needFactor = map[pool.Group]int64{pool.LowIncome: 4, pool.LowerMiddleIncome: 3, pool.UpperMiddleIncome: 2}

const unclassifiedCountsAs = pool.LowIncome

// institutionWeights are what national admins set, largest institution first.
var institutionWeights = []int64{4, 3, 2, 2, 1}

// adequateLaws are the jurisdictions that some requests ask for: data
// protection laws that many countries accept as adequate.
func adequateLaws() []pool.Jurisdiction { return []pool.Jurisdiction{"CA", "EU"} }

// wish is a class with how often it is asked for, and what is accepted instead
// of it, dearest wish first.
type wish struct {
	class       pool.ClassID
	small       uint64
	large       uint64
	substitutes []pool.ClassID
}

func wishes() []wish {
	return []wish{
		{a100, 24, 25, []pool.ClassID{a100x80, h100, v100}},
		{a100x80, 16, 25, []pool.ClassID{h100, mi300x, a100}},
		{h100, 24, 40, []pool.ClassID{mi300x, a100x80, a100}},
		{l40s, 10, 0, []pool.ClassID{rtx8000, a100, v100}},
		{mi300x, 4, 10, []pool.ClassID{h100, a100x80}},
		{rtx8000, 7, 0, []pool.ClassID{l40s, v100, a100}},
		{t4, 3, 0, []pool.ClassID{v100, rtx8000, l40s}},
		{v100, 12, 0, []pool.ClassID{a100, rtx8000, l40s}},
	}
}

// minimumParts says which part of its size a request needs to be useful, one in
// so many, and how often; 0 is a single GPU-hour.
var (
	minimumParts  = []int64{0, 10, 4, 2}
	minimumCounts = []uint64{60, 25, 10, 5}
)

// topic is a field of research with how often it asks.
type topic struct {
	field pool.Field
	name  string
	often uint64
}

func topics() []topic {
	return []topic{
		{"1.2", "computer and information sciences", 34},
		{"6.2", "languages and literature", 12},
		{"3.3", "health sciences", 11},
		{"4.1", "agriculture, forestry and fisheries", 10},
		{"1.5", "earth and environmental sciences", 10},
		{"1.6", "biological sciences", 8},
		{"1.3", "physical sciences", 6},
		{"2.2", "electrical, electronic and information engineering", 5},
		{"5.2", "economics and business", 4},
	}
}

// hourArrivals is how often requests arrive in each hour of the day, UTC: the
// working day from Fiji to Peru.
var hourArrivals = []uint64{2, 2, 3, 4, 6, 8, 10, 10, 10, 10, 9, 9, 10, 11, 10, 9, 8, 6, 5, 4, 4, 3, 2, 2}

// sizes are the quantiles of what a request asks for in credits. The values are
// published thresholds (see Anchors) where they could be; which part of the
// requests lies below each is ASSUMED. The tail ends at largest.
func sizes(largest int64) []quantile {
	return []quantile{
		{0, 2},
		{1000, 12},
		{2500, 40},
		{4000, 100},
		{5500, fastTrackHours},
		{7000, 600},
		{8000, 1_200},
		{9000, largeScaleHours},
		{9500, committeeHours},
		{9850, 14_000},
		{9980, berzeliusMostHours},
		{10_000, max(largest, berzeliusMostHours)},
	}
}

// Assumption is a choice of the demo that no source states.
type Assumption struct{ What, Value string }

// Assumptions lists what is ASSUMED beside the pledges (see Pledge.How).
func Assumptions() []Assumption {
	n := fmt.Sprint
	return []Assumption{
		{"weights of nations", fmt.Sprintf("%d permille in equal parts (the product's default), the rest by population × factor: low income 4, lower-middle 3, upper-middle 2", equalPartPermille)},
		{"a nation without an income group (Ethiopia)", "weighted as low income"},
		{"a nation without a count of researchers", "asks as often as the median of its income group would"},
		{"how often a nation asks", "by the square root of its researchers; below that by Zipf's law with exponent 2"},
		{"months that pledged GPUs and pledged GPU-hours last", fmt.Sprintf("%d and %d", pledgedMonths, creditMonths)},
		{"sizes", fmt.Sprintf("55 %% up to %d credits, 90 %% up to %d, 95 %% up to %d, 99.8 %% up to %d", fastTrackHours, largeScaleHours, committeeHours, berzeliusMostHours)},
		{"the tree below a nation", "2 to 5 institutions weighing 4, 3, 2, 2, 1; 2 to 6 leads in each; 1 to 3 projects for each"},
		{"classes asked for", "H100 and A100-40GB most, 24 % of the smaller requests each; then A100-80GB 16, V100 12, L40S 10, RTX 8000 7, MI300X 4, T4 3"},
		{"classes accepted instead", "the nearest one, two or three"},
		{"fields of research", "computer science 34 %, languages 12, health 11, agriculture 10, earth sciences 10, biology 8, physics 6, electronics 5, economics 4"},
		{"requests for one class only, percent", n(percentOneClassOnly)},
		{"requests above 5,000 credits", "ask for A100, H100 or MI300X"},
		{"requests bound to Canadian or EU law, to sites in their region, to their own country, percent", fmt.Sprintf("%d, %d and %d", percentAdequateLaws, percentRegionalLaws, percentOwnCountryLaw)},
		{"requests that declare open outputs, percent", n(percentOpenOutputs)},
		{"least useful amount", "one GPU-hour for 60 % of the requests, a tenth for 25 %, a quarter for 10 %, a half for 5 %"},
		{"months that a request stays useful", n(usefulMonths)},
		{"arrivals", fmt.Sprintf("a weekend day %d for a weekday's %d, the last %d days times %d; most in working hours, UTC", weekendArrivals, weekdayArrivals, rushDays, rushFactor)},
		{"donors' conditions", "all, save that the AI Hub serves the Mattei Plan's countries"},
		{"town of a site", "where only its country is published"},
	}
}
