package traces

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/commonpool/commonpool/internal/fault"
)

// outcome is all that one Read told its caller.
type outcome struct {
	Jobs     []Job
	Refusals []Refusal
	Summary  Summary
	Err      error
}

func readAll(r io.Reader, f Format) (o outcome) {
	o.Summary, o.Err = Read(
		r, f,
		func(j Job) error { o.Jobs = append(o.Jobs, j); return nil },
		func(r Refusal) error { o.Refusals = append(o.Refusals, r); return nil },
	)
	return o
}

func readString(t *testing.T, s string, f Format) outcome {
	t.Helper()
	o := readAll(strings.NewReader(s), f)
	if o.Err != nil {
		t.Fatalf("Read: %v", o.Err)
	}
	return o
}

// wantFault checks that err is a fault of this code and that every line of the
// input can be found from it.
func wantFault(t *testing.T, err error, kind fault.Kind, code string, line int) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) {
		t.Fatalf("error %v, a *fault.Error is expected", err)
	}
	if f.Kind != kind || f.Code != code || f.Line != line {
		t.Errorf("fault %v/%s at line %d (%v), want %v/%s at line %d", f.Kind, f.Code, f.Line, f, kind, code, line)
	}
}

func refusedAs(t *testing.T, r Refusal, line int, field, reason string) {
	t.Helper()
	if r.Line != line || r.Field != field || !strings.Contains(r.Reason, reason) {
		t.Errorf("refused line %d, %q: %s\nwant line %d, %q: …%s…", r.Line, r.Field, r.Reason, line, field, reason)
	}
}

const (
	csvHeader = "request_id,submit_time,user_id,group_id,gpus,duration_s,gpu_seconds,gpu_class,resource,used_s,state,source\n"
	csvRow1   = "r1,2026-03-01T00:00:00Z,u1,g1,2,60,120,A100,gpu,55,COMPLETED,test\n"
	csvRow2   = "r2,2026-03-01T00:00:01Z,u2,g1,1,60,60,,gpu,,,test\n"
)

