package pipeline

import (
	"errors"

	"tiexi/formats/roster"
	"tiexi/formats/sheet"
	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// rosterRead is what a roster says as a whole, known when it was read to its end.
type rosterRead struct {
	taken             values.Date // the day it speaks of
	persons, problems int
}

// readRoster gives a roster's persons one by one. Its errors are those of take,
// and why the file cannot be taken.
func (in *intake) readRoster(f rosterFile, take func(*roster.Person) error) (read rosterRead, err error) {
	book, err := sheet.Open(f.path)
	if err != nil {
		return read, err
	}
	defer func() { _ = book.Close() }()
	report, err := roster.Read(book, f.name, func(p *roster.Person) error {
		read.problems += len(p.Problems)
		return take(p)
	})
	read.persons = report.Persons
	if read.taken = report.DataDate; !read.taken.Known() {
		read.taken = in.opt.Today
	}
	return read, err
}

const (
	personsTogether = 500 // go from the sheet to the ledger at a time
	rosterAhead     = 4   // as many times are between them, at most
)

var errStopped = errors.New("stopped")

// pourRoster reads a roster on a goroutine of its own and gives its persons to
// put, on the caller's, which owns the ledger. fault is why the roster cannot be
// taken; then what was put is to be taken back. err is that of put.
func (in *intake) pourRoster(f rosterFile, put func(*ledger.RosterRows) error) (read rosterRead, fault, err error) {
	full, empty, stop := make(chan *ledger.RosterRows, rosterAhead), make(chan *ledger.RosterRows, rosterAhead), make(chan struct{})
	for range rosterAhead {
		empty <- &ledger.RosterRows{}
	}
	go func() {
		defer close(full)
		rows := <-empty
		read, fault = in.readRoster(f, func(p *roster.Person) error {
			rows.Add(&ledger.Person{Household: p.Household, Name: p.Name, ID: p.ID, Township: p.Township, Village: p.Village,
				Joined: p.Joined, Left: p.Left, PayoutBank: p.PayoutBank, Account: p.Account})
			if rows.Len() < personsTogether {
				return nil
			}
			full <- rows // never waits: there are only so many
			select {
			case rows = <-empty:
				return nil
			case <-stop:
				return errStopped
			}
		})
		if fault == nil {
			full <- rows
		}
	}()
	for rows := range full {
		if err != nil {
			continue // until the goroutine has seen it
		}
		if err = in.ctx.Err(); err == nil {
			err = put(rows)
		}
		if err != nil {
			close(stop)
			continue
		}
		rows.Reset()
		empty <- rows
	}
	return read, fault, err
}
