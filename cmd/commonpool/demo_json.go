package main

import (
	"slices"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/pool"
)

// demoDocument is the demo for programs. Amounts are in gpu_ms.
type demoDocument struct {
	Demo     string             `json:"demo"`
	Seed     uint64             `json:"seed"`
	Months   int                `json:"months"`
	Policy   demoPolicy         `json:"policy"`
	Pledges  []demoPledge       `json:"pledges"`
	Lots     *table             `json:"lots"`
	Outcome  demoOutcome        `json:"outcome"`
	Requests demoRequestCounts  `json:"requests"`
	Examples []demoExampleEntry `json:"examples"`
	Engine   string             `json:"engine"`
	Snapshot string             `json:"last_snapshot_sha256"`
	Decision string             `json:"last_decision_sha256"`
}

// demoOutcome is what came of the months, in the tables of rounds.
type demoOutcome struct {
	Rounds  *table   `json:"rounds"`
	All     *table   `json:"all"`
	Nations *table   `json:"nations"`
	Commons int64    `json:"commons_gpu_ms"`
	Checked []int    `json:"laws_checked"`
	Broken  []string `json:"laws_broken"`
}

type demoPolicy struct {
	GuaranteePermille int64 `json:"guarantee_permille"`
	BankLimitRounds   int64 `json:"bank_limit_rounds"`
	MaxPasses         int64 `json:"max_passes"`
	CapEntitlements   int64 `json:"cap_entitlements"`
	ReservePermille   int64 `json:"reserve_permille"`
}

// demoPledge is an assumed part of a published contribution. How says which.
type demoPledge struct {
	ID          string `json:"id"`
	Contributor string `json:"contributor"`
	Announced   string `json:"announced"`
	URL         string `json:"url"`
	How         string `json:"how"`
	ForWhom     string `json:"for_whom"`
}

// demoRequestCounts is what became of all requests, by our rule and first come,
// first served.
type demoRequestCounts struct {
	Ours      demoServed `json:"fair_share"`
	FirstCome demoServed `json:"first_come"`
}

type demoExampleEntry struct {
	What    string   `json:"what"`
	Country string   `json:"country"`
	Topic   string   `json:"topic"`
	Request level    `json:"request"`
	Advice  *advised `json:"advice"`
	Command string   `json:"command"`
}

// document is the demo for programs.
func (d *playedDemo) document(examples []demoExample) demoDocument {
	policy := d.last.Snapshot.Round()
	all := roundTable([]roundRow{d.all}, true)
	all.single = true
	doc := demoDocument{
		Demo: demoLabel(d.demo.seed.value), Seed: d.demo.seed.value, Months: d.demo.months,
		Policy: demoPolicy{
			GuaranteePermille: policy.GuaranteePermille, BankLimitRounds: policy.BankLimitRounds,
			MaxPasses: policy.MaxPasses, CapEntitlements: capFactor,
		},
		Lots: d.lotTable(),
		Outcome: demoOutcome{
			Rounds: roundTable(d.rows, true), All: all, Nations: nationTable(d.nations),
			Commons: d.commons, Checked: lawsChecked, Broken: append([]string{}, d.broken...),
		},
		Requests: demoRequestCounts{d.served, d.queued}, Examples: []demoExampleEntry{},
		Engine: fairshare.Engine, Snapshot: d.rows[len(d.rows)-1].sha, Decision: d.decision,
	}
	if d.demo.noTimings {
		for _, t := range []*table{doc.Outcome.Rounds, doc.Outcome.All} {
			t.drop("deciding_us")
		}
	}
	for _, pledge := range d.world.Pledges {
		fact := d.world.facts[pledge.Announcement]
		doc.Pledges = append(doc.Pledges, demoPledge{
			ID: string(pledge.ID), Contributor: fact.Contributor, Announced: fact.Source.AsOf, URL: fact.Source.URL,
			How: pledge.How, ForWhom: conditionsOf(pledge.Conditions),
		})
	}
	for _, e := range examples {
		doc.Examples = append(doc.Examples, demoExampleEntry{e.title, e.country.Name, e.topic, e.level, e.advice, e.command})
	}
	return doc
}

// lotTable has a row per lot and month.
func (d *playedDemo) lotTable() *table {
	t := (&table{}).column("ROUND", "round").column("LOT", "lot").column("PLEDGE", "pledge").
		column("CLASS", "class").column("SITE", "site").
		column("GPU-HOURS", "gpu_seconds").column("SUPPLY", "supply_gpu_ms")
	for _, step := range d.world.steps {
		for _, lot := range step.Lots {
			t.row(text(string(step.Round.ID)), text(string(lot.ID)), text(string(lot.Contribution)),
				text(string(lot.Class)), text(string(lot.Site)),
				cell{gpuHoursOf(lot), gpuSecondsOf(lot)}, amount(lot.Supply.GPUMilliseconds()))
		}
	}
	return t
}

// gpuSecondsOf is a lot in whole GPU-seconds of its class.
func gpuSecondsOf(lot pool.Lot) int64 {
	seconds, _, err := lot.Rate.FloorGPUSeconds(lot.Supply)
	if err != nil {
		panic(err) // a lot has a rate
	}
	return int64(seconds)
}

// drop takes a column out of a table.
func (t *table) drop(key string) {
	i := slices.IndexFunc(t.columns, func(c column) bool { return c.key == key })
	if i < 0 {
		return
	}
	t.columns = slices.Delete(t.columns, i, i+1)
	for k, row := range t.rows {
		t.rows[k] = slices.Delete(row, i, i+1)
	}
}
