// Package loanbook reads banks' loan books (贷款台账): what each loan stands at
// on a day. A bank sends one beside its statement; it has no interest in it.
//
// Start at [Read]. It knows columns by the same names as package statement, and
// reads every row of every sheet that has them. [Named] tells a book by what its
// file or title says.
//
// It promises that a book counts whole or not at all: each row is a loan, a
// title, a heading, a total, a note or blank, and the [Sheet] counts them all. A
// cell that cannot be taken, an amount that cannot be right, a loan that stands
// there twice, a total that the rows do not come to: the [BrokenError] names
// every one of them, by sheet, row and cell.
package loanbook
