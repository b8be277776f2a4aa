package onecard

import (
	"fmt"
	"io"
	"testing"

	"tiexi/pipeline/values"
)

func batchOf(rows int) Batch {
	big := batch()
	big.Payments = nil
	for i := range rows {
		big.Payments = append(big.Payments, Payment{
			Serial: fmt.Sprintf("2026Q3-01-%05d", i), Township: "柳沟镇", Village: "上河村", Name: "欧阳䶮", ID: "149901198001010014",
			Bank: "清水农商银行", Account: values.Account(fmt.Sprintf("62170012345678%05d", i)), Amount: 440_83,
			Parts: []Part{{"清水农商银行", "QS", "帮扶小额信贷", q3, values.Shares{Central: 308_58, Provincial: 132_25}}},
		})
	}
	big.Count, big.Sum = rows, values.Fen(rows)*440_83
	return big
}

func writeBoth(tb testing.TB, b Batch) {
	tb.Helper()
	files, err := Default().Files(b)
	if err != nil {
		tb.Fatal(err)
	}
	for _, f := range files {
		if err := Default().Write(io.Discard, b, f); err != nil {
			tb.Fatal(err)
		}
	}
}

// BenchmarkPaymentFile plans and writes both files of 20,000 payments.
func BenchmarkPaymentFile(b *testing.B) {
	big := batchOf(20_000)
	for b.Loop() {
		writeBoth(b, big)
	}
}

// What a payment may allocate, in both files together.
func TestPaymentsAllocateLittle(t *testing.T) {
	const rows, atMost = 2_000, 16
	big := batchOf(rows)
	if got := testing.AllocsPerRun(3, func() { writeBoth(t, big) }) / rows; got > atMost {
		t.Errorf("a payment allocates %.1f times, %d at most", got, atMost)
	}
}
