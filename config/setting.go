package config

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// setting is one key and how a value found somewhere becomes the final type.
type setting struct {
	key string
	set func(value any) error
}

// settings lists every key there is; their setters write into c.
func (c *Config) settings() []setting {
	return []setting{
		{"policy.guarantee_permille", whole(&c.Policy.GuaranteePermille)},
		{"policy.bank_limit_rounds", whole(&c.Policy.BankLimitRounds)},
		{"policy.max_passes", whole(&c.Policy.MaxPasses)},
		{"workers", whole(&c.Workers)},
		{"output", word(&c.Output)},
	}
}

// whole sets an integer from a number of the file or a flag, or from the text
// of the environment. Nothing is rounded: 7.5 passes are a fault.
func whole[T int | int64](to *T) func(any) error {
	return func(value any) error {
		var n int64
		switch v := value.(type) {
		case int:
			n = int64(v)
		case int64:
			n = v
		case uint64: // what YAML makes of a number beyond int64
			if v > math.MaxInt64 {
				return expected("a whole number", value)
			}
			n = int64(v)
		case string:
			parsed, err := strconv.ParseInt(v, 10, 64)
			if err != nil {
				return expected("a whole number", value)
			}
			n = parsed
		default:
			return expected("a whole number", value)
		}
		if int64(T(n)) != n {
			return expected("a whole number", value)
		}
		*to = T(n)
		return nil
	}
}

// word sets a name; whether it is a known one, Check says.
func word[T ~string](to *T) func(any) error {
	return func(value any) error {
		s, ok := value.(string)
		if !ok {
			return expected("a word", value)
		}
		*to = T(s)
		return nil
	}
}

// expected says what a value is and what it should be.
func expected(what string, value any) error {
	switch v := value.(type) {
	case nil:
		return fmt.Errorf("is empty, expected %s", what)
	case string:
		return fmt.Errorf("is %q, expected %s", v, what)
	case []any:
		return fmt.Errorf("is a list, expected %s", what)
	case map[string]any:
		return fmt.Errorf("is a section, expected %s", what)
	}
	return fmt.Errorf("is %v, expected %s", value, what)
}

// names is the keys by the name they have somewhere.
type names map[string]setting

// named lists the keys under the names that spell gives them.
func named(settings []setting, spell func(key string) string) names {
	n := make(names, len(settings))
	for _, s := range settings {
		n[spell(s.key)] = s
	}
	return n
}

// section tells whether a name is the beginning of longer ones, cut at sep.
func (n names) section(name, sep string) bool {
	for known := range n {
		if strings.HasPrefix(known, name+sep) {
			return true
		}
	}
	return false
}

// below lists the names in a section ("": all), for a message.
func (n names) below(section string) string {
	var found []string
	for _, name := range slices.Sorted(maps.Keys(n)) {
		if strings.HasPrefix(name, section) {
			found = append(found, name)
		}
	}
	return strings.Join(found, ", ")
}
