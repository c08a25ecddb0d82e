package test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The import table stands in .golangci.yml, as the rules of depguard. These
// tests read it there: so it holds in a plain go test as well, no room is
// without a rule, and the linter is known to bite.

const module = "github.com/commonpool/commonpool"

// rule is a rule of depguard.
type rule struct {
	Mode  string   `yaml:"list-mode"`
	Files []string `yaml:"files"`
	Allow []string `yaml:"allow"`
	Deny  []struct {
		Pkg string `yaml:"pkg"`
	} `yaml:"deny"`
}

// table reads depguard's rules.
func table(t *testing.T) map[string]rule {
	t.Helper()
	content, err := os.ReadFile("../.golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Linters struct {
			Enable   []string `yaml:"enable"`
			Settings struct {
				Depguard struct {
					Rules map[string]rule `yaml:"rules"`
				} `yaml:"depguard"`
			} `yaml:"settings"`
		} `yaml:"linters"`
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(file.Linters.Enable, "depguard") {
		t.Fatal("depguard is not enabled")
	}
	return file.Linters.Settings.Depguard.Rules
}

// longest returns the length of the longest entry that covers an import, or 0.
// An entry covers what begins with it, or with a `$` at its end only itself.
func longest(entries []string, path string) int {
	best := 0
	for _, entry := range entries {
		exact, isExact := strings.CutSuffix(entry, "$")
		switch {
		case entry == "$gostd":
			top, _, _ := strings.Cut(path, "/")
			if !strings.Contains(top, ".") {
				best = max(best, len(top))
			}
		case isExact && path == exact, !isExact && strings.HasPrefix(path, entry):
			best = max(best, len(entry))
		}
	}
	return best
}

// admits tells whether a rule lets a file import a package, as depguard does:
// where both lists cover it, the longer entry counts.
func (r rule) admits(path string) bool {
	var denied []string
	for _, d := range r.Deny {
		denied = append(denied, d.Pkg)
	}
	allow, deny := longest(r.Allow, path), longest(denied, path)
	if r.Mode == "lax" {
		return deny == 0 || allow > deny
	}
	return allow > deny
}

// rooms lists the folders below internal/ that hold Go files.
func rooms(t *testing.T) []string {
	t.Helper()
	var list []string
	err := filepath.WalkDir("../internal", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && entry.Name() == "testdata" {
			return filepath.SkipDir
		}
		room := filepath.ToSlash(strings.TrimPrefix(filepath.Dir(path), "../internal/"))
		if strings.HasSuffix(path, ".go") && !slices.Contains(list, room) {
			list = append(list, room)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestEveryRoomHasAStrictRuleOfItsOwn(t *testing.T) {
	rules := table(t)
	for _, room := range rooms(t) {
		r, exists := rules[strings.ReplaceAll(room, "/", "-")]
		want := []string{"**/internal/" + room + "/*.go", "!$test"}
		switch {
		case !exists:
			t.Errorf("internal/%s has no rule in .golangci.yml", room)
		case r.Mode != "strict" || !slices.Equal(r.Files, want):
			t.Errorf("internal/%s: mode %q, files %q, want strict, %q", room, r.Mode, r.Files, want)
		}
		if r.admits(module + "/internal/stranger") {
			t.Errorf("internal/%s may import any room", room)
		}
		for _, allowed := range r.Allow {
			if strings.HasPrefix(allowed, "github.com/commonpool") && !strings.HasSuffix(allowed, "$") {
				t.Errorf("internal/%s: %q allows what is below it as well; end it with $", room, allowed)
			}
		}
	}
}

func TestNoImportBreaksTheTable(t *testing.T) {
	rules := table(t)
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,TestImports,XTestImports",
		"./internal/...", "./config/...")
	cmd.Dir = ".."
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	arrows := 0
	for packages := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath                         string
			Imports, TestImports, XTestImports []string
		}
		if err := packages.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		room := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module+"/"), "internal/")
		check := func(name string, imports []string) {
			for _, path := range imports {
				arrows++
				if !rules[name].admits(path) {
					t.Errorf("%s imports %s, which rule %q does not allow", p.ImportPath, path, name)
				}
			}
		}
		check(strings.ReplaceAll(room, "/", "-"), p.Imports)
		check("tests", p.TestImports)
		check("tests", p.XTestImports)
	}
	t.Logf("%d imports checked", arrows)
	if arrows == 0 {
		t.Error("nothing was checked")
	}
}

