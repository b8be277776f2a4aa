package pipeline

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"slices"
	"strconv"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// memberDigest names a batch by everything that its approval is about: the
// SHA-256 of its members as one JSON array, in their order. A county's batch
// is a hundred megabytes of that, so it is written member by member. Approvals
// hold such digests: not a byte of it may change.
type memberDigest struct {
	hash    hash.Hash
	text    []byte // of one member
	members int
}

func newMemberDigest() *memberDigest { return &memberDigest{hash: sha256.New()} }

func (d *memberDigest) add(p *ledger.Payment) {
	t := append(d.text[:0], ',')
	if d.members++; d.members == 1 {
		t[0] = '['
	}
	t = append(t, '[')
	for _, text := range []string{p.Number, p.Person.Whole(), p.Name, p.PayoutBank, p.Account.Whole(), p.Amount.String()} {
		t = append(values.AppendJSON(t, text), ',')
	}
	t = append(strconv.AppendInt(t, p.Mends, 10), ',')
	d.text = append(appendParts(t, p.Parts), ']')
	_, _ = d.hash.Write(d.text)
}

// sum is the digest in hex; no member can be added after it.
func (d *memberDigest) sum() string {
	end := "]"
	if d.members == 0 {
		end = "null"
	}
	_, _ = d.hash.Write([]byte(end))
	return hex.EncodeToString(d.hash.Sum(nil))
}

// appendParts writes parts in their order. Payment is a row of the ledger, which
// a draft has none of yet, and stays nil.
func appendParts(t []byte, parts []ledger.Part) []byte {
	if parts == nil {
		return append(t, "null"...)
	}
	if !slices.IsSortedFunc(parts, ledger.ComparePart) {
		parts = slices.SortedFunc(slices.Values(parts), ledger.ComparePart)
	}
	t = append(t, '[')
	for i, p := range parts {
		if i > 0 {
			t = append(t, ',')
		}
		t = append(t, `{"Payment":0,"Quarter":`...)
		t = values.AppendJSON(t, p.Quarter.String())
		t = append(t, `,"Loan":{"Bank":`...)
		t = values.AppendJSON(t, p.Loan.Bank)
		t = append(t, `,"Contract":`...)
		t = values.AppendJSON(t, p.Loan.Contract)
		t = append(t, `},"Policy":`...)
		t = values.AppendJSON(t, p.Policy)
		t = append(t, `,"Shares":{`...)
		for _, share := range []struct {
			name   string
			amount values.Fen
		}{{`"central":`, p.Shares.Central}, {`,"provincial":`, p.Shares.Provincial}, {`,"city":`, p.Shares.City}, {`,"county":`, p.Shares.County}} {
			t = append(t, share.name...)
			t = values.AppendJSON(t, share.amount.String())
		}
		t = append(t, `},"Facts":`...)
		t = append(values.AppendJSON(t, p.Facts), '}')
	}
	return append(t, ']')
}
