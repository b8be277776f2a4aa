package pipeline

import (
	"tiexi/formats/onecard"
	"tiexi/formats/sheet"
)

// answerTitles are the columns that a platform adds, by their names in jobs.yaml.
var answerTitles = map[string]string{"state": onecard.StatusTitle, "reason": onecard.ReasonTitle, "date": onecard.DateTitle}

// dialect is how the job says that the platform answers.
func (w *Workspace) dialect() onecard.Dialect {
	said := w.job.Return
	d := onecard.Dialect{Headings: map[string]string{}, Paid: said.Paid, Failed: said.Failed, Reasons: said.Reasons}
	for heading, value := range said.Headings {
		title, ok := answerTitles[value]
		if !ok {
			title = w.profile().Title(paymentValues[value])
		}
		d.Headings[heading] = title
	}
	return d
}

// answers tells whether a book is a return file by what the job alone says of
// its headings: those of its own payment profile, or taught ones.
func (w *Workspace) answers(book *sheet.Book) bool {
	own := len(w.job.Return.Headings) > 0 || w.profile().Name != onecard.Default().Name
	return own && onecard.IsReturn(book, w.profile(), w.dialect())
}
