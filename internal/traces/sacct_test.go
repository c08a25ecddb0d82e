package traces

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const sacctHeader = "JobID|Submit|User|Account|ReqTRES|AllocTRES|Timelimit|Elapsed|State|Partition|Cluster\n"

func TestSacctReadsJobsAndCountsSteps(t *testing.T) {
	o := readString(t, sacctHeader+
		"101|2026-03-01T08:00:00|amina|lab-a|billing=8,cpu=8,gres/gpu=2,mem=64G,node=1|billing=8,cpu=8,gres/gpu:a100=2,gres/gpu=2,mem=64G,node=1|1-02:03:04|00:10:00|COMPLETED|gpu|\n"+
		"101.batch|2026-03-01T08:00:05|||||||COMPLETED||\n"+
		"101.extern|2026-03-01T08:00:05|||||||COMPLETED||\n"+
		"101.0|2026-03-01T08:00:06|||||||COMPLETED||\n"+
		"102_7|2026-03-01T08:00:01|bo|lab-b|cpu=1,gres/gpu:v100=1|  |02:03:04||PENDING|gpu|north\n"+
		"102_7.batch|||||||||||\n"+ // a column too many
		"103+1|2026-03-01T08:00:02|bo|lab-b|cpu=1|cpu=1,gres/gpu=4|05:00|2-00:00:01.5|CANCELLED by 1001|gpu|north\n"+
		"103+1.interactive||||||||||\n", Sacct())
	at := func(s int) time.Time { return time.Date(2026, 3, 1, 8, 0, s, 0, time.UTC) }
	want := []Job{
		{ // 1 day, 2 hours, 3 minutes, 4 seconds = 86400 + 7200 + 180 + 4
			Line: 2, ID: "101", Submitted: at(0), User: "amina", Group: "lab-a", GPUs: 2, DurationSeconds: 93784,
			GPUSeconds: 187568, Class: "a100", UsedSeconds: 600, State: "COMPLETED",
		},
		{
			Line: 8, ID: "north-103+1", Submitted: at(2), User: "bo", Group: "lab-b", GPUs: 4, DurationSeconds: 300,
			GPUSeconds: 1200, UsedSeconds: 2*86400 + 2, State: "CANCELLED",
		},
	}
	if diff := cmp.Diff(want, o.Jobs); diff != "" {
		t.Error(diff)
	}
	if len(o.Refusals) != 2 {
		t.Fatalf("%+v", o.Refusals)
	}
	refusedAs(t, o.Refusals[0], 6, "AllocTRES", "not a list of name=value")
	refusedAs(t, o.Refusals[1], 7, "", "too many columns")
	if s := o.Summary; s.Steps != 4 || s.Jobs != 2 || s.Refused != 2 || s.Lines != 9 {
		t.Errorf("%+v", s)
	}
}

func TestSacctAcceptsUnusualButValidOutput(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want Job
	}{
		"sacct -p, names in other case, AllocTRES alone": {
			"State|Elapsed|TimeLimit|Account|User|Submit|JOBID|AllocTres|\n" +
				"RUNNING|00:00:00|90|acc||2026-03-01T08:00:00|7|gres/gpu=1|\n",
			Job{ID: "7", Group: "acc", GPUs: 1, DurationSeconds: 5400, GPUSeconds: 5400, State: "RUNNING"},
		},
		"times with an offset": {
			"JobID|Submit|User|Account|ReqTRES|Timelimit|Elapsed|State\n" +
				"7|2026-03-01T10:00:00+0200|u|acc|gres/gpu=1|00:01:00|01:00|TIMEOUT\n",
			Job{ID: "7", User: "u", Group: "acc", GPUs: 1, DurationSeconds: 60, GPUSeconds: 60, UsedSeconds: 60, State: "TIMEOUT"},
		},
		"times with RFC 3339's offset": {
			"JobID|Submit|User|Account|ReqTRES|Timelimit|Elapsed|State\n" +
				"7|2026-03-01T08:00:00Z|u|acc|gres/gpu=1|00:01:00|01:00|TIMEOUT\n",
			Job{ID: "7", User: "u", Group: "acc", GPUs: 1, DurationSeconds: 60, GPUSeconds: 60, UsedSeconds: 60, State: "TIMEOUT"},
		},
		"quotes mean nothing": {
			"JobID|Submit|User|Account|ReqTRES|Timelimit|Elapsed|State|JobName\n" +
				"7|2026-03-01T08:00:00|u|acc|gres/gpu=1|00:01:00|01:00|TIMEOUT|say \"hi\"\n",
			Job{ID: "7", User: "u", Group: "acc", GPUs: 1, DurationSeconds: 60, GPUSeconds: 60, UsedSeconds: 60, State: "TIMEOUT"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := readString(t, c.in, Sacct())
			c.want.Line, c.want.Submitted = 2, time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
			if diff := cmp.Diff([]Job{c.want}, o.Jobs); diff != "" || o.Refusals != nil {
				t.Errorf("refusals %v\n%s", o.Refusals, diff)
			}
		})
	}
}

