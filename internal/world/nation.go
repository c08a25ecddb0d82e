package world

import (
	"slices"

	"github.com/commonpool/commonpool/internal/pool"
)

// Groups of nations beside those of package pool: the parts of the world that
// the demo's donors name.
const (
	Africa       pool.Group = "africa"
	Asia         pool.Group = "asia"
	LatinAmerica pool.Group = "latin_america"
	Pacific      pool.Group = "pacific"
)

// NotClassified marks a nation that the World Bank gave no income group in
// fiscal year 2026: Ethiopia and Venezuela. It is a published answer, and no
// group.
const NotClassified pool.Group = ""

// Nation is a developing economy that asks for GPU time: the noun, whose Groups
// are its region, its income group if it has one, and LDC if it is on the list;
// and the published figures behind them (see [Sources]).
type Nation struct {
	pool.Nation
	Alpha3 string // ISO 3166-1 alpha-3
	Region pool.Group
	// IncomeGroup in fiscal year 2026, or NotClassified.
	IncomeGroup pool.Group
	LDC         bool
	// Population in 2024.
	Population int64
	// ResearchersPerMillion people, rounded half up; not known for several.
	ResearchersPerMillion Figure
	// Weight of the nation in a round, 1 to pool.MaxWeight: the demo's national
	// allocation, by the default formula with ASSUMED factors.
	Weight int64
}

// Researchers is the head count by the published figure, rounded down, and
// whether there is one.
func (n Nation) Researchers() (count int64, isKnown bool) {
	f := n.ResearchersPerMillion
	if !f.Known {
		return 0, false
	}
	return f.Value * n.Population / 1_000_000, true
}

// nation makes a row of the table.
func nation(code, alpha3, name string, region, income pool.Group, ldc bool, population int64, researchers Figure) Nation {
	groups := []pool.Group{region}
	if income != NotClassified {
		groups = append(groups, income)
	}
	if ldc {
		groups = append(groups, pool.LDC)
	}
	return Nation{
		Nation: pool.Nation{ID: pool.NationID(code), Name: name, Groups: groups},
		Alpha3: alpha3, Region: region, IncomeGroup: income, LDC: ldc,
		Population: population, ResearchersPerMillion: researchers,
	}
}

