package traces

import (
	"bytes"
	"strconv"
	"strings"
)

var (
	requestRequired = []string{"request_id", "submit_time", "group_id", "gpus", "duration_s", "gpu_seconds", "resource"}
	requestOptional = []string{"user_id", "gpu_class", "used_s", "state"}
)

// requestParser reads the request CSV.
type requestParser struct {
	columns columns
	record  []string
	id, submitted, group, gpus, duration, gpuSeconds, resource,
	user, class, used, state int
}

func (p *requestParser) comment(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }
func (p *requestParser) headed() bool             { return p.columns.names != nil }
func (p *requestParser) header() string           { return "a header line with request_id, submit_time, …" }

func (p *requestParser) parse(line string) (Job, kind, error) {
	if strings.TrimSpace(line) == "" {
		return Job{}, nothing, nil
	}
	record, err := splitCSV(p.record, line)
	p.record = record
	if err != nil {
		return Job{}, nothing, err
	}
	if !p.headed() {
		return Job{}, nothing, p.setHeader(append([]string{}, record...))
	}
	if err := p.columns.match(record); err != nil {
		return Job{}, nothing, err
	}
	j, err := p.job(record)
	return j, job, err
}

func (p *requestParser) setHeader(names []string) error {
	c := columns{names: names}
	if err := c.need(requestRequired, requestOptional); err != nil {
		return err
	}
	p.columns = c
	p.id, p.submitted, p.group = c.at("request_id"), c.at("submit_time"), c.at("group_id")
	p.gpus, p.duration, p.gpuSeconds = c.at("gpus"), c.at("duration_s"), c.at("gpu_seconds")
	p.resource, p.user, p.class = c.at("resource"), c.at("user_id"), c.at("gpu_class")
	p.used, p.state = c.at("used_s"), c.at("state")
	return nil
}

// job checks the fields of a record that has the header's number of them.
func (p *requestParser) job(record []string) (j Job, err error) {
	if s := field(record, p.resource); s != "gpu" {
		return Job{}, &refused{"resource", "is not a request for GPUs: " + quoted(s)}
	}
	if j.ID, err = requiredLabel("request_id", field(record, p.id)); err != nil {
		return Job{}, err
	}
	if j.Submitted, err = instant("submit_time", field(record, p.submitted)); err != nil {
		return Job{}, err
	}
	if j.Group, err = requiredLabel("group_id", field(record, p.group)); err != nil {
		return Job{}, err
	}
	if j.User, err = label("user_id", field(record, p.user)); err != nil {
		return Job{}, err
	}
	if j.Class, err = label("gpu_class", field(record, p.class)); err != nil {
		return Job{}, err
	}
	if j.State, err = label("state", field(record, p.state)); err != nil {
		return Job{}, err
	}
	if j.UsedSeconds, err = usedSeconds(field(record, p.used)); err != nil {
		return Job{}, err
	}
	return p.amounts(record, j)
}

// amounts fills in GPUs, seconds and their product, which the record repeats.
func (p *requestParser) amounts(record []string, j Job) (_ Job, err error) {
	if j.GPUs, err = count("gpus", field(record, p.gpus), 1); err != nil {
		return Job{}, err
	}
	if j.DurationSeconds, err = count("duration_s", field(record, p.duration), 1); err != nil {
		return Job{}, err
	}
	if j.GPUSeconds, err = product("gpu_seconds", j.GPUs, j.DurationSeconds); err != nil {
		return Job{}, err
	}
	given, err := count("gpu_seconds", field(record, p.gpuSeconds), 1)
	if err != nil {
		return Job{}, err
	}
	if given != j.GPUSeconds {
		return Job{}, &refused{"gpu_seconds", "is " + strconv.FormatInt(given, 10) +
			", but gpus × duration_s is " + strconv.FormatInt(j.GPUSeconds, 10)}
	}
	return j, nil
}

// usedSeconds is how long a job ran; an empty field is Unknown.
func usedSeconds(s string) (int64, error) {
	if s == "" {
		return Unknown, nil
	}
	return count("used_s", s, 0)
}
