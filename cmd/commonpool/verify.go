package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/roundfile"
)

func (a *app) verifyCommand() *cobra.Command {
	var in, decision string
	var w workers
	cmd := &cobra.Command{
		Use:   "verify --in SNAPSHOT --decision DECISION",
		Short: "Check that a decision is the one its snapshot leads to",
		Long: `verify decides the round of a snapshot again and compares the result, byte for
byte, with a decision file. It prints "same:" and the SHA-256 of the decision
(as sha256sum has it for the uncompressed file), or the first line that differs,
as found and as expected.

Exit status 0: the same. 1: not the same. 2: the snapshot is malformed, or the
decision file's compression damaged.`,
		Example: "  commonpool verify --in snapshot.jsonl --decision decision.jsonl",
		Args:    noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if in == standard && decision == standard {
				return usage(cmd, errors.New("--in and --decision: only one of them can be standard input"))
			}
			return a.verify(in, decision, w)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&in, "in", "", "snapshot `FILE`, - for standard input")
	flags.StringVar(&decision, "decision", "", "decision `FILE` to check, - for standard input")
	w.register(cmd)
	require(cmd, "in", "decision")
	return cmd
}

// verify recomputes and compares, and prints the answer.
func (a *app) verify(in, path string, w workers) error {
	if err := checkExists(path); err != nil {
		return err
	}
	snapshot, err := a.readSnapshot(in)
	if err != nil {
		return err
	}
	sha, err := roundfile.SnapshotSHA256(snapshot)
	if err != nil {
		return inFile(nameOf(in, "standard input"), err)
	}
	decision := a.decide(snapshot, w)
	err = a.compare(path, decision, sha)
	var differs *roundfile.Difference
	if errors.As(err, &differs) {
		name := nameOf(path, "standard input")
		_, err := fmt.Fprintf(a.stdout, "differs: %s, line %d, column %d\n  found:    %s\n  expected: %s\n",
			printable(name), differs.Line, differs.Column, line(differs.Found), line(differs.Expected))
		if err != nil {
			return err
		}
		return &checkError{fmt.Sprintf("%s: line %d: not what %s decides from this snapshot", name, differs.Line, fairshare.Engine)}
	}
	if err != nil || a.quiet {
		return err
	}
	sum := sha256.New()
	if err := roundfile.WriteDecision(sum, decision, sha); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "same: %s\n", hex.EncodeToString(sum.Sum(nil)))
	return err
}

// compare compares a decision file with the decision wanted; the error is a
// *roundfile.Difference where they differ.
func (a *app) compare(path string, want *fairshare.Decision, sha string) error {
	return a.withInput(path, "comparing", func(r io.Reader) error {
		return roundfile.Verify(r, want, sha)
	})
}

// line shows a line of a file without its newline.
func line(s string) string {
	if s == "" {
		return "(the end of the file)"
	}
	return printable(strings.TrimSuffix(s, "\n"))
}
