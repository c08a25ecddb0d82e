package pool

import (
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
	"pgregory.net/rapid"
)

func h100() GPUClass {
	return GPUClass{ID: "h100-80gb", Rates: []DatedRate{
		{at("2026-01-01T00:00:00Z"), rate(3000)},
		{at("2026-12-15T00:00:00Z"), rate(3050)},
	}}
}

func TestARateHoldsFromItsDateUntilTheNext(t *testing.T) {
	for when, want := range map[string]int64{
		"2026-01-01T00:00:00Z":        3000,
		"2026-12-14T23:59:59.999999Z": 3000,
		"2026-12-15T00:00:00Z":        3050,
		"2999-01-01T00:00:00Z":        3050,
	} {
		if got, err := h100().RateAt(at(when)); err != nil || got.Permille() != want {
			t.Errorf("at %s: %d, %v; want %d", when, got.Permille(), err, want)
		}
	}
	_, err := h100().RateAt(at("2025-12-31T23:59:59.999999Z"))
	wantKind(t, err, fault.NotFound, CodeNoRate)
}

func TestALaterRateDoesNotChangeEarlierOnes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := GPUClass{ID: "c"}
		from := at("2026-12-01T00:00:00Z").Add(-time.Hour)
		for range rapid.IntRange(1, 5).Draw(t, "rates") {
			from = from.Add(time.Duration(rapid.Int64Range(1, 3600).Draw(t, "gap")) * time.Second)
			c.Rates = append(c.Rates, DatedRate{from, rate(rapid.Int64Range(1, 9).Draw(t, "permille"))})
		}
		if err := c.Check(); err != nil {
			t.Fatal(err)
		}
		m := from.Add(-time.Duration(rapid.Int64Range(1, 7200).Draw(t, "before")) * time.Second)
		shorter := c
		shorter.Rates = c.Rates[:len(c.Rates)-1]
		before, errBefore := shorter.RateAt(m)
		after, errAfter := c.RateAt(m)
		if before != after || (errBefore == nil) != (errAfter == nil) {
			t.Fatalf("%v, %v became %v, %v", before, errBefore, after, errAfter)
		}
	})
}

func TestAClassNamesAllItsFaults(t *testing.T) {
	wantFaults(t, h100().Check())
	wantFaults(t, GPUClass{}.Check(), "id required", "rates required")
	wantFaults(t, GPUClass{
		ID:      "a b",
		Rates:   []DatedRate{{at("2026-01-01T00:00:00Z"), rate(1)}, {at("2026-01-01T00:00:00Z"), credit.Rate{}}},
		Retired: at("2026-01-01T00:00:00.0000001Z"),
	}.Check(), "id malformed", "rates[1].from conflict", "rates[1].rate_permille required", "retired malformed")
}

func TestAClassIsRetiredFromItsDate(t *testing.T) {
	c := h100()
	if c.RetiredAt(at("9999-01-01T00:00:00Z")) {
		t.Error("retired without a date")
	}
	c.Retired = at("2027-01-01T00:00:00Z")
	if c.RetiredAt(c.Retired.Add(-1)) || !c.RetiredAt(c.Retired) {
		t.Error("not retired from its date")
	}
}

func TestASiteIsUnderItsCountryAndItsUnions(t *testing.T) {
	lyon := Site{ID: "lyon-2", Name: "Lyon", Country: "FR", Jurisdictions: []Jurisdiction{"EU"}}
	wantFaults(t, lyon.Check())
	if !lyon.Under("FR") || !lyon.Under("EU") || lyon.Under("KE") || lyon.UnderAny(nil) || !lyon.UnderAny([]Jurisdiction{"KE", "EU"}) {
		t.Error("the wrong law binds Lyon")
	}
	wantFaults(t, Site{Country: "France", Jurisdictions: []Jurisdiction{"EU", "EU", "eu"}}.Check(),
		"id required", "name required", "country malformed", "jurisdictions[1] duplicate", "jurisdictions[2] malformed")
}

func capacity() Contribution {
	return Contribution{
		ID: "c1", Contributor: "lab", Kind: Capacity, Class: "h100-80gb", Site: "lyon-2", GPUs: 8,
		Period: period("2026-12-11T00:00:00Z", "2027-02-01T00:00:00Z"), Conditions: Conditions{OpenOutputs: true},
	}
}

