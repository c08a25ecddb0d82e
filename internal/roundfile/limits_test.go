package roundfile

import (
	"bytes"
	"runtime"
	"strings"
	"testing"
)

func TestLimitsAreExact(t *testing.T) {
	lines := smallFile()
	file := strings.Join(lines, "\n")
	longest := 0
	for _, line := range lines {
		longest = max(longest, len(line))
	}
	exact := limits{line: longest, records: len(lines), entries: 4, bytes: int64(len(file))}
	if _, _, err := decode(strings.NewReader(file), exact); err != nil {
		t.Fatalf("a file just within the limits: %v", err)
	}
	for name, c := range map[string]struct {
		limits limits
		line   int
		path   string
		words  string
	}{
		"line":    {limits{longest - 1, 6, 4, 1 << 20}, 6, "", "found a longer line, expected at most"},
		"records": {limits{longest, 5, 4, 1 << 20}, 6, "", "found one record more, expected at most 5"},
		"entries": {limits{longest, 6, 3, 1 << 20}, 3, "excluded_by.residency[0]", "found one list entry more, expected at most 3"},
		"keys":    {limits{longest, 6, 2, 1 << 20}, 3, "excluded_by", "found one list entry more, expected at most 2"},
		"bytes":   {limits{longest, 6, 4, int64(len(file)) - 1}, 6, "", "found a larger file, expected at most"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := decode(strings.NewReader(file), c.limits)
			checkFault(t, err, c.line, c.path, c.words)
		})
	}
}

func TestALineMayBeEightMebibytesLong(t *testing.T) {
	lines := smallFile()
	padded := strings.Replace(lines[5], `"id"`, strings.Repeat(" ", fileLimits.line-len(lines[5]))+`"id"`, 1)
	lines = append(lines[:5], padded)
	if err := read(strings.Join(lines, "\n")); err != nil {
		t.Errorf("a line of %d bytes: %.200v", len(padded), err)
	}
	lines[5] = " " + padded
	checkFault(t, read(strings.Join(lines, "\n")), 6, "", "found a longer line, expected at most 8388608 bytes in a line")
}

// bomb is a file that expands to a gigabyte of one text: a member of 16 MiB, so
// many times over.
func bomb(t *testing.T, format, text string) []byte {
	t.Helper()
	member := packed(t, format, bytes.Repeat([]byte(text), 16<<20/len(text)))
	return bytes.Repeat(member, 64)
}

// TestABombNeedsLittleMemory reads files that expand to a gigabyte or claim
// more. TotalAlloc counts all that was ever allocated, so it bounds the peak.
func TestABombNeedsLittleMemory(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		most uint64 // bytes
	}{
		"zeros, gzip":    {bomb(t, "gzip", "\x00"), 40 << 20},
		"spaces, zstd":   {bomb(t, "zstd", " "), 80 << 20},
		"newlines, zstd": {bomb(t, "zstd", "\n"), 40 << 20},
		"nesting":        {bytes.Repeat([]byte("["), 7<<20), 80 << 20},
		// Frame headers that ask for a window of 2 GiB, 64 MiB and 32 MiB, with
		// nothing behind them.
		"window of 2 GiB":  {[]byte("\x28\xb5\x2f\xfd\x00\xa8\x00\x00\x00\x00\x00"), 10 << 20},
		"window of 64 MiB": {[]byte("\x28\xb5\x2f\xfd\x00\x80\x00\x00\x00\x00\x00"), 10 << 20},
		"window of 32 MiB": {[]byte("\x28\xb5\x2f\xfd\x00\x78\x00\x00\x00\x00\x00"), 48 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := ReadSnapshot(bytes.NewReader(c.data))
			runtime.ReadMemStats(&after)
			spent := after.TotalAlloc - before.TotalAlloc
			t.Logf("%d bytes: %d KiB allocated, %v", len(c.data), spent>>10, err)
			if err == nil {
				t.Error("read without an error")
			}
			if spent > c.most {
				t.Errorf("allocated %d bytes, want at most %d", spent, c.most)
			}
		})
	}
}
