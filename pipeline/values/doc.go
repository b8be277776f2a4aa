// Package values holds the nouns that two rooms of the program share: money in
// fen, civil dates, quarters, residents' ids, statement lines, findings, shares.
//
// It is the leaf of the import tree: it uses nothing of ours, does no I/O and
// reads no clock. Start with [Line], the row of a bank's statement that
// everything else is about.
package values
