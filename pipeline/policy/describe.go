package policy

import "slices"

// Item is one value of a policy as a person reads it: what policy show prints.
type Item struct {
	Policy       string `json:"policy"`
	Row          string `json:"row,omitempty"` // name of the terms row, "" for a setting
	Key          string `json:"key"`           // as in the file: "term_months", "tier1.central"
	Label        string `json:"label"`         // Chinese
	EnglishLabel string `json:"english_label"`
	Value        string `json:"value"` // with its unit, Chinese
	English      string `json:"english"`
	Clause       string `json:"clause"`
	Source       string `json:"source"`
	Ours         string `json:"ours,omitempty"` // why it is our reading and not the source's; "" where it is the source's
	Confirmed    bool   `json:"confirmed"`      // the county's own file names it, or it is not ours
}

// Describe lists every value of the policy, settings first, then the terms row
// by row, each with its clause and source.
func (p *Policy) Describe() []Item {
	var items []Item
	for i := range specs {
		if v := p.settings[specs[i].key]; v != nil {
			items = append(items, v.item(p.Name))
		}
	}
	for _, r := range p.rows {
		var clause, origin string
		if len(r.items) > 0 {
			last := r.items[len(r.items)-1]
			clause, origin = last.Clause, last.Source
		}
		ranges := []Item{
			{Key: "contracts", Label: "合同签订日", EnglishLabel: "contracts signed", Value: r.contracts.text()},
			{Key: "accrual", Label: "计息日", EnglishLabel: "days of interest", Value: r.accrual.text()},
		}
		for _, it := range ranges {
			it.Row, it.English, it.Clause, it.Source = r.name, it.Value, clause, origin
			if it.Value == "" {
				it.Value, it.English = "不限", "any"
			}
			items = append(items, it)
		}
		items = append(items, r.items...)
	}
	if len(p.rows) == 0 {
		items = append(items, Item{Key: "terms", Label: "贴息标准", EnglishLabel: "terms",
			Value: "未填：有关贷款待核（terms-not-configured）", English: "none: its loans are held (terms-not-configured)"})
	}
	for i := range items {
		items[i].Policy = p.Name
		items[i].Confirmed = items[i].Confirmed || items[i].Ours == ""
	}
	return items
}

func (v *setting) item(policy string) Item {
	zh, en := v.texts()
	return Item{Policy: policy, Key: v.spec.key, Label: v.spec.zh, EnglishLabel: v.spec.en, Value: zh, English: en,
		Clause: v.clause, Source: v.source, Ours: v.ours, Confirmed: v.confirmed}
}

// Settings lists the values that are our reading of the notice, of all
// policies; doctor shows those that the county has not confirmed. A county
// confirms one by naming it in its own file, with the same value or another.
func (s *Set) Settings() []Item {
	var ours []Item
	for _, p := range s.policies {
		ours = append(ours, slices.DeleteFunc(p.Describe(), func(it Item) bool { return it.Ours == "" })...)
	}
	return ours
}
