package pipeline

import "errors"

// errDryRun takes a transaction back that was only tried.
var errDryRun = errors.New("dry run")
