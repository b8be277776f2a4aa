package sheet

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func encoded(t testing.TB, text, encoding string) []byte {
	t.Helper()
	var out string
	var err error
	switch encoding {
	case "UTF-8":
		return []byte(text)
	case "UTF-8 BOM":
		return []byte("\xef\xbb\xbf" + text)
	case "UTF-16LE":
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
	case "UTF-16BE":
		out, err = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
	case "GB18030":
		out, err = simplifiedchinese.GB18030.NewEncoder().String(text)
	}
	if err != nil {
		t.Fatal(err)
	}
	return []byte(out)
}

func TestCSVInEveryEncoding(t *testing.T) {
	const text = "借款人,身份证号,已付利息\r\n张三,149901199001010010,440.83\r\n买买提·吐尔逊,149901199001010029,\"1,234.50\"\r\n𬱖䶮㛃鿬,149901199001010037,0\r\n"
	const want = "A1 1 借款人|B1 1 身份证号|C1 1 已付利息|A2 1 张三|B2 1 149901199001010010|C2 1 440.83|" +
		"A3 1 买买提·吐尔逊|B3 1 149901199001010029|C3 1 1,234.50|A4 1 𬱖䶮㛃鿬|B4 1 149901199001010037|C4 1 0"
	for _, encoding := range []string{"UTF-8", "UTF-8 BOM", "UTF-16LE", "UTF-16BE", "GB18030"} {
		data := encoded(t, text, encoding)
		book, err := OpenBytes("a.csv", data)
		if err != nil {
			t.Errorf("%s: %v", encoding, err)
			continue
		}
		if book.Encoding() != encoding || book.Format() != CSV || len(book.Sheets()) != 1 || book.Sheets()[0].Name != "" {
			t.Errorf("%s: encoding %s, format %s, sheets %v", encoding, book.Encoding(), book.Format(), book.Sheets())
		}
		if got, err := briefly(data); err != nil || got != want {
			t.Errorf("%s reads %s %v", encoding, got, err)
		}
	}
	// 联通 in GBK, two characters that by chance are UTF-8: whichever is taken, it is the same every time.
	if book, err := OpenBytes("a.csv", []byte("\xc1\xaa\xcd\xa8,1")); err != nil || book.Encoding() != "GB18030" && book.Encoding() != "UTF-8" {
		t.Error(book, err)
	}
}

func TestCSVCutting(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"commas", "a,b\n1,2\n", "A1 1 a|B1 1 b|A2 1 1|B2 1 2"},
		{"tabs, with commas in amounts", "a\tb\tc\n1,234.00\t2,345.00\tx\n3,4\t5\t6\n", "A1 1 a|B1 1 b|C1 1 c|A2 1 1,234.00|B2 1 2,345.00|C2 1 x|A3 1 3,4|B3 1 5|C3 1 6"},
		{"semicolons", "a;b;c\n1,5;2;3\n", "A1 1 a|B1 1 b|C1 1 c|A2 1 1,5|B2 1 2|C2 1 3"},
		{"sep=", "sep=;\r\na;b,c,d,e,f\r\n", "A1 1 a|B1 1 b,c,d,e,f"},
		{"quoted sep=", "\"sep=|\"\na|b\n", "A1 1 a|B1 1 b"},
		{"a title line first", "清水农商银行2026年第三季度\na,b\n1,2\n", "A1 1 清水农商银行2026年第三季度|A2 1 a|B2 1 b|A3 1 1|B3 1 2"},
		{"quotes", "\"a,b\",\"c\"\"d\",\"\"\n\"\",e\n", "A1 1 a,b|B1 1 c\"d|B2 1 e"},
		{"a line end in quotes", "\"a\nb\",c\nd,e\n", "A1 1 a\nb|B1 1 c|A2 1 d|B2 1 e"},
		{"quotes within", "a\"b,c\n", "A1 1 a\"b|B1 1 c"},
		{"every line end", "a,1\r\nb,2\rc,3\nd,4", "A1 1 a|B1 1 1|A2 1 b|B2 1 2|A3 1 c|B3 1 3|A4 1 d|B4 1 4"},
		{"blank lines count", "a,b\n\n,\n\nc,d\n", "A1 1 a|B1 1 b|A5 1 c|B5 1 d"},
		{"blanks are kept", " a , b\t\n", "A1 1  a |B1 1  b\t"},
		{"an id kept from Excel", "=\"0012\",\"=\"\"0013\"\"\",=1+1\n", "A1 1 0012|B1 1 0013|C1 1 =1+1"},
		{"headings that begin as other files do", "ID;Person\nPK;1\n", "A1 1 ID|B1 1 Person|A2 1 PK|B2 1 1"},
		{"a PK column first", "PKID,a\n1,2\n", "A1 1 PKID|B1 1 a|A2 1 1|B2 1 2"},
		{"one column", "a\nb\n", "A1 1 a|A2 1 b"},
		{"no line end at all", "a", "A1 1 a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := briefly([]byte(c.text)); err != nil || got != c.want {
				t.Errorf("reads %q %v, want %q", got, err, c.want)
			}
		})
	}
}

