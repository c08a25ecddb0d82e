package world

import "github.com/commonpool/commonpool/internal/pool"

// The sites of the demo by id.
const (
	bologna  pool.SiteID = "bologna-1"
	capeTown pool.SiteID = "capetown-1"
	montreal pool.SiteID = "montreal-1"
	mumbai   pool.SiteID = "mumbai-1"
	nairobi  pool.SiteID = "nairobi-1"
	waterloo pool.SiteID = "waterloo-1"
)

// siteTable are the places that the pledges name. Where an announcement names
// only a country, the town is ASSUMED.
func siteTable() []pool.Site {
	return []pool.Site{
		{ID: bologna, Name: "Cineca, Bologna", Country: "IT", Jurisdictions: []pool.Jurisdiction{"EU"}},
		{ID: capeTown, Name: "Cassava, Cape Town", Country: "ZA"},
		{ID: montreal, Name: "Mila, Montréal", Country: "CA"},
		{ID: mumbai, Name: "IndiaAI, Navi Mumbai", Country: "IN"},
		{ID: nairobi, Name: "Cassava, Nairobi", Country: "KE"},
		{ID: waterloo, Name: "Graham, Waterloo", Country: "CA"},
	}
}

// lawsOf are the countries of a region that have a site.
func lawsOf(region pool.Group) []pool.Jurisdiction {
	switch region {
	case Africa:
		return []pool.Jurisdiction{"KE", "ZA"}
	case Asia:
		return []pool.Jurisdiction{"IN"}
	default:
		return nil
	}
}
