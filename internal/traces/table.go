package traces

import (
	"bytes"
	"errors"
	"io"

	"github.com/commonpool/commonpool/internal/fault"
)

// readTable reads a small CSV with a header, compressed or not. Unlike Read it
// stops at the first bad line: a table is an input that somebody wrote, and a
// part of it is worth nothing. Every error is a *fault.Error: the codes of Read,
// and bad_row.
func readTable(r io.Reader, required, optional []string, row func(line int, get func(string) string) error) error {
	in, err := open(r)
	if err != nil {
		return err
	}
	defer in.Close()
	lines := newLineReader(in)
	var header columns
	for {
		line, tooLong, err := lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return in.fault(err, lines.number)
		}
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		record, err := tableRecord(line, tooLong)
		switch {
		case err != nil:
		case header.names == nil:
			header.names = record
			err = header.need(required, optional)
		default:
			if err = header.match(record); err == nil {
				err = row(lines.number, func(name string) string { return field(record, header.at(name)) })
			}
		}
		if err != nil {
			return rowFault(err, lines.number)
		}
	}
	if header.names == nil {
		return fault.New(fault.Invalid, "no_header", "a header line expected, the input is empty")
	}
	return nil
}

func tableRecord(line []byte, tooLong bool) ([]string, error) {
	if err := readable(line, tooLong); err != nil {
		return nil, err
	}
	return splitCSV(nil, string(line))
}

// rowFault is the fault of one line.
func rowFault(err error, line int) error {
	var no *refused
	if errors.As(err, &no) {
		return fault.New(fault.Invalid, "bad_row", "%s", no.reason).At(line, no.field)
	}
	return placed(err, line)
}
