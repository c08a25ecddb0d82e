package bench

import (
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/roundfile"
)

var (
	measure = flag.Bool("figures", false, "measure the figures and print the table")
	record  = flag.Bool("record", false, "with -figures: write the table into README.md")
)

func TestFigures(t *testing.T) {
	if !*measure {
		t.Skip("The figures are measured with -figures only: run make bench.")
	}
	b := &board{T: t, sorting: NewSorting(), machine: Machine()}
	b.baseline()
	b.simulate()
	b.decide()
	b.memory()
	b.growth()
	b.files()
	b.linearProgram()

	fmt.Println("\n" + Text(b.machine, b.figures))
	if *record {
		if err := Record("README.md", Markdown(b.machine, time.Now(), b.figures)); err != nil {
			t.Fatal(err)
		}
	}
}

// board collects the figures.
type board struct {
	*testing.T
	sorting *Sorting
	machine string
	figures []Figure
}

func (b *board) add(f Figure) {
	b.figures = append(b.figures, f)
	b.Log(f.cells())
}

func (b *board) baseline() {
	took := interleaved(b.sorting.Run)[0]
	b.add(Figure{What: "slices.Sort of 1,000,000 random int64", Ours: seconds(took), Value: 1, Unit: "× sort"})
}

// besideSort measures parts, each beside sorting, and gives their medians.
func (b *board) besideSort(parts ...func() time.Duration) (sort time.Duration, ours []time.Duration) {
	times := interleaved(append([]func() time.Duration{b.sorting.Run}, parts...)...)
	return times[0], times[1:]
}

func (b *board) addTime(what string, limit, aim float64, sort, ours time.Duration) {
	b.add(Figure{
		What: what, Limit: limit, Aim: aim, Ours: seconds(ours) + " (sort " + seconds(sort) + ")",
		Value: float64(ours) / float64(sort), Unit: "× sort",
	})
}

func seconds(d time.Duration) string {
	s := d.Seconds()
	if s < 0.1 {
		return fmt.Sprintf("%.2f ms", 1000*s)
	}
	return fmt.Sprintf("%.3f s", s)
}

