package bench

import (
	"math"
	"os/exec"
	"testing"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// apart is the largest difference between the solver's shares and ours.
func apart(t *testing.T, in fairshare.Input, d *fairshare.Decision, s *Solution) (most float64) {
	t.Helper()
	for i := range in.Requests {
		// Ids are in the order of the claims.
		if id := d.Snapshot().Request(i).ID; id != in.Requests[i].ID {
			t.Fatalf("request %d is %s", i, id)
		}
		most = max(most, math.Abs(s.X[i]-float64(d.Requests[i].Granted)))
	}
	return most
}

func TestASmallRoundEqualsTheLinearPrograms(t *testing.T) {
	if _, err := exec.LookPath(Solver); err != nil {
		t.Skip(Solver, "is not installed (package glpk-utils)")
	}
	m := NewMaxMin(60)
	s, err := m.Solve(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, nations := range []bool{false, true} {
		in := m.Input(nations)
		snapshot, err := fairshare.Freeze(m.Input(nations))
		if err != nil {
			t.Fatal(err)
		}
		if most := apart(t, in, fairshare.Decide(snapshot), s); most > 1+1e-3 {
			t.Errorf("nations %v: a share is %g units from the linear programs'", nations, most)
		}
	}
}
