package world

// Announcement is a published contribution of compute, restated: who gives what
// to whom, who said so and when. A fact; what the demo makes of it is a
// [Pledge].
type Announcement struct {
	ID          string
	Contributor string
	Beneficiary string
	// Amount in Unit. Not known where the page states none.
	Amount Figure
	Unit   string
	// Model is the GPU as stated, empty if it was not.
	Model  string
	Status string
	// Source is the page; its AsOf is the day the thing was stated, or as much of
	// it as is known.
	Source Source
	// Note says what to beware of.
	Note string
	// NoPledge says why the demo makes no pledge of it; empty if it does.
	NoPledge string
}

// The ids that pledges refer to.
const (
	aiHub          = "ai-hub"
	cassavaFirst   = "cassava-first"
	cassavaAll     = "cassava-all"
	yotta          = "indiaai-yotta"
	indiaAI        = "indiaai-approved"
	leonardo       = "eurohpc-leonardo"
	canada         = "canada-2023"
	milaL40S       = "mila-l40s"
	milaRTX8000    = "mila-rtx8000"
	milaA100       = "mila-a100-80gb"
	noPublishedRGU = "the class has no published Reference GPU Unit, so no rate"
	noCompute      = "no amount of compute is stated"
)

func stated(on, url string, q Quality) Source { return Source{AsOf: on, URL: url, Quality: q} }

// announcementTable are the facts, those that become pledges first.
func announcementTable() []Announcement {
	return append(pledgedAnnouncements(), otherAnnouncements()...)
}

func pledgedAnnouncements() []Announcement {
	const (
		indiaPage = "https://www.electronicsforyou.biz/industry-buzz/india-installs-17300-gpus-to-build-countrys-ai-infrastructure/"
		milaPage  = "https://github.com/mila-iqia/IGUANE"
	)
	return []Announcement{
		{
			ID: aiHub, Contributor: "Cineca, AWS and Microsoft through the AI Hub for Sustainable Development (Italy, UNDP)",
			Beneficiary: "14 African partner countries of the Mattei Plan", Amount: known(1_500_000, 0), Unit: "GPU-hours", Status: "distributed by 2026-02",
			Source: stated("2026-02-10", "https://thestandard.ke/sports/amp/sci-tech/2001540598/kenya-italy-hand-130-african-startups-keys-to-ai-revolution", Press),
			Note:   "how much of it each of the three gives is not stated",
		},
		{
			ID: cassavaFirst, Contributor: "Cassava Technologies", Beneficiary: "South Africa", Amount: known(3_000, 0), Unit: "GPUs", Status: "announced for 2025-06",
			Source: stated("2025-04-08", "https://techcentral.co.za/cassava-african-ai-factory-720-million/261991/", Press),
			Note:   "NVIDIA, model not stated; a commercial offer, not a gift",
		},
		{
			ID: cassavaAll, Contributor: "Cassava Technologies", Beneficiary: "South Africa, Egypt, Nigeria, Kenya, Morocco", Amount: known(12_000, 0), Unit: "GPUs", Status: "announced, over three to four years",
			Source: stated("2025-04-08", "https://techcentral.co.za/cassava-african-ai-factory-720-million/261991/", Press),
			Note:   "contains the first 3,000; in 2025-11 the company said that all were acquired and being installed",
		},
		{
			ID: yotta, Contributor: "Yotta Data Services to the IndiaAI Mission", Beneficiary: "Indian start-ups and researchers", Amount: known(8_192, 0), Unit: "GPUs", Model: "H100", Status: "offered in the first tender",
			Source: stated("2025-02", "https://trak.in/stories/indiaai-mission-to-be-powered-by-14000-gpus-from-indian-tech-firms", Press),
			Note:   "of 9,216 offered in all",
		},
		{
			ID: indiaAI, Contributor: "IndiaAI Mission", Beneficiary: "Indian start-ups and researchers", Amount: known(34_333, 0), Unit: "GPUs", Status: "approved in two rounds; over 17,300 installed",
			Source: stated("2025-06-16", indiaPage, Press), Note: "mixed models; 4,096 H100 of them went to one company, 12 %, the largest single award",
		},
		{
			ID: leonardo, Contributor: "EuroHPC, Leonardo at Cineca", Beneficiary: "researchers of the EU and associated countries", Amount: known(14_000, 0), Unit: "GPUs", Model: "A100 (custom)", Status: "in service",
			Source: stated("2022-11-22", "https://www.theregister.com/2022/11/22/leonardo_supercomputer_goes_live/", Press),
		},
		{
			ID: canada, Contributor: "Digital Research Alliance of Canada", Beneficiary: "Canadian academic researchers", Amount: known(2_569, 2023), Unit: "GPUs", Status: "capacity of 2023",
			Source: stated("2023", "https://alliancecan.ca/en/2023-resource-allocations-competition-results", Primary),
			Note:   "mixed models; about 80 % are given by competition and 20 % kept for rapid access",
		},
		{
			ID: milaL40S, Contributor: "Mila, Quebec AI Institute", Beneficiary: "the institute's own researchers", Amount: known(364, 2024), Unit: "GPUs", Model: "L40S", Status: "inventory of autumn 2024",
			Source: stated("2024", milaPage, Primary),
		},
		{
			ID: milaRTX8000, Contributor: "Mila, Quebec AI Institute", Beneficiary: "the institute's own researchers", Amount: known(408, 2024), Unit: "GPUs", Model: "RTX 8000", Status: "inventory of autumn 2024",
			Source: stated("2024", milaPage, Primary),
		},
		{
			ID: milaA100, Contributor: "Mila, Quebec AI Institute", Beneficiary: "the institute's own researchers", Amount: known(132, 2024), Unit: "GPUs", Model: "A100-SXM4-80GB", Status: "inventory of autumn 2024",
			Source: stated("2024", milaPage, Primary),
		},
	}
}

