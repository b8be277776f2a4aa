package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// What a stage found is named by a digest of its JSON, a row for each line or
// loan. The rows are written here and not by encoding/json, which takes ten times
// as long; a test holds them to it.

// resultDigest names everything that later stages read of the judgements, in the
// order of their lines. One that comes before its turn waits.
type resultDigest struct {
	hash    hash.Hash
	next    int
	row     []byte
	waiting map[int][]byte
}

func newResultDigest() *resultDigest {
	return &resultDigest{hash: sha256.New(), waiting: map[int][]byte{}}
}

// add takes the judgement of the line at a place in the order.
func (d *resultDigest) add(at int, j *ledger.Judgement) {
	d.row = appendJudgement(d.row[:0], j)
	if at != d.next {
		d.waiting[at] = append([]byte(nil), d.row...)
		return
	}
	d.hash.Write(d.row)
	for d.next++; d.waiting[d.next] != nil; d.next++ {
		d.hash.Write(d.waiting[d.next])
		delete(d.waiting, d.next)
	}
}

func (d *resultDigest) text() string { return hex.EncodeToString(d.hash.Sum(nil))[:32] }

func appendJudgement(b []byte, j *ledger.Judgement) []byte {
	b = strconv.AppendInt(append(b, '['), j.Line, 10)
	for _, text := range [...]string{string(j.Outcome), j.Household, j.Township, j.Village, j.Payee, j.PayoutBank, j.Account.Whole()} {
		b = values.AppendJSON(append(b, ','), text)
	}
	b = append(strconv.AppendBool(append(b, ','), j.ExtensionBarred), ',')
	if j.Blocked == nil {
		return append(b, "null]\n"...)
	}
	b = append(b, '[')
	for i, code := range j.Blocked {
		if i > 0 {
			b = append(b, ',')
		}
		b = values.AppendJSON(b, code)
	}
	return append(b, "]]\n"...)
}

func entitlementDigest(entitlements []ledger.Entitlement) string {
	hash := sha256.New()
	var row []byte
	for i := range entitlements {
		row = appendEntitlement(row[:0], &entitlements[i])
		hash.Write(row)
	}
	return hex.EncodeToString(hash.Sum(nil))[:32]
}

func appendEntitlement(b []byte, e *ledger.Entitlement) []byte {
	text := func(name, value string) { b = values.AppendJSON(append(b, name...), value) }
	text(`{"Quarter":`, e.Quarter.String())
	text(`,"Loan":{"Bank":`, e.Loan.Bank)
	text(`,"Contract":`, e.Loan.Contract)
	text(`},"Policy":`, e.Policy)
	for i, share := range [...]values.Fen{e.Shares.Central, e.Shares.Provincial, e.Shares.City, e.Shares.County} {
		text([...]string{`,"Shares":{"central":`, `,"provincial":`, `,"city":`, `,"county":`}[i], share.String())
	}
	b = strconv.AppendInt(append(b, `},"FirstLine":`...), e.FirstLine, 10)
	text(`,"Facts":`, e.Facts)
	return append(b, "}\n"...)
}
