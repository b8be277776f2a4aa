package main

import (
	"tiexi/formats/jobs"
	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

// runAnswer is what `run --json` prints, one object a job.
type runAnswer struct {
	Job       string          `json:"job"`
	Quarters  []quarterAnswer `json:"quarters"`
	Refused   []refusedAnswer `json:"refused"`
	Silent    []string        `json:"silent"`
	Attention bool            `json:"attention"`
	Changed   bool            `json:"changed"`
}

type quarterAnswer struct {
	Quarter values.Quarter   `json:"quarter"`
	Stages  []stageAnswer    `json:"stages"`
	Alerts  []pipeline.Alert `json:"alerts"`
	Next    []string         `json:"next"`
}

type stageAnswer struct {
	Name   string `json:"name"`
	State  string `json:"state"`
	Reason string `json:"reason"`
	In     int    `json:"in"`
	Out    int    `json:"out"`
}

type refusedAnswer struct {
	File    string `json:"file"`
	Waiting bool   `json:"waiting"`
	Reason  string `json:"reason"`
}

func (p *program) runJSON(job *jobs.Job, report *pipeline.RunReport) runAnswer {
	answer := runAnswer{
		Job: job.Name, Attention: report.Attention, Changed: report.Changed,
		Quarters: []quarterAnswer{}, Refused: []refusedAnswer{}, Silent: append([]string{}, report.Silent...),
	}
	for _, quarter := range report.Quarters {
		q := quarterAnswer{Quarter: quarter.Quarter, Stages: []stageAnswer{}, Alerts: append([]pipeline.Alert{}, quarter.Alerts...), Next: []string{}}
		for _, stage := range quarter.Stages {
			q.Stages = append(q.Stages, stageAnswer{stage.Name, stage.State, stage.Reason.In(p.lang), stage.In, stage.Out})
		}
		for _, step := range quarter.Next {
			q.Next = append(q.Next, step.In(p.lang))
		}
		answer.Quarters = append(answer.Quarters, q)
	}
	for _, file := range report.Refused {
		answer.Refused = append(answer.Refused, refusedAnswer{file.Name, file.Waiting, file.Reason.In(p.lang)})
	}
	return answer
}
