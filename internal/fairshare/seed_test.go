package fairshare_test

import (
	"flag"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// The seed is chosen before the command line is read, so that a seed given
// there wins, and so that a test can say which one it runs with.
func TestMain(m *testing.M) {
	if seed := flag.Lookup("rapid.seed"); seed != nil && seed.Value.String() == "0" {
		_ = seed.Value.Set(strconv.FormatInt(time.Now().UnixNano(), 10))
	}
	os.Exit(m.Run())
}

// check is rapid.Check with the seed in the test's log.
func check(t *testing.T, property func(*rapid.T)) {
	t.Helper()
	t.Logf("-rapid.seed=%s", flag.Lookup("rapid.seed").Value)
	rapid.Check(t, property)
}
