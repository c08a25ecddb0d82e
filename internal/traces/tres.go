package traces

import "strings"

// gpuCount is what a TRES string says about GPUs.
type gpuCount struct {
	total int64
	class string // the one type of all of them, or empty
	typed bool   // any type is named
}

// tres reads Slurm's trackable resources, name=value separated by commas. GPUs
// stand there as gres/gpu=N, as gres/gpu:TYPE=N, or as both, which are the same
// GPUs seen twice. Types that add up to more than the total contradict it.
func tres(field, s string) (gpuCount, error) {
	const total, typed = "gres/gpu", "gres/gpu:"
	var g gpuCount
	var sum int64
	seen := map[string]bool{}
	for entry := range strings.SplitSeq(s, ",") {
		name, value, ok := strings.Cut(entry, "=")
		switch {
		case s == "":
			return g, nil
		case !ok || name == "":
			return g, &refused{field, "is not a list of name=value: " + quoted(entry)}
		case name != total && !strings.HasPrefix(name, typed):
			continue
		case seen[name]:
			return g, &refused{field, "names " + quoted(name) + " twice"}
		}
		seen[name] = true
		n, err := count(field, value, 0)
		if err != nil {
			return g, err
		}
		if name == total {
			g.total = n
			continue
		}
		if g.class, err = requiredLabel(field, name[len(typed):]); err != nil {
			return g, err
		}
		if sum += n; sum < 0 {
			return g, &refused{field, "the number of GPUs does not fit in 64 bits"}
		}
		g.typed = true
	}
	return g.settled(field, sum, seen[total], len(seen))
}

// settled decides between the total and the sum over types. names counts the
// entries about GPUs.
func (g gpuCount) settled(field string, sum int64, hasTotal bool, names int) (gpuCount, error) {
	types := names
	if hasTotal {
		types--
	}
	switch {
	case !hasTotal:
		g.total = sum
	case sum > g.total:
		return g, &refused{field, "names more GPUs by type than in total"}
	}
	if types != 1 || sum != g.total {
		g.class = ""
	}
	return g, nil
}
