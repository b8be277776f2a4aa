package policy_test

import (
	"io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"testing"

	"tiexi/fixtures/cases"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

func load(t testing.TB, names ...string) *policy.Set {
	t.Helper()
	set, err := policy.Load(names, func(name string) ([]byte, error) { return fs.ReadFile(cases.Files, name) })
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// setting reads a number from the environment: TIEXI_SEED and
// TIEXI_HOUSEHOLDS, which continuous integration sets to 100000.
func setting(t *testing.T, name string, otherwise uint64) uint64 {
	text := os.Getenv(name)
	if text == "" {
		return otherwise
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

func TestASecondImplementationAgreesOnRandomHouseholds(t *testing.T) {
	seed, households := setting(t, "TIEXI_SEED", 20260326), setting(t, "TIEXI_HOUSEHOLDS", 3000)
	t.Logf("seed %d, %d households", seed, households)
	var sets []*policy.Set
	for _, terms := range refTermSets {
		sets = append(sets, load(t, terms.names...))
	}
	d := seeded{rand.New(rand.NewPCG(seed, 0))}
	earning, mixed := 0, 0
	for i := range households {
		h := household(d)
		k := int(i) % len(sets)
		got, err := sets[k].Settle(h, q3)
		if err != nil {
			t.Fatal(err)
		}
		want := refTermSets[k].settle(h, q3)
		if len(got) != len(want) {
			t.Fatalf("household %d: %d entitlements, want %d", i, len(got), len(want))
		}
		for _, e := range got {
			if e.Shares.Total() > 0 {
				earning++
			}
			if len(e.Parts) > 1 {
				mixed++
			}
			if !agrees(&e, want[e.Loan]) {
				t.Fatalf("seed %d, household %d, policies %v, loan %d:\n got %+v\nwant %+v\n%+v", seed, i, refTermSets[k].names, e.Loan, e, want[e.Loan], h)
			}
		}
	}
	if earning < int(households) || mixed < int(households)/100 {
		t.Errorf("only %d loans earned anything and %d lay under two policies: the households are too dull", earning, mixed)
	}
}

func agrees(e *policy.Entitlement, want *refResult) bool {
	if want == nil || array(e.Shares) != want.shares || len(e.Parts) != len(want.parts) {
		return false
	}
	for _, p := range e.Parts {
		if array(p.Shares) != want.parts[p.Policy] {
			return false
		}
	}
	var days []values.Date
	for _, s := range e.Unconfigured {
		for d := s.From; d <= s.To; d++ {
			days = append(days, d)
		}
	}
	return slices.Equal(days, slices.Compact(want.unconfigured))
}

func array(s values.Shares) [4]int64 {
	return [4]int64{int64(s.Central), int64(s.Provincial), int64(s.City), int64(s.County)}
}
