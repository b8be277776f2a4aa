package statement

import (
	"tiexi/formats/cell"
	"tiexi/formats/sheet"
	"tiexi/pipeline/values"
)

// store reads the cell as what its column holds.
func (r *reader) store(l *values.Line, column column, c sheet.Cell) (kind values.ProblemKind) {
	if i, ok := r.moneyOf[column.number]; ok {
		return r.storeMoney(l, i, c)
	}
	switch column.key {
	case keyRenewed, keyExtended:
		n, kind := cell.Count(c)
		l.Renewals += n
		return kind
	case keyExtendedMatures:
		_, kind = cell.Date(c, r.date1904)
		return kind
	}
	f := values.Field(column.key)
	if day := dateOf(l, f); day != nil {
		*day, kind = cell.Date(c, r.date1904)
		return kind
	}
	if text := textOf(l, f); text != nil {
		*text, kind = cell.Text(c)
		return kind
	}
	switch f {
	case values.FieldBorrower:
		l.Borrower, kind = cell.Name(c)
	case values.FieldHead:
		l.Head, kind = cell.Name(c)
	case values.FieldAccountName:
		l.AccountName, kind = cell.Name(c)
	case values.FieldID:
		l.ID, kind = cell.ID(c)
	case values.FieldContract:
		l.Contract, kind = cell.Contract(c)
	case values.FieldTranche:
		l.Tranche, kind = cell.Contract(c)
	case values.FieldAccount:
		l.Account, kind = cell.Account(c)
	case values.FieldRate:
		l.Rate, kind = cell.Rate(c, r.rate)
	case values.FieldApproved:
		l.Approved, kind = cell.Flag(c)
	case values.FieldRenewals:
		l.Renewals, kind = cell.Count(c)
	case values.FieldLender:
		var lender string
		if lender, kind = cell.Text(c); kind == "" && r.opt.Bank == "" {
			l.Bank = lender
		}
	}
	return kind
}

// storeMoney reads an amount. A balance or a loan is more than nothing, and no
// amount of a statement is less; interest in a cell that is merged over several
// rows cannot be told apart.
func (r *reader) storeMoney(l *values.Line, i int, c sheet.Cell) values.ProblemKind {
	column := r.money[i]
	read := cell.Amount
	if r.round {
		read = cell.RoundedAmount
	}
	fen, kind := read(c, column.unit)
	if kind != "" {
		return kind
	}
	if c.Covered && column.key != balanceKey && column.key != amountKey {
		return values.ProblemUnreadable
	}
	r.figures[i] = figure{fen, true}
	least := values.Fen(0)
	switch column.key {
	case balanceKey:
		l.Balance, least = fen, 1
	case amountKey:
		l.Amount, least = fen, 1
	case paidKey:
		l.Paid = fen
	case dueKey:
		l.Due = fen
	default:
		l.Penalty += fen
	}
	if fen < least {
		return values.ProblemUnreadable
	}
	return ""
}

// dateOf is where the line keeps a date, nil for other fields.
func dateOf(l *values.Line, f values.Field) *values.Date {
	switch f {
	case values.FieldDisbursed:
		return &l.Disbursed
	case values.FieldMatures:
		return &l.Matures
	case values.FieldSigned:
		return &l.Signed
	case values.FieldOriginalMaturity:
		return &l.OriginalMaturity
	case values.FieldExtensionSigned:
		return &l.ExtensionSigned
	}
	return nil
}

// textOf is where the line keeps a text as it stands, nil for other fields.
func textOf(l *values.Line, f values.Field) *string {
	switch f {
	case values.FieldProduct:
		return &l.Product
	case values.FieldPurpose:
		return &l.Purpose
	case values.FieldGuarantee:
		return &l.Guarantee
	case values.FieldOverdue:
		return &l.Overdue
	case values.FieldClass:
		return &l.Class
	case values.FieldHousehold:
		return &l.Household
	case values.FieldTownship:
		return &l.Township
	case values.FieldVillage:
		return &l.Village
	case values.FieldPayoutBank:
		return &l.PayoutBank
	case values.FieldRemark:
		return &l.Remark
	}
	return nil
}
