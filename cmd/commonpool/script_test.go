package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"commonpool": main})
}

// TestScripts runs the command line as a person would. UPDATE_SCRIPTS=1 writes
// the outputs found into the scripts.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       os.Getenv("UPDATE_SCRIPTS") != "",
		Setup: func(env *testscript.Env) error {
			for _, name := range []string{"worked-round.jsonl", "worked-round.decision.jsonl"} {
				data, err := os.ReadFile(filepath.Join("..", "..", "docs", "examples", name))
				if err != nil {
					return err
				}
				if err := os.WriteFile(filepath.Join(env.WorkDir, name), data, 0o600); err != nil {
					return err
				}
			}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits":    cmdExits,
			"refuses":  cmdRefuses,
			"damage":   cmdDamage,
			"deeptree": cmdDeepTree,
			"gzip":     cmdGzip,
			"cut":      cmdCut,
			"folder":   cmdFolder,
		},
	})
}

// exits CODE COMMAND ARGS... runs a program that must end with that code.
func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, expected %d; stderr: %s", got, want, ts.ReadFile("stderr"))
	}
}

// refuses SNAPSHOT ERROR simulates a malformed snapshot: exit code 2, the one
// line of that error, no output, and an output of before left as it was.
func cmdRefuses(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: refuses SNAPSHOT ERROR")
	}
	folder := ts.MkAbs("refused")
	ts.Check(os.RemoveAll(folder))
	ts.Check(os.Mkdir(folder, 0o700))
	before := filepath.Join(folder, "before.jsonl")
	ts.Check(os.WriteFile(before, []byte("as it was\n"), 0o600))
	for _, out := range []string{"refused/new.jsonl", "refused/before.jsonl", "-"} {
		cmdExits(ts, false, []string{"2", "commonpool", "simulate", "--in", args[0], "--out", out})
		if got, want := ts.ReadFile("stderr"), "commonpool: "+args[0]+": "+args[1]+"\n"; got != want {
			ts.Fatalf("stderr:\n%sexpected:\n%s", got, want)
		}
		if got := ts.ReadFile("stdout"); got != "" {
			ts.Fatalf("stdout: %s", got)
		}
	}
	left, err := os.ReadDir(folder)
	ts.Check(err)
	if data := ts.ReadFile(before); len(left) != 1 || data != "as it was\n" {
		ts.Fatalf("left behind: %v, %q", left, data)
	}
}

// damage IN OUT LINE OLD NEW replaces a piece of a line. In OLD and NEW, \0 is a
// NUL byte and $ALL the whole line.
func cmdDamage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 5 {
		ts.Fatalf("usage: damage IN OUT LINE OLD NEW")
	}
	lines := strings.SplitAfter(ts.ReadFile(args[0]), "\n")
	n, err := strconv.Atoi(args[2])
	ts.Check(err)
	line := lines[n-1]
	spell := strings.NewReplacer(`\0`, "\x00", "@ALL", strings.TrimSuffix(line, "\n"), `\n`, "\n").Replace
	lines[n-1] = strings.Replace(line, spell(args[3]), spell(args[4]), 1)
	if lines[n-1] == line {
		ts.Fatalf("%s is not in line %d: %s", args[3], n, line)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(strings.Join(lines, "")), 0o600))
}

// deeptree IN OUT LEVELS adds to a snapshot a chain of nodes below its last
// node.
func cmdDeepTree(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: deeptree IN OUT LEVELS")
	}
	levels, err := strconv.Atoi(args[2])
	ts.Check(err)
	file, err := os.Create(ts.MkAbs(args[1]))
	ts.Check(err)
	out := bufio.NewWriter(file)
	_, err = out.WriteString(ts.ReadFile(args[0]))
	ts.Check(err)
	parent := "BO"
	for i := range levels {
		id := "deep-" + strconv.Itoa(i)
		_, err := fmt.Fprintf(out, `{"record":"node","id":%q,"parent":%q,"kind":"project"}`+"\n", id, parent)
		ts.Check(err)
		parent = id
	}
	ts.Check(out.Flush())
	ts.Check(file.Close())
}

// gzip IN OUT compresses a file.
func cmdGzip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: gzip IN OUT")
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write([]byte(ts.ReadFile(args[0])))
	ts.Check(err)
	ts.Check(w.Close())
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), b.Bytes(), 0o600))
}

// cut FILE BYTES drops the last bytes of a file.
func cmdCut(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: cut FILE BYTES")
	}
	info, err := os.Stat(ts.MkAbs(args[0]))
	ts.Check(err)
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	ts.Check(os.Truncate(ts.MkAbs(args[0]), info.Size()-n))
}

// folder PATH NAMES... checks that a folder has these files and no others.
func cmdFolder(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: folder PATH NAMES...")
	}
	var names []string
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if fmt.Sprint(names) != fmt.Sprint(args[1:]) {
		ts.Fatalf("%s has %v, expected %v", args[0], names, args[1:])
	}
}
