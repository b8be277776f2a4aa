package values

// Shares is what each budget pays, in fen.
type Shares struct {
	Central    Fen `json:"central"`
	Provincial Fen `json:"provincial"`
	City       Fen `json:"city"`
	County     Fen `json:"county"`
}

// Total is the subsidy: the sum of the shares.
func (s Shares) Total() Fen { return s.Central + s.Provincial + s.City + s.County }

// Plus adds share by share.
func (s Shares) Plus(o Shares) Shares {
	return Shares{s.Central + o.Central, s.Provincial + o.Provincial, s.City + o.City, s.County + o.County}
}

// Minus subtracts share by share.
func (s Shares) Minus(o Shares) Shares {
	return Shares{s.Central - o.Central, s.Provincial - o.Provincial, s.City - o.City, s.County - o.County}
}

// IsZero tells whether every share is nil.
func (s Shares) IsZero() bool { return s == Shares{} }
