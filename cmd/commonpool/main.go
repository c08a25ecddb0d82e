// Command commonpool divides pooled GPU time in rounds, explains every
// decision, and lets anyone re-run it.
//
// This package is wiring: the command tree, files, tables, exit codes. It holds
// no rule of the domain; what a round decides is in internal/fairshare.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
