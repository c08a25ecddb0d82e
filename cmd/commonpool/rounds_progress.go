package main

import (
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// roundsProgress shows how many of so many rounds are played, where standard
// error is a terminal.
func (a *app) roundsProgress(rounds int) progress {
	file, ok := a.stderr.(*os.File)
	if a.quiet || !ok || !term.IsTerminal(int(file.Fd())) {
		return progress{}
	}
	return progress{progressbar.NewOptions(
		rounds,
		progressbar.OptionSetWriter(file),
		progressbar.OptionSetDescription("playing rounds"),
		progressbar.OptionShowCount(),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30),
		progressbar.OptionClearOnFinish(),
	)}
}

// add counts one round.
func (p progress) add() {
	if p.bar != nil {
		_ = p.bar.Add(1) // an unwritable terminal is no reason to fail
	}
}