func compressed(t testing.TB, how, s string) []byte {
	t.Helper()
	var b bytes.Buffer
	var w io.WriteCloser
	switch how {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zstd":
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	default:
		return []byte(s)
	}
	if _, err := io.WriteString(w, s); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestCompressionIsRecognisedByItsFirstBytes(t *testing.T) {
	plain := readString(t, csvHeader+csvRow1+csvRow2, RequestCSV())
	for _, how := range []string{"gzip", "zstd"} {
		data := compressed(t, how, csvHeader+csvRow1+csvRow2)
		if how == "gzip" { // two members, one after the other, are one input
			data = append(compressed(t, how, csvHeader+csvRow1), compressed(t, how, csvRow2)...)
		}
		got := readAll(iotest.OneByteReader(bytes.NewReader(data)), RequestCSV())
		if diff := cmp.Diff(plain, got); diff != "" {
			t.Errorf("%s (-plain +compressed):\n%s", how, diff)
		}
	}
}

func TestTruncatedArchiveIsOneFaultAfterItsWholeLines(t *testing.T) {
	var rows strings.Builder
	for i := range 20000 {
		fmt.Fprintf(&rows, "r%d,2026-03-01T00:00:00Z,u,g,1,%d,%d,,gpu,,,\n", i, i+1, i+1)
	}
	for _, how := range []string{"gzip", "zstd"} {
		data := compressed(t, how, csvHeader+rows.String())
		for _, cut := range []int{5, 12, len(data) / 2, len(data) - 1} {
			o := readAll(bytes.NewReader(data[:cut]), RequestCSV())
			var f *fault.Error
			if !errors.As(o.Err, &f) || f.Code != "corrupt_compression" || f.Kind != fault.Invalid {
				t.Fatalf("%s cut at %d of %d: error %v", how, cut, len(data), o.Err)
			}
			if o.Summary.Refused != 0 || f.Line != o.Summary.Lines {
				t.Errorf("%s cut at %d: %d lines refused, fault after line %d of %d",
					how, cut, o.Summary.Refused, f.Line, o.Summary.Lines)
			}
		}
	}
}

func TestDamagedArchiveIsInvalidAndFailingReaderUnavailable(t *testing.T) {
	data := compressed(t, "gzip", csvHeader+csvRow1)
	data[len(data)-6] ^= 0xff // the checksum
	o := readAll(bytes.NewReader(data), RequestCSV())
	if f := new(fault.Error); !errors.As(o.Err, &f) || f.Code != "corrupt_compression" {
		t.Errorf("damaged gzip: %v", o.Err)
	}

	broken := errors.New("cable pulled")
	for _, how := range []string{"", "gzip", "zstd"} {
		data := compressed(t, how, csvHeader+csvRow1)
		r := io.MultiReader(bytes.NewReader(data[:len(data)-2]), iotest.ErrReader(broken))
		o = readAll(r, RequestCSV())
		var f *fault.Error
		if !errors.As(o.Err, &f) || f.Code != "unreadable" || f.Kind != fault.Unavailable || !errors.Is(o.Err, broken) {
			t.Errorf("%q: failing reader: %v", how, o.Err)
		}
		if len(o.Jobs) > 0 && how == "" {
			t.Error("the unfinished last line became a job")
		}
	}
	wantFault(t, readAll(idle{}, Sacct()).Err, fault.Unavailable, "unreadable", 0)
	wantFault(t, readAll(iotest.ErrReader(broken), Sacct()).Err, fault.Unavailable, "unreadable", 0)
}

func TestInputWithoutHeaderIsOneFault(t *testing.T) {
	swf := SWF(1)
	job := "1 0 0 5 1 -1 -1 1 10 -1 1 1 1 -1 -1 -1 -1 -1\n"
	for name, c := range map[string]struct {
		format Format
		in     string
		code   string
		line   int
	}{
		"csv, empty":                 {RequestCSV(), "", "no_header", 0},
		"csv, blank lines":           {RequestCSV(), "\n \n", "no_header", 0},
		"csv, data at once":          {RequestCSV(), csvRow1, "missing_column", 1},
		"csv, binary":                {RequestCSV(), "\xff\xfe\x00\x01\n" + csvHeader, "no_header", 1},
		"csv, quote in header":       {RequestCSV(), "a\"b,c\n", "no_header", 1},
		"csv, long header":           {RequestCSV(), strings.Repeat("x", MaxLine+1) + "\n", "no_header", 1},
		"csv, a column missing":      {RequestCSV(), strings.Replace(csvHeader, "gpus,", "", 1), "missing_column", 1},
		"csv, a column twice":        {RequestCSV(), strings.Replace(csvHeader, ",source", ",gpus", 1), "repeated_column", 1},
		"csv, an optional one twice": {RequestCSV(), strings.Replace(csvHeader, ",source", ",state", 1), "repeated_column", 1},
		"sacct, empty":               {Sacct(), "", "no_header", 0},
		"sacct, printed with -n":     {Sacct(), "1|a|b|c\n", "missing_column", 1},
		"sacct, no TRES":             {Sacct(), "JobID|Submit|User|Account|Timelimit|Elapsed|State\n", "missing_column", 1},
		"swf, empty":                 {swf, "", "no_header", 0},
		"swf, comments only":         {swf, "; Version: 2.2\n", "no_header", 0},
		"swf, no start":              {swf, "; Version: 2.2\n" + job, "no_header", 2},
		"swf, start is no number":    {swf, "; UnixStartTime: soon\n", "bad_header", 1},
		"swf, negative start":        {swf, ";\n; UnixStartTime: -1\n", "bad_header", 2},
		"swf, start far away":        {swf, "; UnixStartTime: 9223372036854775807\n", "bad_header", 1},
		"swf, two starts":            {swf, "; UnixStartTime: 5\n; UnixStartTime: 6\n", "bad_header", 2},
		"swf, no processors":         {SWF(0), "; UnixStartTime: 5\n", "bad_option", 0},
		"zero format":                {Format{}, csvHeader, "unknown_format", 0},
	} {
		t.Run(name, func(t *testing.T) {
			o := readAll(strings.NewReader(c.in), c.format)
			wantFault(t, o.Err, fault.Invalid, c.code, c.line)
			if len(o.Jobs)+len(o.Refusals) > 0 {
				t.Errorf("jobs %v, refusals %v", o.Jobs, o.Refusals)
			}
		})
	}
}

func TestMissingColumnsAreAllNamed(t *testing.T) {
	_, err := Read(strings.NewReader("request_id,gpus\n"), RequestCSV(), nil, nil)
	want := "line 1: submit_time: the header lacks: submit_time, group_id, duration_s, gpu_seconds, resource"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant %s", err, want)
	}
}

