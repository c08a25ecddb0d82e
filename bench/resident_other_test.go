//go:build !unix

package bench

import "os"

func peakResident(*os.ProcessState) int64 { return 0 }
