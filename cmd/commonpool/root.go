package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// rootCommand is the command tree.
func (a *app) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   "commonpool",
		Short: "Divide pooled GPU time fairly, and show why",
		Long: `commonpool divides a common pool of GPU time in rounds.

A round is decided from a snapshot, a file that anyone may read. simulate decides
it, verify checks that a published decision is the one that its snapshot leads
to, and why explains what one request or node was given and why it was not more.

` + exitHelp,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.configPath, "config", "", "settings `FILE` (YAML), see config/commonpool.yaml")
	flags.BoolVarP(&a.quiet, "quiet", "q", false, "no progress, no summary, no word when all is well")
	for _, cmd := range []*cobra.Command{
		a.demoCommand(),
		a.simulateCommand(),
		a.verifyCommand(),
		a.whyCommand(),
		a.importCommand(),
		a.roundsCommand(),
		a.planCommand(),
		a.versionCommand(),
	} {
		cmd.RunE = a.begin(cmd.RunE)
		root.AddCommand(cmd)
	}
	return root
}

// begin loads the settings before a command's body. Cobra has checked its
// arguments and flags by then: what fails from here on is not its usage.
func (a *app) begin(body func(*cobra.Command, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		a.started = true
		if err := a.configure(cmd); err != nil {
			return err
		}
		return body(cmd, args)
	}
}

// usage makes an error found by a command itself one of its usage.
// noArguments refuses arguments that are not flags.
func noArguments(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("found the argument %q, expected none", args[0])
	}
	return nil
}

func usage(cmd *cobra.Command, err error) error {
	return &usageError{command: cmd.CommandPath(), err: err}
}
