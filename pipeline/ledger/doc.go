// Package ledger keeps a workspace's ledger.db: what came in, how it was
// judged, what is due, published and paid, and the audit log of it all. It
// knows SQL and nothing of files or policy.
//
// Start with [Open], then [Ledger.Write]: one stage, one transaction. All
// queries are methods of [Tx], grouped in one file per stage. Rules that must
// hold whatever the Go code does (paid rows never change, no day of a loan is
// accepted twice, nobody is paid more than is due) are triggers and unique keys
// of the schema in migrations/.
package ledger