func TestSacctRefusesALineAndGoesOn(t *testing.T) {
	line := func(id, submit, account, req, limit, elapsed string) string {
		return fmt.Sprintf("%s|%s|u|%s|%s||%s|%s|COMPLETED|p|\n", id, submit, account, req, limit, elapsed)
	}
	const at, tres, limit, ran = "2026-03-01T08:00:00", "gres/gpu=1", "01:00:00", "00:00:01"
	for name, c := range map[string]struct{ line, field, reason string }{
		"a pipe in a name":       {"1|" + line("1", at, "a", tres, limit, ran), "", "too many columns"},
		"an array on one line":   {line("9_[1-4%2]", at, "a", tres, limit, ran), "JobID", "sacct --array"},
		"no id":                  {line("", at, "a", tres, limit, ran), "JobID", "not a Slurm job id"},
		"id with a letter":       {line("12x", at, "a", tres, limit, ran), "JobID", "not a Slurm job id"},
		"step without a name":    {line("12.", at, "a", tres, limit, ran), "JobID", "not a Slurm job id"},
		"submitted at Unknown":   {line("1", "Unknown", "a", tres, limit, ran), "Submit", "is not known"},
		"submitted at None":      {line("1", "None", "a", tres, limit, ran), "Submit", "is not known"},
		"a date alone":           {line("1", "2026-03-01", "a", tres, limit, ran), "Submit", "not a time like"},
		"13th month":             {line("1", "2026-13-01T08:00:00", "a", tres, limit, ran), "Submit", "not a time like"},
		"words of 19 letters":    {line("1", "the first of March..", "a", tres, limit, ran), "Submit", "not a time like"},
		"no account":             {line("1", at, "", tres, limit, ran), "Account", "is empty"},
		"no GPU":                 {line("1", at, "a", "cpu=4,mem=1G", limit, ran), "ReqTRES", "not a request for GPUs"},
		"no resources":           {line("1", at, "a", "", limit, ran), "ReqTRES", "not a request for GPUs"},
		"zero GPUs":              {line("1", at, "a", "gres/gpu=0", limit, ran), "ReqTRES", "not a request for GPUs"},
		"negative GPUs":          {line("1", at, "a", "gres/gpu=-1", limit, ran), "ReqTRES", "is negative"},
		"no limit":               {line("1", at, "a", tres, "UNLIMITED", ran), "Timelimit", "no number of seconds"},
		"the partition's limit":  {line("1", at, "a", tres, "Partition_Limit", ran), "Timelimit", "no number of seconds"},
		"limit of zero":          {line("1", at, "a", tres, "00:00:00", ran), "Timelimit", "is zero"},
		"empty limit":            {line("1", at, "a", tres, "", ran), "Timelimit", "is empty"},
		"more than 64 bits":      {line("1", at, "a", "gres/gpu=9223372036854775807", limit, ran), "Timelimit", "does not fit"},
		"elapsed without a unit": {line("1", at, "a", tres, limit, "12"), "Elapsed", "is not like"},
		"elapsed invalid":        {line("1", at, "a", tres, limit, "INVALID"), "Elapsed", "is not like"},
	} {
		t.Run(name, func(t *testing.T) {
			o := readString(t, sacctHeader+c.line+line("55", at, "a", tres, limit, ran), Sacct())
			if len(o.Jobs) != 1 || o.Jobs[0].ID != "55" || len(o.Refusals) != 1 {
				t.Fatalf("%+v", o)
			}
			refusedAs(t, o.Refusals[0], 2, c.field, c.reason)
		})
	}
}

func TestSacctTellsTheSameNumberOnTwoClustersApart(t *testing.T) {
	row := "5|2026-03-01T08:00:00|u|a|gres/gpu=1||60|00:00:01|COMPLETED|p|"
	o := readString(t, sacctHeader+row+"north\n"+row+"south\n"+row+"north\n", Sacct())
	if len(o.Jobs) != 2 || len(o.Refusals) != 1 || o.Refusals[0].Line != 4 {
		t.Errorf("%+v", o)
	}
	o = readString(t, sacctHeader+row+strings.Repeat("n", 256)+"\n"+row+strings.Repeat("n", 257)+"\n", Sacct())
	if len(o.Jobs) != 0 || len(o.Refusals) != 2 {
		t.Errorf("%+v", o)
	}
}

