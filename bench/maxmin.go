package bench

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// MaxMin is claims of equal weight on one level: what each asks for and which
// lots it may use. Its answer is the max-min fair division.
type MaxMin struct {
	supply []int64 // per lot
	asked  []int64 // per claim
	kind   []int   // claim → index into lots
	lots   [][]int // lots that a kind of claim may use
}

// NewMaxMin draws claims on 12 lots with 8 different eligibilities. Lots differ
// in size a hundredfold, so that some claims are held down by theirs; amounts
// are so large that whole units show only in the last digits.
func NewMaxMin(claims int) *MaxMin {
	r := rand.New(rand.NewPCG(7, 7))
	m := &MaxMin{supply: make([]int64, 12), lots: make([][]int, 8)}
	for k := range m.lots {
		m.lots[k] = r.Perm(len(m.supply))[:1+k%4]
	}
	var sum int64
	for i := range claims {
		m.asked = append(m.asked, int64(100_000*math.Pow(1.5, float64(r.IntN(24)))))
		m.kind = append(m.kind, i%len(m.lots))
		sum += m.asked[i]
	}
	for j := range m.supply {
		m.supply[j] = int64(float64(sum) / 100 * math.Pow(100, r.Float64()) / 3)
	}
	return m
}

// Input states the same as a round: each claim a nation of its own, or all on
// one project. Guarantees are off: a guarantee is not part of max-min.
func (m *MaxMin) Input(nations bool) fairshare.Input {
	in := fairshare.Input{
		Round: fairshare.Round{ID: "max-min", Start: start, End: end, BankLimitRounds: 4, MaxPasses: 8},
		Nodes: []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool, Weight: 1}},
	}
	for j, supply := range m.supply {
		in.Lots = append(in.Lots, fairshare.Lot{
			ID: fmt.Sprintf("lot-%02d", j), Class: "a100-40gb", Site: "site", Ends: end,
			Supply: credit.GPUMilliseconds(supply),
		})
	}
	for k, list := range m.lots {
		e := fairshare.Eligibility{ID: fmt.Sprintf("sig-%02d", k)}
		for _, j := range list {
			e.Lots = append(e.Lots, in.Lots[j].ID)
		}
		in.Eligibilities = append(in.Eligibilities, e)
	}
	for i, asked := range m.asked {
		node := fmt.Sprintf("n%04d", i)
		if !nations {
			node = "n0000"
		}
		if nations || i == 0 {
			in.Nodes = append(in.Nodes, fairshare.Node{ID: node, Parent: "pool", Kind: fairshare.KindNation, Weight: 1})
		}
		in.Requests = append(in.Requests, fairshare.Request{
			ID: fmt.Sprintf("r%04d", i), Node: node, Eligibility: in.Eligibilities[m.kind[i]].ID,
			Max: credit.GPUMilliseconds(asked), Rank: 1, Submitted: start,
		})
	}
	return in
}

// Solver is the linear program solver that we stand beside.
const Solver = "glpsol"

// Solution is what the solver found, and how much work it was.
type Solution struct {
	X        []float64
	Programs int
	// Time is that of the solver's processes alone.
	Time time.Duration
}

// Solve finds the max-min fair division by linear programs: maximise the level
// t of all claims that can still grow; those with a price at the optimum, or
// with all they asked for, stay where they are; repeat.
func (m *MaxMin) Solve(folder string) (*Solution, error) {
	s := &Solution{X: make([]float64, len(m.asked))}
	fixed := make([]bool, len(m.asked))
	for open := len(fixed); open > 0; s.Programs++ {
		level, price, err := m.solveOnce(folder, s, fixed)
		if err != nil {
			return nil, err
		}
		before := open
		for i, asked := range m.asked {
			full := float64(asked) <= level*(1+1e-12)
			if !fixed[i] && (full || math.Abs(price[i]) > 1e-9) {
				fixed[i], s.X[i] = true, min(level, float64(asked))
				open--
			}
		}
		if open == before {
			return nil, fmt.Errorf("program %d fixes no claim at level %g", s.Programs, level)
		}
	}
	return s, nil
}

// solveOnce maximises the level of the claims that are not fixed, and returns
// it with the price (dual value) of each claim.
func (m *MaxMin) solveOnce(folder string, s *Solution, fixed []bool) (level float64, price []float64, err error) {
	program, result := filepath.Join(folder, "maxmin.lp"), filepath.Join(folder, "maxmin.out")
	if err := m.write(program, s.X, fixed); err != nil {
		return 0, nil, err
	}
	begin := time.Now()
	output, err := exec.Command(Solver, "--lp", program, "-w", result).CombinedOutput()
	s.Time += time.Since(begin)
	if err != nil {
		return 0, nil, fmt.Errorf("%s: %w: %s", Solver, err, output)
	}
	return m.read(result)
}

// slack is how much less than its part a fixed claim may be given, in gpu_ms:
// the solver prints 15 digits, and parts rounded up may not fit together.
const slack = 1e-6

// write states one program. A claim may be given more than its part: the rest
// is thrown away, so that no bound from above is needed but the one on t.
func (m *MaxMin) write(path string, x []float64, fixed []bool) error {
	b := []byte("Maximize\n level: t\nSubject To\n")
	users := make([][]int, len(m.supply))
	most := int64(math.MaxInt64)
	for i := range m.asked {
		b = fmt.Appendf(b, " claim%d:", i)
		for _, j := range m.lots[m.kind[i]] {
			b = fmt.Appendf(b, " + y%d_%d", i, j)
			users[j] = append(users[j], i)
		}
		if fixed[i] {
			b = fmt.Appendf(b, " >= %.17g\n", x[i]-slack)
		} else {
			b = append(b, " - t >= 0\n"...)
			most = min(most, m.asked[i])
		}
	}
	for j, list := range users {
		if len(list) == 0 {
			continue
		}
		b = fmt.Appendf(b, " lot%d:", j)
		for _, i := range list {
			b = fmt.Appendf(b, "\n + y%d_%d", i, j)
		}
		b = fmt.Appendf(b, " <= %d\n", m.supply[j])
	}
	b = fmt.Appendf(b, "Bounds\n t <= %d\nEnd\n", most)
	return os.WriteFile(path, b, 0o600)
}

// read takes the level and the prices of the claims, which are the first rows,
// from the solver's result. There a line of s ends in the status of the primal
// and of the dual (f: feasible) and the level; a line of i is a row: its number,
// status, value and price.
func (m *MaxMin) read(path string) (level float64, price []float64, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, nil, err
	}
	price = make([]float64, len(m.asked))
	for line := range strings.Lines(string(text)) {
		f := strings.Fields(line)
		switch {
		case len(f) == 7 && f[0] == "s" && (f[4] != "f" || f[5] != "f"):
			return 0, nil, fmt.Errorf("%s: no optimum: %s", Solver, line)
		case len(f) == 7 && f[0] == "s":
			level, err = strconv.ParseFloat(f[6], 64)
		case len(f) == 5 && f[0] == "i":
			var row int
			if row, err = strconv.Atoi(f[1]); err == nil && row <= len(price) {
				price[row-1], err = strconv.ParseFloat(f[4], 64)
			}
		}
		if err != nil {
			return 0, nil, fmt.Errorf("%s: %w", Solver, err)
		}
	}
	return level, price, nil
}
