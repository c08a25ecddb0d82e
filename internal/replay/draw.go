package replay

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
)

// drawer draws whole numbers by hashing: the same seed, question and id give the
// same answer, whatever was asked before.
type drawer uint64

// below draws from 0 to n−1, for n of 1 or more: the first 64 bits of the SHA-256
// of seed, question and id, reduced by the high half of a 128-bit product. The
// bias is less than n in 2^64.
func (d drawer) below(n int64, question, id string) int64 {
	var space [128]byte // enough for most, so that a draw leaves nothing behind
	text := binary.BigEndian.AppendUint64(space[:0], uint64(d))
	text = append(append(append(text, question...), 0), id...)
	sum := sha256.Sum256(text)
	hi, _ := bits.Mul64(binary.BigEndian.Uint64(sum[:8]), uint64(n))
	return int64(hi)
}

// in reports true in so many of a hundred cases.
func (d drawer) in(percent int64, question, id string) bool {
	return d.below(100, question, id) < percent
}

// shortHash names a text that cannot be an id by itself.
func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// partOf is ⌊amount × part / whole⌋ for numbers that are not negative; not ok if
// it does not fit 63 bits.
func partOf(amount, part, whole int64) (result int64, ok bool) {
	hi, lo := bits.Mul64(uint64(amount), uint64(part))
	if hi >= uint64(whole) {
		return 0, false
	}
	q, _ := bits.Div64(hi, lo, uint64(whole))
	return int64(q), q < 1<<63
}
