package pipeline_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// A process that is killed at any moment is continued by running the command
// again; nobody can tell afterwards that it happened. Each command of the
// script is tried from the state before it, killed at a point, repeated, and
// the ledger and every file are compared with the state after it: what holds
// for each command holds for the whole script.
func TestAKilledCommandIsContinuedByRepeatingIt(t *testing.T) {
	t.Parallel()
	build := smallCounty
	if long {
		build = wholeCounty
	}
	story := tell(t, build)
	tried := map[string]bool{}
	for i, chapter := range story {
		for n, point := range chapter.points {
			if !long && tried[point] && (n+i)%13 != 0 {
				continue // every kind of point once, and a thirteenth of the rest
			}
			tried[point] = true
			t.Run(fmt.Sprintf("%s/%d %s", script[i].name, n+1, point), func(t *testing.T) {
				t.Parallel()
				for _, again := range secondKills(chapter, n, i) {
					c := copyCounty(t, chapter.before)
					killedAt(t, c, i, n+1)
					if again > 0 {
						helper(t, c, i, again) // its repetition is killed too, if it gets that far
					}
					repeated(t, script[i].perform(c, pipeline.Options{}))
					same(t, c.state(t), chapter.after)
					only(t, c.dir, ".tiexi-")
				}
			})
		}
	}
	if len(tried) < 30 || !tried["recover:named"] {
		t.Errorf("only %d kinds of points are met: %v", len(tried), tried)
	}
}

// secondKills are the points at which the repetition is killed in turn, 0 for
// not at all. The sample dies during recovery, soon after it, or late.
func secondKills(c chapter, n, i int) []int {
	if long {
		return []int{0, 1, 1 + (n+i)%len(c.points), len(c.points)}
	}
	return []int{(n + i) % (len(c.points) + 1)}
}

// chapter is what one command of the script did, uninterrupted.
type chapter struct {
	before *county // a copy of the county as it was before the command
	points []string
	after  state
}

// tell runs the script without interruption.
func tell(t *testing.T, build func(string) (*county, error)) []chapter {
	t.Helper()
	c := must(build(filepath.Join(t.TempDir(), "county")))(t)
	story := make([]chapter, len(script))
	for i, s := range script {
		story[i].before = copyCounty(t, c)
		if err := s.perform(c, pipeline.Options{Points: func(name string) { story[i].points = append(story[i].points, name) }}); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		story[i].after = c.state(t)
	}
	return story
}

// repeated: a command that was killed after its commit may be refused when it
// is repeated, because it is done already.
func repeated(t *testing.T, err error) {
	t.Helper()
	var fault *values.Fault
	if err != nil && !(errors.As(err, &fault) && fault.Kind == values.FaultRefused && fault.Err == nil) {
		t.Errorf("the repetition failed: %v", err)
	}
}

// only checks that no temporary file is left.
func only(t *testing.T, dir, temporary string) {
	t.Helper()
	for name := range digests(t, dir, ".") {
		if strings.Contains(filepath.Base(name), temporary) {
			t.Errorf("%s is left over", name)
		}
	}
}

// TestHelperProcess is no test: it is the process that the others kill. It
// performs a command of the script and kills itself at the point it is told,
// or performs the script from a command on until it is killed.
func TestHelperProcess(t *testing.T) {
	dir := os.Getenv("TIEXI_HELPER")
	if dir == "" {
		t.Skip("only a process for the other tests")
	}
	c := must(countyIn(dir))(t)
	if os.Getenv("TIEXI_HELPER_HOLDS") != "" {
		holdLock(t, c)
	}
	first, _ := strconv.Atoi(os.Getenv("TIEXI_HELPER_STEP"))
	kill, onward := os.LookupEnv("TIEXI_HELPER_KILL")
	if at, _ := strconv.Atoi(kill); onward {
		_ = script[first].perform(c, pipeline.Options{Points: dieAt(at)})
		return
	}
	for i := first; i < len(script); i++ {
		if err := os.WriteFile(filepath.Join(dir, "progress.tmp"), []byte(strconv.Itoa(i)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "progress.tmp"), filepath.Join(dir, "progress")); err != nil {
			t.Fatal(err)
		}
		err := script[i].perform(c, pipeline.Options{})
		if i > first && err != nil {
			t.Fatal(script[i].name, err)
		}
		repeated(t, err)
	}
}

func dieAt(at int) func(string) {
	met := 0
	return func(string) {
		if met++; met == at {
			die()
		}
	}
}

// die ends the process at once: SIGKILL, or TerminateProcess on Windows.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // nothing runs after the kill
}

// helper performs the step in another process, which kills itself at the n-th
// point; it tells whether it came to that.
func helper(t *testing.T, c *county, step, at int) (killed bool) {
	t.Helper()
	p := helperProcess(t, c, step)
	p.Env = append(p.Env, fmt.Sprint("TIEXI_HELPER_KILL=", at))
	out, err := p.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.Exited() && exit.ExitCode() != 1) {
		t.Errorf("the helper ended strangely: %v\n%s", err, out)
	}
	return err != nil
}

func killedAt(t *testing.T, c *county, step, at int) {
	t.Helper()
	if !helper(t, c, step, at) {
		t.Errorf("the helper was not killed at point %d", at)
	}
}

func helperProcess(t *testing.T, c *county, step int) *exec.Cmd {
	t.Helper()
	p := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHelperProcess$")
	p.Env = append(os.Environ(), "TIEXI_HELPER="+c.dir, fmt.Sprint("TIEXI_HELPER_STEP=", step))
	return p
}

// Killed at random moments, over and over, the whole quarter comes to what it
// comes to undisturbed. The seed fixes when; what the process is doing then is
// the machine's choice, which is the point.
func TestRandomKills(t *testing.T) {
	if !long {
		t.Skip("TIEXI_LONG=1 kills 500 runs at random moments")
	}
	story := tell(t, smallCounty)
	kills, seed := atomic.Int64{}, uint64(20260921)
	for n := range 500 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			dice := rand.New(rand.NewPCG(seed, uint64(n)))
			c := copyCounty(t, story[0].before)
			for step := 0; ; {
				p := helperProcess(t, c, step)
				if err := p.Start(); err != nil {
					t.Fatal(err)
				}
				timer := time.AfterFunc(time.Duration(20+dice.IntN(700))*time.Millisecond, func() { _ = p.Process.Kill() })
				err := p.Wait()
				timer.Stop()
				if err == nil {
					break
				}
				if p.ProcessState.Exited() {
					t.Fatalf("the helper failed: %v", err)
				}
				kills.Add(1)
				if text, err := os.ReadFile(filepath.Join(c.dir, "progress")); err == nil {
					step, _ = strconv.Atoi(string(text))
				}
			}
			same(t, c.state(t), story[len(story)-1].after)
		})
	}
	t.Cleanup(func() { t.Logf("%d kills", kills.Load()) })
}
