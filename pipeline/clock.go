package pipeline

import "time"

// startedAt is the one place that reads the clock, and no stage or output sees
// it: it tells a second process since when the first has held the lock.
func startedAt() string { return time.Now().Format("2006-01-02 15:04:05") }
