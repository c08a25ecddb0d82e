package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

// app is what the commands share: the standard streams, the flags that every
// command has, and the outputs under way.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer

	configPath string
	quiet      bool

	outputs outputs
	voice   sync.Mutex
	silent  bool // the last word was said
	started bool // a command has begun: errors are no longer of its usage
}

// run runs one command line and returns its exit code. A signal to stop drops
// the outputs under way.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, stopSignals()...)
	defer signal.Stop(stop)
	return a.runUntil(stop, a.rootCommand(), args)
}

// runUntil executes a command tree and returns its exit code, or the one for an
// interruption as soon as a signal comes. The work cannot be interrupted where
// it computes; it is left behind, unable to write.
func (a *app) runUntil(stop <-chan os.Signal, root *cobra.Command, args []string) int {
	done := make(chan int, 1)
	go func() { done <- a.execute(root, args) }()
	select {
	case code := <-done:
		return code
	case <-stop:
		a.complain("interrupted")
		a.dropOutputs(stop)
		return exitInterrupted
	}
}

// dropOutputs drops the outputs under way. It waits for a write in progress,
// but not for one that blocks (standard output into a pipe that nobody reads,
// where there is nothing to drop), and not after a second signal.
func (a *app) dropOutputs(stop <-chan os.Signal) {
	dropped := make(chan struct{})
	go func() {
		a.outputs.abort()
		close(dropped)
	}()
	select {
	case <-dropped:
	case <-stop:
	case <-time.After(2 * time.Second):
	}
}

// stopSignals lists the signals that end a command, but for those that whoever
// started it had ignored (nohup, a job in the background of a script).
func stopSignals() []os.Signal {
	var list []os.Signal
	for _, s := range []os.Signal{os.Interrupt, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(s) {
			list = append(list, s)
		}
	}
	return list
}

// execute runs a command and reports its error, or its panic, in one line.
func (a *app) execute(root *cobra.Command, args []string) (code int) {
	defer func() {
		if fault := recover(); fault != nil {
			a.outputs.abort()
			a.complain(fmt.Sprintf("internal error, please report it: %v", fault))
			code = exitInternal
		}
	}()
	root.SetArgs(args)
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	cmd, err := root.ExecuteC()
	if err == nil {
		return exitOK
	}
	if !a.started {
		err = &usageError{command: cmd.CommandPath(), err: err}
	}
	a.complain(err.Error())
	return exitCode(err)
}

// complain prints the one line of an error, whatever the error says. Work that
// was left behind has no say any more.
func (a *app) complain(problem string) {
	a.voice.Lock()
	defer a.voice.Unlock()
	if a.silent {
		return
	}
	a.silent = true
	problem = strings.ReplaceAll(strings.TrimSpace(problem), "\n", "; ")
	_, _ = fmt.Fprintln(a.stderr, "commonpool: "+printable(problem))
}
