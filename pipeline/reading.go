package pipeline

import (
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"

	"tiexi/formats/cell"
	"tiexi/formats/jobs"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/outbox"
	"tiexi/pipeline/values"
)

// StatementOptions are what the job says of how a bank's file is read: which
// bank it is from, by its name, else by a title in its first rows, and that
// bank's overrides. Where neither says, Bank is "" and the sheet speaks for
// itself. The quarter is for lines that no title and no date assigns.
func StatementOptions(job *jobs.Job, book *sheet.Book, name string, q values.Quarter) (statement.Options, error) {
	bank := bankOfFile(job, name)
	if bank == "" {
		var err error
		if bank, err = bankOfTitle(job, book); err != nil {
			return statement.Options{}, err
		}
	}
	b := bankSettings(job, bank)
	o := statement.Options{File: name, InterestDay: job.InterestDay, Quarter: q, Bank: bank,
		Rate: rateUnits[b.RateUnit], Amount: amountUnits[b.AmountUnit], Days: statement.Convention(b.Days), Headings: map[string]values.Field{}}
	for heading, name := range b.Headings {
		field, _ := values.ParseField(name) // jobs.Load has checked it; "ignore" is FieldNone
		o.Headings[heading] = field
	}
	for _, t := range b.Tolerances {
		o.Allow = append(o.Allow, statement.Tolerance(t))
	}
	return o, nil
}

// bankOfFile is the bank of jobs.yaml whose pattern fits the file's name, or
// "". The pattern ignores case; the first that fits counts.
func bankOfFile(job *jobs.Job, name string) string {
	for _, b := range job.Banks {
		pattern := b.Match
		if pattern == "" {
			pattern = "*" + b.Name + "*"
		}
		if fits, _ := filepath.Match(strings.ToLower(pattern), strings.ToLower(name)); fits {
			return b.Name
		}
	}
	return ""
}

// bankOfRead is the bank whose settings a file was read with.
func (w *Workspace) bankOfRead(f ledger.File) string {
	if bank := bankOfFile(w.job, f.Name); bank != "" {
		return bank
	}
	return f.Bank
}

// titleRows is how many rows of a sheet may hold its title.
const titleRows = 5

// bankOfTitle is the bank of jobs.yaml whose pattern fits a text in the first
// rows of a sheet, or "": for files whose name says nothing.
func bankOfTitle(job *jobs.Job, book *sheet.Book) (bank string, err error) {
	done := errors.New("found")
	for _, s := range book.Sheets() {
		if s.Hidden {
			continue
		}
		err := book.Rows(s.Index, func(row sheet.Row) error {
			if row.Number > titleRows {
				return done
			}
			for _, c := range row.Cells {
				if bank = bankOfFile(job, strings.ReplaceAll(c.Text, "/", "")); bank != "" {
					return done
				}
			}
			return nil
		})
		if err != nil && !errors.Is(err, done) {
			return "", err
		}
		if bank != "" {
			break
		}
	}
	return bank, nil
}

func bankSettings(job *jobs.Job, name string) jobs.Bank {
	for _, b := range job.Banks {
		if b.Name == name {
			return b
		}
	}
	return jobs.Bank{}
}

// reading is a digest of everything that a statement's reading depends on
// besides its bytes: a change to it makes the file be read anew.
func (w *Workspace) reading(bank string) string {
	text, _ := json.Marshal([]any{ingestVersion, w.job.InterestDay, bankSettings(w.job, bank)})
	return outbox.Digest(text)[:16]
}

var rateUnits = map[jobs.RateUnit]cell.RateUnit{
	"": cell.ByValue, jobs.Percent: cell.Percent, jobs.Fraction: cell.Fraction, jobs.PermilleMonth: cell.PermilleMonth,
}

var amountUnits = map[jobs.AmountUnit]cell.AmountUnit{"": "", jobs.Yuan: cell.Yuan, jobs.Wan: cell.Wan}
