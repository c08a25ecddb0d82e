package main

import (
	"encoding/csv"
	"fmt"
	"io"

	"github.com/commonpool/commonpool/internal/traces"
)

// shownRefusals is how many refused lines are shown on standard error.
const shownRefusals = 10

// refusals counts the lines that a trace was refused, keeps the first, and
// writes all of them to a file where one is asked for.
type refusals struct {
	count int
	first []traces.Refusal
	file  *staged     // nil: none
	csv   *csv.Writer // to the file
	err   error       // why the file could not be written
}

// openRefusals starts a list of refused lines; path may be empty.
func (a *app) openRefusals(path string) (*refusals, error) {
	r := &refusals{}
	if path == "" {
		return r, nil
	}
	file, err := a.stage(path)
	if err != nil {
		return nil, err
	}
	r.file, r.csv = file, csv.NewWriter(file)
	return r, r.write("line", "field", "reason", "raw")
}

// add notes a refused line. Its error is kept in err.
func (r *refusals) add(no traces.Refusal) error {
	r.count++
	if len(r.first) < shownRefusals {
		r.first = append(r.first, no)
	}
	if r.csv == nil {
		return nil
	}
	return r.write(fmt.Sprint(no.Line), csvField(no.Field), csvField(no.Reason), csvField(no.Raw))
}

func (r *refusals) write(fields ...string) error {
	if err := r.csv.Write(fields); err != nil {
		r.err = inFile(r.file.name, err)
	}
	return r.err
}

// show prints the first lines that were refused, and how many there are.
func (r *refusals) show(w io.Writer, name, path string) {
	for _, no := range r.first {
		where := fmt.Sprintf("refused: %s: line %d: ", name, no.Line)
		if no.Field != "" {
			where += no.Field + ": "
		}
		_, _ = fmt.Fprintln(w, printable(where+no.Reason))
	}
	if more := r.count - len(r.first); more > 0 {
		where := "--refused FILE lists them"
		if path != "" {
			where = "all are in " + printable(nameOf(path, "standard output"))
		}
		_, _ = fmt.Fprintf(w, "refused: %s more; %s\n", grouped(int64(more)), where)
	}
}

// commit completes the file, if there is one.
func (r *refusals) commit() error {
	if r.csv == nil {
		return nil
	}
	r.csv.Flush()
	if err := r.csv.Error(); err != nil {
		return inFile(r.file.name, err)
	}
	return r.file.commit()
}

// abort drops the file, unless it is complete.
func (r *refusals) abort() {
	if r.file != nil {
		r.file.abort()
	}
}
