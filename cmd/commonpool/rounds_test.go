package main

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/replay"
	"github.com/commonpool/commonpool/internal/traces"
)

// playedPlain is a plain round over a few jobs, decided.
func playedPlain(t *testing.T) *fairshare.Decision {
	t.Helper()
	assumed, err := replay.Assume(replay.PlainPlan(1), map[string]string{"a": "KEN", "b": "PER"}, replay.Nations())
	if err != nil {
		t.Fatal(err)
	}
	for i, group := range []string{"a", "b", "a"} {
		err := assumed.Add(traces.Job{
			ID: string(rune('p' + i)), Group: group, Submitted: time.Date(2026, 1, 1+i, 0, 0, 0, 0, time.UTC),
			GPUs: 1, DurationSeconds: 7200, GPUSeconds: 7200,
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	read := traceRead{assumed: assumed}
	frozen, err := read.freeze(7, 0)
	if err != nil {
		t.Fatal(err)
	}
	return fairshare.Decide(frozen.Snapshot)
}

func TestABrokenLawIsSaidAndCounted(t *testing.T) {
	d := playedPlain(t)
	if list, err := brokenLaws(d); err != nil || len(list) > 0 {
		t.Fatalf("%v, %v", list, err)
	}
	d.Left[0]++ // more is left than there was
	list, err := brokenLaws(d)
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(list, "\n")
	if !strings.Contains(all, "round-20260104T000000: law 1: ") || !strings.Contains(all, "law 11: ") {
		t.Errorf("found only\n%s", all)
	}
	var said bytes.Buffer
	p := playedRounds{broken: list}
	if err := p.writeLaws(&said); err != nil || !strings.HasPrefix(said.String(), "laws checked: 1 2 3 4 5 9 10 11, broken:\n  round-") {
		t.Errorf("said %q, %v", said.String(), err)
	}
}

func TestFilesOfRoundsStandInTheirOrder(t *testing.T) {
	for want, n := range map[string][2]int{
		"f/round-01.snapshot.jsonl":   {1, 4},
		"f/round-36.snapshot.jsonl":   {36, 36},
		"f/round-0007.snapshot.jsonl": {7, 1200},
	} {
		if got := roundFile("f", n[0], n[1], "snapshot"); got != want {
			t.Errorf("%v: %s, want %s", n, got, want)
		}
	}
}
