package pool

import (
	"slices"

	"github.com/commonpool/commonpool/internal/credit"
)

// Lot is supply of one class at one site in one period under one set of
// conditions: the part of a contribution that a round divides.
type Lot struct {
	ID           LotID
	Contribution ContributionID
	Class        ClassID
	Site         SiteID
	// Period is when the supply can be used, on whole seconds.
	Period Period
	// Rate is the one that Supply was priced at; it stays when the class's
	// rate changes.
	Rate credit.Rate
	// Supply is what the lot holds before anything is taken, 0..MaxAmount-1.
	Supply     credit.Amount
	Conditions Conditions
}

// Check returns every fault of the lot.
func (l Lot) Check() error {
	var f faults
	checkID(&f, "id", l.ID)
	checkID(&f, "contribution", l.Contribution)
	checkID(&f, "class", l.Class)
	checkID(&f, "site", l.Site)
	l.Period.check(&f, "period", f.wholeSecond)
	if l.Rate.IsZero() {
		f.add(CodeRequired, "rate_permille", "is missing")
	}
	f.amount("supply_gpu_ms", l.Supply)
	l.Conditions.check(&f, "conditions")
	return f.err()
}

// Conditions are what a donor asks of those who use its lots. The zero value
// asks nothing. All that are set must be met.
type Conditions struct {
	// Nations and Groups admit the nations named and those in any of the groups
	// named. Both empty: every nation.
	Nations []NationID
	Groups  []Group
	// Fields admits requests whose field is, or belongs to, one of these. Empty:
	// every field.
	Fields []Field
	// CivilianPurpose and OpenOutputs require the declaration of that name.
	CivilianPurpose, OpenOutputs bool
	// Residency requires that the data of the work stay within these
	// jurisdictions: a request meets it when it sets residency limits itself
	// and all of them are among these. Empty: not required.
	Residency []Jurisdiction
}

// Admits reports whether Nations and Groups admit the nation.
func (c Conditions) Admits(n Nation) bool {
	if len(c.Nations) == 0 && len(c.Groups) == 0 {
		return true
	}
	return slices.Contains(c.Nations, n.ID) || slices.ContainsFunc(c.Groups, n.In)
}

// AdmitsField reports whether Fields admits the field.
func (c Conditions) AdmitsField(f Field) bool {
	return len(c.Fields) == 0 || slices.ContainsFunc(c.Fields, f.Within)
}

// AdmitsResidency reports whether a request with these residency limits meets
// Residency.
func (c Conditions) AdmitsResidency(limits []Jurisdiction) bool {
	if len(c.Residency) == 0 {
		return true
	}
	outside := func(j Jurisdiction) bool { return !slices.Contains(c.Residency, j) }
	return len(limits) > 0 && !slices.ContainsFunc(limits, outside)
}

func (c Conditions) check(f *faults, path string) {
	each(f, path+".nations", c.Nations, checkCountry)
	each(f, path+".groups", c.Groups, checkGroup)
	each(f, path+".fields", c.Fields, checkField)
	each(f, path+".residency", c.Residency, checkJurisdiction)
}
