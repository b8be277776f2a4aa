package onecard

import (
	"fmt"
	"io"
	"testing"

	"tiexi/pipeline/values"
)

// BenchmarkPaymentFile plans and writes both files of 20,000 payments.
func BenchmarkPaymentFile(b *testing.B) {
	big := batch()
	big.Payments = nil
	for i := range 20_000 {
		big.Payments = append(big.Payments, Payment{
			Serial: fmt.Sprintf("2026Q3-01-%05d", i), Township: "柳沟镇", Village: "上河村", Name: "欧阳䶮", ID: "149901198001010014",
			Bank: "清水农商银行", Account: values.Account(fmt.Sprintf("62170012345678%05d", i)), Amount: 440_83,
			Parts: []Part{{"清水农商银行", "QS", "帮扶小额信贷", q3, values.Shares{Central: 308_58, Provincial: 132_25}}},
		})
	}
	big.Count, big.Sum = 20_000, 20_000*440_83
	for b.Loop() {
		files, err := Default().Files(big)
		if err != nil {
			b.Fatal(err)
		}
		for _, f := range files {
			if err := Default().Write(io.Discard, big, f); err != nil {
				b.Fatal(err)
			}
		}
	}
}
