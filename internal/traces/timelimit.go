package traces

import (
	"math"
	"strings"
)

// timelimit is a limit of at least one second in one of Slurm's forms: minutes,
// minutes:seconds, hours:minutes:seconds, days-hours, days-hours:minutes,
// days-hours:minutes:seconds. A limit that is not a number of seconds (none at
// all, or the partition's, which the output does not say) is refused.
func timelimit(field, s string) (int64, error) {
	switch strings.ToLower(s) {
	case "":
		return 0, &refused{field, "is empty"}
	case "unlimited", "infinite", "partition_limit", "unknown", "none", "invalid":
		return 0, &refused{field, "gives no number of seconds: " + quoted(s)}
	}
	n, err := clockSeconds(field, s)
	if err == nil && n == 0 {
		return 0, &refused{field, "is zero"}
	}
	return n, err
}

// elapsed is how long a job ran: [days-][hours:]minutes:seconds, of which a
// fraction is rounded up; empty is Unknown.
func elapsed(field, s string) (int64, error) {
	if s == "" {
		return Unknown, nil
	}
	whole, fraction, point := strings.Cut(s, ".")
	if point && !digits(fraction) || !strings.Contains(whole, ":") {
		return 0, &refused{field, "is not like 1-02:03:04 or 02:03:04: " + quoted(s)}
	}
	n, err := clockSeconds(field, whole)
	if err == nil && n < math.MaxInt64 && strings.Trim(fraction, "0") != "" {
		n++
	}
	return n, err
}

// clockSeconds adds up the parts of a length of time. The first part is
// unbounded, the others stay below the unit before them.
func clockSeconds(field, s string) (int64, error) {
	var units []int64 // seconds of each part, largest first
	days, clock, hasDays := strings.Cut(s, "-")
	colons := strings.Count(s, ":")
	switch {
	case colons > 2:
		return 0, &refused{field, "is not a length of time: " + quoted(s)}
	case hasDays:
		units = []int64{86400, 3600, 60, 1}
	case colons == 0: // minutes
		units, clock = []int64{60}, s
	default: // minutes:seconds, hours:minutes:seconds
		units, clock = []int64{3600, 60, 1}[2-colons:], s
	}
	var total, limit int64 = 0, math.MaxInt64
	add := func(part string) error {
		n, err := count(field, part, 0)
		if err != nil {
			return &refused{field, "is not a length of time: " + quoted(s)}
		}
		if n >= limit {
			return &refused{field, "has a part that is too large: " + quoted(s)}
		}
		if n > (math.MaxInt64-total)/units[0] {
			return &refused{field, "does not fit in 64 bits of seconds: " + quoted(s)}
		}
		total += n * units[0]
		if len(units) > 1 {
			limit = units[0] / units[1]
		}
		units = units[1:]
		return nil
	}
	if hasDays {
		if err := add(days); err != nil {
			return 0, err
		}
	}
	for part := range strings.SplitSeq(clock, ":") {
		if err := add(part); err != nil {
			return 0, err
		}
	}
	return total, nil
}