func otherAnnouncements() []Announcement {
	return []Announcement{
		{
			ID: "airr-isambard", Contributor: "United Kingdom, Isambard-AI", Beneficiary: "UK researchers", Amount: known(5_000, 0), Unit: "GPUs", Model: "GH200", Status: "announced, \"over 5,000\"",
			Source:   stated("2023-11-01", "https://ukri.org/news/300-million-to-launch-first-phase-of-new-ai-research-resource", Primary),
			NoPledge: noPublishedRGU,
		},
		{
			ID: "eurohpc-jupiter", Contributor: "EuroHPC, JUPITER at Jülich", Beneficiary: "researchers of the EU and associated countries", Amount: known(24_000, 0), Unit: "GPUs", Model: "GH200", Status: "being deployed",
			Source:   stated("2025-06", "https://itdaily.com/news/datacenter/jupiter-enters-top-five", Press),
			NoPledge: noPublishedRGU,
		},
		{
			ID: "nairr-nvidia", Contributor: "NVIDIA to the NAIRR pilot", Beneficiary: "US researchers", Amount: known(30_000_000, 0), Unit: "USD in technology", Status: "pledged for two years",
			Source:   stated("2024-01-24", "https://www.ictbusiness.biz/technology/us-nsf-launches-national-ai-research-resource-pilot", Press),
			NoPledge: noCompute,
		},
		{
			ID: "microsoft-g42-kenya", Contributor: "Microsoft and G42", Beneficiary: "Kenya and East Africa", Amount: known(1_000_000_000, 0), Unit: "USD for a data centre", Status: "announced",
			Source:   stated("2024-05-22", "https://www.pymnts.com/technology/2024/microsoft-and-g42-team-on-1-billion-kenya-data-center/", Press),
			NoPledge: noCompute,
		},
		{
			ID: "china-waic", Contributor: "China, Global AI Governance Action Plan", Beneficiary: "Global South", Amount: notKnown, Status: "announced, 13 points",
			Source:   stated("2025-07-26", "https://tribenewsglobal.tdreport.com/china-rallies-world-for-ai-rules", Press),
			NoPledge: noCompute,
		},
		{
			ID: "un-global-fund", Contributor: "UN Secretary-General, proposed Global Fund for AI", Beneficiary: "developing countries", Amount: known(3_000_000_000, 0), Unit: "USD, target", Status: "proposed",
			Source:   stated("2026-02-19", "https://menafn.com/1110762232/UN-Chief-Proposes-Global-AI-Fund-for-Developing-Countries", Press),
			NoPledge: noCompute,
		},
		{
			ID: "aisca-foundation", Contributor: "AISCA Foundation, seeded by Cassava Technologies", Beneficiary: "African AI researchers", Amount: known(25_000, 0), Unit: "innovators to receive compute grants", Status: "announced",
			Source:   stated("2026-05-18", "https://ecoenvironews.com/2026/05/18/ai-skills-and-compute-africa-foundation-launches-in-rwanda/", Press),
			NoPledge: noCompute,
		},
	}
}
