package traces

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const swfHeader = `; Version: 2.2
; Computer: a machine with a ; and a : in its name
;UnixStartTime: 1000000000
; TimeZoneString: Africa/Nairobi
`

// swfLine is a good line with some fields, counted from 1, changed.
func swfLine(changes map[int]string) string {
	fields := strings.Fields("1 10 3 50 16 -1 -1 16 60 -1 1 7 3 -1 1 -1 -1 -1")
	for at, to := range changes {
		fields[at-1] = to
	}
	return strings.Join(fields, " ") + "\n"
}

func TestSWFFillsEveryField(t *testing.T) {
	o := readString(t, swfHeader+swfLine(nil), SWF(8))
	want := []Job{{ // 1000000000 is 2001-09-09T01:46:40Z; 16 processors / 8 = 2 GPUs
		Line: 5, ID: "1", Submitted: time.Date(2001, 9, 9, 1, 46, 50, 0, time.UTC), User: "user-7", Group: "group-3",
		GPUs: 2, DurationSeconds: 60, GPUSeconds: 120, UsedSeconds: 50, State: "COMPLETED",
	}}
	if diff := cmp.Diff(want, o.Jobs); diff != "" || o.Refusals != nil {
		t.Errorf("refusals %v\n%s", o.Refusals, diff)
	}
}

func TestSWFAcceptsUnusualButValidLines(t *testing.T) {
	for name, c := range map[string]struct {
		line   string
		change func(*Job)
	}{
		"blanks and tabs":                   {"  \t " + strings.ReplaceAll(swfLine(nil), " ", " \t "), func(*Job) {}},
		"requested processors not known":    {swfLine(map[int]string{8: "-1"}), func(*Job) {}},
		"allocated processors not known":    {swfLine(map[int]string{5: "-1"}), func(*Job) {}},
		"part of a GPU":                     {swfLine(map[int]string{8: "17"}), func(j *Job) { j.GPUs, j.GPUSeconds = 3, 180 }},
		"one processor":                     {swfLine(map[int]string{8: "1"}), func(j *Job) { j.GPUs, j.GPUSeconds = 1, 60 }},
		"run time not known":                {swfLine(map[int]string{4: "-1"}), func(j *Job) { j.UsedSeconds = Unknown }},
		"run time of zero":                  {swfLine(map[int]string{4: "0"}), func(j *Job) { j.UsedSeconds = 0 }},
		"fractions":                         {swfLine(map[int]string{2: "10.9", 4: "49.01", 9: "59.5", 6: "3.25"}), func(*Job) {}},
		"a fraction that is none":           {swfLine(map[int]string{4: "50.0", 9: "60.000"}), func(*Job) {}},
		"less than a second":                {swfLine(map[int]string{9: "0.2"}), func(j *Job) { j.DurationSeconds, j.GPUSeconds = 1, 2 }},
		"failed":                            {swfLine(map[int]string{11: "0"}), func(j *Job) { j.State = "FAILED" }},
		"cancelled":                         {swfLine(map[int]string{11: "5"}), func(j *Job) { j.State = "CANCELLED" }},
		"status not known":                  {swfLine(map[int]string{11: "-1"}), func(j *Job) { j.State = "" }},
		"group not known: the user's alone": {swfLine(map[int]string{13: "-1"}), func(j *Job) { j.Group = "user-7" }},
		"user not known":                    {swfLine(map[int]string{12: "-1"}), func(j *Job) { j.User = "" }},
		"a comment between jobs": {
			"; note \xff Latin-1\n" + swfLine(nil), func(j *Job) { j.Line = 6 },
		},
		"the same start again": {
			"; UnixStartTime: 1000000000 (again)\n" + swfLine(nil), func(j *Job) { j.Line = 6 },
		},
	} {
		t.Run(name, func(t *testing.T) {
			want := Job{
				Line: 5, ID: "1", Submitted: time.Date(2001, 9, 9, 1, 46, 50, 0, time.UTC), User: "user-7", Group: "group-3",
				GPUs: 2, DurationSeconds: 60, GPUSeconds: 120, UsedSeconds: 50, State: "COMPLETED",
			}
			c.change(&want)
			o := readString(t, swfHeader+c.line, SWF(8))
			if diff := cmp.Diff([]Job{want}, o.Jobs); diff != "" || o.Refusals != nil {
				t.Errorf("refusals %v\n%s", o.Refusals, diff)
			}
		})
	}
}

