package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// plainLetters are the ASCII spellings of the letters and signs that names of
// countries and institutions in Latin script use. A combining mark on its own
// is dropped.
var plainLetters = spellings(
	"AÀÁÂÃÄÅĀĂĄ", "CÇĆĈĊČ", "DĎĐÐ", "EÈÉÊËĒĔĖĘĚẸ", "GĜĞĠĢ", "HĤĦ", "IÌÍÎÏĨĪĬĮİỊ", "KĶ", "LĹĻĽŁ",
	"NÑŃŅŇ", "OÒÓÔÕÖØŌŎŐỌ", "RŔŖŘ", "SŚŜŞŠȘṢ", "TŢŤȚŦ", "UÙÚÛÜŨŪŬŮŰŲỤ", "WŴ", "YÝŶŸ", "ZŹŻŽ",
	"aàáâãäåāăą", "cçćĉċč", "dďđð", "eèéêëēĕėęěẹ", "gĝğġģ", "hĥħ", "iìíîïĩīĭįıị", "kķ", "lĺļľł",
	"nñńņň", "oòóôõöøōŏőọ", "rŕŗř", "sśŝşšșṣ", "tţťțŧ", "uùúûüũūŭůűųụ", "wŵ", "yýŷÿ", "zźżž",
	"'‘’ʻʼ", "\"“”", "-‐‑‒–—−", ".·", "x×",
)

// spellings maps every rune of a group but the first to the first.
func spellings(groups ...string) map[rune]rune {
	plain := map[rune]rune{}
	for _, group := range groups {
		first, size := utf8.DecodeRuneInString(group)
		for _, r := range group[size:] {
			plain[r] = first
		}
	}
	return plain
}

// printable is s on one line of a terminal: white space becomes a space,
// control and format characters and broken UTF-8 are dropped; with ascii,
// everything else outside it is spelled plainly or becomes "?". An emoji joined
// by a format character falls apart into its members, which is the price of
// letting no direction override through.
func printable(s string, ascii bool) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == utf8.RuneError || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp):
			return -1
		case !ascii || r < utf8.RuneSelf:
			return r
		case unicode.In(r, unicode.Mn, unicode.Me):
			return -1
		}
		if plain, known := plainLetters[r]; known {
			return plain
		}
		return '?'
	}, s)
}