func TestFormatsAreNamed(t *testing.T) {
	for _, name := range []string{"csv", "sacct", "swf"} {
		f, err := FormatNamed(name, 8)
		if err != nil || f.String() != name {
			t.Errorf("FormatNamed(%q) = %v, %v", name, f, err)
		}
	}
	if f, err := FormatNamed("csv", 8); err != nil || f != RequestCSV() {
		t.Errorf("the processors per GPU are kept by a format without processors: %v, %v", f, err)
	}
	_, err := FormatNamed("swf", 0)
	wantFault(t, err, fault.Invalid, "bad_option", 0)
	_, err = FormatNamed("xml", 1)
	wantFault(t, err, fault.Invalid, "unknown_format", 0)
	if (Format{}).String() != "no format" {
		t.Error("the zero format has a name")
	}
}

func TestCallbacksEndTheReadingWithTheirOwnError(t *testing.T) {
	stop := errors.New("enough")
	in := csvHeader + csvRow1 + "broken\n" + csvRow2
	sum, err := Read(strings.NewReader(in), RequestCSV(), func(Job) error { return stop }, nil)
	if err != stop || sum.Jobs != 1 || sum.Lines != 2 {
		t.Errorf("accept: %+v, %v", sum, err)
	}
	sum, err = Read(strings.NewReader(in), RequestCSV(), nil, func(Refusal) error { return stop })
	if err != stop || sum.Jobs != 1 || sum.Refused != 1 || sum.Lines != 3 {
		t.Errorf("refuse: %+v, %v", sum, err)
	}
	sum, err = Read(strings.NewReader(in), RequestCSV(), nil, nil)
	if err != nil || sum.Jobs != 2 || sum.Refused != 1 || sum.Lines != 4 || sum.GPUSeconds != 120+60 {
		t.Errorf("without callbacks: %+v, %v", sum, err)
	}
	if sum.First.Format("15:04:05") != "00:00:00" || sum.Last.Format("15:04:05") != "00:00:01" {
		t.Errorf("first %v, last %v", sum.First, sum.Last)
	}
}

// longLine is a line of n bytes that nobody holds.
func longLine(n int64) io.Reader {
	return io.MultiReader(io.LimitReader(endless{}, n), strings.NewReader("\n"))
}

// idle is a reader that never gets anywhere.
type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func TestLineLongerThanOneMebibyteIsRefusedWithoutBeingHeld(t *testing.T) {
	const size = 256 << 20
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	o := readAll(io.MultiReader(strings.NewReader(csvHeader+csvRow1), longLine(size), strings.NewReader(csvRow2)), RequestCSV())
	runtime.ReadMemStats(&after)
	if o.Err != nil || len(o.Jobs) != 2 || len(o.Refusals) != 1 || o.Jobs[1].Line != 4 {
		t.Fatalf("%+v", o)
	}
	refusedAs(t, o.Refusals[0], 3, "", "longer than 1 MiB")
	if want := strings.Repeat("x", maxRaw) + "…"; o.Refusals[0].Raw != want {
		t.Errorf("raw %q", o.Refusals[0].Raw)
	}
	if spent := after.TotalAlloc - before.TotalAlloc; spent > 16<<20 {
		t.Errorf("%d MiB allocated for a line of %d MiB", spent>>20, size>>20)
	}
}

