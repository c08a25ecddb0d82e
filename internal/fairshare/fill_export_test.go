package fairshare

// FillItem is one claimant of a division, for tests outside the package.
type FillItem struct{ Weight, Lo, Hi, Offset int64 }

// FillForTest is fill with its result beside its input.
func FillForTest(budget int64, of []FillItem) (x []int64, left int64) {
	items := make([]item, len(of))
	for i, it := range of {
		items[i] = item{weight: it.Weight, lo: it.Lo, hi: it.Hi, offset: it.Offset}
	}
	left = fill(budget, items)
	for _, it := range items {
		x = append(x, it.x)
	}
	return x, left
}