func TestACapacityLotIsGPUsTimesOverlapTimesRate(t *testing.T) {
	december := period("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z")
	lot, ok, err := capacity().CapacityLot("l1", december, h100())
	if !ok || err != nil {
		t.Fatal(ok, err)
	}
	wantFaults(t, lot.Check())
	// 8 GPUs × 21 days × 86,400 s × 3000 permille, the rate when they start.
	if want := gpuMS(8 * 21 * 86_400 * 3000); lot.Supply != want {
		t.Errorf("supply is %v, want %v", lot.Supply, want)
	}
	if lot.Rate != rate(3000) || lot.Period != period("2026-12-11T00:00:00Z", "2027-01-01T00:00:00Z") ||
		!lot.Conditions.OpenOutputs || lot.Contribution != "c1" || lot.Class != "h100-80gb" || lot.Site != "lyon-2" {
		t.Errorf("the lot is %+v", lot)
	}
}

func TestACapacityLotIsRefusedOrAbsent(t *testing.T) {
	c := capacity()
	november := period("2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z")
	if lot, ok, err := c.CapacityLot("l1", november, h100()); ok || err != nil || lot.ID != "" {
		t.Errorf("without overlap: %+v, %t, %v", lot, ok, err)
	}
	old := h100()
	old.Retired = c.Period.Start
	_, _, err := c.CapacityLot("l1", c.Period, old)
	wantKind(t, err, fault.Conflict, CodeConflict)
	_, _, err = c.CapacityLot("l1", c.Period, GPUClass{ID: c.Class})
	wantKind(t, err, fault.NotFound, CodeNoRate)
	_, _, err = c.CapacityLot("l1", c.Period, GPUClass{ID: "v100"})
	wantKind(t, err, fault.Conflict, CodeConflict)
	c.Kind = CreditTime
	_, _, err = c.CapacityLot("l1", c.Period, h100())
	wantKind(t, err, fault.Conflict, CodeConflict)
	c = capacity()
	c.GPUs = -1
	_, _, err = c.CapacityLot("l1", c.Period, h100())
	wantFaults(t, err, "gpus out_of_range")
}

func TestCapacitySupplyIsExactAndAdditive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		gpus := rapid.Int64Range(0, MaxGPUs).Draw(t, "gpus")
		r := rate(rapid.Int64Range(1, 1_000_000).Draw(t, "permille"))
		start := at("2026-12-01T00:00:00Z")
		a, b := rapid.Int64Range(0, 1e8).Draw(t, "a"), rapid.Int64Range(0, 1e8).Draw(t, "b")
		cut, end := start.Add(time.Duration(a)*time.Second), start.Add(time.Duration(a+b)*time.Second)
		exact := new(big.Int).Mul(big.NewInt(gpus*(a+b)), big.NewInt(r.Permille()))
		whole, err := CapacitySupply(gpus, Period{start, end}, r)
		if exact.Cmp(big.NewInt(MaxAmount)) >= 0 {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("%v is too much, but got %v, %v", exact, whole, err)
			}
			return
		}
		if err != nil || whole.GPUMilliseconds() != exact.Int64() {
			t.Fatalf("got %v, %v; want %v", whole, err, exact)
		}
		first, _ := CapacitySupply(gpus, Period{start, cut}, r)
		second, _ := CapacitySupply(gpus, Period{cut, end}, r)
		if sum, err := first.Add(second); err != nil || sum != whole {
			t.Fatalf("%v + %v ≠ %v", first, second, whole)
		}
	})
}

func TestCapacitySupplyRefusesWhatItCannotCount(t *testing.T) {
	_, err := CapacitySupply(-1, period("2026-12-01T00:00:00.5Z", "2026-12-01T00:00:02Z"), rate(1))
	wantFaults(t, err, "gpus out_of_range", "period out_of_range")
	_, err = CapacitySupply(1, period("2026-12-01T00:00:00Z", "2026-12-01T00:00:02Z"), credit.Rate{})
	wantFaults(t, err, "supply_gpu_ms out_of_range")
	_, err = CapacitySupply(MaxGPUs, Period{time.Unix(-1<<61, 0), time.Unix(1<<61, 0)}, rate(1))
	wantFaults(t, err, "supply_gpu_ms out_of_range")
}

func TestAPacedCreditIsReleasedWholeAndEvenly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		total := rapid.Int64Range(0, MaxAmount-1).Draw(t, "total")
		rounds := rapid.Int64Range(1, 60).Draw(t, "rounds")
		left := gpuMS(total)
		for n := rounds; n > 0; n-- {
			part := CreditRelease(left, n)
			if low := gpuMS(total / rounds); part.Less(low) || gpuMS(total/rounds+1).Less(part) {
				t.Fatalf("with %d rounds to go %v is released, an equal part is %v", n, part, low)
			}
			left, _ = left.Sub(part)
		}
		if left.Sign() != 0 {
			t.Fatalf("%v was never released", left)
		}
	})
	for _, none := range []credit.Amount{CreditRelease(gpuMS(5), 0), CreditRelease(gpuMS(-5), 2), CreditRelease(gpuMS(5), -1)} {
		if none != gpuMS(0) {
			t.Errorf("released %v", none)
		}
	}
}

