package pool

// Bounds of a policy's parameters; the smallest is 0 where none is named.
const (
	MaxGuaranteePermille = 1000
	MaxBankLimitRounds   = 1000
	MinMaxPasses         = 1
	MaxMaxPasses         = 1000
)

// Policy is the parameters of the rule by which a round is divided
// (docs/FAIRNESS.md).
type Policy struct {
	// GuaranteePermille is α: the part of its entitlement, in permille, that a
	// node is guaranteed whatever it owes. 0..1000.
	GuaranteePermille int64
	// BankLimitRounds is K: what a node owes or is owed stays within K
	// entitlements. 0..1000.
	BankLimitRounds int64
	// MaxPasses bounds how often unused supply is offered again, the first pass
	// included. 1..1000.
	MaxPasses int64
}

// DefaultPolicy returns the founding policy's parameters: half of the
// entitlement guaranteed, four rounds of bank, eight passes.
func DefaultPolicy() Policy {
	return Policy{GuaranteePermille: 500, BankLimitRounds: 4, MaxPasses: 8}
}

// Check returns every fault of the policy.
func (p Policy) Check() error {
	var f faults
	within := func(path string, value, least, most int64) {
		if value < least || value > most {
			f.add(CodeOutOfRange, path, "is %d, expected %d to %d", value, least, most)
		}
	}
	within("guarantee_permille", p.GuaranteePermille, 0, MaxGuaranteePermille)
	within("bank_limit_rounds", p.BankLimitRounds, 0, MaxBankLimitRounds)
	within("max_passes", p.MaxPasses, MinMaxPasses, MaxMaxPasses)
	return f.err()
}
