package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/replay"
	"github.com/commonpool/commonpool/internal/report"
)

// printRounds prints the outcome in the form chosen.
func (a *app) printRounds(run *roundsRun, source *roundSource, p *playedRounds) error {
	slices.SortStableFunc(p.nations, func(x, y nationRow) int { return cmp.Compare(y.asked, x.asked) })
	switch run.format.name.value {
	case asJSON:
		return writeJSON(a.stdout, p.document(run.trace.plan, source.seed))
	case asYAML:
		return writeYAML(a.stdout, p.document(run.trace.plan, source.seed))
	case asCSV:
		t := nationTable(p.nations)
		if run.csvOf.value == "rounds" {
			t = roundTable(p.rows, true)
		}
		if len(p.broken) > 0 || !a.quiet {
			if err := p.writeLaws(a.stderr); err != nil {
				return err
			}
		}
		return run.format.write(a.stdout, t)
	}
	return a.printText(run, p)
}

// printText prints tables and a chart for people.
func (a *app) printText(run *roundsRun, p *playedRounds) error {
	rows := append(slices.Clone(p.rows), p.all)
	var b strings.Builder
	if err := run.format.write(&b, roundTable(rows, false)); err != nil {
		return err
	}
	b.WriteString("\n")
	if err := run.format.write(&b, equalityTable(rows, run.ascii)); err != nil {
		return err
	}
	b.WriteString("\n")
	if err := p.writeLaws(&b); err != nil {
		return err
	}
	b.WriteString("\n")
	if err := p.writeNations(&b, &run.format); err != nil {
		return err
	}
	bars, asked := p.bars()
	if len(bars) > 0 {
		tick := "│"
		if run.ascii {
			tick = "|"
		}
		fmt.Fprintf(&b, "\nGranted in credits, beside the entitlement (%s): the %d that asked for most, of %d\n", tick, len(bars), asked)
		b.WriteString(report.Bars(bars, chartWidth(a.stdout), run.ascii))
	}
	_, err := io.WriteString(a.stdout, b.String())
	return err
}

// writeNations prints the table of nations for people; a narrow one has only
// those that asked for something, and says how many others there are.
func (p *playedRounds) writeNations(w io.Writer, form *format) error {
	asked := p.nations
	if form.name.value != asWide {
		asked = slices.DeleteFunc(slices.Clone(asked), func(n nationRow) bool { return n.asked == 0 })
	}
	if err := form.write(w, nationTable(asked)); err != nil {
		return err
	}
	others := len(p.nations) - len(asked)
	if others == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "%s asked for nothing; -o wide lists all\n", plural(others, "other"))
	return err
}

// writeLaws says which laws were checked and which are broken.
func (p *playedRounds) writeLaws(w io.Writer) error {
	said := "laws checked:"
	for _, law := range lawsChecked {
		said += fmt.Sprintf(" %d", law)
	}
	if len(p.broken) == 0 {
		_, err := fmt.Fprintln(w, said+", none broken")
		return err
	}
	_, err := fmt.Fprintf(w, "%s, broken:\n  %s\n", said, strings.Join(p.broken, "\n  "))
	return err
}

// roundTable has a row per round. Programs also get the indices, in parts per
// 10,000.
func roundTable(rows []roundRow, indices bool) *table {
	t := &table{}
	t.column("ROUND", "round").column("REQUESTS", "requests").column("CARRIED", "carried").
		column("ASKED", "asked_gpu_ms").column("SUPPLY", "supply_gpu_ms").
		column("GRANTED", "granted_gpu_ms").column("LEFT", "left_gpu_ms").
		wideColumn("SERVED", "served").column("COMPLETED", "completed").column("EXPIRED", "expired").
		column("WAITING", "waiting").column("DECIDING", "deciding_us").wideColumn("NODES", "nodes").wideColumn("SNAPSHOT SHA-256", "snapshot_sha256")
	if indices {
		for _, index := range equalityIndices {
			t.column("", index.key+"_first_come_per_10000").column("", index.key+"_per_10000")
		}
	}
	for _, r := range rows {
		s := &r.summary
		cells := []cell{
			text(r.id), count(s.Requests), count(s.Carried),
			amount(s.Asked.GPUMilliseconds()), amount(s.Supply.GPUMilliseconds()),
			amount(s.Granted.GPUMilliseconds()), amount(s.Left.GPUMilliseconds()),
			count(s.Served), count(s.Completed), count(r.expired), count(r.waiting),
			duration(r.took), count(r.nodes), text(r.sha),
		}
		if indices {
			for _, index := range equalityIndices {
				cells = append(cells, parts(index.of(r.queue)), parts(index.of(s.Equality)))
			}
		}
		t.row(cells...)
	}
	return t
}

