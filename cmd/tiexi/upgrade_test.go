package main

import (
	"archive/zip"
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"strconv"

	"github.com/rogpeppe/go-internal/testscript"
)

// The scripts run in folders of their own, so the path is made absolute here.
var firstVersion, _ = filepath.Abs("../../fixtures/first-version/county.zip")

// unpackFirstVersion is `firstversion folder`: a county's folder as the first
// version of the program left it.
func unpackFirstVersion(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: firstversion folder")
	}
	kept, err := zip.OpenReader(firstVersion)
	ts.Check(err)
	defer func() { _ = kept.Close() }()
	for _, entry := range kept.File {
		path := filepath.Join(ts.MkAbs(args[0]), filepath.FromSlash(entry.Name))
		if entry.FileInfo().IsDir() {
			ts.Check(os.MkdirAll(path, 0o700))
			continue
		}
		from, err := entry.Open()
		ts.Check(err)
		content, err := io.ReadAll(from)
		ts.Check(err)
		ts.Check(from.Close())
		ts.Check(os.MkdirAll(filepath.Dir(path), 0o700))
		ts.Check(os.WriteFile(path, content, 0o600))
	}
}

// copyOfUpgrade is `upgradecopy workspace copy.db`: the copy of the ledger that
// an upgrade left beside it, whatever the newest version is.
func copyOfUpgrade(ts *testscript.TestScript, none bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: upgradecopy workspace copy.db")
	}
	kept, err := filepath.Glob(ts.MkAbs(args[0]) + "/ledger.db.before-v*")
	ts.Check(err)
	if none && len(kept) == 0 {
		return
	}
	if none || len(kept) != 1 {
		ts.Fatalf("copies: %v", kept)
	}
	content, err := os.ReadFile(kept[0])
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), content, 0o600))
}

// setSchema is `schema ledger.db 99`: the ledger says that it has that version,
// in the field of SQLite's header that holds it (user_version, at byte 60).
func setSchema(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: schema ledger.db version")
	}
	version, err := strconv.ParseUint(args[1], 10, 32)
	ts.Check(err)
	content, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	binary.BigEndian.PutUint32(content[60:], uint32(version))
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), content, 0o600))
}
