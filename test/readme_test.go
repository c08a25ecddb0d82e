package test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A reader copies the README's commands, so they are run here as they stand. A
// block that is meant to be run has this line right above it:
const runMark = "<!-- run -->"

// block is one such block.
type block struct {
	line     int // of the opening fence
	commands []string
}

// blocks finds the marked blocks of a Markdown text.
func blocks(text string) ([]block, error) {
	var found []block
	marked := 0  // line of a mark whose block has not come yet
	inside := -1 // index of the block whose commands follow
	fenced := false
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimRight(line, " \r")
		number := i + 1
		switch {
		case fenced && line == "```":
			fenced, inside = false, -1
		case inside >= 0:
			found[inside].commands = append(found[inside].commands, line)
		case fenced:
		case marked > 0 && line != "```sh":
			return nil, fmt.Errorf("line %d: %s is not followed by a block of sh", marked, runMark)
		case strings.HasPrefix(line, "```"):
			fenced = true
			if marked > 0 {
				found, inside, marked = append(found, block{line: number}), len(found), 0
			}
		case line == runMark:
			marked = number
		}
	}
	if fenced || marked > 0 {
		return nil, errors.New("the last block does not end")
	}
	return found, nil
}

// runnable is the block without the lines that would start this test again.
func (b block) runnable() string {
	kept := slices.DeleteFunc(slices.Clone(b.commands), func(line string) bool {
		command, _, _ := strings.Cut(line, "#")
		command = strings.TrimSpace(command)
		return command == "make test" || strings.HasSuffix(command, ".ci/run")
	})
	return strings.TrimSpace(strings.Join(kept, "\n"))
}

// copyTree copies the checkout, without what is not in it for a reader.
func copyTree(from, to string) error {
	return filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case entry.IsDir() && slices.Contains([]string{".git", ".bin", "bin", "dist"}, name):
			return filepath.SkipDir
		case entry.IsDir():
			return os.MkdirAll(filepath.Join(to, name), 0o755)
		case !entry.Type().IsRegular():
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, name), content, info.Mode().Perm())
	})
}

// blockTime is how long one block may take; the demo alone has 20 s after its
// build.
const blockTime = 3 * time.Minute

// documents are the pages whose commands are run.
var documents = []string{"README.md", "docs/FAIRNESS.md"}

func TestTheCommandsOfTheDocumentsRun(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs the whole program")
	}
	for _, document := range documents {
		t.Run(document, func(t *testing.T) { runDocument(t, document) })
	}
}

func runDocument(t *testing.T, document string) {
	text, err := os.ReadFile(filepath.Join("..", document))
	if err != nil {
		t.Fatal(err)
	}
	found, err := blocks(string(text))
	if err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	if len(found) == 0 {
		t.Fatalf("%s has no block marked %s", document, runMark)
	}
	tree := filepath.Join(t.TempDir(), "commonpool")
	if err := copyTree("..", tree); err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	for _, b := range found {
		script := b.runnable()
		if script == "" {
			t.Logf("%s:%d: runs this test; skipped", document, b.line)
			continue
		}
		began := time.Now()
		out, err := shell(t.Context(), tree, script)
		if err != nil {
			// Later blocks may need what this one makes.
			t.Fatalf("%s:%d: %v\n%s\nafter\n%s", document, b.line, err, script, out)
		}
		printed.WriteString(out)
		t.Logf("%s:%d: ran in %v", document, b.line, time.Since(began).Round(time.Millisecond))
	}
	requireShown(t, document, string(text), printed.String())
}

// requireShown checks that what a document shows as output (fenced as text) is
// what its commands print, line by line; … stands for lines left out.
func requireShown(t *testing.T, document, text, printed string) {
	t.Helper()
	lines := map[string]bool{}
	for line := range strings.Lines(printed) {
		lines[strings.TrimSpace(line)] = true
	}
	inside := false
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "```text":
			inside = true
		case line == "```":
			inside = false
		case inside && line != "" && line != "…" && !lines[line]:
			t.Errorf("%s:%d: no command prints %q", document, i+1, line)
		}
	}
}

// shell runs a script as a reader would, and stops all of it after blockTime.
func shell(ctx context.Context, dir, script string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, blockTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-euc", script)
	cmd.Dir = dir
	// The race detector's tests run with cgo; the product has none.
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	out, err := cmd.CombinedOutput()
	return string(out), errors.Join(err, ctx.Err())
}

func TestMarkedBlocksAreFoundAndOthersAreNot(t *testing.T) {
	const text = `# Title

` + "```sh\nnot marked\n```" + `

<!-- run -->
` + "```sh\ngo run ./cmd/commonpool demo\n# a remark\nmake test   # everything\n```" + `

` + "```text\n<!-- run -->\n```" + `

<!-- run -->
` + "```sh\nmake test\n```\n"
	found, err := blocks(text)
	if err != nil || len(found) != 2 {
		t.Fatalf("got %v, %v, want two blocks", found, err)
	}
	if got, want := found[0].runnable(), "go run ./cmd/commonpool demo\n# a remark"; got != want || found[0].line != 8 {
		t.Errorf("line %d: %q, want line 8: %q", found[0].line, got, want)
	}
	if got := found[1].runnable(); got != "" {
		t.Errorf("got %q, want nothing left to run", got)
	}
	for _, wrong := range []string{"<!-- run -->\n\ntext\n", "<!-- run -->\n```text\nx\n```\n", "<!-- run -->\n```sh\nx\n", "<!-- run -->"} {
		if found, err := blocks(wrong); err == nil {
			t.Errorf("%q: got %v, want an error", wrong, found)
		}
	}
}

func TestACommandThatFailsIsNoticed(t *testing.T) {
	for script, want := range map[string]bool{"true\nfalse\ntrue": false, "exit 3": false, "echo $UNSET_HERE": false, "true": true} {
		if out, err := shell(t.Context(), t.TempDir(), script); (err == nil) != want {
			t.Errorf("%q: %v %s, want success: %v", script, err, out, want)
		}
	}
}
