package roundfile_test

import (
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/commonpool/commonpool/internal/fairshare"
	"github.com/commonpool/commonpool/internal/roundfile"
)

// Re-running a round from its public files: read the snapshot, decide, write
// the decision, and verify it.
func Example() {
	source, err := os.Open("testdata/example.jsonl")
	if err != nil {
		log.Fatal(err)
	}
	defer source.Close()
	snapshot, err := roundfile.ReadSnapshot(source)
	if err != nil {
		log.Fatal(err)
	}
	sum, err := roundfile.SnapshotSHA256(snapshot)
	if err != nil {
		log.Fatal(err)
	}
	decision := fairshare.Decide(snapshot)

	folder, err := os.MkdirTemp("", "example")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "decision.jsonl.zst")
	if err := write(path, decision, sum); err != nil {
		log.Fatal(err)
	}

	written, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer written.Close()
	fmt.Println("snapshot", sum)
	fmt.Println("difference:", roundfile.Verify(written, decision, sum))
	// Output:
	// snapshot 055582fd9dfdc3b9142c52b7106a79629d937893678a53db5992525561ec81c4
	// difference: <nil>
}

func write(path string, decision *fairshare.Decision, sum string) error {
	f, err := roundfile.CreateFile(path)
	if err != nil {
		return err
	}
	defer f.Abort()
	if err := roundfile.WriteDecision(f, decision, sum); err != nil {
		return err
	}
	return f.Commit()
}
