package roundfile

import (
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// WriteSnapshot writes the canonical form of a snapshot. Errors are those of
// w, or a fault of kind Invalid (without a line) where the snapshot has a
// string or a time that the format cannot express.
func WriteSnapshot(w io.Writer, s *fairshare.Snapshot) error {
	e := newEncoder(w)
	e.round(s.Round())
	for i := range s.Lots() {
		e.lot(&s.Lots()[i])
	}
	for i := range s.Eligibilities() {
		e.eligibility(&s.Eligibilities()[i])
	}
	for i := range s.Nodes() {
		e.node(&s.Nodes()[i])
	}
	for i := range s.NumRequests() {
		if e.err != nil {
			break
		}
		e.request(s.Request(i))
	}
	e.flush()
	return e.err
}

// SnapshotSHA256 is the SHA-256 of the canonical form, in lower-case
// hexadecimal digits: the name under which a decision refers to its snapshot.
// Errors are as for WriteSnapshot.
func SnapshotSHA256(s *fairshare.Snapshot) (string, error) {
	h := sha256.New()
	if err := WriteSnapshot(h, s); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func (e *encoder) round(r fairshare.Round) {
	e.begin()
	e.integer("bank_limit_rounds", r.BankLimitRounds)
	e.time("end", r.End)
	e.text("format", snapshotFormat)
	e.integer("guarantee_permille", r.GuaranteePermille)
	e.text("id", r.ID)
	e.integer("max_passes", r.MaxPasses)
	if r.Policy != nil {
		e.text("policy", *r.Policy)
	}
	if r.PolicySHA256 != nil {
		if !isDigest(*r.PolicySHA256) {
			e.refuse("policy_sha256", quote(*r.PolicySHA256), shapes[aDigest].words)
		}
		e.text("policy_sha256", *r.PolicySHA256)
	}
	e.text("record", "round")
	e.time("start", r.Start)
	e.end()
}

func (e *encoder) lot(l *fairshare.Lot) {
	e.begin()
	e.text("class", l.Class)
	e.time("ends", l.Ends)
	e.text("id", l.ID)
	if l.OpenTo != nil {
		e.list("open_to", l.OpenTo)
	}
	e.text("record", "lot")
	e.text("site", l.Site)
	e.integer("supply_gpu_ms", l.Supply.GPUMilliseconds())
	e.end()
}

func (e *encoder) eligibility(el *fairshare.Eligibility) {
	e.begin()
	if el.ExcludedBy != nil {
		e.lists("excluded_by", el.ExcludedBy)
	}
	e.text("id", el.ID)
	e.list("lots", el.Lots)
	e.text("record", "eligibility")
	e.end()
}

func (e *encoder) node(n *fairshare.Node) {
	e.begin()
	e.integer("balance_gpu_ms", n.Balance.GPUMilliseconds())
	if n.Cap == nil {
		e.null("cap_gpu_ms")
	} else {
		e.integer("cap_gpu_ms", n.Cap.GPUMilliseconds())
	}
	e.integer("commons_gpu_ms", n.Commons.GPUMilliseconds())
	e.integer("floor_gpu_ms", n.Floor.GPUMilliseconds())
	e.text("id", n.ID)
	e.text("kind", n.Kind)
	e.text("parent", n.Parent)
	e.text("record", "node")
	e.integer("weight", n.Weight)
	e.end()
}

func (e *encoder) request(r fairshare.Request) {
	e.begin()
	e.text("eligibility", r.Eligibility)
	e.flag("held", r.Held)
	e.text("id", r.ID)
	e.integer("max_gpu_ms", r.Max.GPUMilliseconds())
	e.integer("min_gpu_ms", r.Min.GPUMilliseconds())
	e.text("node", r.Node)
	e.integer("rank", r.Rank)
	e.text("record", "request")
	e.time("submitted_at", r.Submitted)
	e.end()
}
