package fairshare

// fillEqual is fill for items of equal weight that start at nothing and are
// owed nothing (the requests of one leaf): it writes min(hi, t) into x, where t
// is the level the budget reaches, and hands the remaining units to the first
// items above the level. It returns what is left when all are at hi.
func fillEqual(budget int64, hi, x []int64) (left int64) {
	var sum int64
	for i, h := range hi {
		sum = addCapped(sum, h)
		x[i] = h
	}
	if budget >= sum {
		return budget - sum
	}
	t, rest := equalLevel(budget, hi)
	for i, h := range hi {
		switch {
		case h <= t:
			x[i] = h
		case rest > 0:
			x[i] = t + 1
			rest--
		default:
			x[i] = t
		}
	}
	return 0
}

// equalLevel is the largest t with Σ min(hi, t) ≤ budget < Σ hi, and what the
// budget then has left. The level only rises: each turn sets aside the items
// that the last level filled and divides the rest among the others.
func equalLevel(budget int64, hi []int64) (t, rest int64) {
	for {
		var full, open int64
		for _, h := range hi {
			if h <= t {
				full += h
			} else {
				open++
			}
		}
		next := (budget - full) / open
		if next == t {
			return t, budget - full - open*t
		}
		t = next
	}
}

// lastKeyEqual is lastKey for the items of fillEqual.
func lastKeyEqual(x []int64) fraction {
	var most int64
	for _, v := range x {
		most = max(most, v)
	}
	if most == 0 {
		return fraction{0, 1}
	}
	return fraction{2*most - 1, 1}
}
