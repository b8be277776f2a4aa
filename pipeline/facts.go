package pipeline

import (
	"tiexi/formats/sheet"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/rules"
	"tiexi/pipeline/values"
)

// bookSheets are the sheets of the quarter's statements, for telling in which
// cell a figure of a line stands.
type bookSheets struct {
	byPlace map[sheetKey]*ledger.Sheet
	columns map[sheetKey]*[values.FieldCount]string // column letters by field
	files   map[int64]ledger.File
	all     []ledger.Sheet
}

type sheetKey struct {
	file     int64
	position int
}

func (a *attempt) sheets() (*bookSheets, error) {
	all, err := a.tx.Sheets(a.quarter)
	if err != nil {
		return nil, err
	}
	files, err := a.tx.LiveFiles(a.quarter, ledger.KindStatement)
	if err != nil {
		return nil, err
	}
	b := &bookSheets{byPlace: map[sheetKey]*ledger.Sheet{}, columns: map[sheetKey]*[values.FieldCount]string{}, files: map[int64]ledger.File{}, all: all}
	for i := range all {
		s := &all[i]
		key := sheetKey{s.FileID, s.Position}
		var letters [values.FieldCount]string
		for _, c := range s.Columns {
			letters[c.Field] = sheet.ColumnName(c.Index)
		}
		letters[values.FieldNone] = ""
		b.byPlace[key], b.columns[key] = s, &letters
	}
	for _, f := range files {
		b.files[f.ID] = f
	}
	return b, nil
}

// lines are the quarter's live lines in order of file, sheet and row, each
// knowing the columns in which its fields stand.
func (a *attempt) lines() (all []*ledger.Line, err error) {
	sheets, err := a.sheets()
	if err != nil {
		return nil, err
	}
	err = a.tx.Lines(a.quarter, func(l *ledger.Line) error {
		sheets.locate(l)
		all = append(all, l)
		return nil
	})
	return all, err
}

// locate gives the line the names of its file and sheet, and the columns in which
// its fields stand.
func (b *bookSheets) locate(l *ledger.Line) {
	key := sheetKey{l.FileID, l.Position}
	l.File, l.Sheet, l.Columns = b.files[l.FileID].Name, b.byPlace[key].Name, b.columns[key]
}

func (b *bookSheets) facts() []rules.SheetFacts {
	var facts []rules.SheetFacts
	for _, s := range b.all {
		if s.Skipped != "" || len(s.Totals) == 0 {
			continue
		}
		f := rules.SheetFacts{File: b.files[s.FileID].Name, Sheet: s.Name}
		for _, t := range s.Totals {
			f.Totals = append(f.Totals, rules.Total{Field: t.Field, Cell: t.Cell, Declared: t.Declared, Computed: t.Computed})
		}
		facts = append(facts, f)
	}
	return facts
}

// memberships are the stretches in which the lines' borrowers stood on the roster: on
// it since 首次识别时间 (blank: always) until 退出时间, or until the date of the
// first snapshot that no longer has them.
func (a *attempt) memberships(lines []int64) (map[values.ResidentID][]rules.Membership, error) {
	return membershipsOf(func(yield func(ledger.Person) error) error { return a.tx.PersonsOnLines(lines, yield) })
}

// membershipsOf are those of the roster rows that each gives.
func membershipsOf(each func(yield func(ledger.Person) error) error) (map[values.ResidentID][]rules.Membership, error) {
	roster := map[values.ResidentID][]rules.Membership{}
	var rows []ledger.Person // of one person
	finish := func() {
		if len(rows) > 0 {
			roster[rows[0].ID] = stretches(rows)
		}
		rows = rows[:0]
	}
	err := each(func(p ledger.Person) error {
		if len(rows) > 0 && rows[0].ID != p.ID {
			finish()
		}
		rows = append(rows, p)
		return nil
	})
	finish()
	return roster, err
}

