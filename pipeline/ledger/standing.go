package ledger

import "tiexi/pipeline/values"

// Standing is a line that was not returned, as far as monitoring reads it, with
// where validate has put it: days, balances and what a renewal hangs on, no place,
// no rate, no account.
type Standing struct {
	*values.Line
	OfHousehold, InTownship, InVillage string // "" where the roster does not say
}

// StandingLines gives the quarter's live lines that were not returned, loan by
// loan, each loan's in order of file name, sheet and row.
func (tx *Tx) StandingLines(q values.Quarter, yield func(Standing) error) error {
	return each(tx, func(s scanner) (Standing, error) {
		var l values.Line
		var w words
		of := Standing{Line: &l}
		err := s.Scan(common{&l.Bank}, &l.Contract, common{&l.Tranche}, &l.Borrower, &l.ID, fen{&l.Balance}, day{&l.Disbursed}, day{&l.Matures},
			day{&l.From}, day{&l.To}, fen{&l.Amount}, day{&l.Signed}, &l.Approved, &l.Renewals, day{&l.OriginalMaturity}, day{&l.ExtensionSigned},
			&l.Given, &w, &of.OfHousehold, common{&of.InTownship}, common{&of.InVillage})
		l.Product, l.Purpose, l.Guarantee, l.Overdue, l.Class, l.Township, l.Village = w.Product, w.Purpose, w.Guarantee, w.Overdue, w.Class, w.Township, w.Village
		return of, err
	}, yield, `SELECT l.bank, l.contract, l.tranche, l.borrower, l.person, l.balance, l.disbursed, l.matures, l.from_day, l.to_day, l.amount, l.signed, l.approved,
		l.renewals, l.original_maturity, l.extension_signed, l.given, l.words, j.household, j.township, j.village
		FROM judgement j JOIN line l ON l.id = j.line_id JOIN file f ON f.id = l.file_id
		WHERE j.quarter = ? AND j.outcome <> 'returned' AND l.live = 1 ORDER BY l.bank, l.contract, f.name, l.position, l.row`, q.String())
}
