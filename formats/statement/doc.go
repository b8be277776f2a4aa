// Package statement reads banks' statements (贴息名单): every sheet of a book
// that has a statement heading, every row of it, every cell with its address.
//
// Start at [Read]. It goes over a sheet twice: first to find the headings, the
// last total row and the day convention, which is one decision over all lines
// (policy.md §1); then to give the lines. So memory does not grow with the
// sheet, and nothing is given from a book whose headings are refused.
//
// It promises that no row is lost: each is a line, a title, a heading, a total,
// a footer or blank, and the [Report] counts them all. A cell that cannot be
// taken as it stands is a problem on its line, which is given all the same.
package statement
