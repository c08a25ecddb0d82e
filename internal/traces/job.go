package traces

import (
	"math"
	"math/bits"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Unknown stands for a number that the input does not give.
const Unknown int64 = -1

// Limits of what is read.
const (
	// MaxLine is the longest line read, in bytes without its end. Longer ones
	// are refused.
	MaxLine = 1 << 20
	// maxText is the longest id, user, group, class or state, in bytes.
	maxText = 256
	// maxRaw is how many bytes of a refused line are shown.
	maxRaw = 160
	// maxQuoted is how many bytes of a field are repeated in a reason.
	maxQuoted = 40
)

// Job is one request for GPUs as a cluster recorded it.
type Job struct {
	// Line is the 1-based line it was read from.
	Line int
	// ID is unique in its input.
	ID string
	// Submitted is in UTC, to the microsecond.
	Submitted time.Time
	// User may be empty; Group (Slurm's account) is not.
	User, Group string
	// GPUs, at least 1, are asked for during DurationSeconds, at least 1.
	GPUs, DurationSeconds int64
	// GPUSeconds is GPUs × DurationSeconds.
	GPUSeconds int64
	// Class is the GPU type in the words of the source; empty: not known.
	Class string
	// UsedSeconds is how long the job ran, or Unknown. It may exceed
	// DurationSeconds by the time that stopping took.
	UsedSeconds int64
	// State is the source's word for how it ended; empty: not known.
	State string
}

// Refusal says why a line is not a job.
type Refusal struct {
	// Line is the 1-based line.
	Line int
	// Field is the column or field at fault; empty: the line as a whole.
	Field string
	// Reason is one sentence for a person.
	Reason string
	// Raw is the beginning of the line, safe to print: what cannot be shown is
	// replaced by U+FFFD.
	Raw string
}

// Summary counts what an input held.
type Summary struct {
	// Lines counts all of them: header, comments and blank lines too.
	Lines int
	// Jobs, Steps and Refused count lines of these kinds.
	Jobs, Steps, Refused int
	// GPUSeconds is the sum over Jobs.
	GPUSeconds int64
	// First and Last are the earliest and latest submission, zero without jobs.
	First, Last time.Time
}

// add counts a job. It reports false, counting nothing, where the sum of
// GPU-seconds would no longer fit.
func (s *Summary) add(j Job) bool {
	if j.GPUSeconds > math.MaxInt64-s.GPUSeconds {
		return false
	}
	if s.Jobs == 0 || j.Submitted.Before(s.First) {
		s.First = j.Submitted
	}
	if s.Jobs == 0 || j.Submitted.After(s.Last) {
		s.Last = j.Submitted
	}
	s.GPUSeconds += j.GPUSeconds
	s.Jobs++
	return true
}

// refused is the error of a line that is not a job; everything else that goes
// wrong breaks the whole input.
type refused struct{ field, reason string }

func (r *refused) Error() string {
	if r.field == "" {
		return r.reason
	}
	return r.field + ": " + r.reason
}

// product is gpus × seconds, for a field that it is reported under.
func product(field string, gpus, seconds int64) (int64, error) {
	hi, lo := bits.Mul64(uint64(gpus), uint64(seconds))
	if hi != 0 || lo > math.MaxInt64 {
		return 0, &refused{field, "GPUs × seconds does not fit in 64 bits"}
	}
	return int64(lo), nil
}

// label checks a name that will be kept: bounded, printable, without blanks at
// its ends. The copy lets go of the line it came from.
func label(field, s string) (string, error) {
	switch {
	case len(s) > maxText:
		return "", &refused{field, "is longer than 256 bytes"}
	case strings.TrimSpace(s) != s:
		return "", &refused{field, "begins or ends with a blank"}
	case strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }):
		return "", &refused{field, "holds a character that cannot be printed"}
	}
	return strings.Clone(s), nil
}

// requiredLabel is a label that may not be empty.
func requiredLabel(field, s string) (string, error) {
	if s == "" {
		return "", &refused{field, "is empty"}
	}
	return label(field, s)
}

// printable is the first max bytes of s, whole characters only, with everything
// that a terminal might act on replaced.
func printable(s string, limit int) string {
	end := ""
	if len(s) > limit {
		cut := limit
		for cut > limit-utf8.UTFMax && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s, end = s[:cut], "…"
	}
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return utf8.RuneError
		}
		return r
	}, s) + end
}

// quoted repeats a field in a reason.
func quoted(s string) string { return `"` + printable(s, maxQuoted) + `"` }
