package main

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/config"
)

// configure loads the settings and gives them to the flags of the command that
// the command line left alone.
func (a *app) configure(cmd *cobra.Command) error {
	settings, err := config.Load(a.configPath, nil)
	if err != nil {
		return fmt.Errorf("settings: %w", err)
	}
	flags := cmd.Flags()
	if f := flags.Lookup(workersFlag); f != nil && !f.Changed {
		if err := f.Value.Set(strconv.Itoa(settings.Workers)); err != nil {
			return err
		}
	}
	if f := flags.Lookup(outputFlag); f != nil && !f.Changed {
		// A command keeps its own default where it has no such form.
		if c, ok := f.Value.(*choice); ok && slices.Contains(c.allowed, string(settings.Output)) {
			return c.Set(string(settings.Output))
		}
	}
	return nil
}

// workersFlag is the flag of a number of workers.
const workersFlag = "workers"

// workers is a number of workers; 0 is one per processor.
type workers int

func (w *workers) register(cmd *cobra.Command) {
	cmd.Flags().Var(w, workersFlag, "how many workers decide; 0: one per processor")
}

func (w *workers) String() string { return strconv.Itoa(int(*w)) }

// Set takes a value of the command line.
func (w *workers) Set(s string) error {
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 || n > config.MaxWorkers {
		return fmt.Errorf("expected 0 to %d", config.MaxWorkers)
	}
	*w = workers(n)
	return nil
}

// Type names the value in --help.
func (w *workers) Type() string { return "NUMBER" }
