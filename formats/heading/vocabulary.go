package heading

import (
	"slices"
	"strings"
	"unicode/utf8"

	"tiexi/formats/sheet"
)

// Key names a column of the table that a reader looks for. The reader gives
// its own keys, from 1; 0 is none.
type Key int

// Ignored is the key of a taught heading that shall be passed over.
const Ignored Key = -1

// Entry is a column that a table may or must have.
type Entry struct {
	Key      Key
	Required bool
	Names    []string // what the column is called, the best first; Names[0] is shown to people
	// Second are names of which the column is the second meaning: it takes
	// such a heading only where another column has taken the first one.
	Second []string
	Groups []Group
	Unless []string // words that make a heading which only contains a name something else
}

// Group are names that mean this column under a group heading which contains
// one of the parents: 到期日 under 原贷款情况 is the original maturity.
type Group struct{ Parents, Names []string }

// Vocabulary is a set of columns with their names.
type Vocabulary struct {
	entries []Entry
	names   []name // in the order of entries and ranks
	exact   map[string][]int
	taught  map[string]Key
}

type name struct {
	text    string
	entry   int
	rank    int
	second  bool
	parents []string
}

// New makes a vocabulary.
func New(entries ...Entry) *Vocabulary {
	v := &Vocabulary{entries: entries, exact: map[string][]int{}}
	for i, e := range entries {
		v.add(i, e.Names, false, nil)
		v.add(i, e.Second, true, nil)
		for _, g := range e.Groups {
			v.add(i, g.Names, false, g.Parents)
		}
	}
	return v
}

func (v *Vocabulary) add(entry int, texts []string, second bool, parents []string) {
	for rank, text := range texts {
		text = Fold(text)
		v.exact[text] = append(v.exact[text], len(v.names))
		v.names = append(v.names, name{text, entry, rank, second, parents})
	}
}

// Teach is the vocabulary with headings whose meaning somebody has said; they
// win over everything. [Ignored] makes a heading known and unused.
func (v *Vocabulary) Teach(headings map[string]Key) *Vocabulary {
	taught := *v
	taught.taught = make(map[string]Key, len(headings))
	for text, key := range headings {
		taught.taught[Fold(text)] = key
	}
	return &taught
}

// Title is the best name of a key, "" for an unknown one.
func (v *Vocabulary) Title(key Key) string {
	for _, e := range v.entries {
		if e.Key == key {
			return e.Names[0]
		}
	}
	return ""
}

// Entry gives the column of a key, for a vocabulary of another kind of sheet
// that calls it the same; the zero Entry for an unknown one.
func (v *Vocabulary) Entry(key Key) Entry {
	for _, e := range v.entries {
		if e.Key == key {
			return e
		}
	}
	return Entry{}
}

// Scores by how a heading matches; the rank of the name is taken off, so a
// list of names has to be shorter than scoreForm.
const (
	scoreTaught = 6000
	scoreGroup  = 5000 // a name under the group heading it needs
	scorePath   = 4100 // group heading and heading together: 借款人 / 姓名
	scoreExact  = 4000
	scoreForm   = 50   // off for each less exact form of the heading: without unit, without brackets
	scorePart   = 2000 // the name is a part of the heading
	scorePlain  = 500  // on top of it where the rest says nothing: 本季度, 金额
	scoreSecond = 1000
)

type match struct {
	key   Key
	score int
}

// matches gives what a column with these headings (group headings first, its
// own last) may be: each key once, with its best score.
func (v *Vocabulary) matches(path []string) []match {
	own, parents := parseLabel(path[len(path)-1]), path[:len(path)-1]
	if own.full == "" {
		return nil
	}
	above := ""
	for _, p := range parents {
		above += parseLabel(p).full
	}
	for _, form := range append([]string{above + own.full}, own.forms()...) {
		if key, ok := v.taught[form]; ok {
			return []match{{key, scoreTaught}}
		}
	}
	var found matchSet
	v.exactMatches(&found, own, above)
	if joined := joinPath(parents, own.full); joined != own.full {
		for _, i := range v.exact[joined] {
			if n := v.names[i]; len(n.parents) == 0 && !n.second {
				found.add(v.entries[n.entry].Key, scorePath-n.rank)
			}
		}
	}
	if len(found) == 0 {
		v.partMatches(&found, own, above)
	}
	return found
}

type matchSet []match

func (s *matchSet) add(key Key, score int) {
	i := slices.IndexFunc(*s, func(m match) bool { return m.key == key })
	if i < 0 {
		*s = append(*s, match{key, score})
	} else {
		(*s)[i].score = max((*s)[i].score, score)
	}
}

// joinPath puts the nearest group heading before the heading, so that 证件信息
// over 号码 is 证件号码.
func joinPath(parents []string, own string) string {
	if len(parents) == 0 {
		return own
	}
	nearest := parseLabel(parents[len(parents)-1]).bare
	for _, filler := range []string{"基本信息", "基本情况", "信息", "情况", "资料"} {
		nearest = strings.TrimSuffix(nearest, filler)
	}
	return nearest + own
}

func (v *Vocabulary) exactMatches(found *matchSet, own label, above string) {
	for step, form := range own.forms() {
		for _, i := range v.exact[form] {
			n := v.names[i]
			score := scoreExact
			switch {
			case len(n.parents) > 0:
				if !containsAny(above, n.parents) {
					continue
				}
				score = scoreGroup
			case n.second:
				score = scoreSecond
			}
			if len(n.parents) == 0 && turned(above, turningGroup, n.text) || form != own.full && turnedInBrackets(own.brackets, n.text) {
				continue
			}
			found.add(v.entries[n.entry].Key, score-step*scoreForm-n.rank)
		}
	}
}

// partMatches finds names within the heading. A name of three characters or
// more may end a heading whose beginning is not a word that turns its meaning;
// any name may stand among words that say nothing.
func (v *Vocabulary) partMatches(found *matchSet, own label, above string) {
	for _, form := range own.forms() {
		for _, n := range v.names {
			length := utf8.RuneCountInString(n.text)
			if n.second || len(n.parents) > 0 || length < 2 {
				continue
			}
			before, after, ok := cutLast(form, n.text)
			if !ok || turned(before+after, turningWords, n.text) || containsAny(before+after, v.entries[n.entry].Unless) ||
				turned(above, turningGroup, n.text) || turnedInBrackets(own.brackets, n.text) {
				continue
			}
			score := scorePart + 100*length - 10*utf8.RuneCountInString(before+after) - n.rank
			switch {
			case saysNothing(before, plainBefore) && saysNothing(after, plainAfter):
				found.add(v.entries[n.entry].Key, score+scorePlain)
			case after == "" && length >= 3:
				found.add(v.entries[n.entry].Key, score)
			}
		}
	}
}

func cutLast(s, part string) (before, after string, found bool) {
	i := strings.LastIndex(s, part)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(part):], true
}

// Recognise gives the columns that a single row would make, were it a heading.
// It is empty for a row that holds a figure.
func (v *Vocabulary) Recognise(row sheet.Row) []Column {
	if holdsFigures(row) || len(ownTexts(row)) < 2 {
		return nil
	}
	return slices.DeleteFunc(v.assign(headings([]sheet.Row{row})).columns, func(c Column) bool { return c.Key <= 0 })
}
