//go:build unix

package bench

import (
	"os"
	"runtime"
	"syscall"
)

// peakResident is the largest resident set of a finished process in bytes.
func peakResident(state *os.ProcessState) int64 {
	used, ok := state.SysUsage().(*syscall.Rusage)
	switch {
	case !ok:
		return 0
	case runtime.GOOS == "darwin":
		return times(used.Maxrss, 1)
	}
	return times(used.Maxrss, 1<<10)
}

// times widens n, which has 32 bits on some systems.
func times[T int32 | int64](n T, unit int64) int64 { return int64(n) * unit }
