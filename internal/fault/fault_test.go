package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

// kinds lists every kind; TestEveryKindHasItsOwnName proves that none is
// missing.
var kinds = []Kind{Invalid, NotFound, Conflict, Forbidden, Exhausted, Unavailable}

func TestEveryKindHasItsOwnName(t *testing.T) {
	if len(kinds) != len(kindNames)-1 {
		t.Errorf("%d kinds are tested, %d have names", len(kinds), len(kindNames)-1)
	}
	seen := map[string]Kind{}
	for _, k := range kinds {
		name := k.String()
		if other, twice := seen[name]; name == "" || twice {
			t.Errorf("kind %d is called %q, like kind %d", k, name, other)
		}
		seen[name] = k
	}
}

func TestAKindThatDoesNotExistShowsItsNumber(t *testing.T) {
	if got := Kind(200).String(); got != "kind(200)" {
		t.Errorf("got %q", got)
	}
}

func TestTheMessageNamesThePlaceBeforeTheProblem(t *testing.T) {
	for _, c := range []struct {
		line int
		path string
		want string
	}{
		{0, "", "found 7, expected at most 5"},
		{0, "weight", "weight: found 7, expected at most 5"},
		{3, "", "line 3: found 7, expected at most 5"},
		{3, "weight", "line 3: weight: found 7, expected at most 5"},
	} {
		err := New(Invalid, "out_of_range", "found %d, expected at most %d", 7, 5).At(c.line, c.path)
		if got := err.Error(); got != c.want {
			t.Errorf("At(%d, %q): got %q, want %q", c.line, c.path, got, c.want)
		}
	}
}

func TestTheCauseIsSeenButNotShown(t *testing.T) {
	err := New(Unavailable, "store_down", "the store does not answer").Because(io.ErrUnexpectedEOF)
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("errors.Is does not find the cause")
	}
	if got, want := err.Error(), "the store does not answer"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := New(NotFound, "no_such_round", "no round r1"); err.Unwrap() != nil {
		t.Error("a fault without a cause unwraps to something")
	}
}

func TestKindOfFindsTheFirstFaultOfAChain(t *testing.T) {
	conflict := New(Conflict, "state", "already granted")
	forbidden := New(Forbidden, "scope", "another nation")
	for _, c := range []struct {
		name string
		err  error
		want Kind
	}{
		{"no error", nil, 0},
		{"a plain error", io.EOF, 0},
		{"a fault", conflict, Conflict},
		{"a wrapped fault", fmt.Errorf("reading: %w", conflict), Conflict},
		{"joined faults", errors.Join(io.EOF, forbidden, conflict), Forbidden},
		{"a fault because of a fault", New(Unavailable, "store", "later").Because(conflict), Unavailable},
	} {
		if got := KindOf(c.err); got != c.want {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAFaultKeepsItsCodeAndPlace(t *testing.T) {
	var e *Error
	err := fmt.Errorf("checking: %w", New(Invalid, "duplicate", "twice").At(12, "lots[3]"))
	if !errors.As(err, &e) || e.Kind != Invalid || e.Code != "duplicate" || e.Line != 12 || e.Path != "lots[3]" {
		t.Errorf("got %+v", e)
	}
}
