package roundfile

import (
	"math/bits"
	"strings"
)

// Formats of the two files; a change of format is a new name.
const (
	snapshotFormat = "commonpool.round/v1"
	decisionFormat = "commonpool.decision/v1"
)

// Values of optional fields that were left out.
const (
	defaultGuaranteePermille = 500
	defaultBankLimitRounds   = 4
	defaultMaxPasses         = 8
	defaultWeight            = 1
	defaultRank              = 1
)

// maxInteger is the largest magnitude of an integer: every JSON reader, also
// one that knows only doubles, reads it exactly.
const maxInteger = 1<<53 - 1

// maxText is the longest string, in bytes.
const maxText = 256

// limits bound what a reader accepts, so that a small compressed file cannot
// ask for unlimited memory or time.
type limits struct {
	line    int   // bytes of one line, without its newline
	records int   // records
	entries int   // entries of all lists together, and keys of excluded_by
	bytes   int64 // bytes of the file, decompressed
}

// With these a file of the worst shape takes some 6 GB of memory to read.
var fileLimits = limits{line: 8 << 20, records: 5_000_000, entries: 10_000_000, bytes: 2 << 30}

// shape is what the value of a field looks like.
type shape uint8

const (
	aText           shape = iota // a string
	aDigest                      // 64 lower-case hexadecimal digits
	aTime                        // an RFC 3339 time in UTC
	anInteger                    // an integer
	anIntegerOrNull              // an integer or null
	aFlag                        // true or false
	aList                        // a list of strings
	aListObject                  // an object of such lists
)

// field is a member of some record; a name has the same shape in every kind.
type field uint8

const (
	fieldRecord field = iota
	fieldID
	fieldFormat
	fieldStart
	fieldEnd
	fieldGuarantee
	fieldBankLimit
	fieldMaxPasses
	fieldPolicy
	fieldPolicySHA256
	fieldClass
	fieldSite
	fieldEnds
	fieldSupply
	fieldOpenTo
	fieldLots
	fieldExcludedBy
	fieldParent
	fieldKind
	fieldWeight
	fieldFloor
	fieldCap
	fieldBalance
	fieldCommons
	fieldNode
	fieldEligibility
	fieldMin
	fieldMax
	fieldRank
	fieldSubmitted
	fieldHeld
	numFields
)

var fields = [numFields]struct {
	name  string
	shape shape
}{
	fieldRecord:       {"record", aText},
	fieldID:           {"id", aText},
	fieldFormat:       {"format", aText},
	fieldStart:        {"start", aTime},
	fieldEnd:          {"end", aTime},
	fieldGuarantee:    {"guarantee_permille", anInteger},
	fieldBankLimit:    {"bank_limit_rounds", anInteger},
	fieldMaxPasses:    {"max_passes", anInteger},
	fieldPolicy:       {"policy", aText},
	fieldPolicySHA256: {"policy_sha256", aDigest},
	fieldClass:        {"class", aText},
	fieldSite:         {"site", aText},
	fieldEnds:         {"ends", aTime},
	fieldSupply:       {"supply_gpu_ms", anInteger},
	fieldOpenTo:       {"open_to", aList},
	fieldLots:         {"lots", aList},
	fieldExcludedBy:   {"excluded_by", aListObject},
	fieldParent:       {"parent", aText},
	fieldKind:         {"kind", aText},
	fieldWeight:       {"weight", anInteger},
	fieldFloor:        {"floor_gpu_ms", anInteger},
	fieldCap:          {"cap_gpu_ms", anIntegerOrNull},
	fieldBalance:      {"balance_gpu_ms", anInteger},
	fieldCommons:      {"commons_gpu_ms", anInteger},
	fieldNode:         {"node", aText},
	fieldEligibility:  {"eligibility", aText},
	fieldMin:          {"min_gpu_ms", anInteger},
	fieldMax:          {"max_gpu_ms", anInteger},
	fieldRank:         {"rank", anInteger},
	fieldSubmitted:    {"submitted_at", aTime},
	fieldHeld:         {"held", aFlag},
}

var fieldsByName = func() map[string]field {
	m := make(map[string]field, numFields)
	for f := range numFields {
		m[fields[f].name] = f
	}
	return m
}()

// kind is a kind of record, in the order of the canonical form.
type kind uint8

const (
	kindRound kind = iota
	kindLot
	kindEligibility
	kindNode
	kindRequest
	numKinds
)

var kinds = [numKinds]struct {
	name               string
	required, optional fieldSet
}{
	kindRound: {
		"round",
		setOf(fieldID, fieldFormat, fieldStart, fieldEnd),
		setOf(fieldGuarantee, fieldBankLimit, fieldMaxPasses, fieldPolicy, fieldPolicySHA256),
	},
	kindLot: {
		"lot",
		setOf(fieldID, fieldClass, fieldSite, fieldEnds, fieldSupply),
		setOf(fieldOpenTo),
	},
	kindEligibility: {
		"eligibility",
		setOf(fieldID, fieldLots),
		setOf(fieldExcludedBy),
	},
	kindNode: {
		"node",
		setOf(fieldID, fieldParent, fieldKind),
		setOf(fieldWeight, fieldFloor, fieldCap, fieldBalance, fieldCommons),
	},
	kindRequest: {
		"request",
		setOf(fieldID, fieldNode, fieldEligibility, fieldMax, fieldSubmitted),
		setOf(fieldMin, fieldRank, fieldHeld),
	},
}

// kindNamed finds a kind by the value of its record field.
func kindNamed(s string) (kind, bool) {
	for k := range numKinds {
		if kinds[k].name == s {
			return k, true
		}
	}
	return 0, false
}

func kindNames() string {
	names := make([]string, numKinds)
	for k := range numKinds {
		names[k] = kinds[k].name
	}
	return strings.Join(names, ", ")
}

// fieldSet is a set of fields, one bit each.
type fieldSet uint64

func setOf(fs ...field) fieldSet {
	var s fieldSet
	for _, f := range fs {
		s |= 1 << f
	}
	return s
}

func (s fieldSet) has(f field) bool { return s&(1<<f) != 0 }

// first is the set's first field; the set is not empty.
func (s fieldSet) first() field { return field(bits.TrailingZeros64(uint64(s))) }
