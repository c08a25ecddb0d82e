package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Forms of output.
const (
	asTable = "table"
	asWide  = "wide"
	asText  = "text"
	asJSON  = "json"
	asYAML  = "yaml"
	asCSV   = "csv"
)

// outputFlag is the flag that chooses among them.
const outputFlag = "output"

// format is the form in which a command shows records: the flags -o and
// --no-headers.
type format struct {
	name      choice
	noHeaders bool
}

// register gives a command the flags.
func (f *format) register(cmd *cobra.Command) {
	f.name.register(cmd, outputFlag, "o", "form of the output", asTable, asWide, asJSON, asYAML, asCSV)
	cmd.Flags().BoolVar(&f.noHeaders, "no-headers", false, "tables and CSV without their first line")
}

// write writes a table in the form chosen.
func (f *format) write(w io.Writer, t *table) error {
	switch f.name.value {
	case asJSON:
		return writeJSON(w, t)
	case asYAML:
		return writeYAML(w, t)
	case asCSV:
		return t.writeCSV(w, !f.noHeaders)
	}
	return t.writeTable(w, f.name.value == asWide, !f.noHeaders)
}

// choice is a flag whose values are listed.
type choice struct {
	value   string
	allowed []string
}

// register makes it a flag of a command; the first of the allowed values is the
// default.
func (c *choice) register(cmd *cobra.Command, name, short, what string, allowed ...string) {
	c.value, c.allowed = allowed[0], allowed
	cmd.Flags().VarP(c, name, short, what+": "+strings.Join(allowed, ", "))
	err := cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(allowed, cobra.ShellCompDirectiveNoFileComp))
	if err != nil {
		panic(err) // the flag was defined a line ago
	}
}

func (c *choice) String() string { return c.value }

// Set takes a value of the command line.
func (c *choice) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("expected one of %s", strings.Join(c.allowed, ", "))
	}
	c.value = s
	return nil
}

// Type names the value in --help.
func (c *choice) Type() string { return "WORD" }
