package main

import (
	"context"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) backupCommand() *cli.Command {
	return p.command(spec{
		name:      "backup",
		usage:     p.in("把台账和归档的原件备份成一个文件", "one file with the ledger and the archived originals"),
		arguments: p.in("<备份文件>", "<backup-file>"),
		about:     p.in("备份里有身份证号和账号，请妥善保管。已有的文件不会覆盖。", "The backup holds ids and accounts: keep it safe. A file that is there is not overwritten."),
		examples:  []string{"backup D:/备份/贴息2026Q3.zip"},
		do: func(c *cli.Context) error {
			path, err := filepath.Abs(c.Args().First())
			if err != nil {
				return err
			}
			return p.work(c, func(ctx context.Context, w *pipeline.Workspace) error {
				if err := w.Backup(ctx, path); err != nil {
					return err
				}
				return p.recorded(c, values.Say("已备份到 %s。", "Backed up to %s.", path))
			})
		},
	})
}

func (p *program) restoreCommand() *cli.Command {
	return p.command(spec{
		name:      "restore",
		usage:     p.in("从备份恢复台账和归档的原件", "bring a backup back"),
		arguments: p.in("<备份文件>", "<backup-file>"),
		about: p.in("工作文件夹里不能已有台账：不会覆盖任何东西。恢复之后运行 tiexi run，公示、清册等由台账重新写出，再用 tiexi audit 核对。",
			"The workspace must have no ledger: nothing is overwritten. Then `tiexi run` writes the outputs again, and `tiexi audit` proves them."),
		examples: []string{"restore D:/备份/贴息2026Q3.zip"},
		do: func(c *cli.Context) error {
			job, err := p.job(c)
			if err != nil {
				return err
			}
			if err := pipeline.Restore(c.Context, job, c.Args().First()); err != nil {
				return err
			}
			return p.recorded(c, values.Say("已恢复到 %s。请接着运行 tiexi run，再运行 tiexi audit。", "Restored to %s. Now `tiexi run`, then `tiexi audit`.", job.Workspace))
		},
	})
}
