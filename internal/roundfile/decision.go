package roundfile

import (
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// WriteDecision writes the decision file; there is one sequence of bytes for a
// decision. Its last line counts the records before it and carries the SHA-256
// of all bytes before it. Errors are as for WriteSnapshot.
func WriteDecision(w io.Writer, d *fairshare.Decision, snapshotSHA256 string) error {
	sum := sha256.New()
	e := newEncoder(io.MultiWriter(w, sum))
	e.header(d.Snapshot().Round().ID, snapshotSHA256)
	e.outcomes(d)
	e.flush()
	e.w = w
	e.begin()
	e.text("record", "end")
	e.integer("records", int64(e.records))
	e.text("sha256", hex.EncodeToString(sum.Sum(nil)))
	e.end()
	e.flush()
	return e.err
}

func (e *encoder) header(id, snapshotSHA256 string) {
	if !isDigest(snapshotSHA256) {
		e.refuse("snapshot_sha256", quote(snapshotSHA256), shapes[aDigest].words)
	}
	e.begin()
	e.text("engine", fairshare.Engine)
	e.text("format", decisionFormat)
	e.text("id", id)
	e.text("record", "decision")
	e.text("snapshot_sha256", snapshotSHA256)
	e.end()
}

// outcomes writes the records between the first and the last.
func (e *encoder) outcomes(d *fairshare.Decision) {
	s := d.Snapshot()
	for i := 0; i < len(d.Nodes) && e.err == nil; i++ {
		e.nodeOutcome(s.Nodes()[i].ID, &d.Nodes[i], d.NodeReason(i))
	}
	for i := 0; i < len(d.Requests) && e.err == nil; i++ {
		e.begin()
		e.integer("granted_gpu_ms", d.Requests[i].Granted)
		e.text("id", s.RequestID(i))
		e.reason(d.RequestReason(i))
		e.text("record", "request")
		e.end()
	}
	for i := 0; i < len(d.Awards) && e.err == nil; i++ {
		a := d.Awards[i]
		e.begin()
		e.integer("amount_gpu_ms", a.Amount)
		e.text("lot", s.Lots()[a.Lot].ID)
		e.text("record", "award")
		e.text("request", s.RequestID(int(a.Request)))
		e.end()
	}
	for i, left := range d.Left {
		e.begin()
		e.text("id", s.Lots()[i].ID)
		e.integer("left_gpu_ms", left)
		e.text("record", "lot")
		e.end()
	}
}

func (e *encoder) nodeOutcome(id string, o *fairshare.NodeOutcome, why fairshare.Reason) {
	e.begin()
	e.integer("balance_gpu_ms", o.Balance)
	e.integer("commons_gpu_ms", o.Commons)
	e.integer("entitlement_gpu_ms", o.Entitlement)
	e.integer("floor_gpu_ms", o.Floor)
	e.integer("granted_gpu_ms", o.Granted)
	e.text("id", id)
	e.reason(why)
	e.text("record", "node")
	e.end()
}

// reason writes a reason with the numbers that its code calls for.
func (e *encoder) reason(r fairshare.Reason) {
	e.key("reason")
	e.begin()
	e.text("code", r.Code)
	switch r.Code {
	case fairshare.Share, fairshare.Lots:
		e.integer("level_den", r.LevelDen)
		e.integer("level_num", r.LevelNum)
		if r.Code == fairshare.Lots {
			e.list("lots", r.Lots)
		}
		e.integer("siblings", r.Siblings)
	case fairshare.Cap:
		e.text("node", r.Node)
	case fairshare.BelowMinimum:
		e.integer("would_have", r.WouldHave)
	case fairshare.NoEligibleLot:
		e.lists("excluded_by", r.ExcludedBy)
	}
	e.b = append(e.b, '}')
}
