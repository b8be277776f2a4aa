package notice

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestScanFindsPersonalNumbersHoweverWritten(t *testing.T) {
	for text, kind := range map[string]string{
		"149901198001010014":                  idOrAccount, // resident id
		"14990119800101001X":                  idOrAccount,
		"149901800101001":                     idOrAccount, // 15 digits, before 1999
		"6217001234567890123":                 idOrAccount,
		"12345678901234567890123":             idOrAccount,
		"13800000000":                         mobile,
		"电话13800000000。":                      mobile,
		"+8619900000000":                      mobile,
		"1380000000012":                       mobile, // inside a longer run
		"１３８００００００００":                         mobile, // full width
		"١٣٨٠٠٠٠٠٠٠٠":                         mobile, // Arabic digits
		"𝟏𝟑𝟖𝟎𝟎𝟎𝟎𝟎𝟎𝟎𝟎":                         mobile,
		"①③⑧⓪⓪⓪⓪⓪⓪⓪⓪":                         mobile,
		"138 0000 0000":                       mobile,
		"138-0000-0000":                       mobile,
		"138\u30000000\u30000000":             mobile,
		"138\u200b0000\u200d0000":             mobile, // invisible characters between
		"149901 19800101 0014":                idOrAccount,
		"149901-19800101-001X":                idOrAccount,
		"6217 0012 3456 7890 123":             idOrAccount,
		"<r><t>138</t></r><r><t>00000000</t>": mobile, // runs of one cell
		"<b>62170</b>00000012345":             idOrAccount,
		"&#49;3800000000":                     mobile, // character reference
		"&#x31;&#x33;800000000":               mobile,
		"<!-- 13800000000 -->":                mobile,
		`<td title="13800000000">`:            mobile,
	} {
		var found *PersonalNumberError
		err := Scan([]byte(text))
		if !errors.As(err, &found) || found.Kind != kind || !errors.Is(err, ErrPersonalNumber) {
			t.Errorf("%q: %v", text, err)
		} else if strings.Contains(err.Error(), "13800000000") || strings.Contains(err.Error(), "149901198001010014") {
			t.Errorf("the error repeats the number: %v", err)
		}
	}
}

// Wherever a number stands in whatever text, it is found.
func TestScanFindsANumberInAnyText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.SampledFrom([]string{"149901198001010014", "6217001234567890123", "13800000000"}).Draw(t, "number")
		// An open tag would swallow what follows it, for a reader as for the scan.
		around := rapid.StringOfN(rapid.RuneFrom([]rune("王村a<b>&;#x0９-. \n\u200b")), 0, 20, -1)
		text := around.Draw(t, "before") + number + around.Draw(t, "after")
		if Scan([]byte(text)) == nil {
			t.Fatalf("%q passed", text)
		}
	})
}

func TestScanLetsAListThrough(t *testing.T) {
	for _, text := range []string{
		"", "0350-0000001", "（0350）0000001", "电话：0350-0000001；0350-0000002", "2026-06-21 至 2026-09-20", "2026-06-21至2026-09-20",
		"100,000,000.00", "12800000000", "王伟（0014）", "王伟（123X）", "<v>50000.00</v></c><c><v>44083</v></c><c><v>13800</v>",
		"晋金管发〔2026〕6号", "2026年6月21日", "12345678901234",
	} {
		if err := Scan([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whatever field a number gets into, no list comes out.
func TestNoListWithAPersonalNumberIsWritten(t *testing.T) {
	const id, phone = "149901198001010014", "13800000000"
	fields := map[string]func(*Heading, *Village){
		"borrower":  func(_ *Heading, v *Village) { v.Loans[0].Borrower = "王伟" + id },
		"bank":      func(_ *Heading, v *Village) { v.Loans[0].Bank = "清水农商银行" + phone },
		"remark":    func(_ *Heading, v *Village) { v.Loans[0].Remark = "联系" + phone },
		"village":   func(_ *Heading, v *Village) { v.Name = id },
		"township":  func(h *Heading, _ *Village) { h.Township = phone },
		"county":    func(h *Heading, _ *Village) { h.County = phone },
		"terms":     func(h *Heading, _ *Village) { h.Terms = id },
		"basis":     func(h *Heading, _ *Village) { h.Basis = id },
		"office":    func(h *Heading, _ *Village) { h.Office = phone },
		"telephone": func(h *Heading, _ *Village) { h.Phones.Finance = phone },
	}
	for name, spoil := range fields {
		h, v := heading(), village("上河村", loan("王伟", 440_83))
		spoil(&h, &v)
		writers := map[string]func(*bytes.Buffer) error{
			"village":  func(b *bytes.Buffer) error { return WriteVillage(b, h, v) },
			"township": func(b *bytes.Buffer) error { return WriteTownship(b, h, []Village{v}) },
			"html":     func(b *bytes.Buffer) error { return WriteHTML(b, h, []Village{v}) },
		}
		for kind, write := range writers {
			var out bytes.Buffer
			if err := write(&out); !errors.Is(err, ErrPersonalNumber) || out.Len() > 0 {
				t.Errorf("%s, number in %s: %v, %d bytes written", kind, name, err, out.Len())
			}
		}
	}
}

func TestScanReadsEveryPartOfAWorkbook(t *testing.T) {
	for _, part := range []string{"docProps/core.xml", "xl/comments1.xml", "xl/worksheets/sheet9.xml", "customXml/item1.xml"} {
		var data bytes.Buffer
		w := zip.NewWriter(&data)
		for _, name := range []string{"[Content_Types].xml", part} {
			entry, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if name == part {
				_, _ = entry.Write([]byte("<x>13800000000</x>"))
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		var found *PersonalNumberError
		if err := Scan(data.Bytes()); !errors.As(err, &found) || found.Part != part {
			t.Errorf("%s: %v", part, err)
		}
	}
}

func TestScanRefusesADamagedWorkbook(t *testing.T) {
	var out bytes.Buffer
	if err := WriteVillage(&out, heading(), village("上河村", loan("王伟", 1))); err != nil {
		t.Fatal(err)
	}
	if err := Scan(out.Bytes()[:out.Len()/2]); err == nil {
		t.Error("half a workbook passed")
	}
}
