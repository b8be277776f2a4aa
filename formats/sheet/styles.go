package sheet

import "strconv"

// Bounds on styles; Excel's own are 64,000 cell formats and some 250 number formats.
const (
	maxStyles  = 1 << 17
	maxFormats = 1 << 12
)

// readStyles reads xl/styles.xml for what each cell style says about dates and percents, and nothing else.
func readStyles(s *scanner) ([]numberFormat, error) {
	if err := s.root("styleSheet"); err != nil {
		return nil, err
	}
	var styles []numberFormat
	custom := map[int]numberFormat{}
	section := ""
	for {
		tok, err := s.next()
		switch {
		case err != nil:
			return nil, err
		case tok.kind == endOfXML:
			return styles, nil
		case tok.kind != startTag:
		case len(s.openEnds) == 2:
			section = string(tok.name)
		case section == "numFmts" && string(tok.name) == "numFmt":
			code, err := attributeText(tok.attributes, "formatCode")
			if err != nil {
				return nil, err
			}
			custom[formatID(tok.attributes)] = parseFormat(code)
		case section == "cellXfs" && len(s.openEnds) == 3 && string(tok.name) == "xf":
			styles = append(styles, lookFormat(custom, formatID(tok.attributes)))
		}
		if len(styles) > maxStyles || len(custom) > maxFormats {
			return nil, refuse(TooLarge, "单元格样式过多", "too many cell styles")
		}
	}
}

// formatID reads numFmtId; 0 (General) where it is missing or no number.
func formatID(attributes []byte) int {
	value, _ := attribute(attributes, "numFmtId")
	id, err := strconv.Atoi(string(value))
	if err != nil {
		return 0
	}
	return id
}

// lookFormat prefers a format that the file spells out to the built-in one of the same number.
func lookFormat(custom map[int]numberFormat, id int) numberFormat {
	if f, ok := custom[id]; ok {
		return f
	}
	return builtinFormat(id)
}
