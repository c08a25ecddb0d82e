package roundfile

import (
	"errors"
	"fmt"
	"io"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/fault"
)

// ReadSnapshot reads a snapshot file, plain or compressed with gzip or zstd,
// and freezes it. It reads r to its end and does not close it.
//
// A malformed file gives a *fault.Error of kind Invalid with the line and the
// field of the first fault: first of the lines by themselves, then of how the
// records fit together. A failure of r itself is returned wrapped, not as a
// fault.
func ReadSnapshot(r io.Reader) (*fairshare.Snapshot, error) {
	in, at, err := decode(r, fileLimits)
	if err != nil {
		return nil, err
	}
	snapshot, err := fairshare.Freeze(in)
	if err != nil {
		return nil, at.place(err)
	}
	return snapshot, nil
}

// lines remembers the line of each record of an Input, by kind.
type lines [numKinds][]int32

// place translates a fault that Freeze found into one with a line.
func (at *lines) place(err error) error {
	var bad *fairshare.Malformed
	if !errors.As(err, &bad) {
		return fmt.Errorf("freeze the snapshot: %w", err)
	}
	line := 0
	if k, ok := kindNamed(bad.Record.Kind); ok && bad.Record.Index < len(at[k]) {
		line = int(at[k][bad.Record.Index])
	}
	return fault.New(fault.Invalid, codeMalformed, "%s", bad.Problem).At(line, bad.Field).Because(bad)
}

// decoder collects the records of a file.
type decoder struct {
	*scanner
	in fairshare.Input
	at lines
}

// decode reads a snapshot file without judging how its records fit together.
func decode(r io.Reader, l limits) (fairshare.Input, lines, error) {
	src, err := decompress(r)
	if err != nil {
		return fairshare.Input{}, lines{}, err
	}
	defer src.Close()
	d := decoder{scanner: newScanner(l)}
	in := newLineReader(src, l)
	for {
		line, err := in.next()
		if err == io.EOF {
			break
		}
		if err == nil {
			err = d.add(line, in.number)
		}
		if err != nil {
			return fairshare.Input{}, lines{}, src.explain(err, in.number)
		}
	}
	if len(d.at[kindRound]) == 0 {
		missing := malformed("record", "the end of the file", "a round record")
		return fairshare.Input{}, lines{}, place(missing, in.number)
	}
	return d.in, d.at, nil
}

// add reads one line into the input.
func (d *decoder) add(line []byte, number int) error {
	if number > d.limits.records {
		return malformed("", "one record more", fmt.Sprintf("at most %d", d.limits.records))
	}
	if bad := d.scan(line); bad != nil {
		return bad
	}
	k, bad := d.kind()
	if bad != nil {
		return bad
	}
	d.at[k] = grow(d.at[k])
	d.at[k] = append(d.at[k], int32(number))
	switch k {
	case kindRound:
		return d.round()
	case kindLot:
		d.lot()
	case kindEligibility:
		d.eligibility()
	case kindNode:
		d.node()
	case kindRequest:
		d.request()
	}
	return nil
}

// kind finds the record's kind and checks that it has all the fields of its
// kind and no others.
func (d *decoder) kind() (kind, *fault.Error) {
	seen := d.record.seen
	if !seen.has(fieldRecord) {
		return 0, malformed(fields[fieldRecord].name, "no such field", "one of "+kindNames())
	}
	value := string(d.record.texts[fieldRecord])
	k, ok := kindNamed(value)
	if !ok {
		return 0, malformed(fields[fieldRecord].name, quote(value), "one of "+kindNames())
	}
	allowed := kinds[k].required | kinds[k].optional | setOf(fieldRecord)
	if excess := seen &^ allowed; excess != 0 {
		return 0, malformed(fields[excess.first()].name, "a field of another kind of record", "only the fields of "+kinds[k].name)
	}
	if missing := kinds[k].required &^ seen; missing != 0 {
		return 0, malformed(fields[missing.first()].name, "no such field", "it in every "+kinds[k].name)
	}
	return k, nil
}

