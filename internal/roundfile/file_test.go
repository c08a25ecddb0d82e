package roundfile

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func create(t *testing.T, path string, data []byte) *File {
	t.Helper()
	f, err := CreateFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
	return f
}

func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestACommittedFileIsReadBackByItsName(t *testing.T) {
	plain := written(t, frozen(t, sized(2000)))
	for name, magic := range map[string]string{"s.jsonl": "{", "s.jsonl.gz": "\x1f\x8b", "s.jsonl.zst": "\x28\xb5\x2f\xfd"} {
		folder := t.TempDir()
		path := filepath.Join(folder, name)
		f := create(t, path, plain)
		if got := names(t, folder); len(got) != 1 || got[0] == name {
			t.Errorf("before the commit: %v", got)
		}
		if err := f.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(f.Abort(), f.Abort()); err != nil {
			t.Errorf("abort after the commit: %v", err)
		}
		if err := f.Commit(); err == nil {
			t.Error("a second commit succeeded")
		}
		if got := names(t, folder); !slices.Equal(got, []string{name}) {
			t.Errorf("after the commit: %v", got)
		}
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(data), magic) || magic != "{" && len(data) > len(plain)/2 {
			t.Errorf("%s: %d bytes of %d, starting %q", name, len(data), len(plain), data[:4])
		}
		if back := written(t, readBack(t, data)); !bytes.Equal(back, plain) {
			t.Errorf("%s: read back otherwise", name)
		}
	}
}

func TestAnAbortedFileLeavesWhatWasThere(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "d.jsonl.gz")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := create(t, path, bytes.Repeat([]byte("after"), 100_000))
	if err := f.Abort(); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("committed after the abort")
	}
	if data, err := os.ReadFile(path); string(data) != "before" {
		t.Errorf("%q, %v", data, err)
	}
	if got := names(t, folder); len(got) != 1 {
		t.Errorf("left over: %v", got)
	}
	f = create(t, path, []byte("after"))
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); bytes.Equal(data, []byte("before")) || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

func TestTwoWritersOfOneNameDoNotMix(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.jsonl")
	a, b := create(t, path, []byte("aaaa")), create(t, path, []byte("bb"))
	if err := errors.Join(b.Commit(), a.Commit()); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); string(data) != "aaaa" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

func TestASymbolicLinkStaysALink(t *testing.T) {
	folder := t.TempDir()
	target, link := filepath.Join(folder, "target"), filepath.Join(folder, "link")
	if err := errors.Join(os.WriteFile(target, nil, 0o600), os.Symlink("target", link)); err != nil {
		t.Fatal(err)
	}
	if err := create(t, link, []byte("new")).Commit(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&fs.ModeSymlink == 0 {
		t.Errorf("the link: %v, %v", info, err)
	}
	if data, err := os.ReadFile(target); string(data) != "new" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

func TestADeviceIsWrittenToAndNotReplaced(t *testing.T) {
	if err := create(t, os.DevNull, []byte("gone")).Commit(); err != nil {
		t.Fatal(err)
	}
	if err := create(t, os.DevNull, []byte("gone")).Abort(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(os.DevNull); err != nil || info.Mode()&fs.ModeDevice == 0 {
		t.Errorf("%v, %v", info, err)
	}
}

func TestADashIsStandardOutput(t *testing.T) {
	folder := t.TempDir()
	out, err := os.Create(filepath.Join(folder, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	defer func(before *os.File) { os.Stdout = before }(os.Stdout)
	os.Stdout = out
	if err := create(t, "-", []byte("dropped")).Abort(); err != nil {
		t.Fatal(err)
	}
	if err := create(t, "-", []byte("printed")).Commit(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.WriteString(", still open"); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(out.Name()); string(data) != "printed, still open" || err != nil {
		t.Errorf("%q, %v", data, err)
	}
}

func TestAnUnusableNameIsAnError(t *testing.T) {
	folder := t.TempDir()
	for _, path := range []string{"", folder, filepath.Join(folder, "missing", "x")} {
		if f, err := CreateFile(path); err == nil {
			t.Errorf("%q was created", path)
			f.Abort()
		}
	}
	f := create(t, filepath.Join(folder, "x"), []byte("data"))
	if err := os.Mkdir(filepath.Join(folder, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("a folder was replaced")
	}
	if got := names(t, folder); !slices.Equal(got, []string{"x"}) {
		t.Errorf("left over: %v", got)
	}
}

func TestAFullDeviceIsAnError(t *testing.T) {
	f, err := CreateFile("/dev/full")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("no /dev/full here")
	}
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write([]byte("data")); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit(); err == nil {
		t.Error("the commit succeeded")
	}
}
