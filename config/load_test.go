package config

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/pflag"

	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
)

// file writes a file of settings and returns where it is.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "commonpool.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// commandLine is the flags of a command with some settings and one other flag.
func commandLine(t *testing.T, args ...string) *pflag.FlagSet {
	t.Helper()
	flags := pflag.NewFlagSet("commonpool", pflag.ContinueOnError)
	flags.String("output", "table", "")
	flags.Int("workers", 0, "")
	flags.Int64("policy-max-passes", 8, "")
	flags.String("in", "", "")
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return flags
}

// places lists "line|path|code" of every fault of an error.
func places(err error) []string {
	var list []string
	for _, f := range each(err) {
		list = append(list, f.Path+" "+f.Code)
	}
	return list
}

func TestTheDefaultsAreTheFoundingPolicyOnEveryProcessorAsATable(t *testing.T) {
	got, err := Load("", nil)
	want := Config{
		Policy: pool.Policy{GuaranteePermille: 500, BankLimitRounds: 4, MaxPasses: 8},
		Output: "table",
	}
	if err != nil || got != want || got != Default() {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if got.WorkersHere() != runtime.GOMAXPROCS(0) {
		t.Errorf("%d workers here, want as many as processors", got.WorkersHere())
	}
	if n := (Config{Workers: 3}).WorkersHere(); n != 3 {
		t.Errorf("%d workers here, want the 3 that were set", n)
	}
}

func TestTheSampleFileSaysWhatTheDefaultsSay(t *testing.T) {
	// From other settings than the defaults, the sample alone leads to them: it
	// names every key.
	c := Config{Policy: pool.Policy{GuaranteePermille: -1, BankLimitRounds: -1, MaxPasses: -1}, Workers: -1, Output: "-"}
	l := loader{settings: c.settings()}
	if err := l.file("commonpool.yaml"); err != nil || len(l.found) > 0 {
		t.Fatal(err, l.found)
	}
	if diff := cmp.Diff(Default(), c); diff != "" {
		t.Errorf("defaults (-) and commonpool.yaml (+) differ:\n%s", diff)
	}
}

func TestTheEnvironmentOverridesTheFileAndTheCommandLineBoth(t *testing.T) {
	path := file(t, "workers: 1\noutput: json\npolicy:\n  max_passes: 1\n  bank_limit_rounds: 9\n")
	t.Setenv("COMMONPOOL_WORKERS", "2")
	t.Setenv("COMMONPOOL_POLICY_MAX_PASSES", "2")
	got, err := Load(path, commandLine(t, "--workers", "3"))
	want := Config{
		Policy: pool.Policy{
			GuaranteePermille: 500, // nowhere: the default
			BankLimitRounds:   9,   // file
			MaxPasses:         2,   // file 1 < environment 2; the flag's default does not count
		},
		Workers: 3, // file 1 < environment 2 < command line 3
		Output:  JSON,
	}
	if err != nil || got != want {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
}

func TestEveryFaultOfEverySourceIsReportedAtOnceWithItsPlace(t *testing.T) {
	path := file(t, `
workers: 7.5
outptu: json
policy:
  guarantee_permille: 1001
  bank_limit: 4
  max_passes: [8]
`)
	t.Setenv("COMMONPOOL_POLICY_BANK_LIMIT_ROUNDS", "four")
	t.Setenv("COMMONPOOL_POLICY_PASSES", "8")
	_, err := Load(path, commandLine(t, "--output", "xml"))
	want := []string{
		"outptu unknown_key",
		"policy.bank_limit unknown_key",
		"policy.max_passes malformed",
		"workers malformed",
		"COMMONPOOL_POLICY_BANK_LIMIT_ROUNDS malformed",
		"COMMONPOOL_POLICY_PASSES unknown_key",
		"policy.guarantee_permille out_of_range",
		"output out_of_range",
	}
	if diff := cmp.Diff(want, places(err)); diff != "" {
		t.Errorf("-want +got:\n%s\n%v", diff, err)
	}
	for _, f := range each(err) {
		if f.Kind != fault.Invalid {
			t.Errorf("%v is %v, want invalid", f, f.Kind)
		}
	}
}

func TestAValueIsTakenExactlyOrRefused(t *testing.T) {
	for content, want := range map[string]string{
		"workers: 1024":                 "",
		"workers: 1025":                 "workers: is 1025, expected 0 (as many as there are processors) to 1024",
		"workers: -1":                   "workers: is -1, expected 0 (as many as there are processors) to 1024",
		"workers: 1e3":                  "workers: is 1000, expected a whole number",
		"workers: true":                 "workers: is true, expected a whole number",
		"workers:":                      "workers: is empty, expected a whole number",
		"workers: 18446744073709551615": "workers: is 18446744073709551615, expected a whole number",
		`workers: "2"`:                  "",
		`workers: " 2"`:                 `workers: is " 2", expected a whole number`,
		"output: 3":                     "output: is 3, expected a word",
		"output: {}":                    "output: is a section, expected a word",
		"output: JSON":                  `output: is "JSON", expected one of table, json, yaml, csv`,
		"policy:":                       "",
		"policy: {}":                    "",
		"policy: 3":                     "policy: is 3, expected a section with policy.bank_limit_rounds, policy.guarantee_permille, policy.max_passes",
		"policy.max_passes: 3":          "policy.max_passes: there is no such key; there are output, policy.bank_limit_rounds, policy.guarantee_permille, policy.max_passes, workers",
		"policy: {max: 3}":              "policy.max: there is no such key; there are policy.bank_limit_rounds, policy.guarantee_permille, policy.max_passes",
		"1: 2":                          "1: there is no such key; there are output, policy.bank_limit_rounds, policy.guarantee_permille, policy.max_passes, workers",
		"":                              "",
		"# nothing\n":                   "",
	} {
		t.Run(content, func(t *testing.T) {
			_, err := Load(file(t, content), nil)
			got := ""
			if err != nil {
				got = err.Error()
			}
			if got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
		})
	}
}

func TestAFileThatCannotBeReadIsOneClearFault(t *testing.T) {
	folder := t.TempDir()
	for name, x := range map[string]struct {
		path string
		kind fault.Kind
		code string
		line int
	}{
		"absent":           {filepath.Join(folder, "none.yaml"), fault.NotFound, "no_such_file", 0},
		"a folder":         {folder, fault.Unavailable, "unreadable", 0},
		"endless":          {"/dev/zero", fault.Invalid, "too_large", 0},
		"a key twice":      {file(t, "workers: 1\nworkers: 2\n"), fault.Invalid, "malformed", 2},
		"a tab":            {file(t, "policy:\n\tmax_passes: 8\n"), fault.Invalid, "malformed", 2},
		"a list":           {file(t, "- workers\n"), fault.Invalid, "malformed", 1},
		"NUL":              {file(t, "workers: \x00\n"), fault.Invalid, "malformed", 0},
		"refers to itself": {file(t, "workers: &w [*w]\n"), fault.Invalid, "malformed", 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(x.path, nil)
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != x.kind || f.Code != x.code || f.Line != x.line {
				t.Errorf("got %#v, want %v %s in line %d", err, x.kind, x.code, x.line)
			}
			if x.kind == fault.NotFound && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%v does not unwrap to fs.ErrNotExist", err)
			}
		})
	}
}