func TestAContributionNamesAllItsFaults(t *testing.T) {
	wantFaults(t, capacity().Check())
	paid := capacity()
	paid.Kind, paid.GPUs, paid.Time = CreditTime, 0, 10*credit.Hour
	wantFaults(t, paid.Check())

	ids := []string{"id required", "contributor required", "class required", "site required", "period.start required", "period.end required"}
	wantFaults(t, Contribution{Kind: Capacity, Time: 1}.Check(), append(ids, "gpus out_of_range", "time_gpu_seconds conflict")...)
	wantFaults(t, Contribution{Kind: CreditTime, GPUs: 1}.Check(), append(ids, "gpus conflict", "time_gpu_seconds out_of_range")...)
	wantFaults(t, Contribution{Kind: "gift"}.Check(), append(ids, "kind malformed")...)

	c := capacity()
	c.GPUs = MaxGPUs + 1
	c.Period = Period{c.Period.End, c.Period.Start.Add(time.Millisecond)}
	c.Conditions = Conditions{
		Nations: []NationID{"KE", "Kenya"}, Groups: []Group{""}, Fields: []Field{"7"}, Residency: []Jurisdiction{"E"},
	}
	wantFaults(t, c.Check(), "gpus out_of_range", "period.end conflict", "period.end malformed",
		"conditions.nations[1] malformed", "conditions.groups[0] malformed", "conditions.fields[0] malformed",
		"conditions.residency[0] malformed")
}

func TestALotNamesAllItsFaults(t *testing.T) {
	wantFaults(t, Lot{Supply: gpuMS(-1), Conditions: Conditions{Fields: []Field{"1", "1"}}}.Check(),
		"id required", "contribution required", "class required", "site required", "period.start required",
		"period.end required", "rate_permille required", "supply_gpu_ms out_of_range", "conditions.fields[1] duplicate")
}

func TestConditionsAdmit(t *testing.T) {
	kenya := Nation{ID: "KE", Groups: []Group{LowerMiddleIncome}}
	nepal := Nation{ID: "NP", Groups: []Group{LowerMiddleIncome, LDC}}
	for _, c := range []struct {
		conditions   Conditions
		kenya, nepal bool
	}{
		{Conditions{}, true, true},
		{Conditions{Nations: []NationID{"KE"}}, true, false},
		{Conditions{Groups: []Group{LDC}}, false, true},
		{Conditions{Nations: []NationID{"KE"}, Groups: []Group{LDC}}, true, true}, // either is enough
		{Conditions{Nations: []NationID{"NG"}, Groups: []Group{HighIncome}}, false, false},
	} {
		if c.conditions.Admits(kenya) != c.kenya || c.conditions.Admits(nepal) != c.nepal {
			t.Errorf("%+v admits the wrong nations", c.conditions)
		}
	}
	for _, c := range []struct {
		required, limits []Jurisdiction
		want             bool
	}{
		{nil, nil, true},
		{nil, []Jurisdiction{"KE"}, true},
		{[]Jurisdiction{"EU"}, nil, false},
		{[]Jurisdiction{"EU", "CH"}, []Jurisdiction{"CH"}, true},
		{[]Jurisdiction{"EU"}, []Jurisdiction{"EU", "KE"}, false},
	} {
		if (Conditions{Residency: c.required}).AdmitsResidency(c.limits) != c.want {
			t.Errorf("residency %v with limits %v: want %t", c.required, c.limits, c.want)
		}
	}
	science := Conditions{Fields: []Field{"1", "3.2"}}
	for field, want := range map[Field]bool{"1.2": true, "3.2": true, "3.3": false, "2.1": false} {
		if science.AdmitsField(field) != want || !(Conditions{}).AdmitsField(field) {
			t.Errorf("field %s: want %t", field, want)
		}
	}
}

func TestThereAreFortyTwoFieldsInSixBroadOnes(t *testing.T) {
	broad, narrow := 0, 0
	digits := strings.Split("0 1 2 3 4 5 6 7 8 9 10 11 12 01 00 99", " ")
	for _, a := range digits {
		if Field(a).IsKnown() {
			broad++
		}
		for _, b := range digits {
			f := Field(a + "." + b)
			if f.IsKnown() {
				narrow++
				if f.IsBroad() || !f.Within(f) || !f.Within(Field(a)) || f.Broad() != Field(a) {
					t.Errorf("%s does not belong to %s", f, a)
				}
			}
		}
	}
	if broad != 6 || narrow != 42 {
		t.Errorf("%d broad fields and %d fields", broad, narrow)
	}
	for _, f := range []Field{"", ".", "1.", ".1", "1.1.1", "1,1", "a", "1.x", "1.111"} {
		if f.IsKnown() {
			t.Errorf("%q is known", f)
		}
	}
}