func TestTheTableSaysWhatTheHouseSays(t *testing.T) {
	rules := table(t)
	for _, x := range []struct {
		room, path string
		want       bool
	}{
		{"credit", "math/bits", true},
		{"credit", module + "/internal/fault", false},
		{"pool", module + "/internal/credit", true},
		{"pool", module + "/internal/creditors", false},
		{"pool", module + "/internal/credit/below", false},
		{"pool", module + "/internal/matching", false},
		{"pool", "os/exec", false},
		{"pool", "log/slog", false},
		{"world", "math/rand/v2", true},
		{"world", "math/rand", false},
		{"report", module + "/internal/pool", false},
		{"roundfile", "github.com/klauspost/compress/zstd", true},
		{"roundfile", "os", true},
		{"fairshare", module + "/internal/credit", true},
		{"fairshare", module + "/internal/pool", false},
		{"fairshare", "time", true}, // the type; the clock is forbidigo's
		{"fairshare", "context", false},
		{"fairshare", "log/slog", false},
		{"fairshare", "maps", false},
		{"fairshare", "math/big", false},
		{"fairshare", "math/rand/v2", false},
		{"fairshare", "net", false},
		{"fairshare", "os", false},
		{"fairshare", "reflect", false},
		{"fairshare", "unsafe", false},
		{"config", module + "/internal/pool", true},
		{"config", module + "/internal/fairshare", false},
		{"cmd", "gorm.io/gorm", true},
		{"cmd", "math/rand", false},
		{"tests", "go/ast", true},
		{"tests", "pgregory.net/rapid", true},
		{"advice", "pgregory.net/rapid", false},
	} {
		r, exists := rules[x.room]
		if got := r.admits(x.path); !exists || got != x.want {
			t.Errorf("%s may import %s: %v, want %v (rule exists: %v)", x.room, x.path, got, x.want, exists)
		}
	}
}

// In a small tree with the house's configuration, where every room imports a
// stranger, reads the clock and counts in floats, the linter reports all three
// for every room.
func TestTheLinterNoticesAStrangerAClockAndAFloatInEveryRoom(t *testing.T) {
	linter, err := filepath.Abs("../.bin/golangci-lint")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(linter); err != nil {
		t.Skip("the linter is not installed; make lint does it")
	}
	tree := t.TempDir()
	write := func(name, content string) {
		t.Helper()
		path := filepath.Join(tree, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config, err := os.ReadFile("../.golangci.yml")
	if err != nil {
		t.Fatal(err)
	}
	write(".golangci.yml", string(config))
	write("go.mod", "module "+module+"\n\ngo 1.26.0\n")
	write("internal/stranger/stranger.go", "package stranger\n")
	for _, room := range rooms(t) {
		write("internal/"+room+"/wrong.go", fmt.Sprintf("package %s\n\nimport (\n\t\"time\"\n\n\t_ %q\n)\n\n"+
			"var now = time.Now\n\nvar half float64\n", filepath.Base(room), module+"/internal/stranger"))
	}
	cmd := exec.CommandContext(t.Context(), linter, "run", "--allow-parallel-runners",
		"--enable-only=depguard,forbidigo", "--output.text.print-issued-lines=false", "./...")
	cmd.Dir = tree
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Error("the linter found nothing wrong")
	}
	for _, room := range rooms(t) {
		at := "internal/" + room + "/wrong.go:"
		for _, want := range []string{
			at + "6:2: import '" + module + "/internal/stranger' is not allowed from list '" + strings.ReplaceAll(room, "/", "-") + "'",
			at + "9:11: use of `time.Now` forbidden",
			at + "11:10: use of `float64` forbidden",
		} {
			if !strings.Contains(string(out), want) {
				t.Errorf("not reported: %s", want)
			}
		}
	}
	if t.Failed() {
		t.Logf("it said:\n%s", out)
	}
}
