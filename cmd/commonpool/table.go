package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml"
	"github.com/rivo/uniseg"
)

// table is records to be shown: as a table for people, or with the same keys as
// JSON, YAML or CSV for programs. Every row has a cell per column.
type table struct {
	columns []column
	rows    [][]cell
	// single: there is one record by nature; JSON and YAML show it without a
	// list around it.
	single bool
}

// column has a title for people and a key for programs. A wide one is left out
// of the narrow table.
type column struct {
	title, key string
	wide       bool
}

// cell is a value as text for people and as it is for programs: an int64 or a
// string. Numbers stand at the right of their column.
type cell struct {
	text  string
	value any
}

func (t *table) column(title, key string) *table {
	t.columns = append(t.columns, column{title: title, key: key})
	return t
}

func (t *table) wideColumn(title, key string) *table {
	t.columns = append(t.columns, column{title: title, key: key, wide: true})
	return t
}

func (t *table) row(cells ...cell) {
	if len(cells) != len(t.columns) {
		panic(fmt.Sprintf("a row of %d cells in a table of %d columns", len(cells), len(t.columns)))
	}
	t.rows = append(t.rows, cells)
}

// text is a cell of words.
func text(s string) cell { return cell{printable(s), s} }

// count is a cell with a number of things.
func count(n int) cell { return cell{grouped(int64(n)), int64(n)} }

// amount is a cell with an amount: credits for people, gpu_ms for programs. Its
// key ends in _gpu_ms.
func amount(gpuMS int64) cell { return cell{credits(gpuMS), gpuMS} }

// duration is a cell with a time: seconds for people, microseconds for
// programs. Its key ends in _us.
func duration(d time.Duration) cell {
	return cell{strconv.FormatFloat(d.Seconds(), 'f', 3, 64) + " s", d.Microseconds()}
}

// printable makes text safe for one line of a terminal: what would move the
// cursor, start a line or turn the direction of writing is shown as an escape.
func printable(s string) string {
	safe := func(r rune) bool {
		return r != unicode.ReplacementChar && (unicode.IsPrint(r) || r == '\u200c' || r == '\u200d')
	}
	if strings.IndexFunc(s, func(r rune) bool { return !safe(r) }) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if safe(r) {
			b.WriteRune(r)
		} else {
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
	}
	return b.String()
}

// writeTable writes the table for people: two spaces between columns, numbers
// to the right.
func (t *table) writeTable(w io.Writer, wide, headers bool) error {
	var lines [][]string
	var right, shown []bool
	var head []string
	for i, c := range t.columns {
		head = append(head, c.title)
		shown = append(shown, wide || !c.wide)
		numbers := len(t.rows) > 0
		if numbers {
			_, numbers = t.rows[0][i].value.(int64)
		}
		right = append(right, numbers)
	}
	if headers {
		lines = append(lines, head)
	}
	for _, row := range t.rows {
		texts := make([]string, len(row))
		for i, c := range row {
			texts[i] = c.text
		}
		lines = append(lines, texts)
	}
	_, err := io.WriteString(w, aligned(lines, right, shown, ""))
	return err
}

// aligned is lines of texts in columns as wide as they look, each line after an
// indent.
func aligned(lines [][]string, right, shown []bool, indent string) string {
	widths := make([]int, len(right))
	for _, texts := range lines {
		for i, s := range texts {
			widths[i] = max(widths[i], uniseg.StringWidth(s))
		}
	}
	var b strings.Builder
	for _, texts := range lines {
		out, first := indent, true
		for i, s := range texts {
			if !shown[i] {
				continue
			}
			if !first {
				out += "  "
			}
			first = false
			pad := strings.Repeat(" ", widths[i]-uniseg.StringWidth(s))
			if right[i] {
				out += pad + s
			} else {
				out += s + pad
			}
		}
		b.WriteString(strings.TrimRight(out, " ") + "\n")
	}
	return b.String()
}

// writeCSV writes all columns, with the keys as header.
func (t *table) writeCSV(w io.Writer, headers bool) error {
	out := csv.NewWriter(w)
	if headers {
		keys := make([]string, len(t.columns))
		for i, c := range t.columns {
			keys[i] = c.key
		}
		if err := out.Write(keys); err != nil {
			return err
		}
	}
	for _, row := range t.rows {
		fields := make([]string, len(row))
		for i, c := range row {
			fields[i] = csvField(c.value)
		}
		if err := out.Write(fields); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// csvField keeps text from being a formula where a spreadsheet opens the file.
func csvField(value any) string {
	s, isText := value.(string)
	if isText && s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return fmt.Sprint(value)
}

// MarshalJSON writes the records with their keys in the order of the columns.
func (t *table) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	if !t.single {
		b.WriteByte('[')
	}
	for i, row := range t.rows {
		if i > 0 {
			b.WriteByte(',')
		}
		for k, c := range row {
			b.WriteString(map[bool]string{true: "{", false: ","}[k == 0])
			if err := writeMember(&b, t.columns[k].key, c.value); err != nil {
				return nil, err
			}
		}
		b.WriteByte('}')
	}
	if !t.single {
		b.WriteByte(']')
	}
	return b.Bytes(), nil
}

func writeMember(b *bytes.Buffer, key string, value any) error {
	name, err := json.Marshal(key)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	b.Write(name)
	b.WriteByte(':')
	b.Write(encoded)
	return nil
}

// writeJSON writes a value as indented JSON.
func writeJSON(w io.Writer, value any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(value)
}

// writeYAML writes a value as YAML, with the keys and in the order of its JSON.
func writeYAML(w io.Writer, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var ordered any
	if err := yaml.UnmarshalWithOptions(encoded, &ordered, yaml.UseOrderedMap()); err != nil {
		return err
	}
	encoded, err = yaml.MarshalWithOptions(ordered, yaml.CustomMarshaler(yamlText))
	if err != nil {
		return err
	}
	_, err = w.Write(encoded)
	return err
}

// yamlText quotes the texts that the library would leave bare and other readers
// take for something else: numbers such as 1e3, and unprintable characters.
func yamlText(s string) ([]byte, error) {
	_, notNumber := strconv.ParseFloat(s, 64)
	if notNumber == nil || strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
		return json.Marshal(s)
	}
	return yaml.Marshal(s)
}
