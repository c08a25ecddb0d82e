package advice_test

import (
	"bytes"
	"encoding/json"
	"maps"

	"github.com/commonpool/commonpool/internal/advice"
	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/roundfile"
)

// tester is a *testing.T or a *rapid.T.
type tester interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// file is a snapshot as its public file. Changes are made in its JSON and the
// result is read and decided anew: nothing of the package under test has a hand
// in it but the promise.
type file struct {
	lines   [][]byte
	records []map[string]any
}

func serialise(t tester, s *fairshare.Snapshot) *file {
	t.Helper()
	var b bytes.Buffer
	if err := roundfile.WriteSnapshot(&b, s); err != nil {
		t.Fatal(err)
	}
	f := &file{lines: bytes.Split(bytes.TrimSuffix(b.Bytes(), []byte("\n")), []byte("\n"))}
	for _, line := range f.lines {
		record := map[string]any{}
		d := json.NewDecoder(bytes.NewReader(line))
		d.UseNumber()
		if err := d.Decode(&record); err != nil {
			t.Fatal(err)
		}
		f.records = append(f.records, record)
	}
	return f
}

// edit is a copy of the file in which the picked records are changed, and the
// further ones added.
func (f *file) edit(t tester, picked func(kind, id any, record map[string]any) bool,
	change func(record map[string]any), more ...map[string]any,
) []byte {
	t.Helper()
	var b bytes.Buffer
	put := func(record map[string]any) {
		line, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	for i, record := range f.records {
		if picked(record["record"], record["id"], record) {
			fresh := maps.Clone(record)
			change(fresh)
			put(fresh)
			continue
		}
		b.Write(f.lines[i])
		b.WriteByte('\n')
	}
	for _, record := range more {
		put(record)
	}
	return b.Bytes()
}

func (f *file) find(kind, id string) map[string]any {
	for _, r := range f.records {
		if r["record"] == kind && r["id"] == id {
			return r
		}
	}
	return nil
}

// carryOut makes a change in the file.
func (f *file) carryOut(t tester, c *advice.Change) []byte {
	t.Helper()
	field := map[advice.Kind]string{
		advice.LowerMinimum: "min_gpu_ms", advice.RaiseMaximum: "max_gpu_ms", advice.RaiseCap: "cap_gpu_ms",
		advice.RaiseWeight: "weight", advice.RaiseFloor: "floor_gpu_ms", advice.RankFirst: "rank",
	}[c.Kind]
	var more []map[string]any
	if c.Kind == advice.AcceptLots {
		more = append(more, map[string]any{"record": "eligibility", "id": "wider", "lots": c.Accept.Lots})
	}
	var home any
	if c.Request != "" {
		home = f.find("request", c.Request)["node"]
	}
	picked := func(kind, id any, r map[string]any) bool {
		if c.Node != "" {
			return kind == "node" && id == c.Node
		}
		return kind == "request" && (id == c.Request || c.OthersDown && r["node"] == home)
	}
	return f.edit(t, picked, func(r map[string]any) {
		before, _ := r[field].(json.Number)
		value, _ := before.Int64()
		switch {
		case c.Request != "" && r["id"] != c.Request:
			r["rank"] = value + 1
		case c.Kind == advice.AcceptLots:
			r["eligibility"] = "wider"
		case c.Kind == advice.Release:
			r["held"] = false
		case c.Kind == advice.RemoveCap:
			r["cap_gpu_ms"] = nil
		case value != c.From:
			t.Fatalf("%+v: %s is %d", c, field, value)
		default:
			r[field] = c.To
		}
	}, more...)
}

func decide(t tester, snapshot []byte) *fairshare.Decision {
	t.Helper()
	s, err := roundfile.ReadSnapshot(bytes.NewReader(snapshot))
	if err != nil {
		t.Fatalf("%v in\n%s", err, snapshot)
	}
	return fairshare.DecideWith(s, 1)
}

// granted reads the outcome for a request (or "") and a node.
func granted(d *fairshare.Decision, request, node string) (o advice.Outcome) {
	s := d.Snapshot()
	for i, n := range s.Nodes() {
		if n.ID == node {
			o = advice.Outcome{Granted: d.Nodes[i].Granted, Node: d.Nodes[i].Granted}
		}
	}
	for i := range s.NumRequests() {
		if s.Request(i).ID == request {
			o.Granted = d.Requests[i].Granted
		}
	}
	return o
}

// check verifies every figure of an advice about a request (or "") and a node.
func check(t tester, f *file, d *fairshare.Decision, a *advice.Advice, request, node string) {
	t.Helper()
	now := granted(d, request, node)
	if a.Now != now || a.Runs > advice.MaxRuns {
		t.Fatalf("now %+v, in the decision %+v; %d runs", a.Now, now, a.Runs)
	}
	for i, list := range [][]advice.Change{a.Changes, a.Futile} {
		for k := range list {
			c := &list[k]
			if got := granted(decide(t, f.carryOut(t, c)), request, node); got != c.After || c.Before != now {
				t.Fatalf("%+v\npromised %+v, the re-run gives %+v", *c, c.After, got)
			}
			if gains := c.Gain() > 0; gains != (i == 0) || k > 0 && c.Gain() > list[k-1].Gain() {
				t.Fatalf("out of place: %+v", *c)
			}
			if c.Kind == advice.LowerMinimum && c.Exact {
				more := *c
				more.To++
				if got := granted(decide(t, f.carryOut(t, &more)), request, node); got.Granted != 0 {
					t.Fatalf("%+v is exact, but one more gives %+v", *c, got)
				}
			}
		}
	}
	for _, by := range []advice.Role{advice.Requester, advice.Lead, advice.NationalAdmin, advice.PoolAdmin} {
		most := int64(0)
		for _, c := range a.Changes {
			if c.By == by {
				most = max(most, c.Gain())
			}
		}
		if best := a.Best(by); (best == nil) != (most == 0) || best != nil && (best.Gain() != most || best.By != by) {
			t.Fatalf("best for %s is %+v, the most is %d", by, best, most)
		}
	}
}
