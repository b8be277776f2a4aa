// Package cell reads what one cell means: a name, an id, a date, an amount, a
// rate, a yes or no, in every way in which people write them.
//
// Every reader takes a cell of package sheet and gives a value with a
// [values.ProblemKind]; "" means that the value can be used. What is neither
// plainly one thing nor plainly another is a problem, never a guess, and no
// figure passes through a float.
package cell
