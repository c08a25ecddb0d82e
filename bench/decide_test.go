package bench

import (
	"runtime"
	"testing"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// The two rounds on their own, for profiles:
//
//	go test ./bench -run "^$" -bench Decide/one -cpuprofile cpu.out
func BenchmarkDecide(b *testing.B) {
	for _, c := range []struct {
		name  string
		shape Shape
	}{{"one_supply", Million()}, {"one_supply_no_minima", Million().WithoutMinima()}, {"many_lots", Million().ManyLots()}} {
		b.Run(c.name, func(b *testing.B) {
			s, err := fairshare.Freeze(Generate(c.shape))
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				fairshare.DecideWith(s, runtime.GOMAXPROCS(0))
			}
		})
	}
}
