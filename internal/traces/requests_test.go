package traces

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRequestCSVFillsEveryField(t *testing.T) {
	o := readString(t, csvHeader+csvRow1+csvRow2, RequestCSV())
	want := []Job{
		{
			Line: 2, ID: "r1", Submitted: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), User: "u1", Group: "g1",
			GPUs: 2, DurationSeconds: 60, GPUSeconds: 120, Class: "A100", UsedSeconds: 55, State: "COMPLETED",
		},
		{
			Line: 3, ID: "r2", Submitted: time.Date(2026, 3, 1, 0, 0, 1, 0, time.UTC), User: "u2", Group: "g1",
			GPUs: 1, DurationSeconds: 60, GPUSeconds: 60, UsedSeconds: Unknown,
		},
	}
	if diff := cmp.Diff(want, o.Jobs); diff != "" {
		t.Error(diff)
	}
}

func TestRequestCSVAcceptsUnusualButValidLines(t *testing.T) {
	const minimal = "resource,note,gpu_seconds,duration_s,gpus,group_id,submit_time,request_id\n"
	for name, c := range map[string]struct {
		in   string
		want Job
	}{
		"other order, columns unknown and absent": {
			minimal + "gpu,x,6,3,2,g,2026-03-01T00:00:00Z,a\n",
			Job{Line: 2, ID: "a", Group: "g", GPUs: 2, DurationSeconds: 3, GPUSeconds: 6, UsedSeconds: Unknown},
		},
		"byte order mark, CRLF, no end of the last line": {
			"\ufeff" + strings.ReplaceAll(minimal, "\n", "\r\n") + "gpu,x,6,3,2,g,2026-03-01T00:00:00Z,a",
			Job{Line: 2, ID: "a", Group: "g", GPUs: 2, DurationSeconds: 3, GPUSeconds: 6, UsedSeconds: Unknown},
		},
		"blank lines": {
			"\n" + minimal + "\n   \r\ngpu,x,6,3,2,g,2026-03-01T00:00:00Z,a\n\n",
			Job{Line: 5, ID: "a", Group: "g", GPUs: 2, DurationSeconds: 3, GPUSeconds: 6, UsedSeconds: Unknown},
		},
		"quotes, a comma and a quote inside, other alphabets": {
			`"resource","no""te",gpu_seconds,duration_s,gpus,group_id,submit_time,request_id` + "\n" +
				`"gpu","a,""b""",6,"3",2,"Université, Yaoundé","2026-03-01T00:00:00Z","ጥያቄ ""1"""` + "\n",
			Job{
				Line: 2, ID: `ጥያቄ "1"`, Group: "Université, Yaoundé", GPUs: 2, DurationSeconds: 3, GPUSeconds: 6,
				UsedSeconds: Unknown,
			},
		},
		"zone, fraction, leading zeros": {
			minimal + "gpu,,0006,3,02,g,2026-03-01T02:00:00.0000009+02:00,a\n",
			Job{Line: 2, ID: "a", Group: "g", GPUs: 2, DurationSeconds: 3, GPUSeconds: 6, UsedSeconds: Unknown},
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := readString(t, c.in, RequestCSV())
			c.want.Submitted = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
			if diff := cmp.Diff([]Job{c.want}, o.Jobs); diff != "" || o.Refusals != nil {
				t.Errorf("refusals %v\n%s", o.Refusals, diff)
			}
		})
	}
}

