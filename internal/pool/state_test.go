package pool

import (
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/commonpool/commonpool/internal/fault"
)

// declaredStates reads the constants of type RequestState and their comments
// from the source, so that no list in the code can hide one that was forgotten.
func declaredStates(t *testing.T) map[RequestState]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "state.go", nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	states := map[RequestState]string{}
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if name, ok := spec.Type.(*ast.Ident); ok && name.Name == "RequestState" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			states[RequestState(value)] = spec.Doc.Text()
		}
		return true
	})
	return states
}

func TestTheListOfStatesIsComplete(t *testing.T) {
	declared := declaredStates(t)
	if len(declared) == 0 {
		t.Fatal("no state was found in the source")
	}
	list := RequestStates()
	for s := range declared {
		if !slices.Contains(list, s) {
			t.Errorf("%s is not in RequestStates", s)
		}
		if !s.IsKnown() {
			t.Errorf("%s is not in the transition table", s)
		}
	}
	if len(list) != len(declared) || len(requestMoves) != len(declared) {
		t.Errorf("%d declared, %d listed, %d in the table", len(declared), len(list), len(requestMoves))
	}
	for from, next := range requestMoves {
		for i, to := range next {
			if _, ok := declared[to]; !ok || to == from || slices.Contains(next[:i], to) {
				t.Errorf("%s → %s is no move, or stands twice", from, to)
			}
		}
	}
}

// TestEachStateExplainsItsWaysInAndOut compares the comments with the table:
// "In" names every state that leads in, "Out" every state that it leads to, and
// neither names another.
func TestEachStateExplainsItsWaysInAndOut(t *testing.T) {
	words := regexp.MustCompile(`[a-z_]+`)
	named := func(text string, self RequestState) (list []RequestState) {
		for _, w := range words.FindAllString(text, -1) {
			if s := RequestState(w); s.IsKnown() && s != self && !slices.Contains(list, s) {
				list = append(list, s)
			}
		}
		slices.Sort(list)
		return list
	}
	for s, comment := range declaredStates(t) {
		_, ways, okIn := strings.Cut(comment, "\nIn: ")
		in, out, okOut := strings.Cut(ways, "\nOut: ")
		if !okIn || !okOut {
			t.Errorf("%s does not explain its ways in and out: %q", s, comment)
			continue
		}
		next := slices.Sorted(slices.Values(s.Next()))
		if got := named(out, s); !slices.Equal(got, next) {
			t.Errorf("out of %s: the comment says %v, the table %v", s, got, next)
		}
		var before []RequestState
		for from, next := range requestMoves {
			if slices.Contains(next, s) {
				before = append(before, from)
			}
		}
		slices.Sort(before)
		if got := named(in, s); !slices.Equal(got, before) {
			t.Errorf("into %s: the comment says %v, the table %v", s, got, before)
		}
	}
}

func TestEveryStateIsReachedFromDraftAndLeadsToAnEnd(t *testing.T) {
	reach := func(from RequestState) map[RequestState]bool {
		seen := map[RequestState]bool{from: true}
		for queue := []RequestState{from}; len(queue) > 0; queue = queue[1:] {
			for _, to := range queue[0].Next() {
				if !seen[to] {
					seen[to] = true
					queue = append(queue, to)
				}
			}
		}
		return seen
	}
	fromDraft := reach(RequestDraft)
	for _, s := range RequestStates() {
		if !fromDraft[s] {
			t.Errorf("%s is never reached", s)
		}
		ends := reach(s)
		if !ends[RequestWithdrawn] && !ends[RequestExpired] && !ends[RequestGranted] {
			t.Errorf("%s leads nowhere", s)
		}
		if s.IsFinal() != (s == RequestWithdrawn || s == RequestExpired) {
			t.Errorf("%s is final: %t", s, s.IsFinal())
		}
	}
}

func TestOnlyMovesOfTheTableAreAllowed(t *testing.T) {
	for _, from := range append(RequestStates(), "lost") {
		for _, to := range append(RequestStates(), "lost") {
			err := CheckMove(from, to)
			if slices.Contains(from.Next(), to) {
				if err != nil {
					t.Errorf("%s → %s: %v", from, to, err)
				}
				continue
			}
			wantKind(t, err, fault.Conflict, CodeState)
		}
	}
}

func TestOnlyOpenRequestsStandInLine(t *testing.T) {
	for _, s := range RequestStates() {
		granted := slices.Contains(s.Next(), RequestGranted)
		if s.IsOpen() != granted {
			t.Errorf("%s: open %t, may be granted %t", s, s.IsOpen(), granted)
		}
	}
	if RequestState("lost").IsKnown() || RequestState("lost").IsFinal() {
		t.Error("a state that does not exist is known or final")
	}
}

func TestNextMayBeChangedByItsCaller(t *testing.T) {
	RequestDraft.Next()[0] = RequestGranted
	if err := CheckMove(RequestDraft, RequestGranted); err == nil {
		t.Error("the transition table was changed from outside")
	}
}
