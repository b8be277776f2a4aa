package main

import (
	"errors"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"tiexi/formats/forms"
	"tiexi/formats/sheet"
	"tiexi/formats/statement"
	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) readCommand() *cli.Command {
	return p.command(spec{
		name:      "read",
		usage:     p.in("程序读懂了一个文件里的什么：逐列表头、逐行数据", "what the program understands of a file, heading by heading, row by row"),
		arguments: p.in("<文件>", "<file>"),
		about: p.in("不改动任何东西，也不入台账；收到一家新银行的文件，先用它看一看。有配置文件时用其中对这家银行的约定。身份证号、账号在屏幕上只显示首尾，--json 给出全号。",
			"Changes nothing and records nothing; the first thing to run on a new bank's file. Uses what the configuration says of that bank, where there is one. Ids and accounts are masked on the screen; --json gives them whole."),
		examples: []string{"read 收件/农商行2026年三季度.xlsx", "read 台账.xls --json"},
		do: func(c *cli.Context) error {
			path := c.Args().First()
			book, err := sheet.Open(path)
			if err != nil {
				return refused(err)
			}
			return errors.Join(p.readBook(c, book, filepath.Base(path)), book.Close())
		},
	})
}

func (p *program) readBook(c *cli.Context, book *sheet.Book, name string) error {
	kind, err := forms.Detect(book)
	if err != nil {
		return refused(err)
	}
	if form, err := readForm(book, kind, name); err != nil {
		return err
	} else if form != nil {
		return p.printForm(form)
	}
	options, err := p.readOptions(c, book, name)
	if err != nil {
		return err
	}
	if kind == forms.KindLoanBook {
		return p.readLoanBook(book, options)
	}
	read, err := readStatement(book, options)
	switch {
	case !p.json:
		p.printRead(read) // what was understood, beside the error
	case err == nil:
		return p.printJSON(p.readJSON(read))
	}
	return err
}

// readOptions are what the configuration says of the file's bank. Where none is
// found the file speaks for itself.
func (p *program) readOptions(c *cli.Context, book *sheet.Book, name string) (statement.Options, error) {
	quarter, err := quarterFlag(c)
	if err != nil {
		return statement.Options{}, err
	}
	if _, missing := configPath(c); missing != nil {
		return statement.Options{File: name, Quarter: quarter}, nil
	}
	job, err := p.job(c)
	if err != nil {
		return statement.Options{}, err
	}
	options, err := pipeline.StatementOptions(job, book, name, quarter)
	return options, refused(err)
}

// reading is a file as the program understands it.
type reading struct {
	report *statement.Report
	lines  map[string][]values.Line // by sheet
}

// readStatement reads a book. The reading is there beside an error in so far as
// the headings were understood.
func readStatement(book *sheet.Book, options statement.Options) (*reading, error) {
	r := &reading{lines: map[string][]values.Line{}}
	var err error
	r.report, err = statement.Read(book, options, func(l *values.Line) error {
		r.lines[l.Sheet] = append(r.lines[l.Sheet], *l)
		return nil
	})
	return r, refused(err)
}

// refused makes a fault of a reader's error, with its English sentence where it
// has one.
func refused(err error) error {
	if err == nil {
		return nil
	}
	what := values.Text{Chinese: err.Error(), English: err.Error()}
	var bilingual interface{ English() string }
	if errors.As(err, &bilingual) {
		what.English = bilingual.English()
	}
	return values.Refuse(what, values.Text{})
}
