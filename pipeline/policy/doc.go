// Package policy is the notice 晋金管发〔2026〕6号 as pure functions: which terms
// a day of a loan falls under, how a household's loans fill the tiers day by
// day, and what each budget pays, exact until the one rounding at the end.
//
// Policies are dated YAML files with a clause and a source beside every value;
// two are shipped, and a county's own file extends one by name. Start with
// [Load], then [Set.Settle] for the amounts or [Set.Explain] for the amounts
// and how they came about; [Set.Judgements] gives the conditions that a loan
// must meet, [Set.Unconfigured] the days that no terms cover. [RunCases] runs
// cases that a policy officer can write.
//
// It promises: no I/O (the shipped files are embedded, others are read by the
// caller's function), no clock, no floating point; the same input gives the
// same output in whatever order loans and lines come; a Set is never changed
// and may be used by many goroutines. Of ours it imports only package values.
package policy
