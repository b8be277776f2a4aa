package main

import (
	"context"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) purgeCommand() *cli.Command {
	return p.command(spec{
		name:  "purge",
		usage: p.in("清除办结季度的原件和核验工作簿，台账和审计日志保留", "delete a settled quarter's originals and review workbooks; ledger and audit log stay"),
		about: p.in("删除：银行文件、处理意见、异议表、回盘文件的原件，已被更新的名单替换的旧名单，核验文件夹。保留：台账（一天只贴一次、额度要看以前季度）、审计日志和原件的摘要、张贴过的公示、发放清册和审批单（会计资料）。季度里还有待核、异议、没有结果的款项、待付或待扣回的钱时拒绝。删除后不能恢复；收件文件夹、备份和打印件由各单位自行处理。",
			"Goes: the originals of statements, opinions, objections and return files, rosters that a newer one has replaced, and the review folder. Stays: the ledger (a day counts once, tiers look at earlier quarters), the audit log with the originals' digests, the notices as they hung, payment files and approval sheets (accounting vouchers). Refused while the quarter has held lines, objections, payments without an outcome, or money to pay or to recover. There is no way back. The inbox, backups and prints are not touched."),
		flags:    []cli.Flag{p.whyFlag()},
		examples: []string{"purge --quarter 2024Q3 --why 保存期满 --dry-run", "purge --quarter 2024Q3 --why 保存期满"},
		acts:     true,
		do: func(c *cli.Context) error {
			why, err := neededFlag(c, "why")
			if err != nil {
				return err
			}
			if _, err := neededFlag(c, "quarter"); err != nil { // never the latest by default
				return err
			}
			return p.workQuarter(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
				report, err := w.Purge(ctx, pipeline.PurgeRequest{Quarter: q, Why: why, DryRun: c.Bool("dry-run")})
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(report)
				}
				for _, name := range append(report.Files, report.Outputs...) {
					p.answer("  " + name)
				}
				return p.recorded(c, values.Say("%s：原件 %d 份、核验文件 %d 份已清除，摘要和原因记入审计日志。",
					"%s: %d originals and %d review files are deleted; digests and reason are in the audit log.", q, len(report.Files), len(report.Outputs)))
			})
		},
	})
}
