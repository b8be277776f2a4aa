// Package pipeline settles a quarter as recorded stages:
//
//	ingest → validate → compute → publish → (gate) → disburse → reconcile
//
// One file per stage, named for it. Start with [Open] and [Workspace.Run] in
// runner.go. Each stage reads only what earlier ones recorded and writes its
// own tables in one transaction; files are staged inside it and get their names
// after the commit, so that a process killed anywhere is continued by running
// again. The report and the monitoring table follow every run and everything
// that people record (report.go, monitorstep.go). What people do between the stages (decide,
// post a notice, approve, bring a return file) is in decide.go, notices.go,
// approve.go, reconcile.go; read-only views are in views.go and explain.go.
package pipeline
