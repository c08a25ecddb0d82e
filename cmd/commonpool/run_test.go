package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/fault"
)

// quietApp is an app without a terminal, and what it complains.
func quietApp() (*app, *bytes.Buffer) {
	var stderr bytes.Buffer
	return &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: &stderr}, &stderr
}

func TestAPanicIsOneLineAndItsOwnExitCode(t *testing.T) {
	folder := t.TempDir()
	a, stderr := quietApp()
	root := a.rootCommand()
	root.AddCommand(&cobra.Command{Use: "fall", RunE: func(*cobra.Command, []string) error {
		return a.writeOutput(filepath.Join(folder, "out"), func(io.Writer) error { panic("two\nlines") })
	}})
	if code := a.execute(root, []string{"fall"}); code != exitInternal {
		t.Errorf("exit code %d", code)
	}
	if got := stderr.String(); got != "commonpool: internal error, please report it: two; lines\n" {
		t.Errorf("said %q", got)
	}
	checkEmpty(t, folder)
}

func TestASignalDropsTheOutputBeingWritten(t *testing.T) {
	folder := t.TempDir()
	a, stderr := quietApp()
	root := a.rootCommand()
	stop := make(chan os.Signal, 1)
	over := make(chan error, 1)
	root.AddCommand(&cobra.Command{Use: "work", RunE: func(*cobra.Command, []string) error {
		err := a.writeOutput(filepath.Join(folder, "out"), func(w io.Writer) error {
			if _, err := io.WriteString(w, "some\n"); err != nil {
				return err
			}
			if list, err := os.ReadDir(folder); err != nil || len(list) != 1 {
				t.Errorf("while writing: %v, %v", list, err)
			}
			stop <- os.Interrupt
			for {
				if _, err := io.WriteString(w, "more\n"); err != nil {
					return err
				}
				time.Sleep(time.Millisecond)
			}
		})
		over <- err
		return err
	}})
	if code := a.runUntil(stop, root, []string{"work"}); code != exitInterrupted {
		t.Errorf("exit code %d", code)
	}
	if err := <-over; !errors.Is(err, errInterrupted) {
		t.Errorf("the writer was told %v", err)
	}
	if got := stderr.String(); got != "commonpool: interrupted\n" {
		t.Errorf("said %q", got)
	}
	checkEmpty(t, folder)
}

func checkEmpty(t *testing.T, folder string) {
	t.Helper()
	if list, err := os.ReadDir(folder); err != nil || len(list) > 0 {
		t.Errorf("left behind: %v (%v)", list, err)
	}
}

func TestEveryKindOfErrorHasItsExitCode(t *testing.T) {
	for kind := fault.Invalid; kind <= fault.Unavailable; kind++ {
		code := exitCode(inFile("f", fault.New(kind, "code", "problem")))
		if code != int(kind)+1 {
			t.Errorf("%v: exit code %d", kind, code)
		}
		if want := fmt.Sprintf("\n    %d  ", code); !strings.Contains(exitHelp, want) {
			t.Errorf("%v: not in the help", kind)
		}
	}
	for want, err := range map[int]error{
		exitOK:          nil,
		exitCheckFailed: &checkError{"no"},
		exitInvalid:     &usageError{"commonpool", errors.New("no")},
		exitNotFound:    inFile("f", &fs.PathError{Op: "open", Path: "f", Err: fs.ErrNotExist}),
		exitForbidden:   inFile("f", &fs.PathError{Op: "open", Path: "f", Err: fs.ErrPermission}),
		exitUnavailable: inFile("f", io.ErrUnexpectedEOF),
	} {
		if got := exitCode(err); got != want {
			t.Errorf("%v: exit code %d, want %d", err, got, want)
		}
	}
}

func TestAnErrorIsOneLineWithTheFileOnce(t *testing.T) {
	for want, err := range map[string]error{
		"a.jsonl: line 12: floor_gpu_ms: above cap_gpu_ms": inFile("a.jsonl", fault.New(fault.Invalid, "c", "above cap_gpu_ms").At(12, "floor_gpu_ms")),
		"a.jsonl: permission denied":                       inFile("a.jsonl", fmt.Errorf("read: %w", &fs.PathError{Op: "read", Path: "a.jsonl", Err: errors.New("permission denied")})),
		`a\u202eb: x; y`:                                   inFile("a\u202eb", errors.New("x\ny")),
	} {
		a, stderr := quietApp()
		a.complain(err.Error())
		if got := stderr.String(); got != "commonpool: "+want+"\n" {
			t.Errorf("said %q, want %q", got, want)
		}
	}
}
