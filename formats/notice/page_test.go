package notice

import (
	"html/template"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// The rows are escaped as html/template does it.
func TestRowsAreEscapedAsTheTemplateDoes(t *testing.T) {
	peer := template.Must(template.New("cell").Parse(`<td class="left" data-title="备注">{{.}}</td></tr>`))
	rapid.Check(t, func(t *rapid.T) {
		remark := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.RuneFrom([]rune("\x00\"&'+<>张`=\uFFFD\uFDD0"))), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })).Draw(t, "remark")
		var want strings.Builder
		if err := peer.Execute(&want, remark); err != nil {
			t.Fatal(err)
		}
		if got := string(tableRows([]Loan{{Remark: remark}})); !strings.HasSuffix(got, want.String()) {
			t.Fatalf("%q is written as %q, by the template as %q", remark, got, want.String())
		}
	})
}
