package roundfile

import (
	"bytes"
	"fmt"
	"io"

	"github.com/commonpool/commonpool/internal/fault"
)

// lineReader cuts a stream into lines without copying them.
type lineReader struct {
	src        io.Reader
	limits     limits
	buf        []byte
	start, end int   // buf[start:end] is read and not yet handed out
	taken      int64 // bytes read from src
	err        error // of src, io.EOF included
	number     int   // of the line last asked for, from 1
}

// readSize is the size of one read: large enough that system calls do not
// show, small enough to stay in the cache.
const readSize = 128 << 10

// maxIdle is how often in a row a source may return nothing at all.
const maxIdle = 100

func newLineReader(src io.Reader, l limits) *lineReader {
	return &lineReader{src: src, limits: l, buf: make([]byte, readSize)}
}

// next returns the next line without its newline, valid until the call after,
// or io.EOF, an error of the source, or a fault; number then is the line that
// could not be read. A last line may lack its newline.
func (l *lineReader) next() ([]byte, error) {
	for scanned := 0; ; {
		i := bytes.IndexByte(l.buf[l.start+scanned:l.end], '\n')
		if i >= 0 {
			line := l.buf[l.start : l.start+scanned+i]
			l.start += len(line) + 1
			return l.handOut(line)
		}
		scanned = l.end - l.start
		switch {
		case scanned > l.limits.line:
			return l.handOut(l.buf[l.start:l.end])
		case l.err == io.EOF && scanned > 0:
			line := l.buf[l.start:l.end]
			l.start = l.end
			return l.handOut(line)
		case l.err != nil:
			l.number++
			return nil, l.err
		}
		l.fill()
	}
}

func (l *lineReader) handOut(line []byte) ([]byte, error) {
	l.number++
	if len(line) > l.limits.line {
		return nil, malformed("", "a longer line", fmt.Sprintf("at most %d bytes in a line", l.limits.line))
	}
	if l.number == 1 && bytes.HasPrefix(line, []byte("\uFEFF")) {
		return nil, malformed("", "a byte order mark", "a JSON object at the start of the file")
	}
	return line, nil
}

// fill reads more, moving or growing the buffer when it is full.
func (l *lineReader) fill() {
	if l.start == l.end {
		l.start, l.end = 0, 0
	}
	if len(l.buf)-l.end < readSize/2 {
		if l.end-l.start > len(l.buf)/2 {
			grown := make([]byte, 2*len(l.buf))
			l.end = copy(grown, l.buf[l.start:l.end])
			l.buf = grown
		} else {
			l.end = copy(l.buf, l.buf[l.start:l.end])
		}
		l.start = 0
	}
	for range maxIdle {
		n, err := l.src.Read(l.buf[l.end:])
		l.end += n
		l.taken += int64(n)
		l.err = err
		if l.taken > l.limits.bytes {
			l.err = malformed("", "a larger file", fmt.Sprintf("at most %d bytes, decompressed", l.limits.bytes))
		}
		if n > 0 || l.err != nil {
			return
		}
	}
	l.err = io.ErrNoProgress
}

// place gives a fault its line.
func place(err *fault.Error, line int) *fault.Error { return err.At(line, err.Path) }
