package ledger

import "tiexi/pipeline/values"

// TownshipLoans is what one bank has lent in a township by a quarter's lines
// that are not returned. Beside the table of responsible banks (二(一)) it says
// which townships have one, and how many loans are from others.
type TownshipLoans struct {
	Township   string
	Bank       string
	Loans      int
	Households int
	Balance    values.Fen // the loans' largest of the quarter
}

// TownshipLoans lists them by township and bank.
func (tx *Tx) TownshipLoans(q values.Quarter) ([]TownshipLoans, error) {
	return collect(tx, func(s scanner) (t TownshipLoans, err error) {
		err = s.Scan(&t.Township, &t.Bank, &t.Loans, &t.Households, &t.Balance)
		return t, err
	}, `SELECT township, bank, count(DISTINCT contract), count(DISTINCT household), sum(balance)
		FROM (SELECT j.township, l.bank, l.contract, l.tranche, max(j.household) AS household, max(l.balance) AS balance
			FROM judgement j JOIN line l ON l.id = j.line_id
			WHERE j.quarter = ? AND l.live = 1 AND j.outcome <> 'returned' GROUP BY j.township, l.bank, l.contract, l.tranche)
		GROUP BY township, bank ORDER BY township, bank`, q.String())
}
