// Package heading finds the table in a sheet and says what its columns mean.
//
// A reader describes what it looks for as a [Vocabulary]: the columns, the
// names that people give them, which of them a table must have. [Scan] then
// streams a sheet, finds the one to four heading rows (merged group headings
// above repeated names, titles above them), maps each column to at most one
// key, and hands over the rows below.
//
// It promises never to guess between two columns: the more exact and the
// longer match wins, equal ones are reported as ambiguous, a heading that
// matches nothing stays unknown, and a heading whose surroundings make it
// another thing (原贷款金额, 户主身份证号, 罚息利率) does not match at all.
package heading
