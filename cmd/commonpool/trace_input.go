package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
	"github.com/commonpool/commonpool/internal/replay"
	"github.com/commonpool/commonpool/internal/traces"
)

// traceInput is the flags that say which trace a command reads and what is
// assumed about it.
type traceInput struct {
	in, countries, plan, refused string
	format                       choice
	processors                   int64
	seed                         seed
}

const traceHelp = `The trace is a CSV of requests, what Slurm's "sacct -P" prints, or a log in the
Standard Workload Format, which counts processors: --processors-per-gpu says how
many of them stand for one GPU. gzip and zstd are recognised.

A line that is not a usable request is refused and does not stop the reading. The
first ten are shown; --refused writes all of them as CSV: line, field, reason and
the beginning of the line (empty where the line could be read, but not used).

A trace knows who asked for how much GPU time and when. All else a round needs is
ASSUMED: by a plan, "assumed" or "plain" (both built in) or a file like the one
that "commonpool plan" prints, and by --countries, a CSV of group_id and
country_alpha3_ASSUMED. A group that is not in it is refused; without it, the
plan's seed draws a developing economy for each group.`

// register gives a command the flags.
func (t *traceInput) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&t.in, "in", "", "trace `FILE` to read, - for standard input")
	t.format.register(cmd, "format", "", "format of the trace", "csv", "sacct", "swf")
	flags.Int64Var(&t.processors, processorsFlag, 0, "`NUMBER` of processors that stand for one GPU (swf only)")
	flags.StringVar(&t.countries, "countries", "", "CSV `FILE` of the country that each group is assumed to be in")
	flags.StringVar(&t.plan, "plan", planAssumed, "what is assumed: assumed, plain, or a YAML `FILE`")
	flags.Var(&t.seed, "seed", "seed of what is drawn (default: the plan's, built in 1)")
	flags.StringVar(&t.refused, "refused", "", "CSV `FILE` for the lines that were refused, - for standard output")
	require(cmd, "in")
}

const processorsFlag = "processors-per-gpu"

// check finds what is wrong with the flags, given what else the command writes.
func (t *traceInput) check(outputs ...string) error {
	if t.processors != 0 && t.format.value != "swf" {
		return fmt.Errorf("--%s: only --format swf counts processors", processorsFlag)
	}
	if t.processors < 0 || (t.processors == 0 && t.format.value == "swf") {
		return fmt.Errorf("--%s: --format swf needs a number of 1 or more", processorsFlag)
	}
	inputs := map[string]string{"in": t.in, "countries": t.countries}
	if !isBuiltIn(t.plan) {
		inputs["plan"] = t.plan
	}
	streams := 0
	for _, path := range inputs {
		if path == standard {
			streams++
		}
	}
	if streams > 1 {
		return errors.New("only one of --in, --countries and --plan can be standard input")
	}
	for _, out := range append(outputs, t.refused) {
		for _, flag := range []string{"in", "countries", "plan"} {
			if path := inputs[flag]; path != "" && out != "" && replaces(out, path) {
				return fmt.Errorf("%s is read by --%s and cannot be an output", out, flag)
			}
		}
	}
	return nil
}

// seed is the flag of a seed, which may be left out.
type seed struct {
	value uint64
	given bool
}

func (s *seed) String() string {
	if !s.given {
		return ""
	}
	return strconv.FormatUint(s.value, 10)
}

// Set takes a value of the command line.
func (s *seed) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return errors.New("expected 0 to 2^64-1")
	}
	s.value, s.given = n, true
	return nil
}

// Type names the value in --help.
func (s *seed) Type() string { return "NUMBER" }

