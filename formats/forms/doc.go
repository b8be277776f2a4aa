// Package forms reads the small workbooks that people fill in by hand: the
// decisions (问题清单 with its 处理意见), the objections to a public notice, the
// exclusion list, the responsible banks, claims on the risk fund and recoveries
// for it; and [Detect] tells what kind of file a book is by its headings.
//
// Every reader gives what the sound rows say and a [Problem] for every cell that
// cannot be taken; a row with a problem gives nothing else. A book without the
// headings is a [heading.NoTableError].
package forms
