package bench

import (
	"math/rand/v2"
	"runtime"
	"runtime/metrics"
	"slices"
	"time"
)

// Runs is how often a figure is measured; the median counts.
const Runs = 5

// Sorting is the yardstick: slices.Sort of a million random integers.
type Sorting struct{ numbers, scratch []int64 }

// NewSorting draws the million.
func NewSorting() *Sorting {
	r := rand.New(rand.NewPCG(1, 1))
	s := &Sorting{numbers: make([]int64, 1_000_000), scratch: make([]int64, 1_000_000)}
	for i := range s.numbers {
		s.numbers[i] = int64(r.Uint64())
	}
	return s
}

// Run sorts once and says how long it took; copying is not counted.
func (s *Sorting) Run() time.Duration {
	copy(s.scratch, s.numbers)
	return timed(func() { slices.Sort(s.scratch) })
}

// timed collects garbage, then runs f and says how long it took.
func timed(f func()) time.Duration {
	runtime.GC()
	begin := time.Now()
	f()
	return time.Since(begin)
}

// interleaved runs the parts in turn, Runs times, and gives each one's median.
func interleaved(parts ...func() time.Duration) []time.Duration {
	times := make([][]time.Duration, len(parts))
	for range Runs {
		for i, part := range parts {
			times[i] = append(times[i], part())
		}
	}
	medians := make([]time.Duration, len(parts))
	for i, list := range times {
		medians[i] = median(list)
	}
	return medians
}

func median[T time.Duration | uint64](list []T) T {
	slices.Sort(list)
	return list[len(list)/2]
}

// liveHeap names the metric of objects on the heap, dead ones not yet swept
// included.
const liveHeap = "/memory/classes/heap/objects:bytes"

func heapObjects() uint64 {
	sample := []metrics.Sample{{Name: liveHeap}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// peakHeap runs f and gives the size of the heap before it and the largest
// seen while it ran, looking every millisecond.
func peakHeap(f func()) (before, peak uint64) {
	runtime.GC()
	before = heapObjects()
	stop, stopped := make(chan struct{}), make(chan uint64)
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		most := before
		for {
			most = max(most, heapObjects())
			select {
			case <-stop:
				stopped <- most
				return
			case <-tick.C:
			}
		}
	}()
	f()
	last := heapObjects()
	close(stop)
	return before, max(last, <-stopped)
}
