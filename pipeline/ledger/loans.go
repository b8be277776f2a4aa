package ledger

import (
	"strings"

	"tiexi/pipeline/values"
)

// LoanLine is what publish and disburse read of an accepted line.
type LoanLine struct {
	Loan       values.Loan
	Person     values.ResidentID
	Payee      string
	Township   string
	Village    string
	PayoutBank string
	Account    values.Account
	Blocked    []string
	Amount     values.Fen // given, else the line's balance
	Rate       values.Rate
	From, To   values.Date
}

// LoanLines gives the quarter's accepted lines, each loan's in order of file
// name, sheet and row.
func (tx *Tx) LoanLines(q values.Quarter, yield func(LoanLine) error) error {
	return each(tx, func(s scanner) (l LoanLine, err error) {
		var blocked string
		err = s.Scan(common{&l.Loan.Bank}, &l.Loan.Contract, &l.Person, &l.Payee, common{&l.Township}, common{&l.Village}, common{&l.PayoutBank},
			&l.Account, &blocked, fen{&l.Amount}, rate{&l.Rate}, day{&l.From}, day{&l.To})
		if blocked != "" {
			l.Blocked = strings.Split(blocked, ",")
		}
		return l, err
	}, yield, `SELECT l.bank, l.contract, l.person, j.payee, j.township, j.village, j.payout_bank, j.account, j.blocked,
		CASE WHEN l.given >> ?2 & 1 THEN l.amount ELSE l.balance END, l.rate, l.from_day, l.to_day
		FROM judgement j JOIN line l ON l.id = j.line_id JOIN file f ON f.id = l.file_id
		WHERE j.quarter = ?1 AND j.outcome = 'accepted' AND l.live = 1 ORDER BY l.bank, l.contract, f.name, l.position, l.row`, q.String(), int(values.FieldAmount))
}
