package traces

import (
	"bytes"
	"strings"

	"github.com/commonpool/commonpool/internal/fault"
)

var (
	sacctRequired = []string{"JobID", "Submit", "User", "Account", "Timelimit", "Elapsed", "State"}
	sacctOptional = []string{"ReqTRES", "AllocTRES", "Cluster"}
)

// sacctParser reads the output of sacct -P. The final "|" of sacct -p makes one
// more column, without a name, in the header and in every line.
type sacctParser struct {
	columns columns
	record  []string
	id, submitted, user, account, limit, elapsed, state,
	requested, allocated, cluster int
}

func (p *sacctParser) comment(line []byte) bool { return len(bytes.TrimSpace(line)) == 0 }
func (p *sacctParser) headed() bool             { return p.columns.names != nil }
func (p *sacctParser) header() string           { return "a header line with JobID|Submit|… (no sacct -n)" }

func (p *sacctParser) parse(line string) (Job, kind, error) {
	if strings.TrimSpace(line) == "" {
		return Job{}, nothing, nil
	}
	p.record = p.record[:0]
	for part := range strings.SplitSeq(line, "|") {
		p.record = append(p.record, part)
	}
	if !p.headed() {
		return Job{}, nothing, p.setHeader(append([]string{}, p.record...))
	}
	if err := p.columns.match(p.record); err != nil {
		return Job{}, nothing, err
	}
	id := field(p.record, p.id)
	what, err := slurmJobID(id)
	if err != nil || what == step {
		return Job{}, what, err
	}
	j, err := p.job(p.record, id)
	return j, job, err
}

func (p *sacctParser) setHeader(names []string) error {
	c := columns{names: names, fold: true}
	if err := c.need(sacctRequired, sacctOptional); err != nil {
		return err
	}
	p.id, p.submitted, p.user, p.account = c.at("JobID"), c.at("Submit"), c.at("User"), c.at("Account")
	p.limit, p.elapsed, p.state = c.at("Timelimit"), c.at("Elapsed"), c.at("State")
	p.requested, p.allocated, p.cluster = c.at("ReqTRES"), c.at("AllocTRES"), c.at("Cluster")
	if p.requested < 0 && p.allocated < 0 {
		return fault.New(fault.Invalid, "missing_column", "the header lacks ReqTRES and AllocTRES: one of them is needed").
			At(0, "ReqTRES")
	}
	p.columns = c
	return nil
}

// job checks the fields of a line that is not a step.
func (p *sacctParser) job(record []string, id string) (j Job, err error) {
	if j.GPUs, j.Class, err = p.gpus(record); err != nil {
		return Job{}, err
	}
	cluster, err := label("Cluster", field(record, p.cluster))
	if err != nil {
		return Job{}, err
	}
	if cluster != "" {
		id = cluster + "-" + id
	}
	if j.ID, err = requiredLabel("JobID", id); err != nil {
		return Job{}, err
	}
	if j.Submitted, err = slurmInstant("Submit", field(record, p.submitted)); err != nil {
		return Job{}, err
	}
	if j.User, err = label("User", field(record, p.user)); err != nil {
		return Job{}, err
	}
	if j.Group, err = requiredLabel("Account", field(record, p.account)); err != nil {
		return Job{}, err
	}
	// "CANCELLED by 1001" names the user who did it: not ours to keep.
	word, _, _ := strings.Cut(field(record, p.state), " ")
	if j.State, err = label("State", word); err != nil {
		return Job{}, err
	}
	if j.UsedSeconds, err = elapsed("Elapsed", field(record, p.elapsed)); err != nil {
		return Job{}, err
	}
	if j.DurationSeconds, err = timelimit("Timelimit", field(record, p.limit)); err != nil {
		return Job{}, err
	}
	j.GPUSeconds, err = product("Timelimit", j.GPUs, j.DurationSeconds)
	return j, err
}

// gpus is what the job asked for, or where that names no GPU, what it was given.
// A request that leaves the type open takes the type it was given.
func (p *sacctParser) gpus(record []string) (int64, string, error) {
	asked, err := tres("ReqTRES", field(record, p.requested))
	if err != nil {
		return 0, "", err
	}
	given, err := tres("AllocTRES", field(record, p.allocated))
	if err != nil {
		return 0, "", err
	}
	switch {
	case asked.total == 0 && given.total == 0:
		name := "ReqTRES"
		if p.requested < 0 {
			name = "AllocTRES"
		}
		return 0, "", &refused{name, "is not a request for GPUs: no gres/gpu"}
	case asked.total == 0:
		asked = given
	case !asked.typed && given.total == asked.total:
		asked.class = given.class
	}
	return asked.total, strings.Clone(asked.class), nil
}

// slurmJobID tells jobs (123, 123_4, 123+1) from their steps (123.batch).
func slurmJobID(s string) (kind, error) {
	id, part, isStep := strings.Cut(s, ".")
	base, offset, het := strings.Cut(id, "+")
	base, task, array := strings.Cut(base, "_")
	switch {
	case array && strings.HasPrefix(task, "["):
		return nothing, &refused{"JobID", "stands for several tasks of an array (sacct --array lists them one by one): " + quoted(s)}
	case !digits(base), array && !digits(task), het && !digits(offset), isStep && part == "":
		return nothing, &refused{"JobID", "is not a Slurm job id: " + quoted(s)}
	case isStep:
		return step, nil
	}
	return job, nil
}
