package roundfile

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/commonpool/commonpool/internal/fault"
)

// maxWindow is the largest window of a zstd file; it bounds the memory of
// decompression. All levels of zstd stay within it except --ultra -21 and
// above, and --long.
const maxWindow = 32 << 20

// stream is a file's bytes, decompressed, and what is known when they fail.
type stream struct {
	io.Reader
	source *source
	format string // of the compression, "" when there is none
	close  func()
}

// source remembers the failure of a reader, which would otherwise be mistaken
// for damaged data behind a decompressor.
type source struct {
	io.Reader
	err error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// decompress recognises gzip and zstd by their first bytes. Both may consist
// of several members; anything after the last is an error.
func decompress(r io.Reader) (*stream, error) {
	s := &stream{source: &source{Reader: r}, close: func() {}}
	in := bufio.NewReaderSize(s.source, readSize)
	s.Reader = in
	magic, _ := in.Peek(4)
	switch {
	case bytes.HasPrefix(magic, []byte{0x1f, 0x8b}):
		s.format = "gzip"
		gz, err := gzip.NewReader(in)
		if err != nil {
			return nil, s.explain(err, 1)
		}
		s.Reader = gz
	case isZstd(magic):
		s.format = "zstd"
		zst, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, s.explain(err, 1)
		}
		s.Reader, s.close = zst, zst.Close
	}
	return s, nil
}

// isZstd recognises a zstd frame and a skippable frame.
func isZstd(magic []byte) bool {
	return bytes.Equal(magic, []byte{0x28, 0xb5, 0x2f, 0xfd}) ||
		len(magic) == 4 && magic[0]&0xf0 == 0x50 && bytes.Equal(magic[1:], []byte{0x2a, 0x4d, 0x18})
}

// Close frees the decompressor. The source stays open.
func (s *stream) Close() { s.close() }

// explain translates an error met at a line: a fault keeps its path and gets
// the line, damaged compression becomes a fault, a failure of
// the source stays what it is.
func (s *stream) explain(err error, number int) error {
	var bad *fault.Error
	switch {
	case errors.As(err, &bad):
		return place(bad, number)
	case s.source.err != nil:
		return fmt.Errorf("read line %d: %w", number, s.source.err)
	case s.format == "":
		return fmt.Errorf("read line %d: %w", number, err)
	case errors.Is(err, zstd.ErrWindowSizeExceeded):
		bad = malformed("", "zstd data with a larger window", fmt.Sprintf("at most %d bytes", maxWindow))
	case errors.Is(err, io.ErrUnexpectedEOF):
		bad = malformed("", "the end of the file within "+s.format+" data", "a complete file")
	default:
		bad = malformed("", fmt.Sprintf("damaged %s data (%v)", s.format, err), "intact "+s.format+" data to the end of the file")
	}
	return place(bad.Because(err), number)
}
