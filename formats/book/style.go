package book

import "github.com/xuri/excelize/v2"

// Style is how a cell looks. The list is closed, so that all our workbooks look
// like one house's, and so that every book can share one template.
type Style uint8

// The styles. Board styles are for lists that hang on a wall, desk styles for
// workbooks on a screen and papers in a file. Money has thousands separators
// for people; DataAmount has none.
const (
	Default     Style = iota
	Title             // 宋体 bold 22, centred
	Subtitle          // 仿宋 14, centred
	Paragraph         // 仿宋 14, from the left, wraps
	Signature         // 仿宋 14, to the right
	BoardHead         // table on a board, 12
	BoardText         // wraps
	BoardCentre       // wraps
	BoardRate         // 3.45
	BoardMoney        // 1,234.05
	BoardTotalText
	BoardTotalMoney
	BoardTotalInt
	BoardInt

	DeskTitle   // 宋体 bold 16, centred
	DeskNote    // 宋体 10, grey, wraps
	DeskSection // 黑体 12, heading of a table
	DeskHead    // table on a desk, 10
	DeskText    // wraps
	DeskCentre  // wraps
	DeskCode    // text that is digits: ids, accounts, contract numbers (NumFmt 49)
	DeskFigure  // a figure kept as text, to the right
	DeskInt
	DeskMoney
	DeskPercent // 3.45
	DeskTotalText
	DeskTotalInt
	DeskTotalMoney
	DeskLabel // name of a value in a form
	DeskEntry // value in a form
	DeskLink
	DeskHeldMark
	DeskReturnedMark
	DeskAcceptedMark
	DeskReturnedHead
	DeskInput // to be filled in
	DeskAlarm // red figure

	DataHead   // first row of a file for another program
	DataText   // NumFmt 49
	DataInt    // 0
	DataAmount // 0.00
	styleCount // how many there are
)

const (
	song     = "宋体"
	fangsong = "仿宋"
	hei      = "黑体"
)

// look is a style in the words of this package.
type look struct {
	font   string
	size   int // points
	bold   bool
	colour string
	fill   string
	align  string // horizontal
	wrap   bool
	border bool
	format string
	line   bool // underlined
}

const (
	asText     = "@"
	asInt      = "0"
	asAmount   = "0.00"
	asCount    = "#,##0_ " // _ and a space: as much air on the right
	asMoney    = "#,##0.00_ "
	asRate     = "0.00##_ "
	headFill   = "E8EEF4"
	totalFill  = "F5F5F0"
	inputFill  = "FFF8DC"
	heldFill   = "FDE9C8"
	returnFill = "F8D7D4"
	acceptFill = "DDEFDD"
)

