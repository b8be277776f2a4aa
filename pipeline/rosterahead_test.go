package pipeline

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// A county's roster is never held whole: its persons come some at a time, in
// memory that is used again, and a ledger that fails ends the reading.
func TestARosterIsPouredPieceByPiece(t *testing.T) {
	const persons = 20*personsTogether + 7
	text := strings.Builder{}
	text.WriteString("户编号,姓名,证件号码,乡(镇),行政村,数据日期\n")
	for i := range persons {
		fmt.Fprintf(&text, "H%d,王小明,14990119800101%04d,河西镇,柳林村,2026-03-01\n", i, i%10_000)
	}
	path := filepath.Join(t.TempDir(), "名单.csv")
	if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	in := &intake{Workspace: &Workspace{}, ctx: t.Context()}
	taken, pieces := 0, map[*ledger.RosterRows]bool{}
	read, fault, err := in.pourRoster(rosterFile{path: path, name: "名单.csv"}, func(rows *ledger.RosterRows) error {
		if n := rows.Len(); n > personsTogether || n < personsTogether && taken+n != persons {
			t.Errorf("after %d persons %d come together", taken, n)
		}
		taken += rows.Len()
		pieces[rows] = true
		return nil
	})
	if err != nil || fault != nil || taken != persons || read.persons != persons || read.taken != values.MustDate("2026-03-01") {
		t.Errorf("%d persons, read %+v: %v, %v", taken, read, fault, err)
	}
	if len(pieces) > rosterAhead {
		t.Errorf("%d pieces are in memory", len(pieces))
	}

	full, times := errors.New("the disk is full"), 0
	read, _, err = in.pourRoster(rosterFile{path: path, name: "名单.csv"}, func(*ledger.RosterRows) error { times++; return full })
	if !errors.Is(err, full) || times != 1 || read.persons > (rosterAhead+1)*personsTogether {
		t.Errorf("%v after %d times, and %d persons are read", err, times, read.persons)
	}
}
