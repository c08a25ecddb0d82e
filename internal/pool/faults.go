package pool

import (
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fault"
)

// Codes of the faults that checks find.
const (
	CodeRequired   = "required"     // an empty field that must not be
	CodeMalformed  = "malformed"    // not written as it has to be
	CodeOutOfRange = "out_of_range" // a number, time or length outside its bounds
	CodeDuplicate  = "duplicate"    // twice in a list
	CodeConflict   = "conflict"     // two fields, or two nouns, that contradict each other
)

// MaxAmount bounds every amount of a noun (exclusive), in gpu_ms, so that it
// survives every reader of JSON.
const MaxAmount = 1 << 53

// Longest texts, in bytes.
const (
	MaxNameBytes    = 200
	MaxPurposeBytes = 10_000
)

// faults collects what a check finds.
type faults struct{ found []error }

func (f *faults) add(code, path, format string, args ...any) {
	f.found = append(f.found, fault.New(fault.Invalid, code, format, args...).At(0, path))
}

func (f *faults) err() error { return errors.Join(f.found...) }

// text checks a text for people: not empty, UTF-8, at most so many bytes.
func (f *faults) text(path, s string, maxBytes int) {
	switch {
	case s == "":
		f.add(CodeRequired, path, "is empty")
	case len(s) > maxBytes:
		f.add(CodeOutOfRange, path, "has %d bytes, at most %d are kept", len(s), maxBytes)
	case !utf8.ValidString(s):
		f.add(CodeMalformed, path, "is not UTF-8")
	}
}

// amount checks that 0 ≤ a < MaxAmount.
func (f *faults) amount(path string, a credit.Amount) {
	if a.Sign() < 0 || a.GPUMilliseconds() >= MaxAmount {
		f.add(CodeOutOfRange, path, "is %v, expected 0 to 2^53 - 1", a)
	}
}

// price returns what d costs if that is within 0..MaxAmount-1, else 0.
func (f *faults) price(path string, d credit.GPUSeconds, rate credit.Rate) credit.Amount {
	cost, err := rate.Cost(d)
	if err != nil || cost.Sign() < 0 || cost.GPUMilliseconds() >= MaxAmount {
		f.add(CodeOutOfRange, path, "%d GPU-seconds at %d permille are not within 0 to 2^53 - 1 gpu_ms", d, rate.Permille())
		return credit.Amount{}
	}
	return cost
}

// instant checks a moment that has to be known: UTC, to the microsecond.
func (f *faults) instant(path string, t time.Time) {
	switch {
	case t.IsZero():
		f.add(CodeRequired, path, "is missing")
	case t.Location() != time.UTC:
		f.add(CodeMalformed, path, "is in %v, expected UTC", t.Location())
	case t.Nanosecond()%1000 != 0:
		f.add(CodeMalformed, path, "is finer than a microsecond")
	}
}

// wholeSecond checks a moment from which supply is measured.
func (f *faults) wholeSecond(path string, t time.Time) {
	f.instant(path, t)
	if t.Nanosecond() != 0 && t.Nanosecond()%1000 == 0 {
		f.add(CodeMalformed, path, "is not on a whole second")
	}
}

// each checks every entry of a list by itself and that none stands there twice.
func each[T comparable](f *faults, path string, list []T, check func(f *faults, path string, entry T)) {
	seen := make(map[T]bool, len(list))
	for i, entry := range list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if seen[entry] {
			f.add(CodeDuplicate, at, "%v stands there twice", entry)
			continue
		}
		seen[entry] = true
		check(f, at, entry)
	}
}
