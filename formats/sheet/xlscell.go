package sheet

import (
	"math"
	"strconv"
	"strings"
)

// decode reads the value of a cell from its record, whose least size index has seen to.
func (x *xlsBook) decode(c *Cell, at xlsCell) error {
	r, err := recordAt(x.stream, int(at.at))
	if err != nil {
		return err
	}
	body := r.body
	style := int(le.Uint16(body[4:]))
	switch r.id {
	case recLabelSST:
		i := le.Uint32(body[6:])
		if uint64(i) >= uint64(len(x.strings)) {
			return refuse(Damaged, "引用了不存在的共享字符串", "a shared string that does not exist")
		}
		return setText(c, x.strings[i])
	case recLabel, recRString:
		return x.label(c, r, 6)
	case recNumber:
		return x.number(c, style, math.Float64frombits(le.Uint64(body[6:])))
	case recRK:
		return x.rk(c, style, le.Uint32(body[6:]))
	case recMulRK:
		entry := body[4+6*int(at.nth):]
		return x.rk(c, int(le.Uint16(entry)), le.Uint32(entry[2:]))
	case recBoolErr:
		return boolOrError(c, body[6], body[7] != 0)
	default:
		return x.formula(c, style, r)
	}
}

// setText refuses texts with half a surrogate pair, which UTF-16 turns into U+FFFD.
func setText(c *Cell, s string) error {
	if strings.ContainsRune(s, '\uFFFD') {
		return refuse(BadEncoding, "文字里有替换字符", "the text has a replacement character")
	}
	c.Kind, c.Text = Text, s
	return nil
}

// label reads a string that stands in the record itself, with its length at an offset.
func (x *xlsBook) label(c *Cell, r record, offset int) error {
	all, err := pieces(x.stream, r)
	if err != nil {
		return err
	}
	cur := newCursor(all)
	cur.skip(offset)
	text := cur.text(cur.uint16())
	if err := cur.err(); err != nil {
		return err
	}
	return setText(c, text)
}

// number takes a double, as the file stores it, to decimal text at once.
func (x *xlsBook) number(c *Cell, style int, f float64) error {
	var buf [64]byte
	raw, ok := appendDouble(buf[:0], f)
	if !ok {
		return refuse(Damaged, "数值读不出来", "a number cannot be read")
	}
	return x.decimal(c, style, raw)
}

// rk reads a packed number: 30 bits of an integer or of a double, perhaps hundredths.
func (x *xlsBook) rk(c *Cell, style int, rk uint32) error {
	if rk&2 == 0 {
		f := math.Float64frombits(uint64(rk&^3) << 32)
		if rk&1 != 0 {
			f /= 100
		}
		return x.number(c, style, f)
	}
	raw := strconv.AppendInt(nil, int64(int32(rk)>>2), 10)
	if rk&1 != 0 {
		raw = append(raw, 'E', '-', '2')
		raw, _, _ = appendDecimal(nil, raw)
	}
	return x.decimal(c, style, raw)
}

func (x *xlsBook) decimal(c *Cell, style int, raw []byte) error {
	if style >= len(x.styles) {
		return refuse(Damaged, "引用了不存在的单元格样式", "a cell style that does not exist")
	}
	c.Kind, c.Raw = Number, string(raw)
	c.Text = c.Raw
	if !isPlain(raw) {
		text, long, ok := appendDecimal(nil, raw)
		if !ok {
			return refuse(Damaged, "数值读不出来", "a number cannot be read")
		}
		c.Text, c.Long = string(text), long
	}
	c.Date, c.Percent = x.styles[style].date, x.styles[style].percent
	return nil
}

var xlsErrors = map[byte]string{
	0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}

func boolOrError(c *Cell, value byte, isError bool) error {
	switch {
	case isError && xlsErrors[value] != "":
		c.Kind, c.Text = Error, xlsErrors[value]
	case !isError && value == 0:
		c.Kind, c.Text = Bool, "FALSE"
	case !isError && value == 1:
		c.Kind, c.Text = Bool, "TRUE"
	default:
		return refuse(Damaged, "逻辑值或错误值读不出来", "a boolean or error value cannot be read")
	}
	return nil
}

// formula reads the cached value of a formula: a double, or one of four other things if its last two bytes are FFFF.
func (x *xlsBook) formula(c *Cell, style int, r record) error {
	value := r.body[6:14]
	if le.Uint16(value[6:]) != 0xFFFF {
		return x.number(c, style, math.Float64frombits(le.Uint64(value)))
	}
	switch value[0] {
	case 0:
		return x.cachedString(c, r)
	case 1:
		return boolOrError(c, value[2], false)
	case 2:
		return boolOrError(c, value[2], true)
	case 3:
		c.Kind, c.Text = Text, ""
		return nil
	default:
		return refuse(Damaged, "公式的结果读不出来", "a formula's value cannot be read")
	}
}

// cachedString finds the STRING record of a formula, which stands behind what belongs to the formula itself.
func (x *xlsBook) cachedString(c *Cell, r record) error {
	var err error
	for {
		if r, err = recordAt(x.stream, r.next); err != nil {
			return err
		}
		switch r.id {
		case recShared, recArray, recTable, recContinue:
		case recString:
			return x.label(c, r, 0)
		default:
			return refuse(Damaged, "公式的结果读不出来", "a formula's value cannot be read")
		}
	}
}
