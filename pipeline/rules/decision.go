package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"tiexi/pipeline/values"
)

// Decision is what a person recorded on a held line. The zero Decision is none.
type Decision struct {
	Outcome values.Outcome // Accepted or Returned
	Digest  string         // the Verdict's Digest when it was taken
	// Round orders decisions in time: those recorded together, in sight of the
	// same findings, share a round.
	Round int
}

// FactsDigest is the SHA-256, in hex, of the facts that a decision on the line
// rests on: what the line says, and the held findings with their values. It
// does not move with the line's place in a file or with a finding's wording.
func FactsDigest(line *values.Line, findings []values.Finding) string {
	facts := decisionFacts{
		Bank: line.Bank, Contract: line.Contract, Tranche: line.Tranche,
		Borrower: line.Borrower, ID: line.ID.Whole(), Account: line.Account.Whole(),
		Balance: line.Balance, Paid: line.Paid, Due: line.Due, Penalty: line.Penalty,
		Rate:     line.Rate.Decimal.String(),
		Dates:    []values.Date{line.From, line.To, line.Disbursed, line.Matures, line.Signed, line.OriginalMaturity, line.ExtensionSigned},
		Approved: line.Approved, Renewals: line.Renewals,
		Texts: []string{line.Purpose, line.Guarantee, line.AccountName},
	}
	if line.Given.Has(values.FieldAmount) { // a derived one is no fact of this line
		facts.Amount = line.Amount
	}
	for _, f := range findings {
		if rule, _ := Lookup(f.Code); rule.Outcome == values.Held {
			facts.Held = append(facts.Held, heldFact{f.Code, f.Field.String(), f.Value, f.Want, f.Details})
		}
	}
	text, err := json.Marshal(facts)
	if err != nil { // strings, integers and dates always marshal
		panic(err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

type decisionFacts struct {
	Bank, Contract, Tranche, Borrower, ID, Account string
	Balance, Paid, Due, Penalty, Amount            values.Fen
	Rate                                           string
	Dates                                          []values.Date
	Approved                                       bool
	Renewals                                       int
	Texts                                          []string
	Held                                           []heldFact
}

type heldFact struct {
	Code, Field string
	Value, Want string
	Details     []string
}

// Judge is the outcome of a line: its worst finding's, or, where that is Held
// and the decision still stands on the same facts (digest), the decision's.
// Nothing lifts Returned.
func Judge(findings []values.Finding, decision Decision, digest string) values.Outcome {
	outcome := Worst(findings)
	if outcome == values.Held && decision.Outcome != "" && decision.Digest == digest {
		return decision.Outcome
	}
	return outcome
}

// Worst is the outcome of a line from its findings alone. A code that is not in
// the catalogue holds the line, since nobody can say what it means.
func Worst(findings []values.Finding) values.Outcome {
	outcome := values.Accepted
	for _, f := range findings {
		if rule, ok := Lookup(f.Code); ok {
			outcome = outcome.Worse(rule.Outcome)
		} else {
			outcome = outcome.Worse(values.Held)
		}
	}
	return outcome
}
