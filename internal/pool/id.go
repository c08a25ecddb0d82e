package pool

// Ids, a type for each noun so that they cannot be mixed up. All but NationID
// are random and public: 1 to MaxIDBytes ASCII letters, digits, '-', '_' and
// '.', beginning with a letter or digit. They are compared byte by byte.
type (
	// PoolID names a pool; one installation may divide several.
	PoolID string
	// NationID names a member nation: its ISO 3166-1 alpha-2 code, "KE".
	NationID       string
	InstitutionID  string
	LeadID         string
	ProjectID      string
	ClassID        string
	SiteID         string
	ContributorID  string
	ContributionID string
	LotID          string
	RequestID      string
	RoundID        string
	GrantID        string
)

// MaxIDBytes is the longest id.
const MaxIDBytes = 64

// checkID checks the form of every id but a NationID.
func checkID[T ~string](f *faults, path string, id T) {
	switch {
	case id == "":
		f.add(CodeRequired, path, "is empty")
	case len(id) > MaxIDBytes:
		f.add(CodeOutOfRange, path, "has %d bytes, at most %d are allowed", len(id), MaxIDBytes)
	case !isWord(string(id), isIDByte) || !isLetterOrDigit(id[0]):
		f.add(CodeMalformed, path, "is %q, expected letters, digits, '-', '_' and '.'", string(id))
	}
}

// checkCountry checks the form of an ISO 3166-1 alpha-2 code. Whether the code
// is assigned is not known here.
func checkCountry[T ~string](f *faults, path string, code T) {
	switch {
	case code == "":
		f.add(CodeRequired, path, "is empty")
	case len(code) != 2 || !isWord(string(code), isUpper):
		f.add(CodeMalformed, path, "is %q, expected two capital letters", string(code))
	}
}

// isWord reports whether all bytes of s are allowed.
func isWord(s string, allowed func(byte) bool) bool {
	for i := range len(s) {
		if !allowed(s[i]) {
			return false
		}
	}
	return true
}

func isUpper(c byte) bool { return 'A' <= c && c <= 'Z' }
func isLower(c byte) bool { return 'a' <= c && c <= 'z' }
func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetterOrDigit(c byte) bool { return isUpper(c) || isLower(c) || isDigit(c) }

func isIDByte(c byte) bool { return isLetterOrDigit(c) || c == '-' || c == '_' || c == '.' }
