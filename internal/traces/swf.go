package traces

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/commonpool/commonpool/internal/fault"
)

// The fields of the Standard Workload Format that are used, counted from 0.
// Source: https://www.cs.huji.ac.il/labs/parallel/workload/swf.html
const (
	swfJob        = 0
	swfSubmitted  = 1
	swfRun        = 3
	swfAllocated  = 4
	swfProcessors = 7
	swfTime       = 8
	swfStatus     = 10
	swfUser       = 11
	swfGroup      = 12
	swfFields     = 18
)

// farAway is a number of seconds beyond every time accepted, small enough that
// calendars calculate with it correctly.
const farAway = 1 << 40

// swfNames are the fields as the format's definition calls them.
var swfNames = [swfFields]string{
	"job number", "submit time", "wait time", "run time", "allocated processors", "average CPU time",
	"used memory", "requested processors", "requested time", "requested memory", "status", "user id",
	"group id", "executable", "queue", "partition", "preceding job", "think time",
}

// swfParser reads the Standard Workload Format.
type swfParser struct {
	processorsPerGPU int64
	epoch            time.Time
	known            bool // the epoch
}

func (p *swfParser) comment(line []byte) bool {
	line = bytes.TrimSpace(line)
	return len(line) == 0 || line[0] == ';'
}
func (p *swfParser) headed() bool { return p.known }
func (p *swfParser) header() string {
	return `a comment "; UnixStartTime: seconds" before the first job`
}

func (p *swfParser) parse(line string) (Job, kind, error) {
	line = strings.TrimSpace(line)
	if line == "" {
		return Job{}, nothing, nil
	}
	if line[0] == ';' {
		return Job{}, nothing, p.setHeader(line[1:])
	}
	if !p.known {
		return Job{}, nothing, &refused{"", "the first job comes without it"}
	}
	record, err := swfRecord(line)
	if err != nil {
		return Job{}, nothing, err
	}
	switch record[swfStatus] {
	case "2", "3", "4": // part of a job that was swapped out
		return Job{}, step, nil
	}
	j, err := p.job(&record)
	return j, job, err
}

// setHeader takes the epoch out of a header comment and ignores all others.
func (p *swfParser) setHeader(comment string) error {
	name, value, _ := strings.Cut(comment, ":")
	if strings.TrimSpace(name) != "UnixStartTime" {
		return nil
	}
	value, _, _ = strings.Cut(strings.TrimSpace(value), " ")
	n, err := count("", value, 0)
	if err != nil {
		return fault.New(fault.Invalid, "bad_header", "%v", err).At(0, "UnixStartTime")
	}
	epoch, err := within("", time.Unix(min(n, farAway), 0))
	if err != nil {
		return fault.New(fault.Invalid, "bad_header", "%v", err).At(0, "UnixStartTime")
	}
	if p.known && !epoch.Equal(p.epoch) {
		return fault.New(fault.Invalid, "bad_header", "is a second, different start of the log").At(0, "UnixStartTime")
	}
	p.epoch, p.known = epoch, true
	return nil
}

// swfRecord cuts a line into its fields, all of which are numbers.
func swfRecord(line string) (record [swfFields]string, err error) {
	n := 0
	for part := range strings.FieldsSeq(line) {
		if n < swfFields {
			whole, fraction, point := strings.Cut(strings.TrimPrefix(part, "-"), ".")
			if !digits(whole) || point && !digits(fraction) {
				return record, &refused{swfNames[n], "is not a number: " + quoted(part)}
			}
			record[n] = part
		}
		n++
	}
	switch {
	case n < swfFields:
		return record, &refused{"", "too few columns: " + plural(n, "field") + ", the format has 18"}
	case n > swfFields:
		return record, &refused{"", "too many columns: " + plural(n, "field") + ", the format has 18"}
	}
	return record, nil
}

// job checks the fields of a line that is not part of another.
func (p *swfParser) job(record *[swfFields]string) (j Job, err error) {
	id, err := count(swfNames[swfJob], record[swfJob], 0)
	if err != nil {
		return Job{}, err
	}
	j.ID = strconv.FormatInt(id, 10)
	if j.Submitted, err = p.submitted(record[swfSubmitted]); err != nil {
		return Job{}, err
	}
	if j.User, j.Group, err = swfPeople(record); err != nil {
		return Job{}, err
	}
	if j.GPUs, err = p.gpus(record); err != nil {
		return Job{}, err
	}
	if j.DurationSeconds, err = swfLength(swfTime, record, 1); err != nil {
		return Job{}, err
	}
	if j.DurationSeconds == Unknown {
		return Job{}, &refused{swfNames[swfTime], "is not known"}
	}
	if j.UsedSeconds, err = swfLength(swfRun, record, 0); err != nil {
		return Job{}, err
	}
	if j.State, err = swfState(record[swfStatus]); err != nil {
		return Job{}, err
	}
	j.GPUSeconds, err = product(swfNames[swfTime], j.GPUs, j.DurationSeconds)
	return j, err
}

// submitted is the epoch plus whole seconds.
func (p *swfParser) submitted(s string) (time.Time, error) {
	name := swfNames[swfSubmitted]
	if s == "-1" {
		return time.Time{}, &refused{name, "is not known"}
	}
	whole, _, _ := strings.Cut(s, ".")
	n, err := count(name, whole, 0)
	if err != nil {
		return time.Time{}, err
	}
	return within(name, time.Unix(p.epoch.Unix()+min(n, farAway), 0))
}

// gpus turns processors into GPUs, a part of one into a whole one.
func (p *swfParser) gpus(record *[swfFields]string) (int64, error) {
	at := swfProcessors
	if record[at] == "-1" {
		at = swfAllocated
	}
	if record[at] == "-1" {
		return 0, &refused{swfNames[swfProcessors], "is not known, nor how many were allocated"}
	}
	n, err := count(swfNames[at], record[at], 1)
	if err != nil {
		return 0, err
	}
	return (n-1)/p.processorsPerGPU + 1, nil
}

// swfPeople names user and group. Where the group is not known the user stands
// alone.
func swfPeople(record *[swfFields]string) (user, group string, err error) {
	name := func(at int, prefix string) string {
		if err != nil || record[at] == "-1" {
			return ""
		}
		var n int64
		n, err = count(swfNames[at], record[at], 0)
		return prefix + strconv.FormatInt(n, 10)
	}
	user, group = name(swfUser, "user-"), name(swfGroup, "group-")
	if err == nil && group == "" {
		group = user
	}
	if err == nil && group == "" {
		err = &refused{swfNames[swfGroup], "is not known, nor is the user"}
	}
	return user, group, err
}

// swfLength is a length of time of at least least, rounded up to a second, or
// Unknown.
func swfLength(at int, record *[swfFields]string, least int64) (int64, error) {
	if record[at] == "-1" {
		return Unknown, nil
	}
	whole, fraction, _ := strings.Cut(record[at], ".")
	up := strings.Trim(fraction, "0") != ""
	if up {
		least = 0
	}
	n, err := count(swfNames[at], whole, least)
	if err != nil || !up {
		return n, err
	}
	if n++; n < 0 {
		return 0, &refused{swfNames[at], "does not fit in 64 bits"}
	}
	return n, nil
}

// swfState is Slurm's word for a status of the format.
func swfState(status string) (string, error) {
	switch status {
	case "0":
		return "FAILED", nil
	case "1":
		return "COMPLETED", nil
	case "5":
		return "CANCELLED", nil
	case "-1":
		return "", nil
	}
	return "", &refused{swfNames[swfStatus], "is none of -1, 0, 1, 2, 3, 4, 5: " + quoted(status)}
}
