package pipeline

import (
	"slices"
	"strings"

	"tiexi/pipeline/values"
)

// byPolicy are shares by policy, in order of the policies' names. A loan has
// one or two policies, and a quarter has many loans: a map for each would be
// most of what the stages hold.
type byPolicy []policyShares

type policyShares struct {
	policy string
	values.Shares
}

// of are the policy's shares.
func (b byPolicy) of(policy string) values.Shares {
	if i, found := b.find(policy); found {
		return b[i].Shares
	}
	return values.Shares{}
}

func (b byPolicy) find(policy string) (int, bool) {
	return slices.BinarySearchFunc(b, policy, func(p policyShares, policy string) int { return strings.Compare(p.policy, policy) })
}

// add adds shares to the policy's.
func (b *byPolicy) add(policy string, s values.Shares) {
	i, found := b.find(policy)
	if !found {
		*b = slices.Insert(*b, i, policyShares{policy: policy})
	}
	(*b)[i].Shares = (*b)[i].Plus(s)
}

// plus is the sum of both, policy by policy.
func (b byPolicy) plus(other byPolicy) byPolicy {
	sum := slices.Clone(b)
	for _, p := range other {
		sum.add(p.policy, p.Shares)
	}
	return sum
}

// minus is the difference of both, policy by policy.
func (b byPolicy) minus(other byPolicy) byPolicy {
	rest := slices.Clone(b)
	for _, p := range other {
		rest.add(p.policy, values.Shares{}.Minus(p.Shares))
	}
	return rest
}

// sum adds up all policies.
func (b byPolicy) sum() (s values.Shares) {
	for _, p := range b {
		s = s.Plus(p.Shares)
	}
	return s
}

// nonzero leaves out policies that come to nothing in every budget.
func (b byPolicy) nonzero() byPolicy {
	return slices.DeleteFunc(b, func(p policyShares) bool { return p.IsZero() })
}