func TestRequestCSVRefusesALineAndGoesOn(t *testing.T) {
	row := strings.TrimSuffix(csvRow2, "\n")
	change := func(from, to string) string {
		if !strings.Contains(row, from) {
			t.Fatalf("%q is not in %q", from, row)
		}
		return strings.Replace(row, from, to, 1)
	}
	const amounts = ",1,60,60,"
	for name, c := range map[string]struct{ line, field, reason string }{
		"too few columns":         {"a,b", "", "too few columns: 2 fields, the header has 12"},
		"one column":              {"a", "", "too few columns: 1 field, the header has 12"},
		"too many columns":        {row + ",x", "", "too many columns: 13 fields"},
		"bare quote":              {change("u2", `u"2`), "", "quote"},
		"text after a quote":      {change("u2", `"u2"x`), "", "closing quote"},
		"open quote":              {change("u2", `"u2`), "", "does not end on its line"},
		"quoted line break":       {change("test", "\"te\nst\""), "", "does not end on its line"},
		"no id":                   {change("r2", ""), "request_id", "is empty"},
		"long id":                 {change("r2", strings.Repeat("r", 257)), "request_id", "longer than 256"},
		"blank before an id":      {change("r2", " r2"), "request_id", "begins or ends with a blank"},
		"escape in an id":         {change("r2", "r\x1b2"), "request_id", "cannot be printed"},
		"right to left mark":      {change("g1", "g\u202e1"), "group_id", "cannot be printed"},
		"no group":                {change("g1", ""), "group_id", "is empty"},
		"cores":                   {change(",gpu,", ",cpu_core,"), "resource", `not a request for GPUs: "cpu_core"`},
		"no resource":             {change(",gpu,", ",,"), "resource", "not a request for GPUs"},
		"no time":                 {change("2026-03-01T00:00:01Z", ""), "submit_time", "is not known"},
		"unknown time":            {change("2026-03-01T00:00:01Z", "Unknown"), "submit_time", "is not known"},
		"time without zone":       {change("01Z", "01"), "submit_time", "not a time like"},
		"30 February":             {change("03-01T", "02-30T"), "submit_time", "not a time like"},
		"one digit of an hour":    {change("T00:", "T0:"), "submit_time", "not a time like"},
		"comma before a fraction": {change("2026-03-01T00:00:01Z", `"2026-03-01T00:00:01,5Z"`), "submit_time", "not a time like"},
		"before computers":        {change("2026", "0026"), "submit_time", "outside the years"},
		"year 10000 in UTC":       {change("2026-03-01T00:00:01Z", "9999-12-31T23:59:59-01:00"), "submit_time", "outside the years"},
		"no GPUs":                 {change(amounts, ",0,60,0,"), "gpus", "is 0, at least 1"},
		"negative GPUs":           {change(amounts, ",-1,60,-60,"), "gpus", "is negative"},
		"half a GPU":              {change(amounts, ",0.5,60,30,"), "gpus", "not a whole number"},
		"plus sign":               {change(amounts, ",+1,60,60,"), "gpus", "not a whole number"},
		"exponent":                {change(amounts, ",1e0,60,60,"), "gpus", "not a whole number"},
		"digits of Arabic":        {change(amounts, ",١,60,60,"), "gpus", "not a whole number"},
		"empty GPUs":              {change(amounts, ",,60,60,"), "gpus", "is empty"},
		"no duration":             {change(amounts, ",1,0,0,"), "duration_s", "is 0, at least 1"},
		"number of 65 bits":       {change(amounts, ",1,9223372036854775808,1,"), "duration_s", "does not fit"},
		"product of 64 bits":      {change(amounts, ",2,4611686018427387904,1,"), "gpu_seconds", "does not fit"},
		"product of 100 bits":     {change(amounts, ",9223372036854775807,9223372036854775807,1,"), "gpu_seconds", "does not fit"},
		"another product":         {change(amounts, ",1,60,61,"), "gpu_seconds", "is 61, but gpus × duration_s is 60"},
		"no product":              {change(amounts, ",1,60,,"), "gpu_seconds", "is empty"},
		"negative use":            {change(",gpu,,", ",gpu,-5,"), "used_s", "is negative"},
		"use that is no number":   {change(",gpu,,", ",gpu,NA,"), "used_s", `not a whole number: "NA"`},
	} {
		t.Run(name, func(t *testing.T) {
			o := readString(t, csvHeader+csvRow1+c.line+"\n"+strings.Replace(csvRow1, "r1", "r3", 1), RequestCSV())
			if len(o.Jobs) != 2 || o.Jobs[1].ID != "r3" || len(o.Refusals) == 0 {
				t.Fatalf("%+v", o)
			}
			refusedAs(t, o.Refusals[0], 3, c.field, c.reason)
			if len(o.Refusals[0].Raw) > 4*maxRaw {
				t.Errorf("raw of %d bytes", len(o.Refusals[0].Raw))
			}
		})
	}
}