func TestVariablesAndFlagsThatAreNoSettingsAreLeftAlone(t *testing.T) {
	t.Setenv("COMMONPOOL_TEST_DATA", "anywhere")
	t.Setenv("COMMONPOOL_PORT_80_TCP", "tcp://10.0.0.1:80")
	got, err := Load("", commandLine(t, "--in", "round.jsonl"))
	if err != nil || got != Default() {
		t.Errorf("got %+v, %v, want the defaults", got, err)
	}
}

func TestAnEmptyVariableIsAFaultNotAZero(t *testing.T) {
	t.Setenv("COMMONPOOL_WORKERS", "")
	_, err := Load("", nil)
	if err == nil || !strings.Contains(err.Error(), `COMMONPOOL_WORKERS: is "", expected a whole number`) {
		t.Errorf("got %v", err)
	}
}

// FuzzFile: whatever a file holds, the answer is settings within their bounds
// or faults, and never a panic.
func FuzzFile(f *testing.F) {
	sample, err := os.ReadFile("commonpool.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sample)
	for _, seed := range []string{
		"workers: 1e3", "policy: &p {max_passes: 1}\nx: *p", "? [a]\n: b", "<<: {workers: 2}",
		"policy: {1: 2, a.b: 3}", "workers: !!binary aGk=", "--- \nworkers: 1\n--- \nworkers: 2", "output: 2026-01-01",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		c := Default()
		l := loader{settings: c.settings()}
		if err := l.document("fuzz.yaml", content); err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v is %v, want invalid", err, fault.KindOf(err))
			}
			if c != Default() {
				t.Errorf("a file that was refused set %+v", c)
			}
		}
		_ = c.Check()
	})
}
