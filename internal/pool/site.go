package pool

import "slices"

// Jurisdiction is a body of law that binds what is computed or kept at a site: a
// country by its ISO 3166-1 alpha-2 code, or a union or part of one by a name in
// the same manner ("EU", "US-CA"). Names are compared as they are written; that
// France is in the EU is known only from the sites there, which list both.
type Jurisdiction string

const maxJurisdictionBytes = 16

func checkJurisdiction(f *faults, path string, j Jurisdiction) {
	allowed := func(c byte) bool { return isUpper(c) || isDigit(c) || c == '-' }
	if len(j) < 2 || len(j) > maxJurisdictionBytes || !isWord(string(j), allowed) || !isUpper(j[0]) {
		f.add(CodeMalformed, path, "is %q, expected a code like FR or EU", string(j))
	}
}

// Site is where GPUs stand.
type Site struct {
	ID   SiteID
	Name string
	// Country is the ISO 3166-1 alpha-2 code of where the site stands, which
	// need not be a member nation. It is one of the site's jurisdictions.
	Country Jurisdiction
	// Jurisdictions are the others that bind the site.
	Jurisdictions []Jurisdiction
}

// Under reports whether the jurisdiction binds the site.
func (s Site) Under(j Jurisdiction) bool {
	return j == s.Country || slices.Contains(s.Jurisdictions, j)
}

// UnderAny reports whether any of the jurisdictions binds the site.
func (s Site) UnderAny(list []Jurisdiction) bool { return slices.ContainsFunc(list, s.Under) }

// Check returns every fault of the site.
func (s Site) Check() error {
	var f faults
	checkID(&f, "id", s.ID)
	f.text("name", s.Name, MaxNameBytes)
	checkCountry(&f, "country", s.Country)
	each(&f, "jurisdictions", s.Jurisdictions, checkJurisdiction)
	return f.err()
}
