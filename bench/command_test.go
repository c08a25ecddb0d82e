package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// usage is what a run of a command took.
type usage struct {
	Wall time.Duration
	// Peak is the largest resident set in bytes; 0 where the system does not
	// tell.
	Peak int64
}

// reportUsage in the environment makes this program run the command in its
// arguments and print the usage instead of testing. A process inherits the peak
// of the one that started it, so a small one has to stand in between.
const reportUsage = "COMMONPOOL_BENCH_REPORT_USAGE"

func TestMain(m *testing.M) {
	if os.Getenv(reportUsage) == "" {
		os.Exit(m.Run())
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stderr = os.Stderr
	begin := time.Now()
	err := cmd.Run()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(usage{time.Since(begin), peakResident(cmd.ProcessState)})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// runCommand runs a command and says what it took.
func runCommand(name string, args ...string) (u usage, err error) {
	self, err := os.Executable()
	if err != nil {
		return u, err
	}
	cmd := exec.Command(self, append([]string{name}, args...)...)
	cmd.Env = append(os.Environ(), reportUsage+"=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return u, fmt.Errorf("%s: %w", name, err)
	}
	return u, json.Unmarshal(out, &u)
}

// buildCommand builds the program into a folder.
func buildCommand(folder string) (string, error) {
	program := filepath.Join(folder, "commonpool")
	cmd := exec.Command("go", "build", "-o", program, "./cmd/commonpool")
	cmd.Dir = ".."
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the command: %w\n%s", err, out)
	}
	return program, nil
}