// nationTable are the economies of the demo by code: a choice of 30 for spread
// over regions, income groups and size, among them the awkward ones (no income
// group, no count of researchers, 200,000 people). Columns: ISO 3166-1 codes,
// name, region, income group FY2026, least developed, population 2024,
// researchers per million with their year.
func nationTable() []Nation {
	const (
		low         = pool.LowIncome
		lowerMiddle = pool.LowerMiddleIncome
		upperMiddle = pool.UpperMiddleIncome
	)
	return []Nation{
		nation("BD", "BGD", "Bangladesh", Asia, lowerMiddle, true, 173_562_364, notKnown),
		nation("BO", "BOL", "Bolivia", LatinAmerica, lowerMiddle, false, 12_413_315, known(63, 2021)),
		nation("BR", "BRA", "Brazil", LatinAmerica, upperMiddle, false, 211_998_573, known(903, 2014)),
		nation("CI", "CIV", "Côte d'Ivoire", Africa, lowerMiddle, false, 31_934_230, known(64, 2005)),
		nation("CM", "CMR", "Cameroon", Africa, lowerMiddle, false, 29_123_744, notKnown),
		nation("CO", "COL", "Colombia", LatinAmerica, upperMiddle, false, 52_886_363, known(90, 2017)),
		nation("EG", "EGY", "Egypt", Africa, lowerMiddle, false, 116_538_258, known(845, 2023)),
		nation("ET", "ETH", "Ethiopia", Africa, NotClassified, true, 132_059_767, known(89, 2017)),
		nation("FJ", "FJI", "Fiji", Pacific, upperMiddle, false, 928_784, notKnown),
		nation("GH", "GHA", "Ghana", Africa, lowerMiddle, false, 34_427_414, known(87, 2015)),
		nation("ID", "IDN", "Indonesia", Asia, upperMiddle, false, 283_487_931, known(395, 2020)),
		nation("IN", "IND", "India", Asia, lowerMiddle, false, 1_450_935_791, known(259, 2020)),
		nation("KE", "KEN", "Kenya", Africa, lowerMiddle, false, 56_432_944, known(201, 2023)),
		nation("LK", "LKA", "Sri Lanka", Asia, lowerMiddle, false, 21_916_000, known(94, 2022)),
		nation("MA", "MAR", "Morocco", Africa, lowerMiddle, false, 38_081_173, known(1083, 2016)),
		nation("MZ", "MOZ", "Mozambique", Africa, low, true, 34_631_766, known(44, 2015)),
		nation("NG", "NGA", "Nigeria", Africa, lowerMiddle, false, 232_679_478, known(22, 2019)),
		nation("NP", "NPL", "Nepal", Asia, lowerMiddle, true, 29_651_054, known(60, 2002)),
		nation("PE", "PER", "Peru", LatinAmerica, upperMiddle, false, 34_217_848, notKnown),
		nation("PG", "PNG", "Papua New Guinea", Pacific, lowerMiddle, false, 10_576_502, known(33, 2016)),
		nation("PH", "PHL", "Philippines", Asia, lowerMiddle, false, 115_843_670, known(170, 2018)),
		nation("RW", "RWA", "Rwanda", Africa, low, true, 14_256_567, known(133, 2023)),
		nation("SB", "SLB", "Solomon Islands", Pacific, lowerMiddle, true, 819_198, notKnown),
		nation("SN", "SEN", "Senegal", Africa, lowerMiddle, true, 18_501_984, known(572, 2015)),
		nation("ST", "STP", "São Tomé and Príncipe", Africa, lowerMiddle, false, 235_536, notKnown), // no LDC since 2024-12-13
		nation("TZ", "TZA", "Tanzania", Africa, lowerMiddle, true, 68_560_157, known(19, 2013)),
		nation("UG", "UGA", "Uganda", Africa, low, true, 50_015_092, known(12, 2023)),
		nation("VN", "VNM", "Vietnam", Asia, lowerMiddle, false, 100_987_686, known(768, 2021)),
		nation("WS", "WSM", "Samoa", Pacific, upperMiddle, false, 218_019, notKnown),
		nation("ZA", "ZAF", "South Africa", Africa, upperMiddle, false, 64_007_187, known(444, 2022)),
	}
}

// weighted is the table with the weights of the demo's national allocations,
// by the default formula: equalPartPermille in equal parts and the rest by need,
// population × income-group factor; together about 1,000,000, each rounded half
// up.
func weighted() []Nation {
	table := nationTable()
	total := int64(0)
	for _, n := range table {
		total += n.need()
	}
	equalPart := int64(equalPartPermille * 1000)
	byNeed := 1_000_000 - equalPart
	count := int64(len(table))
	for i, n := range table {
		table[i].Weight = (2*equalPart+count)/(2*count) + (2*byNeed*n.need()+total)/(2*total)
	}
	return table
}

// need is the key of the need-based part, in thousands of people × factor.
func (n Nation) need() int64 {
	group := n.IncomeGroup
	if group == NotClassified {
		group = unclassifiedCountsAs
	}
	return n.Population / 1000 * needFactor[group]
}

// activity is how often a nation asks compared with others: the square root,
// rounded down, of its researchers, so that size counts but does not drown the
// rest. Where no figure is published, the median of its income group stands in.
func (n Nation) activity() uint64 {
	count, isKnown := n.Researchers()
	if !isKnown {
		count = medianPerMillion(n.IncomeGroup) * n.Population / 1_000_000
	}
	root := uint64(1)
	for (root+1)*(root+1) <= uint64(count) {
		root++
	}
	return root
}

// medianPerMillion is the (lower) median of the known researchers per million
// of the nations of a group.
func medianPerMillion(group pool.Group) int64 {
	var figures []int64
	for _, n := range nationTable() {
		if n.IncomeGroup == group && n.ResearchersPerMillion.Known {
			figures = append(figures, n.ResearchersPerMillion.Value)
		}
	}
	slices.Sort(figures)
	return figures[(len(figures)-1)/2]
}
