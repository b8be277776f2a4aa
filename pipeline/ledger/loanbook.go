package ledger

import (
	"tiexi/pipeline/values"
)

// LoanBook is one accepted loan book; its bytes are archived under its digest.
type LoanBook struct {
	ID         int64
	Digest     string // SHA-256 of the bytes
	Name       string // in the inbox
	Bank       string
	Quarter    values.Quarter
	AsOf       values.Date // its figures are those at the end of this day
	Size       int64
	Reading    string // digest of the settings it was read with
	Correction bool
	Loans      int        // rows
	Balance    values.Fen // of all of them
	Replaced   bool
	ReplacedBy int64
}

const bookColumns = `id, digest, name, bank, quarter, as_of, size, reading, correction, loans, balance, state = 'replaced', coalesce(replaced_by, 0)`

func scanBook(s scanner) (b LoanBook, err error) {
	err = s.Scan(&b.ID, &b.Digest, &b.Name, &b.Bank, quarter{&b.Quarter}, day{&b.AsOf}, &b.Size, &b.Reading, &b.Correction, &b.Loans, &b.Balance, &b.Replaced, &b.ReplacedBy)
	return b, err
}

// LoanBooks lists all loan books ever accepted, in the order in which they came.
func (tx *Tx) LoanBooks() ([]LoanBook, error) {
	return collect(tx, scanBook, `SELECT `+bookColumns+` FROM loan_book ORDER BY id`)
}

// LiveLoanBooks lists the quarter's live loan books by bank and name.
func (tx *Tx) LiveLoanBooks(q values.Quarter) ([]LoanBook, error) {
	return collect(tx, scanBook, `SELECT `+bookColumns+` FROM loan_book WHERE quarter = ? AND state = 'live' ORDER BY bank, name, id`, q.String())
}

// BookSheet is a sheet of a loan book and where its fields stand.
type BookSheet struct {
	Position int // in the book, from 0
	Name     string
	// Columns are the letters of each field; Extended those of rows whose
	// maturity stands in the column of extensions.
	Columns, Extended *[values.FieldCount]string
}

// AddLoanBook records a book with its rows, sets its ID, and takes out those that
// it replaces. A loan that another live book of the bank and quarter has is
// refused by the schema.
func (tx *Tx) AddLoanBook(b *LoanBook, sheets []BookSheet, loans []values.BookLoan, replaces []int64) error {
	next, _, err := one(tx, scanInt, `SELECT coalesce(max(id), 0) + 1 FROM loan_book`)
	if err != nil {
		return err
	}
	b.ID = next
	for _, old := range replaces { // before the new one comes: the same bytes may be read anew
		if err := tx.exec(`UPDATE loan_book SET state = 'replaced', replaced_by = ? WHERE id = ?`, b.ID, old); err != nil {
			return err
		}
	}
	if err := tx.exec(`INSERT INTO loan_book (id, digest, name, bank, quarter, as_of, size, reading, correction, loans, balance, state, read_on)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'live', ?)`,
		b.ID, b.Digest, b.Name, b.Bank, b.Quarter.String(), b.AsOf.String(), b.Size, b.Reading, b.Correction, b.Loans, int64(b.Balance), tx.On.String()); err != nil {
		return err
	}
	position := map[string]int{}
	extended := map[*[values.FieldCount]string]bool{}
	for _, s := range sheets {
		position[s.Name], extended[s.Extended] = s.Position, true
		if err := tx.exec(`INSERT INTO loan_book_sheet (book_id, position, name, columns, extended) VALUES (?, ?, ?, ?, ?)`,
			b.ID, s.Position, s.Name, document(s.Columns), document(s.Extended)); err != nil {
			return err
		}
	}
	put := tx.rows(`book_loan`, `book_id, position, row, contract, tranche, borrower, person, balance, amount, rate, disbursed, matures, overdue, class, renewals,
		product, township, village, given, extended`)
	for i := range loans {
		l := &loans[i]
		if err := put.add(b.ID, position[l.Sheet], l.Row, l.Contract, l.Tranche, l.Borrower, l.ID.Whole(), int64(l.Balance), int64(l.Amount), l.Rate.String(),
			l.Disbursed.String(), l.Matures.String(), l.Overdue, l.Class, l.Renewals, l.Product, l.Township, l.Village, int64(l.Given), extended[l.Columns]); err != nil {
			return err
		}
	}
	return put.flush()
}

// BookLoans gives the loans of the quarter's live books, in order of bank, book,
// sheet and row.
func (tx *Tx) BookLoans(q values.Quarter) ([]values.BookLoan, error) {
	return Keep(tx, "book loans", q, []string{"loan_book", "loan_book_sheet", "book_loan"}, func() ([]values.BookLoan, error) {
		books, err := tx.LiveLoanBooks(q)
		var all []values.BookLoan
		for _, b := range books {
			loans, err := tx.LoansOfBook(b)
			if err != nil {
				return nil, err
			}
			all = append(all, loans...)
		}
		return all, err
	})
}