func TestSWFPartsOfASwappedOutJobAreSteps(t *testing.T) {
	o := readString(t, swfHeader+swfLine(nil)+
		swfLine(map[int]string{2: "-1", 11: "2"})+swfLine(map[int]string{2: "-1", 11: "3"})+
		swfLine(map[int]string{1: "2"})+swfLine(map[int]string{1: "2", 2: "-1", 11: "4"}), SWF(1))
	if s := o.Summary; s.Jobs != 2 || s.Steps != 3 || s.Refused != 0 || s.Lines != 9 {
		t.Errorf("%+v", s)
	}
}

func TestSWFRefusesALineAndGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		changes       map[int]string
		field, reason string
	}{
		"17 fields":            {map[int]string{18: ""}, "", "too few columns: 17 fields"},
		"19 fields":            {map[int]string{18: "-1 -1"}, "", "too many columns: 19 fields"},
		"a word":               {map[int]string{15: "batch"}, "queue", "is not a number"},
		"two signs":            {map[int]string{7: "--1"}, "used memory", "is not a number"},
		"an exponent":          {map[int]string{6: "1e5"}, "average CPU time", "is not a number"},
		"no job number":        {map[int]string{1: "-1"}, "job number", "is negative"},
		"job number and a bit": {map[int]string{1: "1.5"}, "job number", "not a whole number"},
		"no submission":        {map[int]string{2: "-1"}, "submit time", "is not known"},
		"submitted before":     {map[int]string{2: "-5"}, "submit time", "is negative"},
		"submitted far away":   {map[int]string{2: "9223372036854775807"}, "submit time", "outside the years"},
		"no processors known":  {map[int]string{5: "-1", 8: "-1"}, "requested processors", "is not known"},
		"no processors":        {map[int]string{8: "0"}, "requested processors", "is 0, at least 1"},
		"minus two processors": {map[int]string{8: "-2"}, "requested processors", "is negative"},
		"none allocated":       {map[int]string{5: "0", 8: "-1"}, "allocated processors", "is 0, at least 1"},
		"no time known":        {map[int]string{9: "-1"}, "requested time", "is not known"},
		"no time":              {map[int]string{9: "0"}, "requested time", "is 0, at least 1"},
		"minus half a second":  {map[int]string{9: "-0.5"}, "requested time", "is negative"},
		"too long":             {map[int]string{9: "9223372036854775807.5"}, "requested time", "does not fit"},
		"too much":             {map[int]string{9: "9223372036854775807"}, "requested time", "does not fit"},
		"negative run":         {map[int]string{4: "-2"}, "run time", "is negative"},
		"a run too long":       {map[int]string{4: "9223372036854775807.5"}, "run time", "does not fit"},
		"status 6":             {map[int]string{11: "6"}, "status", "none of"},
		"nobody":               {map[int]string{12: "-1", 13: "-1"}, "group id", "is not known, nor is the user"},
		"user minus two":       {map[int]string{12: "-2"}, "user id", "is negative"},
	} {
		t.Run(name, func(t *testing.T) {
			o := readString(t, swfHeader+swfLine(c.changes)+swfLine(map[int]string{1: "9"}), SWF(8))
			if len(o.Jobs) != 1 || o.Jobs[0].ID != "9" || len(o.Refusals) != 1 {
				t.Fatalf("%+v", o)
			}
			refusedAs(t, o.Refusals[0], 5, c.field, c.reason)
		})
	}
}
