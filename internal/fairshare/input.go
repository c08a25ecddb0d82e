package fairshare

import (
	"fmt"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
)

// Limits of an input. Beyond them Freeze refuses it.
const (
	// MaxAmount bounds every single amount (exclusive), so that integers
	// survive every JSON reader and sums of a few amounts fit 64 bits.
	MaxAmount = 1 << 53
	// MaxWeight is the largest weight of a node.
	MaxWeight = 1_000_000
	// MaxDepth is the largest number of levels of a tree, the pool included.
	MaxDepth = 1_000
	// MaxBankLimitRounds is the largest bank limit.
	MaxBankLimitRounds = 1_000
	// MaxPassesLimit is the largest number of passes a policy may ask for.
	MaxPassesLimit = 1_000
	// MaxRank is the largest rank of a request.
	MaxRank = 1<<31 - 1
)

// Input is what one round is decided from, as plain records in any order,
// referring to one another by id. Freeze checks it and turns it into a
// Snapshot.
type Input struct {
	Round         Round
	Lots          []Lot
	Eligibilities []Eligibility
	Nodes         []Node
	Requests      []Request
}

// Round names the round, its period [Start, End) and its policy.
type Round struct {
	ID         string
	Start, End time.Time
	// GuaranteePermille is α: the part of its entitlement, in permille, that
	// a node is guaranteed whatever it owes. 0..1000.
	GuaranteePermille int64
	// BankLimitRounds is K: a balance stays within ±K entitlements.
	BankLimitRounds int64
	// MaxPasses counts the first pass; at least 1.
	MaxPasses int64
	// Policy and PolicySHA256 name the policy document; nil when absent.
	Policy, PolicySHA256 *string
}

// Lot is supply of one GPU class at one site under one set of conditions.
type Lot struct {
	ID, Class, Site string
	Ends            time.Time
	Supply          credit.Amount
	// OpenTo names the children of the pool that the lot's conditions admit;
	// nil admits all, an empty slice admits none.
	OpenTo []string
}

// Eligibility is a set of lots that requests may use, and which condition
// removed which other lots. ExcludedBy is nil when absent.
type Eligibility struct {
	ID         string
	Lots       []string
	ExcludedBy map[string][]string
}

// Kinds of nodes, from the root down. A tree may leave levels out or repeat
// them; only the root is a pool.
const (
	KindPool        = "pool"
	KindNation      = "nation"
	KindInstitution = "institution"
	KindLead        = "lead"
	KindProject     = "project"
)

// Node is one claimant of the tree. Parent is "" for the root alone.
type Node struct {
	ID, Parent, Kind string
	// Weight is 0..MaxWeight. The default, 1, is the reader's to fill in.
	Weight int64
	Floor  credit.Amount
	// Cap is nil when there is none.
	Cap *credit.Amount
	// Balance is the node's reciprocity balance before the round. Commons is
	// the commons account of the sibling group below the node.
	Balance, Commons credit.Amount
}

// Request asks for an amount between Min and Max from the lots of one
// eligibility. It hangs on a node without child nodes.
type Request struct {
	ID, Node, Eligibility string
	Min, Max              credit.Amount
	// Rank orders the requests of one node, smaller first. 0..MaxRank.
	Rank      int64
	Submitted time.Time
	// Held requests take nothing and count as no demand.
	Held bool
}

// Record names one record of an input: its kind as in the snapshot file
// (round, lot, eligibility, node, request) and its index in the Input's slice
// of that kind (0 for the round).
type Record struct {
	Kind  string
	Index int
}

// Malformed is the error of Freeze: the first fault found in an input.
type Malformed struct {
	Record Record
	// ID is the record's id, "" where it has none.
	ID string
	// Field is the snapshot file's name of the field at fault.
	Field string
	// Problem says what was found and what was expected.
	Problem string
}

func (m *Malformed) Error() string {
	return fmt.Sprintf("%s %q: %s: %s", m.Record.Kind, m.ID, m.Field, m.Problem)
}