func TestLineOfExactlyOneMebibyteIsRead(t *testing.T) {
	for extra, want := range map[int]int{0: 1, 1: 0} {
		for _, end := range []string{"\n", "\r\n", ""} {
			row := strings.TrimSuffix(csvRow1, "\n")
			row += strings.Repeat("s", MaxLine-len(row)+extra) + end
			o := readString(t, csvHeader+row, RequestCSV())
			if len(o.Jobs) != want || len(o.Refusals) != 1-want {
				t.Errorf("%d bytes over, end %q: %d jobs, %d refused", extra, end, len(o.Jobs), len(o.Refusals))
			}
		}
	}
}

func TestLineThatIsNotTextIsRefused(t *testing.T) {
	o := readString(t, csvHeader+
		strings.Replace(csvRow1, "test", "te\x00st", 1)+
		strings.Replace(csvRow1, "test", "te\xffst", 1)+
		"\x1b[31m\xf0\x9f\n"+
		csvRow1, RequestCSV())
	if len(o.Jobs) != 1 || len(o.Refusals) != 3 {
		t.Fatalf("%+v", o)
	}
	refusedAs(t, o.Refusals[0], 2, "", "NUL")
	refusedAs(t, o.Refusals[1], 3, "", "not UTF-8")
	refusedAs(t, o.Refusals[2], 4, "", "not UTF-8")
	for _, r := range o.Refusals {
		if !utf8.ValidString(r.Raw) || strings.ContainsAny(r.Raw, "\x00\x1b") {
			t.Errorf("raw %q is not safe to print", r.Raw)
		}
	}
}

func TestPrintableCutsBetweenCharacters(t *testing.T) {
	for in, want := range map[string]string{
		"abcdef": "abcdef", "abcdefg": "abcdef…", "abcdeé": "abcde…", "abcdé": "abcdé", "abcሀx": "abcሀ…",
		"a\tb": "a\ufffdb", "a\xffb": "a\ufffdb", "\x80\x80\x80\x80\x80\x80\x80": "\ufffd\ufffd…",
	} {
		if got := printable(in, 6); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestDuplicateIDIsRefusedAndARefusedLineKeepsNoID(t *testing.T) {
	o := readString(t, csvHeader+
		strings.Replace(csvRow1, ",120,", ",121,", 1)+ // r1, but a wrong product
		csvRow1+csvRow1+csvRow2, RequestCSV())
	if len(o.Jobs) != 2 || o.Jobs[0].Line != 3 || len(o.Refusals) != 2 {
		t.Fatalf("%+v", o)
	}
	refusedAs(t, o.Refusals[0], 2, "gpu_seconds", "is 121, but gpus × duration_s is 120")
	refusedAs(t, o.Refusals[1], 4, "id", `earlier job "r1"`)
}

func TestSumThatDoesNotFitIsRefused(t *testing.T) {
	big := fmt.Sprintf("%d", int64(math.MaxInt64)/2+1)
	row := "ID,2026-03-01T00:00:00Z,u,g,1," + big + "," + big + ",,gpu,,,\n"
	o := readString(t, csvHeader+strings.Replace(row, "ID", "a", 1)+strings.Replace(row, "ID", "b", 1)+csvRow1, RequestCSV())
	if len(o.Jobs) != 2 || len(o.Refusals) != 1 {
		t.Fatalf("%+v", o)
	}
	refusedAs(t, o.Refusals[0], 3, "gpu_seconds", "sum of all jobs")
}
