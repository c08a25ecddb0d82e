package credit

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// MaxTextBytes is the longest decimal that is read.
const MaxTextBytes = 64

// Errors of reading decimals.
var (
	// ErrSyntax: the text is not a decimal as ParseGPUHours describes it.
	ErrSyntax = errors.New("credit: not a decimal number")
	// ErrInexact: the number has more places than the unit can hold.
	ErrInexact = errors.New("credit: too many decimal places to be exact")
)

// ParseGPUHours reads GPU-hours in decimal and returns them as GPU-seconds:
// "12.5" is 45000. The text is an optional minus sign, digits, and optionally a
// point and digits, at most MaxTextBytes bytes: no grouping, exponent, plus sign
// or space. Nothing is rounded: "0.001" (3.6 seconds) is ErrInexact. Errors:
// ErrSyntax, ErrInexact, ErrOverflow.
func ParseGPUHours(text string) (GPUSeconds, error) {
	n, err := parseTimes(text, int64(Hour))
	return GPUSeconds(n), err
}

// ParseGPUHours reads GPU-hours of a class of this rate in decimal, as the
// function ParseGPUHours does, and returns what they cost. The result is exact
// to 1 gpu_ms or ErrInexact. Errors: ErrNoRate, ErrSyntax, ErrInexact,
// ErrOverflow.
func (r Rate) ParseGPUHours(text string) (Amount, error) {
	if r.IsZero() {
		return Amount{}, ErrNoRate
	}
	n, err := parseTimes(text, int64(Hour)*r.Permille())
	return Amount{n}, err
}

// ParseCredits reads credits in decimal, as ParseGPUHours does: "1.5" is
// 5,400,000 gpu_ms. Errors: ErrSyntax, ErrInexact, ErrOverflow.
func ParseCredits(text string) (Amount, error) { return Reference().ParseGPUHours(text) }

// parseTimes returns the decimal in text times unit, if that is an integer of
// 64 bits.
func parseTimes(text string, unit int64) (int64, error) {
	if len(text) > MaxTextBytes {
		return 0, fmt.Errorf("%w: longer than %d bytes", ErrSyntax, MaxTextBytes)
	}
	if !isDecimal(text) {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, text)
	}
	number, ok := new(big.Rat).SetString(text)
	if !ok {
		return 0, fmt.Errorf("%w: %q", ErrSyntax, text)
	}
	number.Mul(number, new(big.Rat).SetInt64(unit))
	switch {
	case !number.IsInt():
		return 0, fmt.Errorf("%w: %q", ErrInexact, text)
	case !number.Num().IsInt64():
		return 0, fmt.Errorf("%w: %q", ErrOverflow, text)
	}
	return number.Num().Int64(), nil
}

// isDecimal reports whether text is -?[0-9]+(\.[0-9]+)?; big.Rat alone would
// also read fractions, exponents, underscores and other bases.
func isDecimal(text string) bool {
	whole, fraction, point := strings.Cut(strings.TrimPrefix(text, "-"), ".")
	return isDigits(whole) && (!point || isDigits(fraction))
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// Style says how a number is written. The zero value writes "1234567.89".
type Style struct {
	// Group stands between groups of three digits before the point; "": none.
	Group string
	// Point stands before the decimals; "": a full stop.
	Point string
}

// FormatCredits writes a as credits with two decimals. Halves are rounded away
// from zero, so that an amount and its opposite show the same digits; what
// rounds to zero has no sign.
func FormatCredits(a Amount, style Style) string {
	return formatHundredths(a, Reference(), style)
}

// FormatGPUHours writes a as GPU-hours of a class of this rate with two
// decimals, rounded as FormatCredits does. Errors: ErrNoRate.
func (r Rate) FormatGPUHours(a Amount, style Style) (string, error) {
	if r.IsZero() {
		return "", ErrNoRate
	}
	return formatHundredths(a, r, style), nil
}

func formatHundredths(a Amount, r Rate, style Style) string {
	magnitude := uint64(a.gpuMS)
	if a.gpuMS < 0 {
		magnitude = -magnitude // right for the smallest amount too
	}
	unit := uint64(Hour) / 100 * uint64(r.permille) // a hundredth of a GPU-hour
	hundredths := magnitude / unit
	if magnitude%unit >= unit/2 { // unit is even
		hundredths++
	}
	sign := ""
	if a.gpuMS < 0 && hundredths > 0 {
		sign = "-"
	}
	point := style.Point
	if point == "" {
		point = "."
	}
	cents := strconv.FormatUint(hundredths%100+100, 10)[1:]
	return sign + group(strconv.FormatUint(hundredths/100, 10), style.Group) + point + cents
}

// group puts separator between groups of three digits, counted from the right.
func group(digits, separator string) string {
	if separator == "" {
		return digits
	}
	var b strings.Builder
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(separator)
		}
		b.WriteByte(digits[i])
	}
	return b.String()
}
