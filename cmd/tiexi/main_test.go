package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// The scripts run the real program: testscript starts this test binary again
// under the name tiexi.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"tiexi": main}) }

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			// Nothing of the machine's user may reach a script.
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/.config")
			env.Setenv("TIEXI_CONFIG", "")
			env.Setenv("TIEXI_LANG", "")
			fixtures, err := filepath.Abs(filepath.Join("..", "..", "fixtures"))
			env.Setenv("FIXTURES", fixtures)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"mkxlsx":   makeWorkbook,
			"xlsxtext": printWorkbook,
			"exits":    exits,

			"holdworkspace": holdWorkspace,
			"letgo":         letGo,

			"firstversion": unpackFirstVersion,
			"schema":       setSchema,
			"upgradecopy":  copyOfUpgrade,
		},
	})
}

// makeWorkbook is `mkxlsx book.xlsx table.csv`: a workbook of text cells from a
// table; a line "[sheet 名称]" begins a sheet, a cell "#1.5" is the number 1.5.
func makeWorkbook(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: mkxlsx book.xlsx table.csv")
	}
	book := excelize.NewFile()
	sheet, row := "Sheet1", 0
	for line := range strings.Lines(ts.ReadFile(args[1])) {
		line = strings.TrimRight(line, "\r\n")
		if name, ok := strings.CutPrefix(line, "[sheet "); ok {
			name = strings.TrimSuffix(name, "]")
			if row == 0 {
				ts.Check(book.SetSheetName(sheet, name))
			} else {
				_, err := book.NewSheet(name)
				ts.Check(err)
			}
			sheet, row = name, 0
			continue
		}
		row++
		if line == "" {
			continue
		}
		cells, err := csv.NewReader(strings.NewReader(line)).Read()
		ts.Check(err)
		for i, cell := range cells {
			at, err := excelize.CoordinatesToCellName(i+1, row)
			ts.Check(err)
			if number, ok := strings.CutPrefix(cell, "#"); ok {
				ts.Check(book.SetCellDefault(sheet, at, number))
			} else if cell != "" {
				ts.Check(book.SetCellStr(sheet, at, cell))
			}
		}
	}
	ts.Check(book.SaveAs(ts.MkAbs(args[0])))
}

// printWorkbook is `xlsxtext book.xlsx out.txt`: every sheet as lines of cells
// with tabs between, so that scripts can look at them with grep.
func printWorkbook(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: xlsxtext book.xlsx out.txt")
	}
	book, err := excelize.OpenFile(ts.MkAbs(args[0]), excelize.Options{RawCellValue: true})
	ts.Check(err)
	var out bytes.Buffer
	for _, sheet := range book.GetSheetList() {
		fmt.Fprintf(&out, "[sheet %s]\n", sheet)
		rows, err := book.GetRows(sheet)
		ts.Check(err)
		for _, row := range rows {
			fmt.Fprintln(&out, strings.Join(row, "\t"))
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), out.Bytes(), 0o600))
}

// exits is `exits 2 tiexi args...`: the exit code, exactly.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits code program args...")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := 0
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		code = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("exit code is %d, want %s", code, args[0])
	}
}
