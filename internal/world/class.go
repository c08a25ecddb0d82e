package world

import (
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/pool"
)

// Class is a GPU class: the noun with its rate, and the published figure that
// the rate is.
type Class struct {
	pool.GPUClass
	Name string // as the vendor writes it
	// RGU is the class in ten-thousandths of a Reference GPU Unit: 40,000 is the
	// A100-40GB, 4 RGU.
	RGU int64
	// Released is the month the vendor brought it out.
	Released string
}

// Rate is the one rate of the class.
func (c Class) Rate() credit.Rate { return c.Rates[0].Rate }

// The classes of the demo by id.
const (
	a100     pool.ClassID = "a100-40gb"
	a100x80  pool.ClassID = "a100-80gb"
	h100     pool.ClassID = "h100-80gb-sxm5"
	l40s     pool.ClassID = "l40s-48gb"
	mi300x   pool.ClassID = "mi300x-192gb"
	rtx8000  pool.ClassID = "rtx8000-48gb"
	t4       pool.ClassID = "t4-16gb"
	v100     pool.ClassID = "v100-32gb"
	rguOfOne              = 40_000 // of the reference GPU
)

// classTable are eight classes of very different age; the T4 is asked for but
// offered by nobody.
func classTable() []Class {
	return []Class{
		class(a100, "NVIDIA A100-SXM4-40GB", 40_000, "2020-05"),
		class(a100x80, "NVIDIA A100-SXM4-80GB", 48_000, "2020-11"),
		class(h100, "NVIDIA H100-SXM5-80GB", 121_683, "2022-03"),
		class(l40s, "NVIDIA L40S", 103_595, "2023-08"),
		class(mi300x, "AMD Instinct MI300X", 239_629, "2023-12"),
		class(rtx8000, "NVIDIA Quadro RTX 8000", 29_685, "2018-08"),
		class(t4, "NVIDIA T4", 13_224, "2018-09"),
		class(v100, "NVIDIA V100-SXM2-32GB", 25_691, "2018-03"),
	}
}

func class(id pool.ClassID, name string, rgu int64, released string) Class {
	return Class{
		GPUClass: pool.GPUClass{ID: id, Rates: []pool.DatedRate{{From: founded, Rate: rateOf(rgu)}}},
		Name:     name, RGU: rgu, Released: released,
	}
}

// founded is when the demo's pool began: its rates hold from then on.
var founded = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// rateOf is the rate in permille of the A100-40GB, rounded half up.
func rateOf(rgu int64) credit.Rate {
	return must(credit.NewRate((2*1000*rgu + rguOfOne) / (2 * rguOfOne)))
}

// must is for the tables of this package, which its tests go through.
func must[T any](value T, err error) T {
	if err != nil {
		panic("world: " + err.Error())
	}
	return value
}
