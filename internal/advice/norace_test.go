//go:build !race

package advice_test

const raceDetector = false
