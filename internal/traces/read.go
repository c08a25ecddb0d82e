package traces

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/commonpool/commonpool/internal/fault"
)

// kind says what a line turned out to be.
type kind uint8

const (
	nothing kind = iota // header, comment, blank
	step                // part of a job, not a request
	job                 // a request
)

// parser turns the lines of one format into jobs. It keeps what the header said.
type parser interface {
	// comment reports a line that is not data, whatever its bytes.
	comment(line []byte) bool
	// parse judges one line: valid UTF-8 without NUL, or a comment. Its error is
	// *refused, or *fault.Error where the input cannot be read on.
	parse(line string) (Job, kind, error)
	// headed reports that the header has been read.
	headed() bool
	// header describes the header that is missing while headed is false.
	header() string
}

// MaxJobs bounds a trace, and with it the memory of those who keep its jobs.
const MaxJobs = 5_000_000

// Read reads jobs of one format from r, compressed or not, and hands each to
// accept and each refused line to refuse, in the order of the input. Either may
// be nil: then there is only the Summary. An error of theirs ends the reading and
// is returned as it is.
//
// Every other error is a *fault.Error and says that the input as a whole cannot
// be read: Invalid with code no_header, missing_column, repeated_column,
// bad_header, corrupt_compression, unknown_format or bad_option; Exhausted with
// code too_many_jobs beyond MaxJobs; Unavailable with code unreadable where r
// failed. The Summary counts what was read before.
func Read(r io.Reader, format Format, accept func(Job) error, refuse func(Refusal) error) (Summary, error) {
	p, err := format.parser()
	if err != nil {
		return Summary{}, err
	}
	in, err := open(r)
	if err != nil {
		return Summary{}, err
	}
	defer in.Close()

	rd := reading{parser: p, ids: idSet{}, most: MaxJobs, accept: accept, refuse: refuse}
	lines := newLineReader(in)
	for {
		line, tooLong, err := lines.next()
		if err == io.EOF {
			return rd.sum, rd.end()
		}
		if err != nil {
			return rd.sum, in.fault(err, lines.number)
		}
		rd.sum.Lines = lines.number
		if err := rd.line(line, tooLong); err != nil {
			return rd.sum, err
		}
	}
}

// reading is the state of one Read.
type reading struct {
	parser parser
	ids    idSet
	sum    Summary
	most   int // jobs
	accept func(Job) error
	refuse func(Refusal) error
}

// line judges one line and tells the caller. Its error ends the reading.
func (rd *reading) line(line []byte, tooLong bool) error {
	found, what, err := rd.judge(line, tooLong)
	if err == nil && what == job {
		err = rd.admit(found)
	}
	var no *refused
	switch isRefused := errors.As(err, &no); {
	case isRefused && !rd.parser.headed():
		return fault.New(fault.Invalid, "no_header", "%s expected: %s", rd.parser.header(), no).At(rd.sum.Lines, "")
	case isRefused:
		rd.sum.Refused++
		if rd.refuse == nil {
			return nil
		}
		shown := line[:min(len(line), maxRaw+1)]
		return rd.refuse(Refusal{rd.sum.Lines, no.field, no.reason, printable(string(shown), maxRaw)})
	case err != nil:
		return placed(err, rd.sum.Lines)
	case what == step:
		rd.sum.Steps++
	case what == job && rd.accept != nil:
		found.Line = rd.sum.Lines
		return rd.accept(found)
	}
	return nil
}

// judge applies what holds for every format, then the format's own parser.
func (rd *reading) judge(line []byte, tooLong bool) (Job, kind, error) {
	if !rd.parser.comment(line) {
		if err := readable(line, tooLong); err != nil {
			return Job{}, nothing, err
		}
	}
	return rd.parser.parse(string(line))
}

// readable refuses a line that is not text of a bounded length.
func readable(line []byte, tooLong bool) error {
	switch {
	case tooLong:
		return &refused{"", "the line is longer than 1 MiB"}
	case bytes.IndexByte(line, 0) >= 0:
		return &refused{"", "the line holds a NUL byte"}
	case !utf8.Valid(line):
		return &refused{"", "the line is not UTF-8"}
	}
	return nil
}

// admit counts a job, unless its id was there before or the sum overflows.
func (rd *reading) admit(j Job) error {
	if rd.sum.Jobs >= rd.most {
		return fault.New(fault.Exhausted, "too_many_jobs", "more than %d jobs, expected a trace in parts", rd.most)
	}
	id := digest(j.ID)
	if _, there := rd.ids[id]; there {
		return &refused{"id", "there is an earlier job " + quoted(j.ID)}
	}
	if !rd.sum.add(j) {
		return &refused{"gpu_seconds", "the sum of all jobs does not fit in 64 bits"}
	}
	rd.ids[id] = struct{}{}
	return nil
}

// end judges an input that is over.
func (rd *reading) end() error {
	if rd.parser.headed() {
		return nil
	}
	return fault.New(fault.Invalid, "no_header", "%s expected, the input ends without it", rd.parser.header())
}

// idSet holds ids as the first half of their SHA-256: bounded bytes for each,
// the same on every run, and no two ids that anyone can find share one.
type idSet map[[16]byte]struct{}

func digest(id string) [16]byte {
	sum := sha256.Sum256([]byte(id))
	return [16]byte(sum[:16])
}

// placed gives a fault its line, where it has none.
func placed(err error, line int) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return fmt.Errorf("line %d: %w", line, err)
	}
	if f.Line == 0 {
		f.Line = line
	}
	return f
}
