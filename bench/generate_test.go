package bench

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestTheSameShapeGivesTheSameRound(t *testing.T) {
	shape := Million().ManyLots().Scaled(5000)
	if !reflect.DeepEqual(Generate(shape), Generate(shape)) {
		t.Error("two rounds of one shape differ")
	}
}

func TestNoTwoGroupsOfManyLotsHaveTheSameSignatures(t *testing.T) {
	shape := Million().ManyLots().Scaled(5000)
	in := Generate(shape)
	usedBy := map[string]string{} // lot → signatures
	for _, e := range in.Eligibilities {
		for _, lot := range e.Lots {
			usedBy[lot] += e.ID
		}
	}
	asked := map[string]bool{}
	for i := range in.Requests {
		asked[in.Requests[i].Eligibility] = true
	}
	groups := map[string]int{}
	for _, signatures := range usedBy {
		groups[signatures]++
	}
	if len(usedBy) != 1000 || len(groups) != 256 || len(asked) != 16 {
		t.Errorf("%d lots in %d groups, %d signatures asked for; want 1000, 256, 16", len(usedBy), len(groups), len(asked))
	}
	frozen(t, in) // and its balances sum to zero
}

func TestBareDivisionHandsDownAlmostAll(t *testing.T) {
	in := Generate(Million().Scaled(5000))
	b := NewBare(&in)
	b.Divide(1_000_000_000)
	var sum int64
	for _, x := range b.x[len(in.Nodes):] {
		sum += x
	}
	if lost := 1_000_000_000 - sum; lost < 0 || lost > int64(len(b.x)) {
		t.Errorf("%d units lost to rounding among %d claimants", lost, len(b.x))
	}
}

func TestRecordReplacesOnlyTheTable(t *testing.T) {
	path := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(path, []byte("before\n"+recordBegin+"old\n"+recordEnd+"after\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Record(path, "new\n"); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := string(text); !strings.HasPrefix(got, "before\n") || !strings.HasSuffix(got, "after\n") ||
		strings.Contains(got, "old") || !strings.Contains(got, "\nnew\n") {
		t.Errorf("got %q", got)
	}
}
