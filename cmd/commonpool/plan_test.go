package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/commonpool/commonpool/internal/replay"
)

func TestABuiltInPlanIsPrintedAndReadBack(t *testing.T) {
	for name, build := range builtInPlans {
		var b bytes.Buffer
		if err := writePlan(&b, name, build(3)); err != nil {
			t.Fatal(err)
		}
		plan, err := parsePlan(b.Bytes())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if diff := cmp.Diff(build(3), plan, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: read back otherwise:\n%s", name, diff)
		}
	}
}

func TestTheExamplePlanIsTheBuiltInOne(t *testing.T) {
	path := filepath.Join("..", "..", "docs", "examples", "plan-assumed.yaml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	plan, err := parsePlan(text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(replay.AssumedPlan(defaultSeed), plan, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s is not the plan that is built in:\n%s", path, diff)
	}
	var b bytes.Buffer
	if err := writePlan(&b, planAssumed, replay.AssumedPlan(defaultSeed)); err != nil || b.String() != string(text) {
		t.Errorf("%s is not what \"commonpool plan assumed\" prints (%v)", path, err)
	}
}

// FuzzParsePlan: whatever a plan file holds, it is read or refused; what is read
// can be worked with.
func FuzzParsePlan(f *testing.F) {
	for name, build := range builtInPlans {
		var b bytes.Buffer
		if err := writePlan(&b, name, build(1)); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	for _, s := range []string{"", "~", "seed: 1.5", "seed: &a 1\nuseful_days: *a", "seed: *a", "<<: *a", "a: b: c", "[", "- - - -", "seed: 1\x00", "? a", "sites: [null]", "!!int x", "tree: {weights: [{group: low_income, weight: 1, x: 1}]}"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > 4096 {
			return
		}
		plan, err := parsePlan(text)
		if err != nil {
			return
		}
		if _, err := replay.Assume(plan, nil, replay.Nations()); err != nil {
			t.Errorf("a plan that was accepted: %v", err)
		}
	})
}
