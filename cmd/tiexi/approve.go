package main

import (
	"context"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) approveCommand() *cli.Command {
	return p.command(spec{
		name:  "approve",
		usage: p.in("审批本季度待审批的批次", "approve the quarter's drafted batch"),
		about: p.in("先核对 发放/批次-审批单.xlsx。首次审批即按摘要冻结批次；审批人数够了才写出发放清册。批次中任何一笔此后有变化，审批即作废。",
			"Check 发放/BATCH-审批单.xlsx first. The first approval freezes the batch by its digest; the payment file is written when everyone has approved. Any later change to a member voids the approval."),
		flags: []cli.Flag{
			&cli.StringFlag{Name: "digest", Usage: p.in("只审批摘要是这个的批次（审批单上印有）", "approve only a batch with this digest (it is printed on the sheet)")},
		},
		examples: []string{"approve", "approve --quarter 2026Q3 --operator 王局长"},
		acts:     true,
		do: func(c *cli.Context) error {
			return p.workQuarter(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				report, err := w.Approve(ctx, pipeline.ApproveRequest{Quarter: q, Digest: c.String("digest"), DryRun: c.Bool("dry-run")})
				if err != nil {
					return err
				}
				return p.printApproved(report, c.Bool("dry-run"))
			})
		},
	})
}

// approveAnswer is what `approve --json` prints.
type approveAnswer struct {
	Batch    string     `json:"batch"`
	Digest   string     `json:"digest"`
	Payments int        `json:"payments"`
	Total    values.Fen `json:"total"`
	Given    int        `json:"approvals"`
	Needed   int        `json:"needed"`
	Files    []string   `json:"files"`
	DryRun   bool       `json:"dry_run"`
}

func (p *program) printApproved(r *pipeline.ApproveReport, dryRun bool) error {
	if p.json {
		return p.printJSON(approveAnswer{r.Batch, r.Digest, r.Payments, r.Total, r.Given, r.Needed, append([]string{}, r.Files...), dryRun})
	}
	p.answer(p.in("批次 %s：%d 笔，%s 元，摘要 %s。", "Batch %s: %d rows, %s yuan, digest %s.", r.Batch, r.Payments, r.Total.Grouped(), r.Digest))
	switch {
	case dryRun:
		p.answer(p.in("试运行，没有记录。", "Dry run, nothing recorded."))
	case r.Given < r.Needed:
		p.answer(p.in("已有 %d 人审批，共需 %d 人：请另一个人再运行 tiexi approve。", "%d of %d approvals: another person has to run `tiexi approve`.", r.Given, r.Needed))
	default:
		p.answer(p.in("审批完成，已写出：", "Approved; written:"))
		for _, file := range r.Files {
			file = fromHere(file)
			p.answer("  " + file)
		}
		p.answer(p.in("报送财政后运行：tiexi mark-sent %s --on 日期", "When finance has sent it: tiexi mark-sent %s --on DATE", r.Batch))
	}
	return nil
}

// fromHere is the path as somebody in the current folder would type it, where
// that is below it.
func fromHere(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	relative, err := filepath.Rel(here, path)
	if err != nil || !filepath.IsLocal(relative) {
		return path
	}
	return relative
}
