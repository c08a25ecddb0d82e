package traces

import (
	"strings"
	"testing"

	"github.com/commonpool/commonpool/internal/fault"
)

func TestATraceOfTooManyJobsIsOneFault(t *testing.T) {
	p, err := RequestCSV().parser()
	if err != nil {
		t.Fatal(err)
	}
	rd := reading{parser: p, ids: idSet{}, most: 2}
	header := "request_id,submit_time,user_id,group_id,gpus,duration_s,gpu_seconds,gpu_class,resource,used_s,state,source"
	row := ",2021-05-01T00:18:07Z,u,g,1,60,60,,gpu,60,COMPLETED,test"
	for i, line := range []string{header, "a" + row, "b" + row, "c" + row} {
		err := rd.line([]byte(line), false)
		switch {
		case i < 3 && err != nil:
			t.Fatalf("line %d: %v", i+1, err)
		case i == 3 && (fault.KindOf(err) != fault.Exhausted || !strings.Contains(err.Error(), "more than 2 jobs")):
			t.Fatalf("the third job: %v, want a fault that more than 2 jobs are too many", err)
		}
	}
}