// LoansOfBook gives a book's loans, live or not, in order of sheet and row.
func (tx *Tx) LoansOfBook(b LoanBook) ([]values.BookLoan, error) {
	type place struct {
		name              string
		columns, extended *[values.FieldCount]string
	}
	sheets := map[int]place{}
	err := each(tx, func(s scanner) (struct{}, error) {
		p, position := place{columns: new([values.FieldCount]string), extended: new([values.FieldCount]string)}, 0
		err := s.Scan(&position, &p.name, fromJSON{p.columns}, fromJSON{p.extended})
		sheets[position] = p
		return struct{}{}, err
	}, func(struct{}) error { return nil }, `SELECT position, name, columns, extended FROM loan_book_sheet WHERE book_id = ? ORDER BY position`, b.ID)
	if err != nil {
		return nil, err
	}
	return collect(tx, func(s scanner) (l values.BookLoan, err error) {
		var position int
		var rate string
		var extended bool
		err = s.Scan(&position, &l.Row, &l.Contract, &l.Tranche, &l.Borrower, &l.ID, &l.Balance, &l.Amount, &rate, day{&l.Disbursed}, day{&l.Matures},
			&l.Overdue, &l.Class, &l.Renewals, &l.Product, &l.Township, &l.Village, &l.Given, &extended)
		if err != nil {
			return l, err
		}
		l.Bank, l.AsOf, l.File, l.Sheet, l.Columns = b.Bank, b.AsOf, b.Name, sheets[position].name, sheets[position].columns
		if extended {
			l.Columns = sheets[position].extended
		}
		l.Rate, err = values.ParseRate(rate)
		return l, err
	}, `SELECT position, row, contract, tranche, borrower, person, balance, amount, rate, disbursed, matures, overdue, class, renewals, product, township, village, given, extended
		FROM book_loan WHERE book_id = ? ORDER BY position, row`, b.ID)
}

// LoansInCommon counts the loans that two books both have.
func (tx *Tx) LoansInCommon(loans []values.BookLoan, book int64) (n int, err error) {
	theirs := map[string]bool{}
	err = each(tx, scanText, func(contract string) error { theirs[contract] = true; return nil }, `SELECT contract FROM book_loan WHERE book_id = ?`, book)
	for i := range loans {
		if theirs[loans[i].Contract] {
			n++
		}
	}
	return n, err
}

// TranchesOf names the tranches (借据号) of a loan that lines of any quarter name.
func (tx *Tx) TranchesOf(loan values.Loan) ([]string, error) {
	return collect(tx, scanText, `SELECT DISTINCT tranche FROM line WHERE bank = ? AND contract = ? AND tranche <> '' ORDER BY tranche`, loan.Bank, loan.Contract)
}

// Tranches names the tranches (借据号) that the quarter's live lines name, those
// that went back included.
func (tx *Tx) Tranches(q values.Quarter) (map[values.Loan][]string, error) {
	type named struct {
		values.Loan
		tranche string
	}
	tranches := map[values.Loan][]string{}
	err := each(tx, func(s scanner) (n named, err error) {
		err = s.Scan(&n.Bank, &n.Contract, &n.tranche)
		return n, err
	}, func(n named) error { tranches[n.Loan] = append(tranches[n.Loan], n.tranche); return nil },
		`SELECT DISTINCT bank, contract, tranche FROM line WHERE quarter = ? AND live = 1 ORDER BY bank, contract, tranche`, q.String())
	return tranches, err
}

// PersonsInBooks gives every roster row, of any time, of the persons whom the
// quarter's live loan books name.
func (tx *Tx) PersonsInBooks(q values.Quarter, yield func(Person) error) error {
	return tx.persons(yield, `WHERE p.person IN (SELECT l.person FROM book_loan l JOIN loan_book b ON b.id = l.book_id WHERE b.quarter = ? AND b.state = 'live')
		ORDER BY p.person, p.first_snapshot, p.id`, q.String())
}

// WrongLoanBooks names the books whose rows do not come to what was recorded
// when they came in.
func (tx *Tx) WrongLoanBooks() ([]string, error) {
	return collect(tx, scanText, `SELECT b.name FROM loan_book b
		WHERE b.loans <> (SELECT count(*) FROM book_loan WHERE book_id = b.id) OR b.balance <> (SELECT coalesce(sum(balance), 0) FROM book_loan WHERE book_id = b.id)
		ORDER BY b.id`)
}

// MarkLoanBooks covers the quarter's live loan books; "" where there are none.
func (tx *Tx) MarkLoanBooks(q values.Quarter) (string, error) {
	return tx.mark(`SELECT coalesce(group_concat(m, ' '), '') FROM (SELECT id || ':' || digest || ':' || reading || ':' || name || ':' || bank || ':' || as_of AS m
		FROM loan_book WHERE quarter = ? AND state = 'live' ORDER BY id)`, q.String())
}
