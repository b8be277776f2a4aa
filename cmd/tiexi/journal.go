package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// journal is the log of one command: <workspace>/logs/<time>-<command>.log. The
// file is made when the first thing is done, so that a run which finds nothing
// to do writes nothing, and a killed one leaves what it had said. Ids and
// accounts are masked. A nil journal takes everything and keeps nothing.
type journal struct {
	folder, name string
	log          *slog.Logger
	in           func(values.Text) string
	waiting      bytes.Buffer // what was said before the first thing was done
	file         *os.File
	broken       error // the log cannot be written; the work goes on
}

// newJournal begins the log of a command in a workspace.
func (p *program) newJournal(workspace, command, operator string, started time.Time) *journal {
	j := &journal{
		folder: filepath.Join(workspace, "logs"), in: func(t values.Text) string { return t.In(p.lang) },
		name: started.Format("20060102-150405") + "-" + strings.ReplaceAll(command, " ", "-"),
	}
	j.log = newLogger(j, p.records)
	j.log.Info("begin", "command", command, "operator", operator, "version", version)
	return j
}

// newLogger writes records as JSON lines, or as text that people can read.
func newLogger(w io.Writer, asJSON bool) *slog.Logger {
	if asJSON {
		return slog.New(slog.NewJSONHandler(w, nil))
	}
	return slog.New(slog.NewTextHandler(w, nil))
}

// Write takes what the logger writes.
func (j *journal) Write(line []byte) (int, error) {
	if j.file == nil {
		return j.waiting.Write(line)
	}
	n, err := j.file.Write(line)
	j.broken = errors.Join(j.broken, err)
	return n, nil
}

// event logs what the pipeline reports.
func (j *journal) event(e pipeline.Event) {
	if j == nil || e.Kind == pipeline.Progress {
		return
	}
	if e.Kind == pipeline.StageStarted || e.Kind == pipeline.FileRead {
		j.keep()
	}
	record(j.log, e, j.in(e.Text))
}

// record logs an event with its keys.
func record(log *slog.Logger, e pipeline.Event, words string) {
	level := slog.LevelInfo
	if e.Kind == pipeline.Warning {
		level = slog.LevelWarn
	}
	attributes := []slog.Attr{slog.String("event", string(e.Kind))}
	if !e.Quarter.IsZero() {
		attributes = append(attributes, slog.String("quarter", e.Quarter.String()))
	}
	if e.Stage != "" {
		attributes = append(attributes, slog.String("stage", e.Stage))
	}
	if e.Kind == pipeline.StageDone {
		attributes = append(attributes, slog.Int("in", e.Total), slog.Int("out", e.Done))
	}
	log.LogAttrs(context.Background(), level, values.MaskDigits(words), attributes...)
}

// say logs a sentence.
func (j *journal) say(level slog.Level, words string) {
	if j != nil {
		j.log.Log(context.Background(), level, values.MaskDigits(words))
	}
}

// keep gives the log its file.
func (j *journal) keep() {
	if j.file != nil || j.broken != nil {
		return
	}
	if j.broken = os.MkdirAll(j.folder, 0o700); j.broken != nil {
		return
	}
	path := filepath.Join(j.folder, j.name)
	for n := 1; ; n++ {
		name := path + ".log"
		if n > 1 {
			name = fmt.Sprintf("%s-%d.log", path, n)
		}
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if j.broken = err; err != nil {
			return
		}
		j.file = file
		_, j.broken = j.waiting.WriteTo(file)
		return
	}
}

// end closes the log. Something was done if the log has a file already or done
// says so. The error is one of writing the log.
func (j *journal) end(done bool) error {
	if done {
		j.keep()
	}
	if j.file == nil {
		return j.broken
	}
	return errors.Join(j.broken, j.file.Close())
}
