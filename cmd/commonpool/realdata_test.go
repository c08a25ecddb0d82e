package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// realData is the directory of the real traces, which are not in this
// repository.
func realData(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("COMMONPOOL_TEST_DATA")
	if dir == "" {
		t.Skip("COMMONPOOL_TEST_DATA does not name the directory of the real traces, so they are not imported.")
	}
	return dir
}

// commanded runs a command line that must succeed, and returns what it printed.
func commanded(t *testing.T, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if code := run(args, strings.NewReader(""), &out, &errs); code != exitOK {
		t.Fatalf("%s: exit code %d: %s", strings.Join(args, " "), code, errs.String())
	}
	return out.String(), errs.String()
}

// sameFile compares two files, byte for byte.
func sameFile(t *testing.T, a, b string) {
	t.Helper()
	x, err := os.ReadFile(a)
	if err != nil {
		t.Fatal(err)
	}
	y, err := os.ReadFile(b)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(x, y) {
		t.Errorf("%s and %s differ", a, b)
	}
}

func realTrace(t *testing.T) []string {
	dir := realData(t)
	return []string{
		"--in", filepath.Join(dir, "requests_drac_graham_gpu_2021-05.csv"),
		"--countries", filepath.Join(dir, "group_country_ASSUMED.csv"),
	}
}

func TestTheRealTraceIsImportedWhole(t *testing.T) {
	trace := realTrace(t)
	dir := t.TempDir()
	snapshot, decision, refused := filepath.Join(dir, "s.jsonl"), filepath.Join(dir, "d.jsonl"), filepath.Join(dir, "r.csv")
	_, said := commanded(t, append([]string{"import", "--out", snapshot, "--refused", refused, "-o", "csv", "--no-headers"}, trace...)...)
	record, err := csv.NewReader(strings.NewReader(said)).Read()
	if err != nil {
		t.Fatal(err)
	}
	// The whole trace as one round: each request takes part, 22 % is supplied.
	if want := "[round-20210601T000000 11301 11300 0 0 1072188360 118 48 11300]"; fmt.Sprint(record[:9]) != want {
		t.Errorf("imported %v, expected %s", record, want)
	}
	if list, err := os.ReadFile(refused); err != nil || string(list) != "line,field,reason,raw\n" {
		t.Errorf("refused: %q, %v", list, err)
	}
	commanded(t, "simulate", "-q", "--in", snapshot, "--out", decision)
	if same, _ := commanded(t, "verify", "--in", snapshot, "--decision", decision); !strings.HasPrefix(same, "same: ") {
		t.Errorf("verify says %q", same)
	}
}

func TestRealRoundsAreReproducedFromTheirFiles(t *testing.T) {
	trace := realTrace(t)
	dir := t.TempDir()
	folder, again := filepath.Join(dir, "played"), filepath.Join(dir, "again.jsonl")
	out, _ := commanded(t, append([]string{"rounds", "-o", "json", "--out-dir", folder}, trace...)...)
	p := decodeRounds(t, out)
	if len(p.Rounds) != 4 || p.All.Requests != 11_300 || len(p.Broken) > 0 {
		t.Fatalf("%d rounds, %d requests, broken %v", len(p.Rounds), p.All.Requests, p.Broken)
	}
	// 22 % of what is asked, rounded down; nearly all of it is wanted.
	if want := p.All.Asked / 1000 * 220; p.All.Supply < want || p.All.Supply > want+220 {
		t.Errorf("supply %d, expected 22 %% of %d", p.All.Supply, p.All.Asked)
	}
	if p.All.Granted+p.All.Left != p.All.Supply || p.All.Granted < p.All.Supply/10*9 {
		t.Errorf("granted %d and left %d of %d", p.All.Granted, p.All.Left, p.All.Supply)
	}
	fmt.Printf("rounds: asked %s, supply %s, granted %s, left %s credits\n",
		credits(p.All.Asked), credits(p.All.Supply), credits(p.All.Granted), credits(p.All.Left))
	for i := range p.Rounds {
		snapshot, decision := roundFile(folder, i+1, 4, "snapshot"), roundFile(folder, i+1, 4, "decision")
		commanded(t, "simulate", "-q", "--in", snapshot, "--out", again)
		sameFile(t, again, decision)
		commanded(t, "verify", "--in", snapshot, "--decision", decision)
	}
}

func TestRealNoonRoundsBreakNoLaw(t *testing.T) {
	dir := realData(t)
	for _, plan := range []string{planAssumed, planPlain} {
		out, _ := commanded(t, "rounds", "--noon", "--plan", plan, "-o", "json", "--in", filepath.Join(dir, "rounds_drac_graham_2021-05.csv"))
		p := decodeRounds(t, out)
		fmt.Printf("%d noon rounds, plan %s: granted %s of %s credits\n", len(p.Rounds), plan, credits(p.All.Granted), credits(p.All.Supply))
		if len(p.Broken) > 0 || len(p.Rounds) == 0 {
			t.Errorf("plan %s: %d rounds, broken %v", plan, len(p.Rounds), p.Broken)
		}
	}
}

// roundFigures are the figures of rounds as a program reads them.
type roundFigures struct {
	Requests int
	Carried  int
	Expired  int
	Waiting  int
	Complete int   `json:"completed"`
	Asked    int64 `json:"asked_gpu_ms"`
	Supply   int64 `json:"supply_gpu_ms"`
	Granted  int64 `json:"granted_gpu_ms"`
	Left     int64 `json:"left_gpu_ms"`
}

type roundsFigures struct {
	Rounds  []roundFigures
	All     roundFigures
	Nations []struct {
		Granted int64 `json:"granted_gpu_ms"`
		Balance int64 `json:"balance_gpu_ms"`
	}
	Commons int64    `json:"commons_gpu_ms"`
	Broken  []string `json:"laws_broken"`
}

// decodeRounds reads the JSON of rounds and checks what always holds of it.
func decodeRounds(t *testing.T, out string) roundsFigures {
	t.Helper()
	var p roundsFigures
	if err := json.Unmarshal([]byte(out), &p); err != nil {
		t.Fatal(err)
	}
	line, granted, balances := 0, int64(0), p.Commons
	for i, r := range p.Rounds {
		if r.Carried > line || r.Granted+r.Left != r.Supply {
			t.Errorf("round %d: %+v after a line of %d", i+1, r, line)
		}
		line = r.Waiting
	}
	for _, n := range p.Nations {
		granted += n.Granted
		balances += n.Balance
	}
	if granted != p.All.Granted || balances != 0 {
		t.Errorf("nations were granted %d of %d; balances and commons sum to %d", granted, p.All.Granted, balances)
	}
	if a := p.All; line != a.Waiting || a.Requests != a.Complete+a.Expired+a.Waiting {
		t.Errorf("in all %+v; %d in line at the end", a, line)
	}
	return p
}
