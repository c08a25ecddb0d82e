package world_test

import (
	"encoding/csv"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/world"
)

func nationNamed(t *testing.T, id pool.NationID) world.Nation {
	t.Helper()
	for _, n := range world.New(1).Nations {
		if n.ID == id {
			return n
		}
	}
	t.Fatalf("no nation %s", id)
	return world.Nation{}
}

func TestWhatIsNotKnownIsNotZero(t *testing.T) {
	if n := nationNamed(t, "CM"); n.ResearchersPerMillion.Known {
		t.Errorf("Cameroon has no published count of researchers, got %v", n.ResearchersPerMillion)
	}
	if _, isKnown := nationNamed(t, "CM").Researchers(); isKnown {
		t.Error("Cameroon has a head count without a figure")
	}
	if count, isKnown := nationNamed(t, "KE").Researchers(); !isKnown || count != 11_343 {
		t.Errorf("Kenya has %d researchers, want 201 · 56.432944 million = 11,343", count)
	}
	for _, n := range world.New(1).Nations {
		if f := n.ResearchersPerMillion; f.Known != (f.Value > 0) || f.Known != (f.Year > 0) {
			t.Errorf("%s: %+v is half known", n.Name, f)
		}
	}
}

func TestGroupsFollowTheirLists(t *testing.T) {
	if n := nationNamed(t, "ET"); n.IncomeGroup != world.NotClassified || !n.In(pool.LDC) ||
		n.In(pool.LowIncome) || n.In(pool.LowerMiddleIncome) || n.In(pool.UpperMiddleIncome) {
		t.Errorf("Ethiopia was not classified in FY2026 and is an LDC, got groups %v", n.Groups)
	}
	if n := nationNamed(t, "ST"); n.LDC || n.In(pool.LDC) {
		t.Error("São Tomé and Príncipe left the list of LDCs on 2024-12-13")
	}
	if n := nationNamed(t, "BD"); !n.LDC || !n.In(pool.LowerMiddleIncome) || !n.In(world.Asia) {
		t.Errorf("Bangladesh is a lower-middle-income LDC in Asia, got groups %v", n.Groups)
	}
}

func TestRatesAreReferenceUnitsOverFour(t *testing.T) {
	want := map[pool.ClassID]int64{
		"a100-40gb": 1000, "a100-80gb": 1200, "h100-80gb-sxm5": 3042, "l40s-48gb": 2590,
		"mi300x-192gb": 5991, "rtx8000-48gb": 742, "t4-16gb": 331, "v100-32gb": 642,
	}
	classes := world.New(1).Classes
	if len(classes) != len(want) {
		t.Errorf("%d classes, want %d", len(classes), len(want))
	}
	for _, c := range classes {
		if got := c.Rate().Permille(); got != want[c.ID] {
			t.Errorf("%s: %d permille, want %d (%d/10,000 RGU over 4)", c.ID, got, want[c.ID], c.RGU)
		}
	}
}

func TestEveryFactHasItsSource(t *testing.T) {
	check := func(what string, s world.Source) {
		if s.AsOf == "" || !strings.HasPrefix(s.URL, "https://") || s.Quality == "" {
			t.Errorf("%s: source %+v is incomplete", what, s)
		}
	}
	for _, s := range world.Sources() {
		check(s.What, s)
	}
	for _, a := range world.Anchors() {
		check(a.What, a.Source)
	}
	for _, a := range world.New(1).Announcements {
		check(a.ID, a.Source)
	}
}

func TestEveryAnnouncementIsPledgedOrSaysWhyNot(t *testing.T) {
	w := world.New(1)
	pledged := map[string]world.Pledge{}
	for _, p := range w.Pledges {
		pledged[p.Announcement] = p
	}
	for _, a := range w.Announcements {
		p, isPledged := pledged[a.ID]
		if isPledged == (a.NoPledge != "") {
			t.Errorf("%s: pledged %v, but NoPledge is %q", a.ID, isPledged, a.NoPledge)
		}
		if !isPledged {
			continue
		}
		if !strings.Contains(p.How, "ASSUMED") {
			t.Errorf("%s: %q does not say what is assumed", a.ID, p.How)
		}
		if first := world.FirstMonth().Format("2006-01-02"); a.Source.AsOf >= first {
			t.Errorf("%s was stated on %s, not before %s", a.ID, a.Source.AsOf, first)
		}
		if p.GPUs > a.Amount.Value/10 {
			t.Errorf("%s: pledges %d of %d GPUs, more than a tenth", a.ID, p.GPUs, a.Amount.Value)
		}
	}
}

