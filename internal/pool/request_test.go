package pool

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
	"pgregory.net/rapid"
)

func draft() Request {
	return Request{
		ID: "r1", Project: "p1", State: RequestDraft,
		Ask:     Ask{Class: "h100-80gb", Total: 100 * credit.Hour, Minimum: credit.Hour},
		Window:  period("2026-12-01T00:00:00Z", "2027-06-01T00:00:00Z"),
		Purpose: "forecasting floods", Field: "1.5", Rank: 1,
	}
}

func TestARequestIsPricedOnceWhenItIsSubmitted(t *testing.T) {
	now := at("2026-11-20T10:00:00Z")
	r, err := draft().Submit(now, h100())
	if err != nil {
		t.Fatal(err)
	}
	// 100 and 1 GPU-hours × 3600 s × 3000 permille
	want := Terms{Rate: rate(3000), Requested: gpuMS(1_080_000_000), Minimum: gpuMS(10_800_000)}
	if r.State != RequestSubmitted || r.Submitted != now || r.Terms != want {
		t.Errorf("got %s at %v with %+v", r.State, r.Submitted, r.Terms)
	}
	later := at("2026-12-20T00:00:00Z")
	r.Ask.Total = 10 * credit.Hour
	again, err := r.Submit(later, h100()) // amended after the rate changed
	if want := gpuMS(10 * 3600 * 3050); err != nil || again.Terms.Requested != want || again.Submitted != later {
		t.Errorf("amended to %v at %v, %v; want %v", again.Terms.Requested, again.Submitted, err, want)
	}
}

func TestSubmittingIsRefusedWithItsReasons(t *testing.T) {
	now := at("2026-11-20T10:00:00Z")
	refused := func(change func(*Request), class GPUClass, when time.Time) error {
		r := draft()
		change(&r)
		got, err := r.Submit(when, class)
		if !reflect.DeepEqual(got, Request{}) {
			t.Errorf("a refused request was returned: %+v", got)
		}
		return err
	}
	none := func(*Request) {}
	wantFaults(t, refused(none, h100(), at("2027-06-01T00:00:00Z")), "window.end out_of_range")
	wantFaults(t, refused(func(r *Request) { r.Purpose, r.Field = "", "1" }, h100(), at("2027-06-01T00:00:00Z")),
		"window.end out_of_range", "purpose required", "field malformed")
	wantFaults(t, refused(func(r *Request) { r.Ask.Total = 1 << 50 }, h100(), now), "ask.total_gpu_seconds out_of_range")
	wantKind(t, refused(none, GPUClass{ID: "v100"}, now), fault.Conflict, CodeConflict)
	wantKind(t, refused(none, h100(), at("2025-01-01T00:00:00Z")), fault.NotFound, CodeNoRate)
	wantKind(t, refused(func(r *Request) { r.State = RequestPartlyGranted }, h100(), now), fault.Conflict, CodeState)
	old := h100()
	old.Retired = now
	wantKind(t, refused(none, old, now), fault.Conflict, CodeConflict)
}

func TestARequestNamesAllItsFaults(t *testing.T) {
	wantFaults(t, draft().Check())
	wantFaults(t, Request{}.Check(), "id required", "project required", "state malformed", "ask.class required",
		"ask.minimum_gpu_seconds out_of_range", "ask.total_gpu_seconds out_of_range", "window.start required",
		"window.end required", "purpose required", "field malformed")
	r := draft()
	r.Ask.Maximum, r.Ask.Minimum, r.Ask.Total = 2*credit.Hour, 3*credit.Hour, 2*credit.Hour
	r.Accepts = Acceptance{
		Classes: []ClassID{"v100", "v100"}, Sites: []SiteID{""}, Jurisdictions: []Jurisdiction{"eu"},
	}
	r.Residency = []Jurisdiction{"KE", "KE"}
	r.Purpose = strings.Repeat("x", MaxPurposeBytes+1)
	r.Rank = -1
	wantFaults(t, r.Check(), "ask.maximum_gpu_seconds conflict", "ask.total_gpu_seconds out_of_range",
		"accepts.classes[1] duplicate", "accepts.sites[0] required", "accepts.jurisdictions[0] malformed",
		"residency[1] duplicate", "purpose out_of_range", "rank out_of_range")
}

func TestWhatARequestAccepts(t *testing.T) {
	lyon := Site{ID: "lyon-2", Country: "FR", Jurisdictions: []Jurisdiction{"EU"}}
	r := draft()
	if !r.AcceptsClass("h100-80gb") || r.AcceptsClass("v100") || !r.AcceptsSite("lyon-2") ||
		!r.AcceptsJurisdiction(lyon) || !r.DataMayRestAt(lyon) {
		t.Error("without lists a request takes its class, anywhere")
	}
	r.Accepts = Acceptance{Classes: []ClassID{"v100"}, Sites: []SiteID{"nairobi-1"}, Jurisdictions: []Jurisdiction{"KE"}}
	r.Residency = []Jurisdiction{"KE"}
	if !r.AcceptsClass("h100-80gb") || !r.AcceptsClass("v100") || r.AcceptsSite("lyon-2") ||
		r.AcceptsJurisdiction(lyon) || r.DataMayRestAt(lyon) {
		t.Error("a request takes what it does not accept")
	}
	r.Accepts.Jurisdictions, r.Residency = []Jurisdiction{"KE", "EU"}, []Jurisdiction{"EU"}
	if !r.AcceptsJurisdiction(lyon) || !r.DataMayRestAt(lyon) {
		t.Error("Lyon is in the EU")
	}
}

func TestRoundsServeARequestToItsEndAndNoFurther(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		requested := rapid.Int64Range(1, 1000).Draw(t, "requested")
		minimum := rapid.Int64Range(1, requested).Draw(t, "minimum")
		maximum := rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(minimum, 1200)).Draw(t, "maximum")
		terms := Terms{Rate: rate(1), Requested: gpuMS(requested), Minimum: gpuMS(minimum), Maximum: gpuMS(maximum)}
		awarded := gpuMS(0)
		for terms.StateGiven(awarded) != RequestGranted {
			least, most := terms.RoundBounds(awarded)
			if least.Sign() <= 0 || most.Less(least) {
				t.Fatalf("%v was awarded, the next round may give %v to %v", awarded, least, most)
			}
			if least != gpuMS(minimum) && least != terms.Remaining(awarded) {
				t.Fatalf("%v is neither the minimum nor the rest", least)
			}
			before := awarded
			awarded, _ = awarded.Add(gpuMS(rapid.Int64Range(least.GPUMilliseconds(), most.GPUMilliseconds()).Draw(t, "given")))
			if state := terms.StateGiven(before); (before.Sign() == 0) != (state == RequestEligible) {
				t.Fatalf("with %v it is %s", before, state)
			}
		}
		if awarded != terms.Requested || terms.Remaining(awarded).Sign() != 0 {
			t.Fatalf("awarded %v of %v", awarded, terms.Requested)
		}
		if least, most := terms.RoundBounds(awarded); least.Sign() != 0 || most.Sign() != 0 {
			t.Fatalf("nothing remains, but a round may give %v to %v", least, most)
		}
	})
}

func TestMoreThanRequestedLeavesNothing(t *testing.T) {
	terms := Terms{Requested: gpuMS(10)}
	for _, awarded := range []int64{11, 1<<63 - 1, -1 << 63} {
		if got := terms.Remaining(gpuMS(awarded)); got.Sign() != 0 {
			t.Errorf("of 10, %d awarded, %v remain", awarded, got)
		}
	}
}
