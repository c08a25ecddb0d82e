package main

import (
	"io"
	"os"
	"strings"

	"github.com/rivo/uniseg"
	"golang.org/x/term"
)

// demoPage collects text for a terminal. What is written is no wider than width,
// save for what has no space to break at, such as the address of a page.
type demoPage struct {
	strings.Builder
	width         int
	ascii, colour bool
}

// newDemoPage is an empty page for an output. Colours are for terminals, and not
// where NO_COLOR (no-color.org) is set.
func newDemoPage(d *demo, out io.Writer) *demoPage {
	p := &demoPage{width: d.width, ascii: d.ascii}
	if p.width == 0 {
		p.width = max(minDemoWidth, min(chartWidth(out), demoWidth))
	}
	file, ok := out.(*os.File)
	p.colour = ok && term.IsTerminal(int(file.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	return p
}

// The styles of a terminal that a page uses.
const (
	styleBold  = "1"
	styleDim   = "2"
	styleGood  = "32" // green
	styleTitle = "1;36"
)

// styled is s in a style, where there are colours.
func (p *demoPage) styled(style, s string) string {
	if !p.colour || strings.TrimSpace(s) == "" {
		return s
	}
	return "\x1b[" + style + "m" + s + "\x1b[0m"
}

// line writes one line as it is.
func (p *demoPage) line(s string) { p.WriteString(strings.TrimRight(p.plain(s), " ") + "\n") }

// title begins a section.
func (p *demoPage) title(s, remark string) {
	p.line("")
	s = p.plain(s)
	if remark != "" && uniseg.StringWidth(s+remark)+2 <= p.width {
		p.line(p.styled(styleTitle, s) + "  " + p.styled(styleDim, remark))
		return
	}
	p.line(p.styled(styleTitle, s))
	if remark != "" {
		p.para("  ", remark)
	}
}

// para writes text in lines of words, each after the indent.
func (p *demoPage) para(indent, s string) { p.hanging(indent, indent, s) }

// hanging writes text in lines of words, the first after one indent and the
// others after another.
func (p *demoPage) hanging(first, others, s string) {
	row, used := first, 0
	for word := range strings.FieldsSeq(p.plain(s)) {
		if used > 0 && uniseg.StringWidth(row)+1+uniseg.StringWidth(word) > p.width {
			p.line(row)
			row, used = others, 0
		}
		if used > 0 {
			row += " "
		}
		row += word
		used++
	}
	p.line(row)
}

// command writes a command line, in two where it is too wide.
func (p *demoPage) command(s string) {
	const indent = "    "
	first, rest, split := strings.Cut(s, " --decision")
	if !split || uniseg.StringWidth(indent+s) <= p.width {
		p.line(indent + s)
		return
	}
	p.line(indent + first + " \\")
	p.line(indent + "    --decision" + rest)
}

// fit cuts s to so many columns.
func (p *demoPage) fit(s string, columns int) string {
	s = p.plain(s)
	if uniseg.StringWidth(s) <= columns {
		return s
	}
	cut := ""
	for g := uniseg.NewGraphemes(s); g.Next() && uniseg.StringWidth(cut+g.Str()) < columns; {
		cut += g.Str()
	}
	return strings.TrimRight(cut, " ,") + p.plain("…")
}

// asciiOf is how ASCII spells the other characters that the demo's facts and
// pages have, each in one column.
var asciiOf = map[rune]rune{
	'ã': 'a', 'á': 'a', 'é': 'e', 'è': 'e', 'ê': 'e', 'í': 'i', 'ó': 'o', 'ô': 'o', 'ö': 'o', 'ú': 'u', 'ü': 'u', 'ç': 'c', 'É': 'E',
	'│': '|', '─': '-', '·': '.', '×': 'x', '−': '-', '–': '-', '…': '~', '’': '\'',
}

// plain is s, in ASCII where that is asked for.
func (p *demoPage) plain(s string) string {
	if !p.ascii {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r < 0x80 {
			return r
		}
		if plain, known := asciiOf[r]; known {
			return plain
		}
		return '?'
	}, s)
}

// padTo is s with spaces to so many columns.
func padTo(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-uniseg.StringWidth(s)))
}
