package world

// Figure is a published number. Known is false where no source states it, and
// Value then means nothing. Year is the year it describes, 0 where the source
// gives a date of its own.
type Figure struct {
	Value int64
	Year  int
	Known bool
}

var notKnown = Figure{}

func known(value int64, year int) Figure { return Figure{Value: value, Year: year, Known: true} }

// Quality of a source.
type Quality string

// The qualities: a page of the body itself, the press, a page that could not be
// cross-checked.
const (
	Primary Quality = "primary"
	Press   Quality = "press"
	Weak    Quality = "weak"
)

// Source says where a fact was read and which state of the world it describes.
type Source struct {
	What    string
	AsOf    string // a date, or as much of one as is known: 2026-01-04, 2025-11, 2024
	URL     string
	Quality Quality
}

// The sources of the tables of nations and classes.
var (
	sourceIncome = Source{
		What: "World Bank income groups, fiscal year 2026 (July 2025 to June 2026)", AsOf: "2026-01-04",
		URL: "https://github.com/jpazvd/wbopendata (World Bank API, CC BY 4.0)", Quality: Primary,
	}
	sourceLDC = Source{
		What: "UN list of least developed countries, 44 since São Tomé and Príncipe graduated on 2024-12-13", AsOf: "2024-12-13",
		URL:     "https://policy.desa.un.org/themes/cdp-news-and-events/news/sao-tome-and-principe-graduated-from-ldc-status",
		Quality: Primary,
	}
	sourcePopulation = Source{
		What: "Population in 2024, World Bank SP.POP.TOTL", AsOf: "2024",
		URL: "https://github.com/datasets/population (World Bank, CC BY 4.0)", Quality: Primary,
	}
	sourceResearchers = Source{
		What: "Researchers in R&D per million people, full-time equivalents, latest year of each country, UNESCO through World Bank SP.POP.SCIE.RD.P6",
		AsOf: "2002 to 2023, see each nation",
		URL:  "https://github.com/open-numbers/ddf--open_numbers--world_development_indicators (CC BY 4.0)", Quality: Primary,
	}
	sourceRates = Source{
		What: "Reference GPU Units of the Digital Research Alliance of Canada (A100-40GB = 4), as computed by IGUANE 1.0", AsOf: "2024",
		URL: "https://github.com/mila-iqia/IGUANE", Quality: Primary,
	}
	sourceMattei = Source{
		What: "The 14 partner countries of Italy's Mattei Plan: nine of 2024 and five added on 2025-01-09", AsOf: "2025-01-09",
		URL:     "https://agi.it/maeci/it/news/2025-01-09/meloni-ampliare-piano-mattei-africa-nel-2025-29482230/amp",
		Quality: Press,
	}
)

// Sources lists where the tables of nations and classes come from. A
// contribution names its own source.
func Sources() []Source {
	return []Source{sourceIncome, sourceLDC, sourcePopulation, sourceResearchers, sourceRates, sourceMattei}
}
