package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"tiexi/formats/jobs"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

// Exit codes, a contract with whoever calls the program.
const (
	exitDone        = 0   // done, nothing to do, or waiting for people
	exitFailed      = 1   // failed or refused
	exitUsage       = 2   // usage or configuration
	exitAttention   = 3   // run and return: held or returned lines, or a refused file
	exitBusy        = 11  // another run holds the workspace
	exitInterrupted = 130 // Ctrl-C, SIGTERM
)

// errAttention ends a run that went well and left something to a person. What
// that is has been printed.
var errAttention = errors.New("held or returned lines, or refused files")

// errAnswered ends a command whose answer is a no that has been printed: a
// policy file with mistakes, an audit that found something.
var errAnswered = errors.New("answered in the negative")

// errUsage lies behind a mistake on the command line, which --json tells from
// one in the configuration.
var errUsage = errors.New("usage")

// usage is a mistake on the command line.
func usage(what, hint values.Text) *values.Fault {
	return &values.Fault{Kind: values.FaultConfig, What: what, Hint: hint, Err: errUsage}
}

// failure is an error as --json prints it.
type failure struct {
	Code     string     `json:"code"`
	Message  string     `json:"message"`
	Hint     string     `json:"hint,omitempty"`
	File     string     `json:"file,omitempty"`
	Problems []position `json:"problems,omitempty"`
}

// position is one mistake in a file.
type position struct {
	File    string `json:"file"`
	Line    int    `json:"row"`
	Column  int    `json:"column"`
	Message string `json:"message"`
}

// report says what went wrong, once, on stderr and under --json also as an
// object on stdout, and gives the exit code.
func (p *program) report(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errAttention):
		return exitAttention
	case errors.Is(err, errAnswered):
		return exitFailed
	}
	found, code := p.describe(err)
	p.note(slog.LevelError, p.words(found), "code", found.Code, "exit", code)
	if p.json {
		if err := p.printJSON(map[string]failure{"error": found}); err != nil {
			return exitFailed
		}
	}
	return code
}

func (p *program) words(f failure) string {
	if len(f.Problems) == 0 {
		if f.Hint == "" {
			return f.Message
		}
		return f.Message + "\n" + f.Hint
	}
	s := f.Message
	for _, at := range f.Problems {
		s += fmt.Sprintf("\n%s:%d:%d: %s", at.File, at.Line, at.Column, at.Message)
	}
	return s
}

// describe finds the words and the exit code of an error.
func (p *program) describe(err error) (failure, int) {
	var (
		mistakes *jobs.Problems
		terms    policy.Problems
		fault    *values.Fault
	)
	switch {
	case errors.Is(err, context.Canceled):
		return failure{Code: "interrupted", Message: p.in("已中断。再运行一次就会接着做。", "Interrupted. Run again to go on.")}, exitInterrupted
	case errors.As(err, &mistakes):
		f := failure{Code: "config", File: mistakes.Path,
			Message: p.in("配置文件有 %d 处错误：", "The configuration has %d mistakes:", len(mistakes.List))}
		for _, m := range mistakes.List {
			f.Problems = append(f.Problems, position{mistakes.Path, m.Line, m.Column, m.Text.In(p.lang)})
		}
		return f, exitUsage
	case errors.As(err, &terms):
		f := failure{Code: "config", Message: p.in("政策文件有 %d 处错误：", "The policy files have %d mistakes:", len(terms))}
		for _, m := range terms {
			f.Problems = append(f.Problems, position{m.File, m.Line, m.Column, values.Text{Chinese: m.Message, English: m.English}.In(p.lang)})
		}
		return f, exitUsage
	case errors.As(err, &fault):
		what := *fault
		what.Hint = values.Text{}
		code := string(fault.Kind)
		if errors.Is(fault.Err, errUsage) {
			what.Err, code = nil, "usage"
		}
		return failure{Code: code, Message: what.In(p.lang), Hint: fault.Hint.In(p.lang)}, exitCodes[fault.Kind]
	}
	return failure{Code: "failed", Message: p.in("出错了：%v", "Failed: %v", err)}, exitFailed
}

var exitCodes = map[values.FaultKind]int{
	values.FaultRefused: exitFailed,
	values.FaultConfig:  exitUsage,
	values.FaultBusy:    exitBusy,
}
