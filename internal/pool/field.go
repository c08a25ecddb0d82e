package pool

import "strings"

// Field is a field of research and development of the OECD's Frascati Manual
// 2015 (FORD, table 2.2): a broad field "1" to "6", or a field of it, "1.2".
type Field string

// fieldsOf is the number of fields of each broad field, 1 to 6; they are
// numbered without gaps. 42 in all.
var fieldsOf = [...]int{7, 11, 5, 5, 9, 5}

// Broad returns the broad field that f is or belongs to.
func (f Field) Broad() Field {
	broad, _, _ := strings.Cut(string(f), ".")
	return Field(broad)
}

// IsBroad reports whether f is a broad field.
func (f Field) IsBroad() bool { return f.Broad() == f }

// Within reports whether f is g or belongs to it.
func (f Field) Within(g Field) bool { return f == g || f.Broad() == g }

// IsKnown reports whether f is in the classification.
func (f Field) IsKnown() bool {
	broad, narrow, divided := strings.Cut(string(f), ".")
	if len(broad) != 1 || broad[0] < '1' || broad[0] > '6' {
		return false
	}
	if !divided {
		return true
	}
	number := 0
	for i := range len(narrow) {
		if !isDigit(narrow[i]) || i > 1 {
			return false
		}
		number = number*10 + int(narrow[i]-'0')
	}
	return number >= 1 && number <= fieldsOf[broad[0]-'1'] && narrow[0] != '0'
}

func checkField(f *faults, path string, field Field) {
	if !field.IsKnown() {
		f.add(CodeMalformed, path, "is %q, expected an OECD FORD code like 1.2", string(field))
	}
}