// parts is a cell with an index in parts per 10,000.
func parts(r report.Ratio) cell { return cell{r.String(), r.PartsPer10000()} }

// equalityIndices are the indices that are shown, each with how it is called.
var equalityIndices = []struct {
	title, key string
	of         func(replay.Equality) report.Ratio
}{
	{"DUE MET", "due_met", func(e replay.Equality) report.Ratio { return e.Met }},
	{"JAIN", "jain", func(e replay.Equality) report.Ratio { return e.Jain }},
	{"GINI", "gini", func(e replay.Equality) report.Ratio { return e.Gini }},
	{"HHI", "hhi", func(e replay.Equality) report.Ratio { return e.HHI }},
}

// equalityTable has the indices per round for people: first come, first served,
// then ours.
func equalityTable(rows []roundRow, ascii bool) *table {
	t := (&table{}).column("FIRST COME "+arrow(ascii)+" OURS", "round")
	for _, index := range equalityIndices {
		t.column(index.title, index.key)
	}
	for _, r := range rows {
		cells := []cell{text(r.id)}
		for _, index := range equalityIndices {
			cells = append(cells, text(fmt.Sprintf("%s %s %s", index.of(r.queue), arrow(ascii), index.of(r.summary.Equality))))
		}
		t.row(cells...)
	}
	return t
}

func arrow(ascii bool) string {
	if ascii {
		return "->"
	}
	return "→"
}

// nationTable has a row per nation.
func nationTable(nations []nationRow) *table {
	t := &table{}
	t.column("NATION", "nation").column("NAME", "name").column("REQUESTS", "requests").
		column("ASKED", "asked_gpu_ms").column("FIRST COME", "first_come_gpu_ms").
		column("GRANTED", "granted_gpu_ms").column("ENTITLEMENT", "entitlement_gpu_ms").
		wideColumn("DUE", "due_gpu_ms").column("BALANCE", "balance_gpu_ms")
	for _, n := range nations {
		t.row(
			text(string(n.nation.ID)), text(n.nation.Name), count(n.requests), amount(n.asked), amount(n.queue),
			amount(n.granted), amount(n.entitled), amount(n.due), amount(n.balance),
		)
	}
	return t
}

// maxBars is how many nations the chart shows.
const maxBars = 15

// bars are the nations that asked for most, and how many asked.
func (p *playedRounds) bars() (bars []report.Bar, asked int) {
	for _, n := range p.nations {
		if n.asked == 0 {
			continue
		}
		asked++
		if asked <= maxBars {
			bars = append(bars, report.Bar{
				Label: n.nation.Name, Value: n.granted, Mark: n.entitled,
				Text: credits(n.granted), Note: "of " + credits(n.asked) + " asked",
			})
		}
	}
	return bars, asked
}

// chartWidth is how wide a chart may be: as the terminal, or 100.
func chartWidth(w io.Writer) int {
	if file, ok := w.(*os.File); ok {
		if columns, _, err := term.GetSize(int(file.Fd())); err == nil && columns > 0 {
			return min(columns, 140)
		}
	}
	return 100
}

// roundsDocument is the outcome for programs.
type roundsDocument struct {
	Engine  string   `json:"engine"`
	Plan    string   `json:"plan_ASSUMED"`
	Seed    uint64   `json:"seed"`
	Rounds  *table   `json:"rounds"`
	All     *table   `json:"all"`
	Nations *table   `json:"nations"`
	Commons int64    `json:"commons_gpu_ms"`
	Checked []int    `json:"laws_checked"`
	Broken  []string `json:"laws_broken"`
}

func (p *playedRounds) document(name string, seed uint64) roundsDocument {
	all := roundTable([]roundRow{p.all}, true)
	all.single = true
	return roundsDocument{
		Engine: fairshare.Engine, Plan: name, Seed: seed, Rounds: roundTable(p.rows, true), All: all, Nations: nationTable(p.nations),
		Commons: p.commons, Checked: lawsChecked, Broken: append([]string{}, p.broken...),
	}
}
