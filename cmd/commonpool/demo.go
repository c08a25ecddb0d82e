package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/replay"
)

// demo is one run of the demo.
type demo struct {
	seed      seed
	months    int
	outDir    string
	ascii     bool
	width     int
	noTimings bool
	sources   bool
	form      choice
}

// Bounds of the demo: pledges of GPUs last 24 months, and a narrower page has no
// room for its tables. demoWidth is the widest page that is not asked for.
const (
	maxDemoMonths = 24
	minDemoWidth  = 80
	maxDemoWidth  = 200
	demoWidth     = 100
)

func (a *app) demoCommand() *cobra.Command {
	var d demo
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play months of sharing among real countries, and show who got what and why",
		Long: `demo plays the reference world: thirty real countries, real GPU classes, published
contributions of compute. What nobody has published is GENERATED from the seed (the
requests) or ASSUMED (the part of each contribution that is offered); --sources
prints every fact with its source and date, and every assumption.

Each month is one round of the rule in docs/FAIRNESS.md with its default parameters.
No country gets more than twice its entitlement in a month. No emergency reserve is
taken off. What a request was not granted stays in line while its time lasts. The
same months are played first come, first served, to compare. Every decision is
checked against the laws of docs/FAIRNESS.md.

demo needs no network and no database, and writes no file unless --out-dir names a
new or empty folder: then it holds the snapshot and the decision of every month, for
verify and why. The same seed gives the same output, but for the times it took.`,
		Example: `  commonpool demo
  commonpool demo --months 12 --seed 7 --out-dir played
  commonpool demo --sources`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := d.check(cmd); err != nil {
				return usage(cmd, err)
			}
			return a.demo(&d)
		},
	}
	flags := cmd.Flags()
	d.seed = seed{value: 1, given: true}
	flags.Var(&d.seed, "seed", "`NUMBER` that the generated requests come from")
	flags.IntVar(&d.months, "months", 6, fmt.Sprintf("how many monthly rounds, 1 to %d `NUMBER`", maxDemoMonths))
	flags.StringVar(&d.outDir, "out-dir", "", "`FOLDER` for the snapshot and decision of every month")
	flags.BoolVar(&d.ascii, "ascii", false, "text in ASCII")
	flags.IntVar(&d.width, "width", 0, fmt.Sprintf("`COLUMNS` of text; 0: the terminal's, at most %d", demoWidth))
	flags.BoolVar(&d.noTimings, "no-timings", false, "leave out how long deciding took")
	flags.BoolVar(&d.sources, "sources", false, "print the facts, their sources and the assumptions, and play nothing")
	d.form.register(cmd, outputFlag, "o", "form of the output", asText, asJSON)
	return cmd
}

// check refuses flags that are out of range or contradict each other.
func (d *demo) check(cmd *cobra.Command) error {
	flags := cmd.Flags()
	if d.sources {
		for _, name := range []string{"seed", "months", "out-dir", "no-timings", outputFlag} {
			if flags.Changed(name) {
				return fmt.Errorf("--sources: plays nothing, so --%s has no use", name)
			}
		}
	}
	if d.form.value == asJSON {
		for _, name := range []string{"ascii", "width"} {
			if flags.Changed(name) {
				return fmt.Errorf("--%s: only with -o text", name)
			}
		}
	}
	if d.months < 1 || d.months > maxDemoMonths {
		return fmt.Errorf("--months: expected 1 to %d", maxDemoMonths)
	}
	if flags.Changed("width") && d.width != 0 && (d.width < minDemoWidth || d.width > maxDemoWidth) {
		return fmt.Errorf("--width: expected %d to %d, or 0", minDemoWidth, maxDemoWidth)
	}
	if flags.Changed("out-dir") && d.outDir == "" {
		return errors.New("--out-dir: expected the name of a folder")
	}
	return nil
}

// demo plays the months and prints what became of them.
func (a *app) demo(d *demo) error {
	if d.sources {
		return a.demoSources(d)
	}
	if err := checkOutDir(d.outDir); err != nil {
		return err
	}
	played, err := a.playDemo(d)
	if err != nil {
		return err
	}
	examples, err := a.demoExamples(played)
	if err != nil {
		return err
	}
	if d.form.value == asJSON {
		err = writeJSON(a.stdout, played.document(examples))
	} else {
		p := newDemoPage(d, a.stdout)
		played.writeText(p, examples)
		_, err = io.WriteString(a.stdout, p.String())
	}
	if err == nil && len(played.broken) > 0 {
		err = &checkError{fmt.Sprintf("%d laws broken, please report it: %s", len(played.broken), played.broken[0])}
	}
	return err
}

// playedDemo is the demo's rounds with what they were played on.
type playedDemo struct {
	*playedRounds
	demo     *demo
	world    *demoWorld
	last     *replay.Played
	served   demoServed // by ours
	queued   demoServed // first come, first served
	decision string     // SHA-256 of the last decision file
}
