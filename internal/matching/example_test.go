package matching_test

import (
	"fmt"
	"time"

	"github.com/commonpool/commonpool/internal/matching"
	"github.com/commonpool/commonpool/internal/pool"
)

func ExampleMatch() {
	december := pool.Period{
		Start: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC),
		End:   time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
	}
	offers, err := matching.Offers([]pool.Lot{
		{ID: "lot-a", Class: "a100-40gb", Site: "nairobi-1", Period: december},
		{ID: "lot-b", Class: "h100-80gb", Site: "lyon-2", Period: december},
		{
			ID: "lot-c", Class: "a100-40gb", Site: "lyon-2", Period: december,
			Conditions: pool.Conditions{Groups: []pool.Group{pool.LDC}},
		},
	}, []pool.Site{
		{ID: "nairobi-1", Country: "KE"},
		{ID: "lyon-2", Country: "FR", Jurisdictions: []pool.Jurisdiction{"EU"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	request := pool.Request{Ask: pool.Ask{Class: "a100-40gb"}, Window: december, Field: "1.5"}
	kenya := pool.Nation{ID: "KE", Groups: []pool.Group{pool.LowerMiddleIncome}}

	result := matching.Match(request, kenya, offers)
	fmt.Println(result.Lots, result.ExcludedBy)
	// Output: [lot-a] map[class:[lot-b] group:[lot-c]]
}