func TestCSVRefused(t *testing.T) {
	gbk := string(encoded(t, "借款人,身份证号\r\n张三,149901199001010010\r\n李四,149901199001010029\r\n", "GB18030"))
	for _, c := range []struct {
		name, text string
		reason     Reason
		detail     string
	}{
		{"nothing", "", EmptyFile, ""},
		{"a byte order mark alone", "\xef\xbb\xbf", EmptyFile, ""},
		{"a bad byte in GBK", strings.Replace(gbk, "\r\n", "\r\n\xff", 1), BadEncoding, "第 2 行第 1 个字符"},
		{"GBK cut in a character", gbk[:len(gbk)-2] + "\xd5", BadEncoding, "第 3 行第 22 个字符"},
		{"a bad byte in UTF-8", "借款人,身份证号\n张三\xff,1\n", BadEncoding, "第 2 行第 3 个字符"},
		{"UTF-8 cut in a character", "借款人,身份证号\n张三,李四\xe5\xbc", BadEncoding, "第 2 行第 6 个字符"},
		{"a replacement character", "借款人,身份证号\n张\uFFFD,1\n", BadEncoding, "第 2 行第 2 个字符"},
		{"half a UTF-16 pair", "\xff\xfea\x00\n\x00b\x00\x00\xd8c\x00", BadEncoding, "第 2 行第 2 个字符"},
		{"UTF-16 of odd length", "\xff\xfea\x00b", BadEncoding, "第 1 行第 2 个字符"},
		{"UTF-8 and GBK in one", "借款人,身份证号\n" + gbk, BadEncoding, "第 2 行第 1 个字符"},
		{"a NUL", "a,b\n1,\x002\n", Unsupported, "第 2 行第 3 个字符"},
		{"UTF-16 without a mark", "a\x00,\x00b\x00", Unsupported, "U+0000"},
		{"binary", "\x01\x02\x03\x04", Unsupported, ""},
		{"an open quote", "a,b\n\"c,d\ne,f\n", Damaged, "第 2 行"},
		{"text behind a quote", "a,b\n\"c\"d,e\n", Damaged, "第 2 行"},
		{"too many columns", strings.Repeat(",", maxColumn), Damaged, "16384"},
		{"a cell too long", strings.Repeat("a", maxString+1), TooLarge, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tryAll([]byte(c.text))
			if r := wantRefusal(t, err, c.reason); !strings.Contains(r.Detail, c.detail) {
				t.Errorf("detail %q lacks %q", r.Detail, c.detail)
			}
		})
	}
}

// TestOtherFiles: what people take for spreadsheets is refused by what it is.
func TestOtherFiles(t *testing.T) {
	for _, c := range []struct{ name, text, zh string }{
		{"HTML table", "<table><tr><td>借款人</td></tr></table>", "HTML"},
		{"HTML with blanks before", "\r\n  <HTML><body>", "HTML"},
		{"HTML in UTF-16", string(encoded(t, "<html>", "UTF-16LE")), "HTML"},
		{"SpreadsheetML 2003", `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">`, "SpreadsheetML"},
		{"other XML", `<?xml version="1.0"?><a/>`, "XML"},
		{"MHTML", "MIME-Version: 1.0\r\n", "MHTML"},
		{"PDF", "%PDF-1.4", "PDF"},
		{"RTF", `{\rtf1}`, "RTF"},
		{"PNG", "\x89PNG\r\n\x1a\n", "图片"},
		{"RAR", "Rar!\x1a\x07", "压缩包"},
		{"7z", "7z\xbc\xaf\x27\x1c", "压缩包"},
		{"gzip", "\x1f\x8b\x08", "压缩包"},
		{"empty zip", "PK\x05\x06" + strings.Repeat("\x00", 18), "压缩包"},
		{"BIFF5 without OLE", "\x09\x08\x08\x00\x00\x05", "Excel 5.0/95"},
		{"BIFF4", "\x09\x04\x06\x00\x00\x00", "Excel 4.0"},
		{"a zip of files", string(zipOf(t, map[string]string{"名单.csv": "a,b"})), "解压"},
		{"ods", string(zipOf(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"})), "OpenDocument"},
		{"docx", string(zipOf(t, map[string]string{"[Content_Types].xml": "<Types/>", "word/document.xml": "<x/>", "_rels/.rels": `<Relationships><Relationship Id="r" Type="x/officeDocument" Target="word/document.xml"/></Relationships>`})), "Word"},
		{"xlsb", string(zipOf(t, map[string]string{"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x", "_rels/.rels": `<Relationships><Relationship Id="r" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>`})), "xlsb"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tryAll([]byte(c.text))
			if r := wantRefusal(t, err, Unsupported); !strings.Contains(r.Detail, c.zh) {
				t.Errorf("says %q, without %s", r.Error(), c.zh)
			}
		})
	}
}