// The tables restate figures of files that are kept apart from the product;
// where those are at hand, they must agree.
func TestTablesAgreeWithTheirSources(t *testing.T) {
	folder := os.Getenv("COMMONPOOL_TEST_DATA")
	if folder == "" {
		t.Skip("COMMONPOOL_TEST_DATA is not set")
	}
	w := world.New(1)
	countries := rowsByKey(t, filepath.Join(folder, "countries.csv"), "alpha2")
	for _, n := range w.Nations {
		row := countries[string(n.ID)]
		same(t, n.Name+" alpha3", n.Alpha3, row["alpha3"])
		same(t, n.Name+" population", strconv.FormatInt(n.Population, 10), row["population"])
		income := strings.ReplaceAll(strings.TrimSuffix(string(n.IncomeGroup), "_income"), "_", "-")
		if n.IncomeGroup == world.NotClassified {
			income = "not-classified"
		}
		same(t, n.Name+" income group", income, row["wb_income_group"])
		ldc := "0"
		if n.LDC || n.ID == "ST" { // the file lists it still
			ldc = "1"
		}
		same(t, n.Name+" LDC", ldc, row["ldc"])
		researchers, year := "", ""
		if f := n.ResearchersPerMillion; f.Known {
			researchers, year = strconv.FormatInt(f.Value, 10), strconv.Itoa(f.Year)
		}
		same(t, n.Name+" researchers", researchers, rounded(t, row["researchers_per_million"]))
		same(t, n.Name+" year", year, row["researchers_year"])
	}
	for name, row := range rowsByKey(t, filepath.Join(folder, "gpu_classes.csv"), "gpu_class") {
		for _, c := range w.Classes {
			if c.ID == map[string]pool.ClassID{
				"A100-SXM4-40GB": "a100-40gb", "A100-SXM4-80GB": "a100-80gb", "H100-SXM5-80GB": "h100-80gb-sxm5",
				"L40S": "l40s-48gb", "MI300X": "mi300x-192gb", "RTX8000": "rtx8000-48gb", "T4": "t4-16gb",
				"V100-SXM2-32GB": "v100-32gb",
			}[name] {
				rgu, err := strconv.ParseFloat(row["rgu"], 64)
				if err != nil || int64(rgu*10_000+0.5) != c.RGU || !strings.HasPrefix(row["release_date"], c.Released) {
					t.Errorf("%s: %d, %s; the file has %s, %s", c.ID, c.RGU, c.Released, row["rgu"], row["release_date"])
				}
			}
		}
	}
	contributions := rowsByKey(t, filepath.Join(folder, "contributions.csv"), "source", "amount")
	for _, a := range w.Announcements {
		amount := ""
		if a.Amount.Known {
			amount = strconv.FormatInt(a.Amount.Value, 10)
		}
		switch a.ID {
		case "mila-l40s", "mila-rtx8000", "mila-a100-80gb":
			continue // of another file
		case "indiaai-yotta":
			amount = "9216" // the H100 among them are in the note
		}
		row, listed := contributions[a.Source.URL+amount]
		if !listed {
			t.Errorf("%s: no row has %s from %s", a.ID, amount, a.Source.URL)
		}
		same(t, a.ID+" stated on", a.Source.AsOf, row["stated_on"])
		same(t, a.ID+" quality", string(a.Source.Quality), row["quality"])
	}
}

func same(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, the file has %q", what, got, want)
	}
}

func rounded(t *testing.T, decimal string) string {
	t.Helper()
	if decimal == "" {
		return ""
	}
	f, err := strconv.ParseFloat(decimal, 64)
	if err != nil {
		t.Fatal(err)
	}
	return strconv.FormatInt(int64(f+0.5), 10)
}

// rowsByKey reads a CSV file into its rows, each by column name, under the values
// of the key columns, joined.
func rowsByKey(t *testing.T, path string, keys ...string) map[string]map[string]string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	records, err := csv.NewReader(file).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]map[string]string{}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		key := ""
		for _, column := range keys {
			key += row[column]
		}
		rows[key] = row
	}
	return rows
}
