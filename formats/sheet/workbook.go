package sheet

import (
	"path"
	"slices"
	"strings"
)

// relation is one line of a .rels part.
type relation struct {
	id     string
	kind   string // the last word of its type: transitional and strict files differ in what comes before
	target string // part name without leading slash
}

// relations are the lines of a .rels part in their order.
type relations []relation

func (rs relations) byID(id string) (relation, bool) {
	i := slices.IndexFunc(rs, func(r relation) bool { return r.id == id })
	if i < 0 {
		return relation{}, false
	}
	return rs[i], true
}

// first finds the first relation of a kind; of styles, shared strings and workbooks there is one.
func (rs relations) first(kind string) (relation, bool) {
	i := slices.IndexFunc(rs, func(r relation) bool { return r.kind == kind })
	if i < 0 {
		return relation{}, false
	}
	return rs[i], true
}

// readRelations reads a .rels part. Relations to the outside are left out: nothing outside is ever read.
func readRelations(s *scanner, base string) (relations, error) {
	if err := s.root("Relationships"); err != nil {
		return nil, err
	}
	var all relations
	for {
		tok, err := s.next()
		if err != nil {
			return nil, err
		}
		if tok.kind == endOfXML {
			return all, nil
		}
		if tok.kind != startTag || string(tok.name) != "Relationship" {
			continue
		}
		var values [4]string
		for i, name := range []string{"Id", "Type", "Target", "TargetMode"} {
			if values[i], err = attributeText(tok.attributes, name); err != nil {
				return nil, err
			}
		}
		id, kind, target := values[0], values[1], values[2]
		if strings.EqualFold(values[3], "External") {
			continue
		}
		if !strings.HasPrefix(target, "/") {
			target = path.Join(base, target)
		}
		all = append(all, relation{id, kind[strings.LastIndexByte(kind, '/')+1:], strings.TrimPrefix(path.Clean(target), "/")})
		if len(all) > maxEntries {
			return nil, refuse(TooLarge, "内部关系过多", "too many relationships")
		}
	}
}

// workbook is what xl/workbook.xml says.
type workbook struct {
	date1904 bool
	sheets   []sheetEntry
}

type sheetEntry struct {
	name, relation string
	hidden         bool
}

func readWorkbook(s *scanner) (workbook, error) {
	var w workbook
	if err := s.root("workbook"); err != nil {
		return w, err
	}
	section := ""
	for {
		tok, err := s.next()
		switch {
		case err != nil:
			return w, err
		case tok.kind == endOfXML:
			return w, nil
		case tok.kind != startTag:
		case len(s.openEnds) == 2:
			section = string(tok.name)
			if section == "workbookPr" {
				value, _ := attribute(tok.attributes, "date1904")
				w.date1904 = isTrue(value)
			}
		case section == "sheets" && len(s.openEnds) == 3 && string(tok.name) == "sheet":
			var e sheetEntry
			if e.name, err = attributeText(tok.attributes, "name"); err != nil {
				return w, err
			}
			id, _ := prefixedAttribute(tok.attributes, "id")
			if e.relation, err = decodeAttribute(id); err != nil {
				return w, err
			}
			state, _ := attribute(tok.attributes, "state")
			e.hidden = string(state) == "hidden" || string(state) == "veryHidden"
			w.sheets = append(w.sheets, e)
			if len(w.sheets) > maxEntries {
				return w, refuse(TooLarge, "工作表过多", "too many sheets")
			}
		}
	}
}

func isTrue(value []byte) bool { return string(value) == "1" || string(value) == "true" }