func (d *decoder) round() error {
	if len(d.at[kindRound]) > 1 {
		return malformed(fields[fieldRecord].name, "a second round", "one round in a file")
	}
	if format := d.record.texts[fieldFormat]; string(format) != snapshotFormat {
		return malformed(fields[fieldFormat].name, quote(format), quote(snapshotFormat))
	}
	d.in.Round = fairshare.Round{
		ID:                d.own(fieldID),
		Start:             d.record.times[fieldStart],
		End:               d.record.times[fieldEnd],
		GuaranteePermille: d.integer(fieldGuarantee, defaultGuaranteePermille),
		BankLimitRounds:   d.integer(fieldBankLimit, defaultBankLimitRounds),
		MaxPasses:         d.integer(fieldMaxPasses, defaultMaxPasses),
		Policy:            d.optional(fieldPolicy),
		PolicySHA256:      d.optional(fieldPolicySHA256),
	}
	return nil
}

func (d *decoder) lot() {
	lot := fairshare.Lot{
		ID:     d.shared(fieldID),
		Class:  d.shared(fieldClass),
		Site:   d.shared(fieldSite),
		Ends:   d.record.times[fieldEnds],
		Supply: d.amount(fieldSupply),
	}
	if d.record.seen.has(fieldOpenTo) {
		lot.OpenTo = d.record.list
	}
	d.in.Lots = append(grow(d.in.Lots), lot)
}

func (d *decoder) eligibility() {
	e := fairshare.Eligibility{ID: d.shared(fieldID), Lots: d.record.list}
	if d.record.seen.has(fieldExcludedBy) {
		e.ExcludedBy = d.record.lists
	}
	d.in.Eligibilities = append(grow(d.in.Eligibilities), e)
}

func (d *decoder) node() {
	node := fairshare.Node{
		ID:      d.shared(fieldID),
		Parent:  d.shared(fieldParent),
		Kind:    d.shared(fieldKind),
		Weight:  d.integer(fieldWeight, defaultWeight),
		Floor:   d.amount(fieldFloor),
		Balance: d.amount(fieldBalance),
		Commons: d.amount(fieldCommons),
	}
	if d.record.seen.has(fieldCap) && !d.record.null {
		limit := d.amount(fieldCap)
		node.Cap = &limit
	}
	d.in.Nodes = append(grow(d.in.Nodes), node)
}

func (d *decoder) request() {
	d.in.Requests = append(grow(d.in.Requests), fairshare.Request{
		ID:          d.own(fieldID),
		Node:        d.shared(fieldNode),
		Eligibility: d.shared(fieldEligibility),
		Min:         d.amount(fieldMin),
		Max:         d.amount(fieldMax),
		Rank:        d.integer(fieldRank, defaultRank),
		Submitted:   d.record.times[fieldSubmitted],
		Held:        d.record.seen.has(fieldHeld) && d.record.flag,
	})
}

// own is the text of a field that no other record repeats.
func (d *decoder) own(f field) string { return d.names.keep(d.record.texts[f]) }

// shared is the text of a field that other records repeat or refer to.
func (d *decoder) shared(f field) string { return d.names.intern(d.record.texts[f]) }

func (d *decoder) optional(f field) *string {
	if !d.record.seen.has(f) {
		return nil
	}
	s := d.own(f)
	return &s
}

// integer is the value of a field, or its default where it was left out.
func (d *decoder) integer(f field, left int64) int64 {
	if !d.record.seen.has(f) {
		return left
	}
	return d.record.integers[f]
}

// amount is the value of a field; a left-out amount is 0.
func (d *decoder) amount(f field) credit.Amount { return credit.GPUMilliseconds(d.integer(f, 0)) }

// grow makes room for one record more by doubling: a file's length is not
// known before its end, and append alone copies large slices five times over.
func grow[T any](s []T) []T {
	if len(s) < cap(s) {
		return s
	}
	grown := make([]T, len(s), max(64, 2*cap(s)))
	copy(grown, s)
	return grown
}
