package traces

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/commonpool/commonpool/internal/fault"
)

// maxWindow is how far back a zstd stream may refer: what `zstd --long` makes
// and the zstd command accepts by default. It bounds memory.
const maxWindow = 128 << 20

var (
	gzipMagic = []byte{0x1f, 0x8b}
	zstdMagic = []byte{0x28, 0xb5, 0x2f, 0xfd}
)

// input is a source, decompressed where its first bytes say so.
type input struct {
	io.Reader
	source *watched
	close  func()
}

// open looks at the first bytes of r. Its errors are *fault.Error.
func open(r io.Reader) (*input, error) {
	in := &input{source: &watched{r: r}, close: func() {}}
	buffered := bufio.NewReaderSize(in.source, 64<<10)
	magic, err := buffered.Peek(len(zstdMagic))
	if err != nil && err != io.EOF {
		return nil, in.fault(err, 0)
	}
	switch {
	case bytes.HasPrefix(magic, gzipMagic):
		z, err := gzip.NewReader(buffered)
		if err != nil {
			return nil, in.fault(err, 0)
		}
		in.Reader, in.close = z, func() { _ = z.Close() }
	case bytes.HasPrefix(magic, zstdMagic):
		z, err := zstd.NewReader(buffered, zstd.WithDecoderConcurrency(1),
			zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			return nil, in.fault(err, 0)
		}
		in.Reader, in.close = z, z.Close
	default:
		in.Reader = buffered
	}
	return in, nil
}

// Close lets go of the decompressor; the source stays open.
func (in *input) Close() { in.close() }

// fault is the error of an input that cannot be read on after a line: the
// source's own failure, else that of the bytes in it.
func (in *input) fault(err error, line int) *fault.Error {
	failed := in.source.err
	if errors.Is(err, io.ErrNoProgress) {
		failed = err
	}
	if failed != nil {
		return fault.New(fault.Unavailable, "unreadable", "the input cannot be read on: %v", failed).
			At(line, "").Because(failed)
	}
	problem := "the compressed input is damaged: %v"
	if errors.Is(err, io.ErrUnexpectedEOF) {
		problem = "the compressed input ends too early: %v"
	}
	return fault.New(fault.Invalid, "corrupt_compression", problem, err).At(line, "").Because(err)
}

// watched remembers the failure of a source, so that it can be told from that of
// a decompressor above it.
type watched struct {
	r   io.Reader
	err error
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if err != nil && err != io.EOF {
		w.err = err
	}
	return n, err
}
