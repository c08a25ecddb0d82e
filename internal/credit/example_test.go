package credit_test

import (
	"fmt"

	"github.com/commonpool/commonpool/internal/credit"
)

func ExampleRate_Cost() {
	h100, _ := credit.NewRate(3050)
	cost, _ := h100.Cost(8 * credit.Hour)
	fmt.Println(cost, "=", credit.FormatCredits(cost, credit.Style{}), "credits")
	// Output: 87840000 gpu_ms = 24.40 credits
}

func ExampleRate_FloorGPUSeconds() {
	h100, _ := credit.NewRate(3050)
	seconds, rest, _ := h100.FloorGPUSeconds(credit.GPUMilliseconds(credit.CreditGPUMS))
	fmt.Println("one credit buys", seconds, "seconds and leaves", rest)
	// Output: one credit buys 1180 seconds and leaves 1000 gpu_ms
}

func ExampleParseGPUHours() {
	seconds, _ := credit.ParseGPUHours("12.5")
	_, err := credit.ParseGPUHours("0.001")
	fmt.Println(seconds)
	fmt.Println(err)
	// Output:
	// 45000
	// credit: too many decimal places to be exact: "0.001"
}

func ExampleRate_FormatGPUHours() {
	h100, _ := credit.NewRate(3050)
	amount := credit.GPUMilliseconds(1_000_000 * credit.CreditGPUMS)
	text, _ := h100.FormatGPUHours(amount, credit.Style{Group: ","})
	fmt.Println(text)
	// Output: 327,868.85
}

func ExampleSum() {
	total, err := credit.Sum(credit.GPUMilliseconds(70), credit.GPUMilliseconds(-20), credit.GPUMilliseconds(5))
	fmt.Println(total, err)
	// Output: 55 gpu_ms <nil>
}
