// Package rules holds every check of a bank statement as a pure function over
// facts, and the catalogue that says what each finding means.
//
// Start with [Check]: it takes the [Facts] of a quarter (lines, roster,
// history, sheets' totals, recorded decisions) and gives each line's [Verdict].
// The catalogue ([Catalogue], [Lookup], [Message]) turns a finding into its
// outcome, its clause and a sentence a clerk can act on.
//
// Promises: no I/O and no clock; the facts are not changed; the same facts give
// the same verdicts in whatever order the lines come; a check whose cells could
// not be read is skipped, never guessed at, because the line goes back anyway.
package rules
