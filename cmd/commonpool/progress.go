package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// unknownSize is the size of what has no known end.
const unknownSize = -1

// progress shows how far a stage is, on standard error where that is a
// terminal. Without a bar it does nothing.
type progress struct{ bar *progressbar.ProgressBar }

// progress starts the progress of a stage over so many bytes.
func (a *app) progress(stage string, size int64) progress {
	file, ok := a.stderr.(*os.File)
	if a.quiet || !ok || !term.IsTerminal(int(file.Fd())) {
		return progress{}
	}
	return progress{progressbar.NewOptions64(
		size,
		progressbar.OptionSetWriter(file),
		progressbar.OptionSetDescription(stage),
		progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionSetWidth(30),
		progressbar.OptionClearOnFinish(),
	)}
}

// reader counts what is read from r.
func (p progress) reader(r io.Reader) io.Reader {
	if p.bar == nil {
		return r
	}
	return io.TeeReader(r, p.bar)
}

// writer counts what is written to w.
func (p progress) writer(w io.Writer) io.Writer {
	if p.bar == nil {
		return w
	}
	return io.MultiWriter(w, p.bar)
}

func (p progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish() // an unwritable terminal is no reason to fail
	}
}
