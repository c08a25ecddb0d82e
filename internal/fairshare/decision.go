package fairshare

// Engine names the version of the rule. A change of any outcome is a new name.
const Engine = "fairshare/1"

// Decision is the outcome of a round. Nodes, Requests and Left stand in the
// order of the snapshot's nodes, requests and lots (by id); Awards are sorted
// by request id, then lot id.
type Decision struct {
	Nodes    []NodeOutcome
	Requests []RequestOutcome
	Awards   []Award
	// Left is what remains of each lot, in gpu_ms.
	Left []int64

	snapshot  *Snapshot
	divisions *divisions
}

// NodeOutcome is what the round decided for one node; all amounts in gpu_ms.
type NodeOutcome struct {
	// Entitlement is the node's share by weight alone of its parent's supply.
	Entitlement int64
	// Floor is the lower bound that held in the division, guarantee included.
	Floor int64
	// Granted is the sum of the grants of the requests below.
	Granted int64
	// Balance and Commons are the accounts after the round.
	Balance, Commons int64

	reason reason
}

// RequestOutcome is what the round decided for one request.
type RequestOutcome struct {
	Granted int64 // gpu_ms

	reason reason
}

// Award is a part of a grant taken from one lot. Request and Lot are indices
// into the snapshot's requests and lots.
type Award struct {
	Request, Lot int32
	Amount       int64 // gpu_ms
}

// Codes of reasons.
const (
	DemandMet     = "demand_met"
	Share         = "share"
	Floor         = "floor"
	Cap           = "cap"
	Lots          = "lots"
	BelowMinimum  = "below_minimum"
	NoEligibleLot = "no_eligible_lot"
	HeldBack      = "held"
)

// Reason says why a node or a request was not granted more, with the numbers
// to check it. Only the fields of its code are set.
type Reason struct {
	Code string
	// LevelNum/LevelDen is the largest key (2(x−b)−1)/w of the units given out
	// above the floors in the division, in lowest terms; 0/1 when none was.
	// (share, lots)
	LevelNum, LevelDen int64
	// Siblings counts the claimants that stand at this level, itself included.
	// (share, lots)
	Siblings int64
	// Node is the id of the node whose cap binds. (cap)
	Node string
	// Lots names each exhausted group of lots that set the level by its first
	// lot. (lots)
	Lots []string
	// WouldHave is what the claimant would have been given with minima
	// ignored, in gpu_ms. (below_minimum)
	WouldHave int64
	// ExcludedBy is the eligibility's own list: condition → lots it removed.
	// (no_eligible_lot)
	ExcludedBy map[string][]string
}
