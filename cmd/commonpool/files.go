package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/roundfile"
)

// standard is the name of standard input and output on the command line.
const standard = "-"

// errInterrupted is the error of an output that a signal dropped.
var errInterrupted = errors.New("interrupted")

// nameOf is how errors call a file.
func nameOf(path, stream string) string {
	if path == standard {
		return stream
	}
	return path
}

// readSnapshot reads and freezes a snapshot file; "-" is standard input.
func (a *app) readSnapshot(path string) (*fairshare.Snapshot, error) {
	var snapshot *fairshare.Snapshot
	err := a.withInput(path, "reading", func(r io.Reader) (err error) {
		snapshot, err = roundfile.ReadSnapshot(r)
		return err
	})
	return snapshot, err
}

// withInput opens an input, shows the progress of reading it, and names it in
// errors.
func (a *app) withInput(path, stage string, read func(io.Reader) error) error {
	name := nameOf(path, "standard input")
	if path == standard {
		bar := a.progress(stage, unknownSize)
		defer bar.finish()
		return inFile(name, read(bar.reader(a.stdin)))
	}
	file, err := os.Open(path)
	if err != nil {
		return inFile(name, err)
	}
	defer func() { _ = file.Close() }()
	size := int64(unknownSize)
	if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
		size = info.Size()
	}
	bar := a.progress(stage, size)
	defer bar.finish()
	return inFile(name, read(bar.reader(file)))
}

// checkExists refuses an input that is not there, before the work that comes
// before it is read.
func checkExists(path string) error {
	if path == standard {
		return nil
	}
	_, err := os.Stat(path)
	return inFile(path, err)
}

// checkFolder refuses an output whose folder is not there, before the work that
// it is for.
func checkFolder(out string) error {
	if out == standard {
		return nil
	}
	folder := filepath.Dir(out)
	info, err := os.Stat(folder)
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	return inFile(folder, err)
}

// replaces tells whether writing an output would replace the input.
func replaces(out, in string) bool {
	if out == standard || in == standard {
		return false
	}
	target, err := os.Stat(out)
	if err != nil || !target.Mode().IsRegular() {
		return false
	}
	source, err := os.Stat(in)
	return err == nil && os.SameFile(source, target)
}

// writeOutput writes a file that appears whole or not at all.
func (a *app) writeOutput(path string, write func(io.Writer) error) error {
	name := nameOf(path, "standard output")
	file, err := roundfile.CreateFile(path)
	if err != nil {
		return inFile(name, err)
	}
	out := a.outputs.add(file)
	defer out.abort()
	bar := a.progress("writing", unknownSize)
	err = write(bar.writer(out))
	bar.finish()
	if err == nil {
		err = out.commit()
	}
	return inFile(name, err)
}

// outputs are the files being written, for the signal that drops them.
type outputs struct {
	mu      sync.Mutex
	list    []*output
	stopped bool
}

func (o *outputs) add(file *roundfile.File) *output {
	o.mu.Lock()
	defer o.mu.Unlock()
	out := &output{file: file, closed: o.stopped}
	if o.stopped {
		_ = file.Abort() // nothing is in it; the write to come reports the stop
	}
	o.list = append(o.list, out)
	return out
}

// abort drops all outputs, and all to come.
func (o *outputs) abort() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.stopped = true
	for _, out := range o.list {
		out.abort()
	}
}

// output is a file that may be dropped while another goroutine writes it.
type output struct {
	mu     sync.Mutex
	file   *roundfile.File
	closed bool
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return 0, errInterrupted
	}
	return o.file.Write(p)
}

func (o *output) commit() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return errInterrupted
	}
	o.closed = true
	return o.file.Commit()
}

// abort drops the file, unless it is complete. There is nobody to tell that a
// temporary file could not be removed.
func (o *output) abort() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.closed {
		o.closed = true
		_ = o.file.Abort()
	}
}