var looks = [styleCount]look{
	Default:         {font: song, size: 10},
	Title:           {font: song, size: 22, bold: true, align: "center", wrap: true},
	Subtitle:        {font: fangsong, size: 14, align: "center", wrap: true},
	Paragraph:       {font: fangsong, size: 14, align: "left", wrap: true},
	Signature:       {font: fangsong, size: 14, align: "center"},
	BoardHead:       {font: hei, size: 12, align: "center", wrap: true, border: true, fill: headFill},
	BoardText:       {font: song, size: 12, align: "left", wrap: true, border: true, format: asText},
	BoardCentre:     {font: song, size: 12, align: "center", wrap: true, border: true, format: asText},
	BoardRate:       {font: song, size: 12, align: "right", border: true, format: asRate},
	BoardMoney:      {font: song, size: 12, align: "right", border: true, format: asMoney},
	BoardInt:        {font: song, size: 12, align: "right", border: true, format: asCount},
	BoardTotalText:  {font: hei, size: 12, align: "center", border: true, fill: totalFill, wrap: true},
	BoardTotalMoney: {font: song, size: 12, bold: true, align: "right", border: true, fill: totalFill, format: asMoney},
	BoardTotalInt:   {font: song, size: 12, bold: true, align: "right", border: true, fill: totalFill, format: asCount},

	DeskTitle:        {font: song, size: 16, bold: true, align: "center", wrap: true},
	DeskNote:         {font: song, size: 10, colour: "595959", align: "left", wrap: true},
	DeskSection:      {font: hei, size: 12, align: "left"},
	DeskHead:         {font: hei, size: 10, align: "center", wrap: true, border: true, fill: headFill},
	DeskText:         {font: song, size: 10, align: "left", wrap: true, border: true, format: asText},
	DeskCentre:       {font: song, size: 10, align: "center", wrap: true, border: true, format: asText},
	DeskCode:         {font: song, size: 10, align: "left", wrap: true, border: true, format: asText},
	DeskFigure:       {font: song, size: 10, align: "right", wrap: true, border: true, format: asText},
	DeskInt:          {font: song, size: 10, align: "right", border: true, format: asCount},
	DeskMoney:        {font: song, size: 10, align: "right", border: true, format: asMoney},
	DeskPercent:      {font: song, size: 10, align: "right", border: true, format: asRate},
	DeskTotalText:    {font: hei, size: 10, align: "center", border: true, fill: totalFill, wrap: true},
	DeskTotalInt:     {font: song, size: 10, bold: true, align: "right", border: true, fill: totalFill, format: asCount},
	DeskTotalMoney:   {font: song, size: 10, bold: true, align: "right", border: true, fill: totalFill, format: asMoney},
	DeskLabel:        {font: hei, size: 10, align: "center", wrap: true, border: true, fill: headFill},
	DeskEntry:        {font: song, size: 10, align: "left", wrap: true, border: true, format: asText},
	DeskLink:         {font: song, size: 10, align: "left", wrap: true, border: true, format: asText, colour: "0563C1", line: true},
	DeskHeldMark:     {font: hei, size: 10, align: "center", border: true, fill: heldFill},
	DeskReturnedMark: {font: hei, size: 10, align: "center", border: true, fill: returnFill},
	DeskAcceptedMark: {font: hei, size: 10, align: "center", border: true, fill: acceptFill},
	DeskReturnedHead: {font: hei, size: 10, align: "center", wrap: true, border: true, fill: returnFill},
	DeskInput:        {font: song, size: 10, align: "left", wrap: true, border: true, fill: inputFill, format: asText},
	DeskAlarm:        {font: song, size: 10, bold: true, align: "right", border: true, colour: "C00000", format: asMoney},

	DataHead:   {font: hei, size: 10, align: "center", format: asText},
	DataText:   {font: song, size: 10, align: "left", format: asText},
	DataInt:    {font: song, size: 10, align: "right", format: asInt},
	DataAmount: {font: song, size: 10, align: "right", format: asAmount},
}

// indented keeps text off the lines of a table; numbers have air in their format.
func (l *look) indented() bool {
	return l.border && (l.align == "left" || l.align == "right" && l.format == asText)
}

// padding is the width that a cell's text cannot use.
func (l *look) padding() int {
	if l.indented() {
		return 2
	}
	return 0
}

// excelize gives the look in excelize's words.
func (l *look) excelize() *excelize.Style {
	s := &excelize.Style{
		Font:      &excelize.Font{Family: l.font, Size: float64(l.size), Bold: l.bold, Color: l.colour},
		Alignment: &excelize.Alignment{Horizontal: l.align, Vertical: "center", WrapText: l.wrap},
	}
	if l.indented() {
		s.Alignment.Indent = 1
	}
	if l.line {
		s.Font.Underline = "single"
	}
	if l.fill != "" {
		s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{l.fill}}
	}
	if l.border {
		for _, side := range []string{"left", "top", "right", "bottom"} {
			s.Border = append(s.Border, excelize.Border{Type: side, Style: 1, Color: "595959"})
		}
	}
	switch l.format {
	case "":
	case asText:
		s.NumFmt = 49
	case asInt:
		s.NumFmt = 1
	case asAmount:
		s.NumFmt = 2
	default:
		s.CustomNumFmt = &l.format
	}
	return s
}