func frozen(t testing.TB, in fairshare.Input) *fairshare.Snapshot {
	t.Helper()
	s, err := fairshare.Freeze(in)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decide(s *fairshare.Snapshot) *fairshare.Decision {
	return fairshare.DecideWith(s, runtime.GOMAXPROCS(0))
}

func timedDecide(s *fairshare.Snapshot) func() time.Duration {
	return func() time.Duration { return timed(func() { decide(s) }) }
}

var million = []struct {
	what       string
	shape      Shape
	limit, aim float64
}{
	{"one supply", Million(), 12, 4},
	{"one supply, no minima", Million().WithoutMinima(), 12, 4},
	{"1,000 lots in 256 groups, 16 signatures", Million().ManyLots(), 40, 10},
}

func (b *board) decide() {
	for i, m := range million {
		in := Generate(m.shape)
		parts := []func() time.Duration{}
		if i == 0 {
			bare, supply := NewBare(&in), in.Lots[0].Supply.GPUMilliseconds()
			parts = append(parts, func() time.Duration { return timed(func() { bare.Divide(supply) }) })
		}
		parts = append([]func() time.Duration{timedDecide(frozen(b, in))}, parts...)
		sort, ours := b.besideSort(parts...)
		b.addTime("Decide, 1,000,000 requests, "+m.what, m.limit, m.aim, sort, ours[0])
		if i == 0 {
			b.addTime("bare five-level integer division of the same tree", 0, 0, sort, ours[1])
		}
	}
}

func (b *board) memory() {
	for _, m := range million {
		s := frozen(b, Generate(m.shape))
		var with, above []uint64
		for range Runs {
			before, peak := peakHeap(func() { decide(s) })
			with, above = append(with, peak), append(above, peak-before)
		}
		n := float64(s.NumRequests())
		for _, f := range []struct {
			what  string
			bytes uint64
		}{{"with the snapshot", median(with)}, {"above the snapshot", median(above)}} {
			b.add(Figure{
				What: "peak heap in Decide, " + m.what + ", " + f.what, Limit: 400, Aim: 150,
				Ours: mebibytes(f.bytes), Value: float64(f.bytes) / n, Unit: "bytes/request",
			})
		}
	}
}

func mebibytes[T uint64 | int64](n T) string { return fmt.Sprintf("%.0f MiB", float64(n)/(1<<20)) }

func (b *board) growth() {
	sizes := []int{10_000, 30_000, 100_000, 300_000, 1_000_000}
	names := []string{"10,000", "30,000", "100,000", "300,000", "1,000,000"}
	for _, m := range []int{0, 2} {
		var parts []func() time.Duration
		for _, n := range sizes {
			s, times := frozen(b, Generate(million[m].shape.Scaled(n))), max(1, 200_000/n)
			parts = append(parts, func() time.Duration {
				return timed(func() {
					for range times {
						decide(s)
					}
				}) / time.Duration(times)
			})
		}
		ours := interleaved(parts...)
		for i, n := range sizes {
			f := Figure{
				What: "growth, " + million[m].what + ": " + names[i] + " requests", Ours: seconds(ours[i]),
				Value: float64(ours[i]) / float64(ours[0]), Unit: "× 10,000 requests",
			}
			if n == 1_000_000 {
				f.Limit = math.Round(100 * math.Log(1e6) / math.Log(1e4)) // n·log n: 150
			}
			b.add(f)
		}
	}
}

// files times reading, freezing and encoding apart. Reading is what is left of
// ReadSnapshot without Freeze.
func (b *board) files() {
	for _, i := range []int{0, 2} {
		path := b.writeRound(million[i].shape)
		s := b.read(path)
		d := decide(s)
		sum, err := roundfile.SnapshotSHA256(s)
		if err != nil {
			b.Fatal(err)
		}
		sort, ours := b.besideSort(
			func() time.Duration { return timed(func() { b.read(path) }) },
			func() time.Duration {
				in := s.Input()
				return timed(func() { frozen(b, in) })
			},
			func() time.Duration { return timed(func() { b.check(roundfile.WriteSnapshot(io.Discard, s)) }) },
			func() time.Duration { return timed(func() { b.check(roundfile.WriteDecision(io.Discard, d, sum)) }) },
		)
		for k, what := range []string{"read (ReadSnapshot less Freeze)", "freeze", "encode the snapshot", "encode the decision"} {
			took := ours[k]
			if k == 0 {
				took -= ours[1]
			}
			b.addTime(what+", "+million[i].what, 0, 0, sort, took)
		}
	}
}

func (b *board) check(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

// writeRound writes a generated round to a snapshot file.
func (b *board) writeRound(shape Shape) (path string) {
	path = filepath.Join(b.TempDir(), "snapshot.jsonl")
	file, err := roundfile.CreateFile(path)
	b.check(err)
	b.check(roundfile.WriteSnapshot(file, frozen(b, Generate(shape))))
	b.check(file.Commit())
	return path
}

func (b *board) read(path string) *fairshare.Snapshot {
	file, err := os.Open(path)
	b.check(err)
	s, err := roundfile.ReadSnapshot(file)
	b.check(err)
	b.check(file.Close())
	return s
}

// simulate runs the program from file to file.
func (b *board) simulate() {
	program, buildErr := buildCommand(b.TempDir())
	for _, i := range []int{0, 2} {
		f := Figure{What: "simulate, file to file, " + million[i].what, Limit: 25, Unit: "s"}
		if buildErr != nil {
			b.Log(buildErr)
			f.Missing = "the command does not build"
			b.add(f)
			continue
		}
		in := b.writeRound(million[i].shape)
		out := filepath.Join(b.TempDir(), "decision.jsonl")
		var peaks []uint64
		took := interleaved(func() time.Duration {
			runtime.GC()
			used, err := runCommand(program, "simulate", "--in", in, "--out", out)
			b.check(err)
			peaks = append(peaks, uint64(used.Peak))
			return used.Wall
		})[0]
		f.Ours = seconds(took) + ", peak resident " + mebibytes(median(peaks))
		f.Value = took.Seconds()
		b.add(f)
	}
}

// linearProgram divides 1,000 requests beside the solver.
func (b *board) linearProgram() {
	const tolerance = 1 + 1e-3 // the solver's shares are fractions, ours whole units
	for _, nations := range []bool{true, false} {
		what := "iterative max-min, 1,000 requests on one leaf"
		if nations {
			what = "iterative max-min, 1,000 requests, each a nation"
		}
		same := Figure{What: what + ": largest difference to " + Solver, Limit: tolerance, Unit: "gpu_ms"}
		if _, err := exec.LookPath(Solver); err != nil {
			same.Missing = "solver not installed"
			b.add(same)
			continue
		}
		m, folder := NewMaxMin(1000), b.TempDir()
		in := m.Input(nations)
		snapshot := frozen(b, m.Input(nations))
		var solution *Solution
		times := interleaved(
			func() time.Duration {
				var err error
				solution, err = m.Solve(folder)
				b.check(err)
				return solution.Time
			},
			timedDecide(snapshot),
		)
		same.Value = apart(b.T, in, decide(snapshot), solution)
		same.Ours = fmt.Sprintf("%d programs", solution.Programs)
		b.add(same)
		if same.Value > tolerance {
			b.Errorf("%s: %g units apart, tolerance %g", what, same.Value, tolerance)
		}
		b.add(Figure{
			What: what + ": Decide beside " + Solver,
			Ours: seconds(times[1]) + " (" + Solver + " " + seconds(times[0]) + ")", Value: float64(times[0]) / float64(times[1]), Unit: "× faster",
		})
	}
}
