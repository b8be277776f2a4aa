package pipeline

import (
	"errors"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A census counts what sets of names would.
func TestACensusCountsEachMemberOnceInAGroup(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		names := rapid.StringMatching(`[a-z]{1,2}`)
		c, sets := newCensus[string](), map[string]map[string]bool{}
		for _, group := range rapid.SliceOf(rapid.SampledFrom([]string{"", "石楼坪乡", "河西镇"})).Draw(t, "groups") {
			member := names.Draw(t, "member")
			if sets[group] == nil {
				sets[group] = map[string]bool{}
			}
			want := 1
			if sets[group][member] {
				want = 0
			}
			sets[group][member] = true
			if got := c.first(group, c.number(member)); got != want {
				t.Fatalf("%s in %q counts %d, not %d", member, group, got, want)
			}
		}
	})
}

func TestRunsHoldWhatStandsTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		all := rapid.SliceOf(rapid.IntRange(0, 2)).Draw(t, "all")
		var joined []int
		for run := range runs(all, func(x, y int) bool { return x == y }) {
			if len(run) == 0 || slices.Max(run) != slices.Min(run) || len(joined) > 0 && joined[len(joined)-1] == run[0] {
				t.Fatalf("%v has the run %v", all, run)
			}
			joined = append(joined, run...)
		}
		if !slices.Equal(all, joined) {
			t.Fatalf("%v comes in runs as %v", all, joined)
		}
	})
}

// A sequence is read as far as it is taken, and no further.
func TestASequenceIsReadPieceByPiece(t *testing.T) {
	broken := errors.New("broken")
	read := 0
	s := inSequence(func(yield func(int) error) error {
		for read = 1; read < 6; read++ {
			if err := yield(read); err != nil {
				return err
			}
		}
		return broken
	})
	var taken []int
	s.takeWhile(func(n int) bool { return n < 3 }, func(n int) { taken = append(taken, n) })
	if !slices.Equal(taken, []int{1, 2}) || read != 3 || s.failed() != nil {
		t.Errorf("took %v of %d read, %v", taken, read, s.failed())
	}
	s.takeWhile(func(int) bool { return true }, func(int) {})
	if s.more || !errors.Is(s.failed(), broken) {
		t.Errorf("at its end the sequence says %v", s.failed())
	}
	s.stop()
}
