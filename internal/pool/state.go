package pool

import (
	"slices"

	"github.com/commonpool/commonpool/internal/fault"
)

// CodeState is the code of the fault that a state does not allow a move.
const CodeState = "state"

// RequestState is where a request stands. The moves are those of CheckMove; the
// comment of each state says what leads into it and what leads out.
type RequestState string

const (
	// RequestDraft is being written and may be incomplete.
	// In: the researcher starts it.
	// Out: submitted by its author; withdrawn when thrown away; expired when its
	// window is over.
	RequestDraft RequestState = "draft"
	// RequestSubmitted is complete, priced, and waits for the first look.
	// In: submitted from draft or returned, or amended by its author while
	// submitted, screening, review or eligible (which begins the checks again).
	// Out: eligible if it is small and its answers are plain; screening or review
	// if they are not; returned or declined on form; withdrawn; expired.
	RequestSubmitted RequestState = "submitted"
	// RequestScreening had answers that call for a closer look at its purpose.
	// In: from submitted, by the answers.
	// Out: review if its size asks for that too, else eligible; returned;
	// declined; submitted when amended; withdrawn; expired.
	RequestScreening RequestState = "screening"
	// RequestReview is judged by the nation, and by reviewers if it is large.
	// In: from submitted or screening, by its size; from appealed, to be judged
	// again by others.
	// Out: eligible; returned; declined; submitted when amended; withdrawn;
	// expired.
	RequestReview RequestState = "review"
	// RequestReturned waits for its author to change something named.
	// In: from submitted, screening or review.
	// Out: submitted again; withdrawn; expired.
	RequestReturned RequestState = "returned"
	// RequestEligible stands in line for the rounds and was granted nothing.
	// In: from submitted, screening or review; from appealed when the appeal is
	// allowed; from partly_granted or granted when the round is reversed.
	// Out: partly_granted or granted by a round; submitted when amended;
	// withdrawn; expired.
	RequestEligible RequestState = "eligible"
	// RequestPartlyGranted was granted a part and stands in line for the rest.
	// In: from eligible by a round; from granted when a round is reversed.
	// Out: granted by a later round; eligible when the round is reversed;
	// withdrawn or expired, which ends the rest and keeps what was granted.
	RequestPartlyGranted RequestState = "partly_granted"
	// RequestGranted was granted all it asked.
	// In: from eligible or partly_granted by a round.
	// Out: partly_granted or eligible when a round is reversed.
	RequestGranted RequestState = "granted"
	// RequestDeclined was refused, with a reason.
	// In: from submitted, screening or review; from appealed when the refusal
	// stands.
	// Out: appealed by its author.
	RequestDeclined RequestState = "declined"
	// RequestAppealed is a refusal under appeal.
	// In: from declined.
	// Out: eligible when the appeal is allowed; review when others must judge;
	// declined when the refusal stands; withdrawn; expired.
	RequestAppealed RequestState = "appealed"
	// RequestWithdrawn was given up by its author.
	// In: from every state that waits: draft, submitted, screening, review,
	// returned, eligible, partly_granted, appealed.
	// Out: none.
	RequestWithdrawn RequestState = "withdrawn"
	// RequestExpired still waited when its window was over.
	// In: from every state that waits: draft, submitted, screening, review,
	// returned, eligible, partly_granted, appealed.
	// Out: none.
	RequestExpired RequestState = "expired"
)

// requestMoves is the transition table.
var requestMoves = map[RequestState][]RequestState{
	RequestDraft: {RequestSubmitted, RequestWithdrawn, RequestExpired},
	RequestSubmitted: {
		RequestScreening, RequestReview, RequestEligible, RequestReturned, RequestDeclined,
		RequestWithdrawn, RequestExpired,
	},
	RequestScreening: {
		RequestReview, RequestEligible, RequestReturned, RequestDeclined, RequestSubmitted,
		RequestWithdrawn, RequestExpired,
	},
	RequestReview: {
		RequestEligible, RequestReturned, RequestDeclined, RequestSubmitted,
		RequestWithdrawn, RequestExpired,
	},
	RequestReturned: {RequestSubmitted, RequestWithdrawn, RequestExpired},
	RequestEligible: {
		RequestPartlyGranted, RequestGranted, RequestSubmitted,
		RequestWithdrawn, RequestExpired,
	},
	RequestPartlyGranted: {RequestGranted, RequestEligible, RequestWithdrawn, RequestExpired},
	RequestGranted:       {RequestPartlyGranted, RequestEligible},
	RequestDeclined:      {RequestAppealed},
	RequestAppealed: {
		RequestEligible, RequestReview, RequestDeclined,
		RequestWithdrawn, RequestExpired,
	},
	RequestWithdrawn: {},
	RequestExpired:   {},
}

// RequestStates returns every state, in the order of a request's life.
func RequestStates() []RequestState {
	return []RequestState{
		RequestDraft, RequestSubmitted, RequestScreening, RequestReview, RequestReturned,
		RequestEligible, RequestPartlyGranted, RequestGranted,
		RequestDeclined, RequestAppealed, RequestWithdrawn, RequestExpired,
	}
}

// Next returns the states that s may move to.
func (s RequestState) Next() []RequestState { return slices.Clone(requestMoves[s]) }

// IsKnown reports whether s is a state.
func (s RequestState) IsKnown() bool {
	_, known := requestMoves[s]
	return known
}

// IsOpen reports whether a request in this state stands in line for rounds.
func (s RequestState) IsOpen() bool { return s == RequestEligible || s == RequestPartlyGranted }

// IsFinal reports whether nothing leads out of s.
func (s RequestState) IsFinal() bool { return s.IsKnown() && len(requestMoves[s]) == 0 }

// CheckMove returns a Conflict fault with code CodeState unless a request may
// move from one state to the other. Staying is not a move.
func CheckMove(from, to RequestState) error {
	if slices.Contains(requestMoves[from], to) {
		return nil
	}
	return fault.New(fault.Conflict, CodeState, "a request that is %s cannot become %s", from, to)
}
