package report

import (
	"math/bits"
	"strconv"
	"strings"

	"github.com/rivo/uniseg"
)

// Bar is one row of a bar chart.
type Bar struct {
	// Label stands left of the bar, any script.
	Label string
	// Value is the length of the bar in any unit, one for the whole chart. 0 or
	// less draws none; a positive value always shows, however small.
	Value int64
	// Mark is a value on the same scale to compare with (what was due, what was
	// asked), drawn as a tick over the bar. 0 or less: no tick.
	Mark int64
	// Text is printed for the value, right-aligned; empty: the value with
	// thousands separated, 1,234,567.
	Text string
	// Note stands right of the text. Notes give way, all together, where the
	// chart is too narrow for them.
	Note string
}

const (
	// narrowest is the least width of a chart; less counts as this.
	narrowest = 24
	// barForNote is what must be left for the bars for the notes to stay.
	barForNote = 12
	gap        = "  "
)

// pen is what a chart is drawn with.
type pen struct {
	full, mark, ellipsis string
	// parts are the cells filled in part, from one step up; nil: whole cells
	// only.
	parts []string
}

var (
	inkPen = pen{
		full: "█", mark: "│", ellipsis: "…",
		parts: []string{"▏", "▎", "▍", "▌", "▋", "▊", "▉"},
	}
	asciiPen = pen{full: "#", mark: "|", ellipsis: "~"}
)

// Bars draws rows as horizontal bars, one line each, ending in a newline:
//
//	Côte d'Ivoire  ██████████▍  │      10,423  of 14,000 due
//
// The longest value or mark spans the space that labels and numbers leave.
// Lengths are rounded half up to an eighth of a column, or to whole columns in
// ASCII. A line takes at most width columns (at least 24) as a terminal counts
// them, wide and combining characters included; labels longer than a third of
// it and texts longer than half are cut, with an ellipsis. With ascii only
// printable ASCII is written, accents of Latin letters dropped and other
// characters shown as "?". Control characters never reach the output. No rows,
// no text.
func Bars(rows []Bar, width int, ascii bool) string {
	width = max(width, narrowest)
	p := inkPen
	if ascii {
		p = asciiPen
	}
	labels := column(rows, func(r Bar) string { return r.Label }, width/3, p, ascii)
	texts := column(rows, Bar.text, width/2-len(gap), p, ascii)
	notes := column(rows, func(r Bar) string { return r.Note }, width, p, ascii)
	space := width - widest(labels) - widest(texts) - 2*len(gap)
	if noted := space - widest(notes) - len(gap); widest(notes) > 0 && noted >= barForNote {
		space = noted
	} else {
		clear(notes)
	}
	longest, length := int64(0), space
	for _, r := range rows {
		longest = max(longest, r.Value, r.Mark)
		if r.Mark > 0 {
			length = space - 1 // a tick stands behind what it marks
		}
	}
	labelWidth, textWidth := widest(labels), widest(texts)
	var out strings.Builder
	for i, r := range rows {
		line := padRight(labels[i], labelWidth) + gap +
			padRight(p.bar(r, longest, length), space) + gap +
			padLeft(texts[i], textWidth) + gap + notes[i]
		out.WriteString(strings.TrimRight(line, " "))
		out.WriteByte('\n')
	}
	return out.String()
}

// bar is the bar of the row, at most length columns wide, and its tick in the
// column behind the marked value. The tick never takes the first column, so it
// hides no bar.
func (p pen) bar(r Bar, longest int64, length int) string {
	steps := len(p.parts) + 1
	var cells []string
	if r.Value > 0 {
		filled := max(1, scaled(r.Value, longest, length*steps))
		for range filled / steps {
			cells = append(cells, p.full)
		}
		if part := filled % steps; part > 0 {
			cells = append(cells, p.parts[part-1])
		}
	}
	if r.Mark > 0 {
		at := max(1, scaled(r.Mark, longest, length))
		for len(cells) <= at {
			cells = append(cells, " ")
		}
		cells[at] = p.mark
	}
	return strings.Join(cells, "")
}

// scaled is ⌊value·size/longest + 1/2⌋ in 128 bits; 0 < value ≤ longest.
func scaled(value, longest int64, size int) int {
	hi, lo := bits.Mul64(uint64(value), uint64(size))
	lo, carry := bits.Add64(lo, uint64(longest)/2, 0)
	q, _ := bits.Div64(hi+carry, lo, uint64(longest))
	return int(q)
}

func (r Bar) text() string {
	if r.Text != "" {
		return r.Text
	}
	return grouped(r.Value)
}

// grouped writes n with a comma before every third digit from the right.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 0
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// column is one text per row, made printable and cut to limit.
func column(rows []Bar, of func(Bar) string, limit int, p pen, ascii bool) []string {
	texts := make([]string, len(rows))
	for i, r := range rows {
		texts[i] = cut(printable(of(r), ascii), limit, p.ellipsis)
	}
	return texts
}

func widest(texts []string) int {
	w := 0
	for _, s := range texts {
		w = max(w, uniseg.StringWidth(s))
	}
	return w
}

func padRight(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-uniseg.StringWidth(s)))
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(0, width-uniseg.StringWidth(s))) + s
}

// cut shortens s to at most limit columns, whole graphemes only, ending in an
// ellipsis where something was left out.
func cut(s string, limit int, ellipsis string) string {
	if uniseg.StringWidth(s) <= limit {
		return s
	}
	var kept strings.Builder
	left := limit - 1
	for graphemes := uniseg.NewGraphemes(s); graphemes.Next(); {
		if left -= graphemes.Width(); left < 0 {
			break
		}
		kept.WriteString(graphemes.Str())
	}
	return strings.TrimRight(kept.String(), " ") + ellipsis
}
