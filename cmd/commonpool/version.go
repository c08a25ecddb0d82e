package main

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/commonpool/commonpool/internal/fairshare"
)

func (a *app) versionCommand() *cobra.Command {
	var f format
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the versions of the program and of the engine",
		Long: `version prints the version of the program and the name of its engine. Two
programs with the same engine name decide every round alike.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error {
			module, revision := buildVersion()
			t := &table{single: true}
			t.column("VERSION", "version").column("ENGINE", "engine").column("GO", "go").
				wideColumn("REVISION", "revision").wideColumn("PLATFORM", "platform")
			t.row(text(module), text(fairshare.Engine), text(runtime.Version()),
				text(revision), text(runtime.GOOS+"/"+runtime.GOARCH))
			return f.write(a.stdout, t)
		},
	}
	f.register(cmd)
	return cmd
}

// buildVersion is the module's version and, where the build recorded it, the
// revision of the source.
func buildVersion() (version, revision string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown", ""
	}
	version = info.Main.Version
	if version == "" {
		version = "(devel)"
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			revision = setting.Value
		}
	}
	return version, revision
}
