package traces

import (
	"bufio"
	"bytes"
	"io"
)

// lineReader hands out lines without their ends, and of a line longer than
// MaxLine only a beginning, longer than a refusal shows.
type lineReader struct {
	r      *bufio.Reader
	long   []byte // a line larger than the buffer of r, reused
	number int    // of the line handed out last
}

func newLineReader(r io.Reader) *lineReader {
	return &lineReader{r: bufio.NewReaderSize(r, 64<<10)}
}

// next is the next line, valid until the call after it. At the end it returns
// io.EOF; before any other error an unfinished line is thrown away, since nobody
// knows how it would have gone on.
func (l *lineReader) next() (line []byte, tooLong bool, err error) {
	part, err := l.r.ReadSlice('\n')
	if err == bufio.ErrBufferFull {
		part, tooLong, err = l.rest(part)
	}
	if err != nil && err != io.EOF {
		return nil, false, err
	}
	if len(part) == 0 && !tooLong {
		return nil, false, io.EOF
	}
	l.number++
	if tooLong {
		return part, true, nil
	}
	line = bytes.TrimSuffix(part, []byte{'\n'})
	line = bytes.TrimSuffix(line, []byte{'\r'})
	if l.number == 1 {
		line = bytes.TrimPrefix(line, []byte("\ufeff"))
	}
	return line, len(line) > MaxLine, nil
}

// rest reads on after the first part of a line that did not fit the buffer. Past
// MaxLine it keeps nothing more.
func (l *lineReader) rest(part []byte) (line []byte, tooLong bool, err error) {
	l.long = append(l.long[:0], part...)
	for err = bufio.ErrBufferFull; err == bufio.ErrBufferFull; {
		part, err = l.r.ReadSlice('\n')
		if len(l.long)+len(part) > MaxLine+len("\r\n") {
			tooLong = true
		}
		if !tooLong {
			l.long = append(l.long, part...)
		}
	}
	return l.long, tooLong, err
}