// stretches puts a person's roster rows, oldest first, together: the same
// membership in a newer snapshot may have changed the account or the village,
// and the newer words count.
func stretches(rows []ledger.Person) (all []rules.Membership) {
	gone := make([]values.Date, 0, len(rows)) // of the snapshot that no longer has the stretch's last row
	for _, p := range rows {
		until := p.GoneOn
		if p.Left.Known() && (!until.Known() || p.Left < until) {
			until = p.Left
		}
		m := rules.Membership{Household: p.Household, Name: p.Name, From: p.Joined, Until: until,
			Township: p.Township, Village: p.Village, PayoutBank: p.PayoutBank, Account: p.Account}
		goesOn := -1
		for i := range all {
			if all[i].Household == p.Household && gone[i] == p.FirstTaken {
				goesOn = i
			}
		}
		if goesOn < 0 {
			all, gone = append(all, m), append(gone, p.GoneOn)
		} else {
			all[goesOn], gone[goesOn] = m, p.GoneOn
		}
	}
	return all
}

// objections are those against the quarter's borrowers that count: per person
// an open one, else an upheld one.
func (a *attempt) objections() (map[values.ResidentID]ledger.Objection, error) {
	all, err := a.tx.Objections(a.quarter)
	if err != nil {
		return nil, err
	}
	count := map[values.ResidentID]ledger.Objection{}
	for _, o := range all {
		if o.State == "open" || o.State == "upheld" && count[o.Person].State != "open" {
			count[o.Person] = o
		}
	}
	return count, nil
}

// earlier are the accepted lines of other quarters that matter here: those of
// the loans that these lines name, and those of their borrowers' households.
func (a *attempt) earlier(lines []int64) ([]rules.Earlier, error) {
	var earlier []rules.Earlier
	conditions := conditionCache{}
	err := a.tx.AcceptedElsewhere(a.quarter, lines, func(l ledger.Accepted) error {
		e := rules.Earlier{Quarter: l.Quarter, Loan: l.Loan(), Tranche: l.Tranche, ID: l.ID, Household: l.Household,
			From: l.From, To: l.To, Rate: l.Rate, Balance: l.Balance, Disbursed: l.Disbursed, Matures: l.Matures,
			OriginalMaturity: l.OriginalMaturity, Renewals: l.Renewals}
		if l.Given.Has(values.FieldAmount) {
			e.Amount = l.Amount
		}
		if terms, _ := conditions.of(a.policies, l.Line); terms != nil {
			e.HouseholdCeiling = terms.HouseholdCeiling
		}
		earlier = append(earlier, e)
		return nil
	})
	return earlier, err
}

// conditionCache keeps one copy of each policy's conditions.
type conditionCache map[string]*values.Conditions

func (c conditionCache) of(set *policy.Set, l *ledger.Line) (contract, extension *values.Conditions) {
	for _, j := range set.Judgements(policy.FactsOf(&l.Line)) {
		kept := c[j.Policy]
		if kept == nil {
			kept = &j.Conditions
			c[j.Policy] = kept
		}
		if j.Extension {
			extension = kept
		} else {
			contract = kept
		}
	}
	return contract, extension
}

func unconfigured(set *policy.Set, l *ledger.Line) []rules.Span {
	loan := policy.Loan{Bank: l.Bank, Contract: l.Contract, Facts: policy.FactsOf(&l.Line)}
	line := policyLine(l, false)
	var spans []rules.Span
	for _, s := range set.Unconfigured(&loan, &line) {
		spans = append(spans, rules.Span{From: s.From, To: s.To})
	}
	return spans
}

// policyLine is what the amounts depend on of a line.
func policyLine(l *ledger.Line, extensionBarred bool) policy.Line {
	return policy.Line{Key: l.Key, Quarter: l.Quarter, From: l.From, To: l.To, Days: l.Days,
		Balance: l.Balance, Rate: l.Rate, Paid: l.Paid, ExtensionBarred: extensionBarred}
}
