// Package jobs reads jobs.yaml, the one file in which a county says who it is,
// where its files lie and which terms it settles under.
//
// Start with [Load]; [Find] says which file that is. Every mistake of a file is
// reported at once as [*Problems], with line and column and what to write
// instead. A [Job] that Load returns is complete: defaults are filled in and
// paths are absolute. [Template] writes a commented file for a new workspace,
// [Schema] what editors complete from.
package jobs
