package matching

import (
	"encoding/binary"

	"github.com/commonpool/commonpool/internal/pool"
)

// Condition is why a lot cannot be used. The words are stable: they stand in
// the public files.
type Condition string

// The conditions, in the order in which they claim a lot.
const (
	// Nation: the donor names nations and admits the recipient's neither by
	// name nor by group.
	Nation Condition = "nation"
	// Group: the donor names only groups, and the recipient's nation is in none.
	Group Condition = "group"
	// Field: the donor names fields, and the request's belongs to none.
	Field Condition = "field"
	// CivilianPurpose: the donor requires that declaration.
	CivilianPurpose Condition = "civilian_purpose"
	// OpenOutputs: the donor requires that declaration.
	OpenOutputs Condition = "open_outputs"
	// Residency: the site is under none of the jurisdictions that the request's
	// data may not leave, or the donor requires limits that the request does not
	// keep.
	Residency Condition = "residency"
	// Window: the lot's period and the request's window do not overlap.
	Window Condition = "window"
	// Class: the request accepts other classes only.
	Class Condition = "class"
	// Site: the request accepts other sites only.
	Site Condition = "site"
	// Jurisdiction: the request accepts other jurisdictions only.
	Jurisdiction Condition = "jurisdiction"
)

// Conditions returns every condition in the order in which they claim a lot.
func Conditions() []Condition {
	names := make([]Condition, len(rules))
	for i, r := range rules {
		names[i] = r.name
	}
	return names
}

// claim is what is matched: a request on behalf of a nation.
type claim struct {
	request *pool.Request
	nation  *pool.Nation
}

// rule is one condition.
type rule struct {
	name Condition
	// met reports whether the condition holds for a claim on a lot.
	met func(c claim, o *Offer) bool
	// key appends what met reads of the claim: with equal keys met answers
	// alike for every lot of the timeline's catalog.
	key func(key []byte, c claim, in *timeline) []byte
}

// rules are the conditions in their order.
var rules = [...]rule{
	{
		Nation,
		func(c claim, o *Offer) bool {
			return len(o.Lot.Conditions.Nations) == 0 || o.Lot.Conditions.Admits(*c.nation)
		},
		nationKey,
	},
	{
		Group,
		func(c claim, o *Offer) bool { return o.Lot.Conditions.Admits(*c.nation) },
		nationKey,
	},
	{
		Field,
		func(c claim, o *Offer) bool { return o.Lot.Conditions.AdmitsField(c.request.Field) },
		func(key []byte, c claim, _ *timeline) []byte { return append(key, c.request.Field...) },
	},
	{
		CivilianPurpose,
		func(c claim, o *Offer) bool {
			return c.request.Declares.CivilianPurpose || !o.Lot.Conditions.CivilianPurpose
		},
		func(key []byte, c claim, _ *timeline) []byte {
			return appendBool(key, c.request.Declares.CivilianPurpose)
		},
	},
	{
		OpenOutputs,
		func(c claim, o *Offer) bool {
			return c.request.Declares.OpenOutputs || !o.Lot.Conditions.OpenOutputs
		},
		func(key []byte, c claim, _ *timeline) []byte { return appendBool(key, c.request.Declares.OpenOutputs) },
	},
	{
		Residency,
		func(c claim, o *Offer) bool {
			return c.request.DataMayRestAt(o.Site) && o.Lot.Conditions.AdmitsResidency(c.request.Residency)
		},
		func(key []byte, c claim, _ *timeline) []byte { return appendList(key, c.request.Residency) },
	},
	{
		Window,
		func(c claim, o *Offer) bool { return c.request.Window.Overlaps(o.Lot.Period) },
		windowKey,
	},
	{
		Class,
		func(c claim, o *Offer) bool { return c.request.AcceptsClass(o.Lot.Class) },
		func(key []byte, c claim, _ *timeline) []byte {
			return appendList(appendText(key, c.request.Ask.Class), c.request.Accepts.Classes)
		},
	},
	{
		Site,
		func(c claim, o *Offer) bool { return c.request.AcceptsSite(o.Lot.Site) },
		func(key []byte, c claim, _ *timeline) []byte { return appendList(key, c.request.Accepts.Sites) },
	},
	{
		Jurisdiction,
		func(c claim, o *Offer) bool { return c.request.AcceptsJurisdiction(o.Site) },
		func(key []byte, c claim, _ *timeline) []byte { return appendList(key, c.request.Accepts.Jurisdictions) },
	},
}

// nationKey is the key of the rules that read the recipient's nation. Groups
// are part of it, so that a nation whose facts were mended is not mistaken.
func nationKey(key []byte, c claim, _ *timeline) []byte {
	return appendList(appendText(key, c.nation.ID), c.nation.Groups)
}

// windowKey counts the lots that are over when the window begins and those that
// begin before it ends: windows between the same lots have the same key.
func windowKey(key []byte, c claim, in *timeline) []byte {
	window := c.request.Window
	if window.IsEmpty() {
		return key
	}
	over, begun := in.around(window)
	return binary.AppendUvarint(binary.AppendUvarint(key, uint64(over)), uint64(begun))
}

func appendBool(key []byte, b bool) []byte {
	if b {
		return append(key, 1)
	}
	return append(key, 0)
}

// appendText appends a text with its length before it, so that no two lists of
// texts have the same key.
func appendText[T ~string](key []byte, text T) []byte {
	return append(binary.AppendUvarint(key, uint64(len(text))), text...)
}

func appendList[T ~string](key []byte, list []T) []byte {
	for _, text := range list {
		key = appendText(key, text)
	}
	return key
}
