package roundfile

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/fault"
)

func FuzzReadSnapshot(f *testing.F) {
	example, err := os.ReadFile("testdata/example.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	small := []byte(strings.Join(smallFile(), "\n"))
	for _, data := range [][]byte{example, small} {
		for _, format := range []string{"plain", "gzip", "zstd"} {
			f.Add(packed(f, format, data))
		}
	}
	f.Add([]byte(strings.Replace(string(small), `"id":"l"`, `"\u0069d":"\ud83c\udf0d\/"`, 1)))
	f.Add([]byte(strings.ReplaceAll(string(small), "\n", "\r\n")))
	f.Add([]byte("\x50\x2a\x4d\x18\x03\x00\x00\x00abc"))
	f.Add([]byte("\uFEFF{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadSnapshot(bytes.NewReader(data))
		if err != nil {
			var bad *fault.Error
			if !errors.As(err, &bad) || bad.Kind != fault.Invalid || bad.Line < 1 || bad.Problem == "" || len(bad.Error()) > 2000 {
				t.Fatalf("not a fault with a line and a short message: %#v", err)
			}
			return
		}
		canonical := written(t, s)
		if again := written(t, readBack(t, canonical)); !bytes.Equal(canonical, again) {
			t.Fatalf("the canonical form is not a fixed point:\n%s\n%s", canonical, again)
		}
		checkCanonical(t, canonical)
	})
}

func FuzzVerify(f *testing.F) {
	source, err := os.ReadFile("testdata/example.jsonl")
	if err != nil {
		f.Fatal(err)
	}
	s, err := ReadSnapshot(bytes.NewReader(source))
	if err != nil {
		f.Fatal(err)
	}
	d := fairshare.DecideWith(s, 1)
	sum, err := SnapshotSHA256(s)
	if err != nil {
		f.Fatal(err)
	}
	var b bytes.Buffer
	if err := WriteDecision(&b, d, sum); err != nil {
		f.Fatal(err)
	}
	file := b.Bytes()
	for _, data := range [][]byte{file, file[:200], append(bytes.Clone(file), '\n'), nil} {
		for _, format := range []string{"plain", "gzip", "zstd"} {
			f.Add(packed(f, format, data))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		err := Verify(bytes.NewReader(data), d, sum)
		var diff *Difference
		switch {
		case err == nil:
			if data[0] == '{' && !bytes.Equal(data, file) {
				t.Fatalf("accepted: %q", data)
			}
		case errors.As(err, &diff):
			if bytes.Equal(data, file) || diff.Line < 1 || diff.Column < 1 || len(diff.Error()) > 10*maxExcerpt {
				t.Fatalf("%#v", diff)
			}
			if expected := lineAt(file, diff.Line); len(expected) <= maxExcerpt && diff.Expected != expected || diff.Found == diff.Expected {
				t.Fatalf("%#v, want %q", diff, expected)
			}
		case fault.KindOf(err) != fault.Invalid:
			t.Fatalf("%#v", err)
		}
	})
}
