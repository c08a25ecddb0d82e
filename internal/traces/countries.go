package traces

import (
	"io"
	"strings"
)

// ReadGroupCountries reads which country each group of a trace is taken to
// belong to: a CSV with group_id and country_alpha3_ASSUMED (ISO 3166-1 alpha-3;
// the name says that the link is invented for a trial). A group stands there
// once. Errors are *fault.Error, at the first bad line.
func ReadGroupCountries(r io.Reader) (map[string]string, error) {
	const groupID, country = "group_id", "country_alpha3_ASSUMED"
	countries := map[string]string{}
	err := readTable(r, []string{groupID, country}, nil, func(_ int, get func(string) string) error {
		group, err := requiredLabel(groupID, get(groupID))
		if err != nil {
			return err
		}
		if _, there := countries[group]; there {
			return &refused{groupID, "stands there before: " + quoted(group)}
		}
		code := get(country)
		if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return &refused{country, "is not three capital letters: " + quoted(code)}
		}
		countries[group] = strings.Clone(code)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return countries, nil
}
