package pipeline

import "time"

// This file alone reads the clock, and nothing of it reaches the ledger or an
// output.

// startedAt tells a second process since when the first has held the lock.
func startedAt() string { return now().Format("2006-01-02 15:04:05") }

// now is when the inbox was looked at first.
func now() time.Time { return time.Now() }

// sleepUntil waits for the time of the second look.
func sleepUntil(t time.Time) { time.Sleep(time.Until(t)) }
