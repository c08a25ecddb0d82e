package roundfile

import (
	"bufio"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// File is an output that appears under its name whole or not at all. Use:
//
//	f, err := roundfile.CreateFile(path)
//	…
//	defer f.Abort()
//	… write to f …
//	return f.Commit()
type File struct {
	path   string // "" where there is nothing to rename
	file   *os.File
	buffer *bufio.Writer
	packer io.WriteCloser // compresses into buffer, nil for plain files
	done   bool
}

// CreateFile creates an output by name: a name ending in .gz or .zst is
// compressed, and "-" is standard output. What is written goes to a temporary
// file in the same folder until Commit. Where the name is a symbolic link, the
// file it leads to is replaced. Standard output and names of devices and pipes
// cannot be renamed to: there bytes go out as the buffer fills.
//
// Errors are those of the file system.
func CreateFile(path string) (*File, error) {
	f := &File{}
	if err := f.open(path); err != nil {
		return nil, err
	}
	f.buffer = bufio.NewWriterSize(f.file, readSize)
	switch {
	case strings.HasSuffix(path, ".gz"):
		f.packer = gzip.NewWriter(f.buffer)
	case strings.HasSuffix(path, ".zst"):
		packer, err := zstd.NewWriter(f.buffer, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, errors.Join(err, f.Abort())
		}
		f.packer = packer
	}
	return f, nil
}

// open opens standard output, a device, or a new temporary file.
func (f *File) open(path string) (err error) {
	if path == "-" {
		f.file = os.Stdout
		return nil
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		f.file, err = os.OpenFile(path, os.O_WRONLY, 0)
		return err
	}
	f.path = path
	temporary := filepath.Join(filepath.Dir(path), ".commonpool-"+rand.Text()+".tmp")
	f.file, err = os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return err
}

// Write takes a part of the output.
func (f *File) Write(p []byte) (int, error) {
	if f.packer != nil {
		return f.packer.Write(p)
	}
	return f.buffer.Write(p)
}

// Commit completes the output: all bytes are on the disk before the name leads
// to them. After an error there is no output, except what already went to
// standard output or a device.
func (f *File) Commit() error {
	if f.done {
		return os.ErrClosed
	}
	if err := f.complete(); err != nil {
		return errors.Join(err, f.Abort())
	}
	f.done = true
	if f.file == os.Stdout {
		return nil
	}
	err := f.file.Close()
	if f.path == "" {
		return err
	}
	if err == nil {
		err = os.Rename(f.file.Name(), f.path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.file.Name()))
	}
	return syncFolder(filepath.Dir(f.path))
}

// complete writes all that is buffered through to the disk.
func (f *File) complete() error {
	if f.packer != nil {
		if err := f.packer.Close(); err != nil {
			return err
		}
	}
	if err := f.buffer.Flush(); err != nil {
		return err
	}
	if f.path == "" {
		return nil
	}
	return f.file.Sync()
}

// Abort drops the output and leaves what the name led to before. After Commit
// it does nothing.
func (f *File) Abort() error {
	if f.done {
		return nil
	}
	f.done = true
	if f.file == os.Stdout {
		return nil
	}
	err := f.file.Close()
	if f.path != "" {
		err = errors.Join(err, os.Remove(f.file.Name()))
	}
	return err
}

// syncFolder makes a rename last. Some file systems cannot sync a folder; there
// the rename is as lasting as they make it.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	err = folder.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		err = nil
	}
	return errors.Join(err, folder.Close())
}
