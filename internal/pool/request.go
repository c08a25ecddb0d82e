package pool

import (
	"slices"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
)

// MaxRank is the largest rank of a request.
const MaxRank = 1<<31 - 1

// Request asks for GPU time for a project. What was requested is here; what was
// recommended, awarded and used is kept apart from it, where it is decided.
type Request struct {
	ID      RequestID
	Project ProjectID
	State   RequestState
	// Ask is what the researcher wrote.
	Ask Ask
	// Terms is Ask priced at submission; zero before.
	Terms Terms
	// Accepts are the lots the researcher is content with, by choice.
	Accepts Acceptance
	// Residency are the jurisdictions that the data may not leave, by its
	// owner's rule: the site must be under one of them. Empty: no limit.
	Residency []Jurisdiction
	// Window is when the time is useful; a lot must overlap it.
	Window Period
	// Purpose says for people what the time is for, 1..MaxPurposeBytes bytes.
	Purpose string
	// Field is the field of research, not a broad one.
	Field    Field
	Declares Declarations
	// Rank orders the requests of one project, smaller first. 0..MaxRank.
	Rank int64
	// Submitted is when the request was last submitted; zero before.
	Submitted time.Time
}

// Ask is a wish in GPU-seconds of one class.
type Ask struct {
	Class ClassID
	// Total is what all rounds together shall give; at least Minimum.
	Total credit.GPUSeconds
	// Minimum is the least that is useful in one round; at least credit.Hour.
	Minimum credit.GPUSeconds
	// Maximum is the most that can be used in one round, at least Minimum; 0: as
	// much as is left of Total.
	Maximum credit.GPUSeconds
}

// Terms is an Ask converted once, at the rate of its submission; a later rate
// does not touch it. The amounts are 0..MaxAmount-1 in gpu_ms.
type Terms struct {
	Rate credit.Rate
	// Requested, Minimum and Maximum are the Ask's Total, Minimum and Maximum; a
	// Maximum of 0 stays 0.
	Requested, Minimum, Maximum credit.Amount
}

// Acceptance are a researcher's own choices. Adding an entry to a list that is
// not empty never takes a lot away.
type Acceptance struct {
	// Classes are accepted besides the class of the Ask.
	Classes []ClassID
	// Sites and Jurisdictions limit where the work may run; a site must be in
	// the one list and under one of the other. Empty: anywhere.
	Sites         []SiteID
	Jurisdictions []Jurisdiction
}

// Declarations are what the researcher has declared about the work.
type Declarations struct{ CivilianPurpose, OpenOutputs bool }

// AcceptsClass reports whether the request is content with GPUs of the class.
func (r Request) AcceptsClass(c ClassID) bool {
	return c == r.Ask.Class || slices.Contains(r.Accepts.Classes, c)
}

// AcceptsSite reports whether the request is content with the site by name.
func (r Request) AcceptsSite(s SiteID) bool {
	return len(r.Accepts.Sites) == 0 || slices.Contains(r.Accepts.Sites, s)
}

// AcceptsJurisdiction reports whether the request is content with the law at the
// site.
func (r Request) AcceptsJurisdiction(s Site) bool {
	return len(r.Accepts.Jurisdictions) == 0 || s.UnderAny(r.Accepts.Jurisdictions)
}

// DataMayRestAt reports whether the residency limits allow the site.
func (r Request) DataMayRestAt(s Site) bool {
	return len(r.Residency) == 0 || s.UnderAny(r.Residency)
}

// Check returns every fault that keeps the request from being submitted. A
// draft may be stored with them.
func (r Request) Check() error {
	var f faults
	r.check(&f)
	return f.err()
}

func (r Request) check(f *faults) {
	checkID(f, "id", r.ID)
	checkID(f, "project", r.Project)
	if !r.State.IsKnown() {
		f.add(CodeMalformed, "state", "is %q, which is no state", r.State)
	}
	r.Ask.check(f, "ask")
	each(f, "accepts.classes", r.Accepts.Classes, checkID)
	each(f, "accepts.sites", r.Accepts.Sites, checkID)
	each(f, "accepts.jurisdictions", r.Accepts.Jurisdictions, checkJurisdiction)
	each(f, "residency", r.Residency, checkJurisdiction)
	r.Window.check(f, "window", f.instant)
	f.text("purpose", r.Purpose, MaxPurposeBytes)
	checkField(f, "field", r.Field)
	if r.Field.IsKnown() && r.Field.IsBroad() {
		f.add(CodeMalformed, "field", "is the broad field %s, expected a field of it", r.Field)
	}
	if r.Rank < 0 || r.Rank > MaxRank {
		f.add(CodeOutOfRange, "rank", "is %d, expected 0 to %d", r.Rank, MaxRank)
	}
}

