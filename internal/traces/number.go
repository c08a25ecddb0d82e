package traces

import (
	"math/big"
	"strconv"
	"strings"
)

// maxDigits bounds a decimal, and with it the cost of calculating exactly.
const maxDigits = 40

// count is a whole number of at least least, written in decimal digits alone.
func count(field, s string, least int64) (int64, error) {
	if s == "" {
		return 0, &refused{field, "is empty"}
	}
	if !digits(s) {
		if rest, minus := strings.CutPrefix(s, "-"); minus && digits(rest) {
			return 0, &refused{field, "is negative: " + quoted(s)}
		}
		return 0, &refused{field, "is not a whole number: " + quoted(s)}
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0, &refused{field, "does not fit in 64 bits: " + quoted(s)}
	}
	if n < least {
		return 0, &refused{field, "is " + strconv.FormatInt(n, 10) + ", at least " + strconv.FormatInt(least, 10) + " is expected"}
	}
	return n, nil
}

// decimal is a number of at least zero, written as digits with at most one point.
func decimal(field, s string) (*big.Rat, error) {
	whole, fraction, point := strings.Cut(s, ".")
	switch {
	case s == "":
		return nil, &refused{field, "is empty"}
	case len(s) > maxDigits:
		return nil, &refused{field, "has more than " + strconv.Itoa(maxDigits) + " digits"}
	case !digits(whole) || point && !digits(fraction):
		return nil, &refused{field, "is not a decimal number of at least zero: " + quoted(s)}
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil, &refused{field, "is not a decimal number: " + quoted(s)}
	}
	return r, nil
}

// digits reports that s is one decimal digit or more, and nothing else.
func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// plural is a number with its noun, in words for a person.
func plural(n int, noun string) string {
	s := strconv.Itoa(n)
	switch {
	case noun == "":
		return s
	case n == 1:
		return s + " " + noun
	}
	return s + " " + noun + "s"
}