func TestSacctTakesTheClassOfWhatWasGivenOnlyWhereItIsSure(t *testing.T) {
	for tres, want := range map[string]string{
		"gres/gpu=2|gres/gpu:a100=2,gres/gpu=2":             "a100",
		"gres/gpu=2|gres/gpu:a100=3":                        "", // another number of GPUs
		"gres/gpu=2|gres/gpu:a100=1,gres/gpu:v100=1":        "",
		"gres/gpu:a100=1,gres/gpu:v100=1|gres/gpu:a100=2":   "", // asked for two types
		"gres/gpu:v100=2|gres/gpu:a100=2":                   "v100",
		"cpu=1|gres/gpu:a100=2":                             "a100",
		"gres/gpu=2|":                                       "",
		"gres/gpu:a100=2|gres/gpu=2":                        "a100",
		"gres/gpu=3,gres/gpu:a100=2|gres/gpu:v100=3":        "",
		"gres/gpu=2,gres/gpu:a100=2|gres/gpu=2,gres/mps=10": "a100",
	} {
		o := readString(t, sacctHeader+"7|2026-03-01T08:00:00|u|a|"+tres+"|60|00:00:01|COMPLETED|p|\n", Sacct())
		if len(o.Jobs) != 1 || o.Jobs[0].Class != want {
			t.Errorf("%s: %+v, want class %q", tres, o.Jobs, want)
		}
	}
}

func TestTRESCountsGPUsOnce(t *testing.T) {
	for in, want := range map[string]gpuCount{
		"":                                         {},
		"cpu=4,mem=2G":                             {},
		"gres/gpu=2":                               {total: 2},
		"gres/gpu:a100=2":                          {total: 2, class: "a100", typed: true},
		"gres/gpu:a100=2,gres/gpu=2":               {total: 2, class: "a100", typed: true},
		"gres/gpu=2,gres/gpu:a100=2":               {total: 2, class: "a100", typed: true},
		"gres/gpu=3,gres/gpu:a100=2":               {total: 3, typed: true},
		"gres/gpu:a100=1,gres/gpu:v100=1":          {total: 2, typed: true},
		"gres/gpu:a=1,gres/gpu:b=2,gres/gpu=3":     {total: 3, typed: true},
		"gres/gpumem=80G,gres/gpuutil=9,gres/mps=": {},
		"gres/gpu:1g.5gb=1,gres/shard=4":           {total: 1, class: "1g.5gb", typed: true},
		"license/x@y=1,gres/gpu=1,fs/lustre=2":     {total: 1},
	} {
		got, err := tres("ReqTRES", in)
		if err != nil || got != want {
			t.Errorf("tres(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{
		"gres/gpu", "gres/gpu=", "gres/gpu=x", "gres/gpu=1K", "gres/gpu=-1", "gres/gpu=1.5", "gres/gpu:=1",
		"gres/gpu=1,gres/gpu=1", "gres/gpu:a=1,gres/gpu:a=1", "gres/gpu=1,gres/gpu:a=2", "gres/gpu=1,", "=1", ",",
		"gres/gpu:a=9223372036854775807,gres/gpu:b=1", "gres/gpu=9223372036854775808",
	} {
		if got, err := tres("ReqTRES", in); err == nil {
			t.Errorf("tres(%q) = %+v, a refusal is expected", in, got)
		}
	}
}

func TestTimelimitFormsOfSlurm(t *testing.T) {
	for in, want := range map[string]int64{
		"1-02:03:04":            86400 + 2*3600 + 3*60 + 4,
		"02:03:04":              2*3600 + 3*60 + 4,
		"05:00":                 5 * 60,
		"90:00":                 90 * 60,
		"100:00:00":             100 * 3600,
		"30":                    30 * 60,
		"1":                     60,
		"00:01":                 1,
		"2-03":                  2*86400 + 3*3600,
		"2-03:04":               2*86400 + 3*3600 + 4*60,
		"365-00:00:00":          365 * 86400,
		"0-00:00:01":            1,
		"153722867280912930":    153722867280912930 * 60,
		"106751991167300-15:30": 106751991167300*86400 + 15*3600 + 30*60,
	} {
		if got, err := timelimit("Timelimit", in); err != nil || got != want {
			t.Errorf("timelimit(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
	for _, in := range []string{
		"", "0", "00:00:00", "0-0", "UNLIMITED", "Partition_Limit", "partition_limit", "INVALID", "-1", "1-", "-", ":",
		"1:", ":1", "1:2:3:4", "1-2:3:4:5", "1-24:00:00", "00:60:00", "00:00:60", "1-00:60", "1--2", "1.5", "01:00.5",
		" 1", "1 ", "1h", "153722867280912931", "9223372036854775807-00", "99999999999999999999",
		"106751991167300-15:30:08",
	} {
		if got, err := timelimit("Timelimit", in); err == nil {
			t.Errorf("timelimit(%q) = %d, a refusal is expected", in, got)
		}
	}
}

func TestElapsedRoundsAFractionUp(t *testing.T) {
	for in, want := range map[string]int64{
		"": Unknown, "00:00:00": 0, "00:00:00.000": 0, "00:00:00.001": 1, "1-00:00:00": 86400, "00:59.9": 60,
	} {
		if got, err := elapsed("Elapsed", in); err != nil || got != want {
			t.Errorf("elapsed(%q) = %d, %v; want %d", in, got, err, want)
		}
	}
}
