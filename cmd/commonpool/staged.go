package main

import (
	"io"
	"os"

	"github.com/commonpool/commonpool/internal/roundfile"
)

// staged is an output that waits to be committed together with others.
type staged struct {
	*output
	name string
}

// stage begins an output; use it as a roundfile.File.
func (a *app) stage(path string) (*staged, error) {
	name := nameOf(path, "standard output")
	file, err := roundfile.CreateFile(path)
	if err != nil {
		return nil, inFile(name, err)
	}
	return &staged{a.outputs.add(file), name}, nil
}

func (s *staged) commit() error { return inFile(s.name, s.output.commit()) }

// writeStaged writes one output without showing its progress.
func (a *app) writeStaged(path string, write func(io.Writer) error) error {
	file, err := a.stage(path)
	if err != nil {
		return err
	}
	defer file.abort()
	if err := write(file); err != nil {
		return inFile(file.name, err)
	}
	return file.commit()
}

// isStream tells whether an output is no regular file, now or to be: its bytes
// are gone as soon as they are written.
func isStream(path string) bool {
	if path == standard {
		return true
	}
	info, err := os.Stat(path)
	return err == nil && !info.Mode().IsRegular()
}
