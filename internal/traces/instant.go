package traces

import (
	"strings"
	"time"
)

// instant is a time with a zone after RFC 3339, as UTC to the microsecond.
func instant(field, s string) (time.Time, error) {
	// The standard library also takes "T1:02:03" and "03,5", which RFC 3339 does not.
	const hourEnd = len("2006-01-02T15")
	var t time.Time
	if len(s) <= hourEnd || s[hourEnd] != ':' || strings.Contains(s, ",") || t.UnmarshalText([]byte(s)) != nil {
		return time.Time{}, noInstant(field, s, "2006-01-02T15:04:05Z")
	}
	return within(field, t)
}

// slurmInstant is a time as Slurm prints it: without a zone (taken as UTC), or
// with an offset where SLURM_TIME_FORMAT asked for one.
func slurmInstant(field, s string) (time.Time, error) {
	const local = "2006-01-02T15:04:05"
	if len(s) == len(local) {
		if t, err := time.Parse(local, s); err == nil {
			return within(field, t)
		}
	} else if len(s) > len(local) {
		if t, err := time.Parse(local+"-0700", s); err == nil {
			return within(field, t)
		}
		if t, err := instant(field, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, noInstant(field, s, local)
}

// noInstant is the refusal of a time: not known, or not written as expected.
func noInstant(field, s, expected string) error {
	switch strings.ToLower(s) {
	case "", "unknown", "none", "n/a":
		return &refused{field, "is not known"}
	}
	return &refused{field, "is not a time like " + expected + ": " + quoted(s)}
}

// within refuses times that no computer of this kind can have written.
func within(field string, t time.Time) (time.Time, error) {
	t = t.UTC().Truncate(time.Microsecond)
	if y := t.Year(); y < 1970 || y > 9999 {
		return time.Time{}, &refused{field, "lies outside the years 1970 to 9999"}
	}
	return t, nil
}
