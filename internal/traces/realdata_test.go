package traces

import (
	"os"
	"path/filepath"
	"testing"
)

// openTestData opens a file of the real traces, which are not in this
// repository.
func openTestData(t *testing.T, name string) *os.File {
	t.Helper()
	dir := os.Getenv("COMMONPOOL_TEST_DATA")
	if dir == "" {
		t.Skip("COMMONPOOL_TEST_DATA does not name the directory of the real traces, so they are not read.")
	}
	f, err := os.Open(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestRealRequestsAreAllRead(t *testing.T) {
	groups := map[string]bool{}
	sum, err := Read(
		openTestData(t, "requests_drac_graham_gpu_2021-05.csv"), RequestCSV(),
		func(j Job) error { groups[j.Group] = true; return nil },
		func(r Refusal) error { t.Errorf("%+v", r); return nil },
	)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Jobs != 11300 || len(groups) != 118 || sum.GPUSeconds/3600 != 297830 || sum.Lines != 11301 {
		t.Errorf("%+v, %d groups", sum, len(groups))
	}
	countries, err := ReadGroupCountries(openTestData(t, "group_country_ASSUMED.csv"))
	if err != nil {
		t.Fatal(err)
	}
	for g := range groups {
		if countries[g] == "" {
			t.Errorf("group %s has no country", g)
		}
	}
}

func TestRealRoundsAreAllRead(t *testing.T) {
	rounds, err := ReadRounds(openTestData(t, "rounds_drac_graham_2021-05.csv"))
	if err != nil {
		t.Fatal(err)
	}
	groups := 0
	for _, r := range rounds {
		largest := int64(0)
		for _, g := range r.Groups {
			largest = max(largest, g.Weight)
			if g.Weight < 1 {
				t.Errorf("%s %v: group %s has weight 0", r.Cluster, r.Time, g.Group)
			}
		}
		if largest != maxWeight {
			t.Errorf("%s %v: the largest weight is %d", r.Cluster, r.Time, largest)
		}
		groups += len(r.Groups)
	}
	if len(rounds) != 17 || groups != 1435 {
		t.Errorf("%d rounds, %d groups in them", len(rounds), groups)
	}
}

func TestRealClassesAreAllRead(t *testing.T) {
	classes, err := ReadClassRates(openTestData(t, "gpu_classes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	rates := map[string]int64{}
	for _, c := range classes {
		rates[c.Class] = c.RatePermille
	}
	if len(classes) != 33 || rates["A100-SXM4-40GB"] != 1000 || rates["H100-SXM5-80GB"] != 3042 || rates["K80"] != 155 {
		t.Errorf("%d classes: %v", len(classes), rates)
	}
}
