package replay_test

import (
	"fmt"
	"strings"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/replay"
	"github.com/commonpool/commonpool/internal/traces"
)

func ExamplePlay() {
	const trace = `request_id,submit_time,group_id,gpus,duration_s,gpu_seconds,resource
1,2026-03-02T10:00:00Z,ocean,1,36000000,36000000,gpu
2,2026-03-03T10:00:00Z,crops,1,360000,360000,gpu
3,2026-03-10T10:00:00Z,ocean,1,3600000,3600000,gpu
`
	countries := map[string]string{"ocean": "FJI", "crops": "RWA"}
	assumption, err := replay.Assume(replay.PlainPlan(1), countries, replay.Nations())
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := traces.Read(strings.NewReader(trace), traces.RequestCSV(), assumption.Add, nil); err != nil {
		fmt.Println(err)
		return
	}
	steps, err := assumption.Rounds(replay.Week, 2)
	if err != nil {
		fmt.Println(err)
		return
	}
	player, err := replay.Play(steps, func(p *replay.Played) error {
		fmt.Println(p.Round.ID)
		for _, n := range p.Summary.Nations {
			fmt.Println(" ", n.Nation, "asked", credits(n.Asked), "got", credits(n.Granted), "entitled to", credits(n.Entitlement))
		}
		return replay.Check(p.Decision)
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, s := range player.Line() {
		fmt.Println(s.Request.ID, "has", credits(s.Awarded), "of", credits(s.Request.Terms.Requested))
	}
	// Output:
	// round-20260304T000000
	//   FJ asked 10000.00 got 1121.00 entitled to 407.00
	//   RW asked 100.00 got 100.00 entitled to 814.00
	// round-20260311T000000
	//   FJ asked 9879.00 got 1221.00 entitled to 407.00
	//   RW asked 0.00 got 0.00 entitled to 814.00
	// 1 has 1731.50 of 10000.00
	// 3 has 610.50 of 1000.00
}

func credits(a credit.Amount) string { return credit.FormatCredits(a, credit.Style{}) }
