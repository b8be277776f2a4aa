package pipeline

import "time"

// Tests put whole files into the inbox; how far apart the two looks at them are
// tells nothing there and costs most of the time.
func init() { settleTime = time.Millisecond }

// Their quarters have few lines, which validate is to take in several batches.
func init() { linesTogether = 2 }

// LookApart sets how far apart the two looks are, for a test whose file grows
// between them.
func LookApart(t time.Duration) { settleTime = t }
