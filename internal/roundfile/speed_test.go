package roundfile

import (
	"bytes"
	"fmt"
	"io"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// sized makes a valid input with so many requests: 40 nations of 25
// institutions with up to 90 projects each, 200 lots, 400 eligibilities.
func sized(requests int) fairshare.Input {
	start := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	end := start.AddDate(0, 1, 0)
	in := fairshare.Input{Round: fairshare.Round{
		ID: "round-2026-12", Start: start, End: end,
		GuaranteePermille: 500, BankLimitRounds: 4, MaxPasses: 8,
	}}
	for i := range 200 {
		in.Lots = append(in.Lots, fairshare.Lot{
			ID: fmt.Sprintf("lot-%03d", i), Class: "a100-40gb", Site: fmt.Sprintf("site-%d", i%30),
			Ends: end, Supply: credit.GPUMilliseconds(int64(36_000_000 * (i + 1))),
		})
	}
	for i := range 400 {
		e := fairshare.Eligibility{ID: fmt.Sprintf("sig-%03d", i), Lots: []string{}}
		for j := i % 7; j < 200; j += 5 + i%11 {
			e.Lots = append(e.Lots, in.Lots[j].ID)
		}
		in.Eligibilities = append(in.Eligibilities, e)
	}
	in.Nodes = append(in.Nodes, fairshare.Node{ID: "pool", Kind: fairshare.KindPool, Weight: 1})
	var projects []string
	for n := range 40 {
		nation := fmt.Sprintf("N%02d", n)
		in.Nodes = append(in.Nodes, fairshare.Node{ID: nation, Parent: "pool", Kind: fairshare.KindNation, Weight: int64(n + 1)})
		for i := range 25 {
			institution := fmt.Sprintf("%s-inst-%02d", nation, i)
			in.Nodes = append(in.Nodes, fairshare.Node{ID: institution, Parent: nation, Kind: fairshare.KindInstitution, Weight: 1})
			for p := range min(90, requests/2000+1) {
				project := fmt.Sprintf("%s-proj-%02d", institution, p)
				in.Nodes = append(in.Nodes, fairshare.Node{ID: project, Parent: institution, Kind: fairshare.KindProject, Weight: 1})
				projects = append(projects, project)
			}
		}
	}
	for i := range requests {
		in.Requests = append(in.Requests, fairshare.Request{
			ID: fmt.Sprintf("req-%07x", uint32(i)*2654435761%(1<<28)), Node: projects[i*7919%len(projects)],
			Eligibility: in.Eligibilities[i%400].ID, Max: credit.GPUMilliseconds(int64(3600 * (i%5000 + 1))),
			Rank: 1, Submitted: start.Add(-time.Duration(i) * time.Second),
		})
	}
	return in
}

func frozen(t testing.TB, in fairshare.Input) *fairshare.Snapshot {
	t.Helper()
	s, err := fairshare.Freeze(in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func written(t testing.TB, s *fairshare.Snapshot) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := WriteSnapshot(&b, s); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// pack compresses data; any other format leaves it as it is.
func pack(format string, data []byte) ([]byte, error) {
	var b bytes.Buffer
	var w io.WriteCloser
	switch format {
	case "gzip":
		w = gzip.NewWriter(&b)
	case "zstd":
		encoder, err := zstd.NewWriter(&b, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		w = encoder
	default:
		return data, nil
	}
	if _, err := w.Write(data); err != nil {
		return nil, err
	}
	err := w.Close()
	return b.Bytes(), err
}

func packed(t testing.TB, format string, data []byte) []byte {
	t.Helper()
	b, err := pack(format, data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// measured runs a benchmark over so many bytes. Beside the wall clock it
// reports processor time, which a busy machine disturbs less.
func measured(b *testing.B, size int, op func() error) {
	b.SetBytes(int64(size))
	b.ReportAllocs()
	before := processorTime(b)
	for b.Loop() {
		if err := op(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((processorTime(b)-before).Milliseconds())/float64(b.N), "cpu-ms/op")
}

func processorTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

var benchSizes = []int{100_000, 1_000_000}

func BenchmarkDecode(b *testing.B) {
	for _, n := range benchSizes {
		plain := written(b, frozen(b, sized(n)))
		for _, format := range []string{"plain", "gzip", "zstd"} {
			data := packed(b, format, plain)
			b.Run(fmt.Sprintf("%s/%d", format, n), func(b *testing.B) {
				measured(b, len(plain), func() error {
					_, _, err := decode(bytes.NewReader(data), fileLimits)
					return err
				})
			})
		}
	}
}

func BenchmarkReadSnapshot(b *testing.B) {
	for _, n := range benchSizes {
		data := written(b, frozen(b, sized(n)))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			measured(b, len(data), func() error {
				_, err := ReadSnapshot(bytes.NewReader(data))
				return err
			})
		})
	}
}

func BenchmarkSnapshotSHA256(b *testing.B) {
	for _, n := range benchSizes {
		s := frozen(b, sized(n))
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			measured(b, len(written(b, s)), func() error {
				_, err := SnapshotSHA256(s)
				return err
			})
		})
	}
}

func BenchmarkDecision(b *testing.B) {
	for _, n := range benchSizes {
		s := frozen(b, sized(n))
		d, sum, file := decided(b, s)
		b.Run(fmt.Sprintf("write/%d", n), func(b *testing.B) {
			measured(b, len(file), func() error { return WriteDecision(io.Discard, d, sum) })
		})
		b.Run(fmt.Sprintf("verify/%d", n), func(b *testing.B) {
			measured(b, len(file), func() error { return Verify(bytes.NewReader(file), d, sum) })
		})
	}
}