func (a Ask) check(f *faults, path string) {
	checkID(f, path+".class", a.Class)
	if a.Minimum < credit.Hour {
		f.add(CodeOutOfRange, path+".minimum_gpu_seconds", "is %d, expected at least a GPU-hour, %d", a.Minimum, credit.Hour)
	}
	if a.Total < a.Minimum || a.Total < 1 {
		f.add(CodeOutOfRange, path+".total_gpu_seconds", "is %d, expected at least the minimum, %d", a.Total, a.Minimum)
	}
	if a.Maximum != 0 && a.Maximum < a.Minimum {
		f.add(CodeConflict, path+".maximum_gpu_seconds", "is %d, below the minimum, %d", a.Maximum, a.Minimum)
	}
}

// Price converts the ask at the rate of its class at t. Faults: Conflict if the
// class is another one or retired; NotFound if it has no rate at t; Invalid for
// each amount that is not within 0..MaxAmount-1.
func (a Ask) Price(class GPUClass, t time.Time) (Terms, error) {
	if a.Class != class.ID {
		return Terms{}, fault.New(fault.Conflict, CodeConflict, "asks for class %s, not %s", a.Class, class.ID).At(0, "ask.class")
	}
	if class.RetiredAt(t) {
		return Terms{}, retired(class.ID).At(0, "ask.class")
	}
	rate, err := class.RateAt(t)
	if err != nil {
		return Terms{}, err
	}
	var f faults
	terms := Terms{
		Rate:      rate,
		Requested: f.price("ask.total_gpu_seconds", a.Total, rate),
		Minimum:   f.price("ask.minimum_gpu_seconds", a.Minimum, rate),
		Maximum:   f.price("ask.maximum_gpu_seconds", a.Maximum, rate),
	}
	if err := f.err(); err != nil {
		return Terms{}, err
	}
	return terms, nil
}

// Submit returns the request as submitted at now: checked, priced and in state
// submitted. A request that is submitted, or may move there (a draft, one that
// was returned, one amended while it waits), is priced anew and takes its place
// in line anew. Faults: Conflict with code CodeState from another state; else
// all those of Check, and Invalid if the window is over; else those of
// Ask.Price.
func (r Request) Submit(now time.Time, class GPUClass) (Request, error) {
	if r.State != RequestSubmitted {
		if err := CheckMove(r.State, RequestSubmitted); err != nil {
			return Request{}, err
		}
	}
	var f faults
	r.check(&f)
	if !r.Window.IsEmpty() && !now.Before(r.Window.End) {
		f.add(CodeOutOfRange, "window.end", "is over")
	}
	if err := f.err(); err != nil {
		return Request{}, err
	}
	terms, err := r.Ask.Price(class, now)
	if err != nil {
		return Request{}, err
	}
	r.State, r.Submitted, r.Terms = RequestSubmitted, now, terms
	return r, nil
}

// Remaining returns requested − awarded, at least 0.
func (t Terms) Remaining(awarded credit.Amount) credit.Amount {
	// With awarded in 0..MaxAmount-1 the difference cannot overflow; if it is
	// not, nothing remains.
	left, err := t.Requested.Sub(awarded)
	if err != nil {
		return credit.Amount{}
	}
	return credit.Max(left, credit.Amount{})
}

// RoundBounds returns the least and the most that one round may give to a
// request that was awarded so much before: most is what remains, or Maximum if
// that is set and smaller; least is Minimum, or most where only a smaller rest
// remains (so that no request is stuck short of its end). 0 ≤ least ≤ most.
func (t Terms) RoundBounds(awarded credit.Amount) (least, most credit.Amount) {
	most = t.Remaining(awarded)
	if t.Maximum.Sign() > 0 {
		most = credit.Min(most, t.Maximum)
	}
	return credit.Min(t.Minimum, most), most
}

// StateGiven returns the state of a request that rounds decide on, from what it
// was awarded in all: eligible, partly_granted or granted.
func (t Terms) StateGiven(awarded credit.Amount) RequestState {
	switch {
	case awarded.Sign() <= 0:
		return RequestEligible
	case awarded.Less(t.Requested):
		return RequestPartlyGranted
	default:
		return RequestGranted
	}
}
