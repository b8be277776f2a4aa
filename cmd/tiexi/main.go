// Command tiexi settles a county's quarterly interest subsidy: from the banks'
// spreadsheets and the roster to village notices and the One-Card payment file.
//
// This package holds flags, words and exit codes; what happens is in package
// pipeline. Start with [commands], the table of what there is; [arrange] reads
// a command line, [program.report] turns an error into words and an exit code.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() { os.Exit(run(os.Args, os.Stdin, os.Stdout, os.Stderr)) }

// run does what one command line asks and gives the exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	p := newProgram(args[1:], stdin, stdout, stderr)
	return p.report(p.attempt(ctx, args[1:]))
}
