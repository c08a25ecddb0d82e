package traces_test

import (
	"fmt"
	"strings"

	"github.com/commonpool/commonpool/internal/traces"
)

func ExampleRead() {
	in := `JobID|Submit|User|Account|ReqTRES|Timelimit|Elapsed|State
811|2026-03-01T08:00:00|amina|climate|cpu=8,gres/gpu=2|02:00:00|01:10:00|COMPLETED
811.batch|2026-03-01T08:00:09||climate|||01:10:00|COMPLETED
812|2026-03-01T08:05:00|bo|genomics|cpu=8|02:00:00|00:00:00|PENDING
`
	sum, err := traces.Read(
		strings.NewReader(in), traces.Sacct(),
		func(j traces.Job) error {
			fmt.Println(j.Group, "asks for", j.GPUs, "GPUs for", j.DurationSeconds, "s")
			return nil
		},
		func(r traces.Refusal) error {
			fmt.Printf("line %d: %s %s\n", r.Line, r.Field, r.Reason)
			return nil
		},
	)
	fmt.Println(sum.Jobs, "job,", sum.Steps, "step,", sum.GPUSeconds/3600, "GPU-hours", err)
	// Output:
	// climate asks for 2 GPUs for 7200 s
	// line 4: ReqTRES is not a request for GPUs: no gres/gpu
	// 1 job, 1 step, 4 GPU-hours <nil>
}
