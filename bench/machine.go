package bench

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Machine describes where the figures were measured, in one line.
func Machine() string {
	cpu, memory, load := "unknown processor", "unknown memory", ""
	if name := fieldOf("/proc/cpuinfo", "model name"); name != "" {
		cpu = name
	}
	kib, _, _ := strings.Cut(fieldOf("/proc/meminfo", "MemTotal"), " ")
	if n, err := strconv.ParseFloat(kib, 64); err == nil {
		memory = fmt.Sprintf("%.0f GiB", n/(1<<20))
	}
	if text, err := os.ReadFile("/proc/loadavg"); err == nil {
		one, _, _ := strings.Cut(string(text), " ")
		load = ", load at the start " + one
	}
	return fmt.Sprintf("%s, %d cores, %s, %s %s/%s, GOMAXPROCS=%d%s",
		cpu, runtime.NumCPU(), memory, runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0), load)
}

// fieldOf is the value of the first line "name : value" of a file, or "".
func fieldOf(path, name string) string {
	text, err := os.ReadFile(path)
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
