package traces

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkRead reports lines a second of each format, in memory.
func BenchmarkRead(b *testing.B) {
	const n = 100_000
	csv, sacct, swf := []string{csvHeader}, []string{sacctHeader}, []string{swfHeader}
	for i := range n {
		csv = append(csv, fmt.Sprintf("graham-%d,2026-03-01T00:18:07Z,drac-%d,drac-%d,2,25200,50400,,gpu,25229,TIMEOUT,made-up\n", i, i%300, i%100))
		sacct = append(sacct, fmt.Sprintf("%d|2026-03-01T00:18:07|user%d|def-lab%d|billing=4,cpu=4,gres/gpu=2,mem=16G,node=1|billing=4,cpu=4,gres/gpu:a100=2,gres/gpu=2,mem=16G,node=1|07:00:00|06:59:59|COMPLETED|gpu|north\n", i, i%300, i%100))
		swf = append(swf, fmt.Sprintf("%d %d 3 50 16 -1 -1 16 600 -1 1 %d %d -1 1 -1 -1 -1\n", i, i, i%300, i%100))
	}
	for _, c := range []struct {
		format Format
		how    string
		lines  []string
	}{
		{RequestCSV(), "", csv},
		{RequestCSV(), "gzip", csv},
		{RequestCSV(), "zstd", csv},
		{Sacct(), "", sacct},
		{SWF(8), "", swf},
	} {
		data := string(compressed(b, c.how, strings.Join(c.lines, "")))
		b.Run(strings.TrimSpace(c.format.String()+" "+c.how), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				sum, err := Read(strings.NewReader(data), c.format, func(Job) error { return nil }, nil)
				if err != nil || sum.Jobs != n {
					b.Fatal(sum, err)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "lines/s")
		})
	}
}
