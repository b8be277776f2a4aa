package pipeline

import (
	"runtime"

	"tiexi/formats/forms"
	"tiexi/formats/loanbook"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// opened is a file as far as it is understood without the ledger, so that files
// can be read while others go into it.
type opened struct {
	content   []byte
	changed   bool // it has other content than when the inbox was looked at
	book      *sheet.Book
	kind      forms.Kind
	fault     error // why the file cannot be taken
	statement *statementRead
	loans     *loanbook.Book
}

// statementRead is a bank's statement that was read whole.
type statementRead struct {
	bank      string // as jobs.yaml names it, "" where it says nothing
	lines     []ledger.LineRow
	report    *statement.Report
	positions map[string]int // of sheets in their book
	lenders   map[string]int // lines by the bank that they name
}

// readersAtOnce is how many files are read at a time, so that what is read and
// not yet taken stays small.
func readersAtOnce(files []inboxFile) int {
	const enough = 1 << 20 // of packed bytes
	total := int64(1)
	for _, f := range files {
		total += f.size
	}
	return max(runtime.GOMAXPROCS(0), min(64, int(enough*int64(len(files))/total)))
}

func (in *intake) open(f *inboxFile) *opened {
	o := &opened{}
	content, same := in.load(f)
	if o.content, o.changed = content, !same; o.changed {
		return o
	}
	if o.book, o.fault = sheet.OpenBytes(f.name, content); o.fault != nil {
		return o
	}
	if in.answers(o.book) {
		o.kind = forms.KindReturn
		return o
	}
	o.kind, o.fault = forms.Detect(o.book)
	if o.fault == nil && (o.kind == forms.KindStatement || o.kind == forms.KindUnknown) { // of an unknown one it says what is missing
		o.statement, o.fault = in.readStatement(f.name, o.book)
	}
	if o.fault == nil && o.kind == forms.KindLoanBook {
		o.loans, o.fault = in.readLoanBook(f.name, o.book)
	}
	return o
}

func (in *intake) readStatement(name string, book *sheet.Book) (*statementRead, error) {
	options, err := StatementOptions(in.job, book, name, in.request.Quarter)
	if err != nil {
		return nil, err
	}
	s := &statementRead{bank: options.Bank, positions: map[string]int{}, lenders: map[string]int{}}
	for _, page := range book.Sheets() {
		s.positions[page.Name] = page.Index
	}
	s.report, err = statement.Read(book, options, func(l *values.Line) error {
		s.lenders[l.Bank]++
		s.lines = append(s.lines, ledger.NewLineRow(l))
		return nil
	})
	return s, err
}
