// Package config is the settings of the commonpool binary: their type, their
// defaults, and Load, which reads them from a YAML file, the environment and
// the command line, each overriding the one before. commonpool.yaml beside it
// is the commented sample; it says what the defaults say.
//
// A key is named the same everywhere:
//
//	file          policy: {max_passes: 8}
//	environment   COMMONPOOL_POLICY_MAX_PASSES=8
//	command line  --policy-max-passes 8
//
// Invariants: what Load returns without an error is within its bounds and needs
// no further check; what it refuses, it refuses with every fault at once, each
// with its place. A key that does not exist is a fault, not a remark.
//
// What it does not do: it defines no flag (the command tree does), reads no
// secret, watches no file, and keeps no global state.
package config

import (
	"errors"
	"runtime"
	"slices"
	"strings"

	"github.com/commonpool/commonpool/internal/fault"
	"github.com/commonpool/commonpool/internal/pool"
)

// MaxWorkers bounds Workers: more than any machine has processors, and few
// enough that a slip of the pen starts no million goroutines.
const MaxWorkers = 1024

// Config is the settings.
type Config struct {
	// Policy is the rule's parameters for a round that does not bring its own.
	Policy pool.Policy
	// Workers is how many workers decide a round, 0..MaxWorkers; 0 stands for
	// as many as there are processors. A decision does not depend on it.
	Workers int
	// Output is the format in which commands print.
	Output Format
}

// Default returns the settings of a machine on which nobody set anything.
func Default() Config {
	return Config{Policy: pool.DefaultPolicy(), Workers: 0, Output: Table}
}

// WorkersHere is Workers with 0 resolved: how many workers that is on this
// machine, at least 1.
func (c Config) WorkersHere() int {
	if c.Workers > 0 {
		return c.Workers
	}
	return runtime.GOMAXPROCS(0)
}

// Check returns every fault of the settings, each a *fault.Error whose path is
// the key.
func (c Config) Check() error {
	var found []error
	for _, f := range each(c.Policy.Check()) {
		found = append(found, f.At(0, "policy."+f.Path))
	}
	if c.Workers < 0 || c.Workers > MaxWorkers {
		found = append(found, fault.New(fault.Invalid, pool.CodeOutOfRange,
			"is %d, expected 0 (as many as there are processors) to %d", c.Workers, MaxWorkers).At(0, "workers"))
	}
	if !slices.Contains(Formats(), c.Output) {
		found = append(found, fault.New(fault.Invalid, pool.CodeOutOfRange,
			"is %q, expected one of %s", string(c.Output), oneOf(Formats())).At(0, "output"))
	}
	return errors.Join(found...)
}

// each returns the faults that errors.Join joined.
func each(err error) []*fault.Error {
	var joined interface{ Unwrap() []error }
	if !errors.As(err, &joined) {
		return nil
	}
	var all []*fault.Error
	for _, err := range joined.Unwrap() {
		var f *fault.Error
		if errors.As(err, &f) {
			all = append(all, f)
		}
	}
	return all
}

// Format is how a command prints what it found.
type Format string

// The formats.
const (
	// Table is for people: aligned columns, amounts in credits and GPU-hours.
	Table Format = "table"
	// JSON is one document for programs, amounts as integers.
	JSON Format = "json"
	// YAML is the same document, for eyes.
	YAML Format = "yaml"
	// CSV is rows for spreadsheets, with a header.
	CSV Format = "csv"
)

// Formats returns every format, the default first.
func Formats() []Format { return []Format{Table, JSON, YAML, CSV} }

func oneOf(formats []Format) string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = string(f)
	}
	return strings.Join(names, ", ")
}
