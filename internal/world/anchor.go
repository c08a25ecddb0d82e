package world

import "fmt"

// Published figures that the generator uses.
const (
	awardedPercent     = 22     // of GPUs requested, Canada 2021
	fastTrackHours     = 240    // GPU-hours a month, Berzelius
	berzeliusMostHours = 28_800 // GPU-hours a month, Berzelius
	largeScaleHours    = 2_083  // GPU-hours a month: 6,250 a quarter, NHR@ZIB
	committeeHours     = 5_000  // GPU-hours, IndiaAI
	largestAward       = 4_096  // GPUs to one company …
	largestAwardOf     = 34_333 // … of so many approved, IndiaAI
)

// Anchor is a published statistic and what the generator makes of it.
type Anchor struct {
	What    string
	Value   string
	UsedFor string
	Source  Source
}

// Anchors lists the published statistics that the generated requests follow.
func Anchors() []Anchor {
	const (
		berzelius = "https://www.nsc.liu.se/support/systems/berzelius-resource-allocation"
		indiaAI   = "https://batasutra.com/indiaai-compute-next-3-8k-gpus"
	)
	return []Anchor{
		{
			"GPUs awarded of GPUs requested, Canada's competition of 2021", fmt.Sprintf("%d %%", awardedPercent), "supply of a month to what is asked",
			stated("2021", "https://www.computecanada.ca/featured/results-of-the-2021-resource-allocation-competitions/", Primary),
		},
		{
			"fast track at Berzelius, Sweden", fmt.Sprintf("up to %d GPU-hours a month", fastTrackHours), "a quantile of the sizes",
			stated("2025", berzelius, Primary),
		},
		{
			"largest request at Berzelius", fmt.Sprintf("%d GPU-hours a month", berzeliusMostHours), "a quantile of the sizes",
			stated("2025", berzelius, Primary),
		},
		{
			"large-scale project at NHR@ZIB, Germany", "from 6,250 GPU-hours a quarter", "a quantile of the sizes, a third of it a month",
			stated("undated", "https://user.nhr.zib.de/wiki/pages/diffpagesbyversion.action?pageId=426682", Primary),
		},
		{
			"committee review at IndiaAI", fmt.Sprintf("above %d GPU-hours", committeeHours), "a quantile of the sizes",
			stated("2025-09-07", indiaAI, Weak),
		},
		{
			"collection of requests at IndiaAI", "from the 1st to the 25th of a month", "when requests arrive",
			stated("2025-09-07", indiaAI, Weak),
		},
		{
			"largest single award of the IndiaAI Mission", fmt.Sprintf("%d of %d GPUs, 12 %%", largestAward, largestAwardOf), "the largest request, the end of the tail",
			stated("2025-06-16", "https://www.electronicsforyou.biz/industry-buzz/india-installs-17300-gpus-to-build-countrys-ai-infrastructure/", Press),
		},
		{
			"GPU time asked for by account, Graham cluster, May 2021 (derived: jobs that were waiting at noon)", "118 accounts; the largest 27 %, the twelve largest 76 %", "compared with: how unevenly groups ask",
			stated("2021-05", "https://github.com/mila-iqia/slurm-queue-time-pred", Primary),
		},
		{
			"need for compute in Africa, an estimate", "2,500,000 GPU-hours a year, of which 5 % can be had", "compared with: that supply is scarce",
			stated("2026-02-20", "https://dig.watch/event/india-ai-impact-summit-2026/building-public-interest-ai-catalytic-funding-for-equitable-compute-access", Press),
		},
	}
}
