package advice

// Kind is what is changed. The words are stable: messages are rendered by them.
type Kind string

// The kinds of changes, in the order in which equal ones are listed.
const (
	// AcceptLots: the request may use more lots.
	AcceptLots Kind = "accept_lots"
	// LowerMinimum: the request is content with less in one round.
	LowerMinimum Kind = "lower_minimum"
	// RaiseMaximum: the request, which got all it asked for, asks for more.
	RaiseMaximum Kind = "raise_maximum"
	// RankFirst: the request comes first in its project.
	RankFirst Kind = "rank_first"
	// Release: the request is no longer held.
	Release Kind = "release"
	// RaiseCap and RemoveCap: a node may be granted more, or any amount.
	RaiseCap  Kind = "raise_cap"
	RemoveCap Kind = "remove_cap"
	// RaiseWeight: a node has a larger share among its siblings.
	RaiseWeight Kind = "raise_weight"
	// RaiseFloor: a node is given more before its siblings share.
	RaiseFloor Kind = "raise_floor"
)

var kinds = []Kind{
	AcceptLots, LowerMinimum, RaiseMaximum, RankFirst, Release, RaiseCap, RemoveCap, RaiseWeight, RaiseFloor,
}

// Role is who could make a change.
type Role string

// The roles, in the order in which their changes are listed.
const (
	// Requester: the researcher whose request it is.
	Requester Role = "requester"
	// Lead: the principal investigator, who ranks the project's requests.
	Lead Role = "lead"
	// NationalAdmin: the settings inside one nation, and its requests' reviews.
	NationalAdmin Role = "national_admin"
	// PoolAdmin: the settings of nations and of the pool.
	PoolAdmin Role = "pool_admin"
)

var roles = []Role{Requester, Lead, NationalAdmin, PoolAdmin}

// Change is one change to a snapshot and what it brings. Only the fields of its
// kind are set.
type Change struct {
	Kind Kind
	By   Role
	// Request or Node is the id of the record that changes; the other is "".
	Request, Node string
	// From and To are the field's value in the snapshot and after the change: in
	// gpu_ms for minima, maxima, caps and floors (To is 0 for RemoveCap), plain
	// numbers for ranks and weights.
	From, To int64
	// OthersDown: every other request of the node has its rank raised by one, to
	// make room. (RankFirst)
	OthersDown bool
	// Exact: one gpu_ms more was decided too, and is too much. (LowerMinimum)
	Exact bool
	// Accept is what the request accepts besides. (AcceptLots)
	Accept Widening
	// Eligibility is the id of a record of the snapshot with just the lots of
	// Accept; "" if there is none and one has to be added. (AcceptLots)
	Eligibility string

	Before, After Outcome
}

// Outcome is what a round grants, in gpu_ms.
type Outcome struct {
	// Granted is the grant of the request, or of the node, that was asked about.
	Granted int64
	// Node is the grant of the whole node on which the request hangs; of the
	// node itself when a node was asked about.
	Node int64
}

// Gain is how much more the request or node is granted, in gpu_ms; it may be
// negative.
func (c *Change) Gain() int64 { return c.After.Granted - c.Before.Granted }

// Widening is what a request could accept besides what it accepts now. Lists
// are in order.
type Widening struct {
	// Classes, Sites and Jurisdictions are to be accepted besides; empty where
	// what is accepted now will do.
	Classes, Sites, Jurisdictions []string
	// Lots are all lots that the request may use then, Added those among them
	// that it may not use now.
	Lots, Added []string
}

// names counts what a person has to accept.
func (w *Widening) names() int { return len(w.Classes) + len(w.Sites) + len(w.Jurisdictions) }
