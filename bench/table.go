package bench

import (
	"fmt"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// Figure is one line of the table.
type Figure struct {
	What string
	// Limit and Aim bound Value from above; 0 where there is none.
	Limit, Aim float64
	// Ours is what was measured, in its own unit.
	Ours string
	// Value is what is compared with Limit and Aim, in Unit.
	Value float64
	Unit  string
	// Missing says why there is no figure; "" when there is one.
	Missing string
}

// Reached says whether the limit, and the aim where there is one, was kept.
func (f *Figure) Reached() string {
	switch {
	case f.Missing != "":
		return "not measured"
	case f.Limit == 0:
		return "–"
	case f.Value > f.Limit:
		return "no"
	case f.Aim > 0 && f.Value > f.Aim:
		return "yes (aim: no)"
	}
	return "yes"
}

// cells are the columns of the table.
func (f *Figure) cells() []string {
	bound := func(v float64) string {
		if v == 0 {
			return "–"
		}
		return fmt.Sprintf("%g %s", v, f.Unit)
	}
	ratio := fmt.Sprintf("%.*f %s", digits(f.Value), f.Value, f.Unit)
	ours := f.Ours
	if f.Missing != "" {
		ratio, ours = "–", f.Missing
	}
	return []string{f.What, bound(f.Limit), bound(f.Aim), ours, ratio, f.Reached()}
}

func digits(v float64) int {
	switch {
	case v >= 100:
		return 0
	case v >= 10:
		return 1
	}
	return 2
}

var headings = []string{"what", "limit", "aim", "ours", "ratio", "reached"}

// Text is the table for a terminal.
func Text(machine string, figures []Figure) string {
	rows := [][]string{headings}
	for i := range figures {
		rows = append(rows, figures[i].cells())
	}
	widths := make([]int, len(headings))
	for _, row := range rows {
		for k, cell := range row {
			widths[k] = max(widths[k], utf8.RuneCountInString(cell))
		}
	}
	var b strings.Builder
	for _, row := range rows {
		for k, cell := range row {
			fmt.Fprintf(&b, "%-*s  ", widths[k], cell)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "\nMachine: %s\n", machine)
	return b.String()
}

// Markdown is the table for the README.
func Markdown(machine string, day time.Time, figures []Figure) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Measured on %s on: %s.\n\n", day.UTC().Format(time.DateOnly), machine)
	fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(headings, " | "), strings.Repeat("---|", len(headings)))
	for i := range figures {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(figures[i].cells(), " | "))
	}
	return b.String()
}

// The table stands between these two lines.
const (
	recordBegin = "<!-- figures: begin (written by make bench BENCH=-record) -->\n"
	recordEnd   = "<!-- figures: end -->\n"
)

// Record puts the table in place of the last one in a file.
func Record(path, table string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(string(text), recordBegin)
	_, after, ended := strings.Cut(rest, recordEnd)
	if !found || !ended {
		return fmt.Errorf("%s: no lines that mark where the table goes", path)
	}
	return os.WriteFile(path, []byte(before+recordBegin+"\n"+table+"\n"+recordEnd+after), 0o644)
}
