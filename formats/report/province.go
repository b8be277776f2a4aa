package report

import "slices"

// Together is the table of a province: the counties' rows one after another,
// without the borrowers. The totals add up, since no household lives in two
// counties; the quarter before counts where every county has it.
func Together(region string, counties []Monitoring) Monitoring {
	all := Monitoring{Region: region}
	before := &Figures{}
	for i, m := range counties {
		if i == 0 {
			all.Quarter, all.From, all.To = m.Quarter, m.From, m.To
		}
		all.Places = append(all.Places, inCounty(m.Region, m.Places)...)
		all.Products = append(all.Products, inCounty(m.Region, m.Products)...)
		all.Total.Now = all.Total.Now.Plus(m.Total.Now)
		all.Left += m.Left
		all.Watched = all.Watched || m.Watched
		for _, alert := range m.Alerts {
			alert.County = m.Region
			all.Alerts = append(all.Alerts, alert)
		}
		for _, c := range m.Coverage {
			c.County = m.Region
			all.Coverage = append(all.Coverage, c)
		}
		if m.Total.Before == nil {
			before = nil
		} else if before != nil {
			sum := before.Plus(*m.Total.Before)
			before = &sum
		}
	}
	all.Total.Before = before
	return all
}

func inCounty(county string, groups []Group) []Group {
	named := slices.Clone(groups)
	for i := range named {
		named[i].County = county
	}
	return named
}