// assume reads the plan and the countries. known has the groups of --countries;
// nil where all are.
func (a *app) assume(t *traceInput) (plan replay.Plan, made *replay.Assumption, known map[string]string, err error) {
	if plan, err = a.readPlan(t.plan); err != nil {
		return plan, nil, nil, err
	}
	if t.seed.given {
		plan.Seed = t.seed.value
	}
	if t.countries != "" {
		err = a.withInput(t.countries, "reading", func(r io.Reader) error {
			known, err = traces.ReadGroupCountries(r)
			if err == nil && len(known) == 0 {
				err = fault.New(fault.Invalid, pool.CodeRequired, "no group stands in it")
			}
			return err
		})
		if err != nil {
			return plan, nil, nil, err
		}
	}
	made, err = replay.Assume(plan, known, replay.Nations())
	if err != nil && t.countries != "" {
		err = inFile(nameOf(t.countries, "standard input"), err)
	}
	return plan, made, known, err
}

// traceRead is a trace that was read.
type traceRead struct {
	name    string // of the file, for errors
	plan    replay.Plan
	assumed *replay.Assumption
	// Jobs became requests. Those of classAssumed have no class that the plan
	// knows.
	lines, jobs, steps, classAssumed int
	gpuSeconds                       int64
	accounts, nations                int // known when a round was made
}

// readTrace reads the trace of jobs. It is not usable if no job is.
func (a *app) readTrace(t *traceInput, refused *refusals) (*traceRead, error) {
	plan, assumed, known, err := a.assume(t)
	if err != nil {
		return nil, err
	}
	format, err := traces.FormatNamed(t.format.value, t.processors)
	if err != nil {
		return nil, err
	}
	read := &traceRead{name: nameOf(t.in, "standard input"), plan: plan, assumed: assumed}
	classes := make(map[string]bool)
	for _, c := range plan.Classes {
		classes[string(c.ID)] = true
	}
	accept := func(job traces.Job) error {
		if no := refusedBy(assumed, known, t.format.value, job); no != nil {
			return refused.add(*no)
		}
		read.jobs++
		read.gpuSeconds += job.GPUSeconds // at most the sum over all jobs, which fits
		if !classes[job.Class] {
			read.classAssumed++
		}
		return nil
	}
	err = a.withInput(t.in, "reading", func(r io.Reader) error {
		sum, err := traces.Read(r, format, accept, refused.add)
		read.lines, read.steps = sum.Lines, sum.Steps
		return err
	})
	if refused.err != nil {
		return nil, refused.err
	}
	if err != nil {
		return nil, err
	}
	refused.show(a.stderr, read.name, t.refused)
	if read.jobs == 0 {
		return nil, inFile(read.name, fault.New(fault.Invalid, "no_requests",
			"none of the %s lines is a usable request", grouped(int64(read.lines))))
	}
	return read, nil
}

// jobFields is how each format calls the fields of a job. The GPU-seconds of
// sacct and SWF are a product; their duration is the field to look at.
var jobFields = map[string]map[string]string{
	"csv": {
		fieldGroup: "group_id", replay.FieldID: "request_id",
		replay.FieldSubmitted: "submit_time", replay.FieldGPUSeconds: "gpu_seconds",
	},
	"sacct": {
		fieldGroup: "Account", replay.FieldID: "JobID",
		replay.FieldSubmitted: "Submit", replay.FieldGPUSeconds: "Timelimit",
	},
	"swf": {
		fieldGroup: "group id", replay.FieldID: "job number",
		replay.FieldSubmitted: "submit time", replay.FieldGPUSeconds: "requested time",
	},
}

// fieldGroup is the group, beside the fields that replay names.
const fieldGroup = "group"

// refusedBy makes a request of a job, or says why not.
func refusedBy(assumed *replay.Assumption, known map[string]string, format string, job traces.Job) *traces.Refusal {
	if _, there := known[job.Group]; !there && known != nil {
		return &traces.Refusal{
			Line: job.Line, Field: jobFields[format][fieldGroup],
			Reason: fmt.Sprintf("job %s: no country is given for group %q", job.ID, job.Group),
		}
	}
	err := assumed.Add(job)
	if err == nil {
		return nil
	}
	problem, field := err.Error(), ""
	var f *fault.Error
	if errors.As(err, &f) {
		problem, field = f.Problem, jobFields[format][f.Path]
	}
	return &traces.Refusal{Line: job.Line, Field: field, Reason: fmt.Sprintf("job %s: %s", job.ID, problem)}
}
