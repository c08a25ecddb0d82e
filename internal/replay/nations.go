package replay

import (
	_ "embed"
	"strings"
	"sync"

	"github.com/commonpool/commonpool/internal/pool"
)

// nationsText is the reference table of developing economies; its own comment
// names its sources.
//
//go:embed nations.txt
var nationsText string

// Nations returns the developing economies of the world by ISO 3166-1 alpha-3
// code, each with its World Bank income group of fiscal year 2026 (two are not
// classified) and pool.LDC if it is on the United Nations' list. Facts, not
// assumed. The map is the caller's own; the lists in it are not.
func Nations() map[string]pool.Nation {
	table := make(map[string]pool.Nation)
	for alpha3, n := range nationsByAlpha3() {
		table[alpha3] = n
	}
	return table
}

var nationsByAlpha3 = sync.OnceValue(func() map[string]pool.Nation {
	table := make(map[string]pool.Nation)
	for line := range strings.Lines(nationsText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		word := strings.SplitN(strings.TrimSpace(line), " ", 5)
		n := pool.Nation{ID: pool.NationID(word[0]), Name: word[4]}
		for _, group := range word[2:4] {
			if group != "-" {
				n.Groups = append(n.Groups, pool.Group(group))
			}
		}
		table[word[1]] = n
	}
	return table
})
