package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"tiexi/formats/jobs"
	"tiexi/formats/report"
	"tiexi/pipeline"
	"tiexi/pipeline/values"
)

func (p *program) reportCommand() *cli.Command {
	return p.command(spec{
		name:  "report",
		usage: p.in("季度报告和监测表：写在哪里，是不是最新", "the quarter's report and monitoring table: brings them up to date, says where they are"),
		about: p.in("每次 run 之后、每次登记之后，报告.html 和 监测/季度监测表.xlsx 都会自动更新；这个命令再核对一次并说出位置。--all 把配置文件中各县的监测表合成一份，只读取各县台账，不改动；其中没有个人姓名，也不排名。",
			"Every run and everything that is recorded brings the quarter's HTML report and the monitoring workbook below out/ up to date; this command makes sure and says where they are. --all puts all jobs' monitoring tables into one workbook, reading each county's ledger and changing none; it names no persons and ranks nobody."),
		examples: []string{"report", "report --quarter 2026Q3", "report --all --quarter 2026Q3 --output 全省监测表.xlsx"},
		acts:     true,
		flags: []cli.Flag{
			&cli.BoolFlag{Name: "all", Usage: p.in("配置文件中的全部作业，合成一份监测表", "one monitoring table of every job of the configuration")},
			&cli.StringFlag{Name: "output", Usage: p.in("--all 写到哪个文件；默认 季度监测表-<季度>.xlsx", "file to write with --all; else named for the quarter, in the current folder")},
		},
		do: p.reports,
	})
}

func (p *program) reports(c *cli.Context) error {
	if c.Bool("all") {
		if c.IsSet("job") {
			return usage(values.Say("--all 和 --job 不能同时写。", "--all and --job exclude each other."), values.Text{})
		}
		return p.reportAll(c)
	}
	if c.IsSet("output") {
		return usage(values.Say("--output 只和 --all 一起用。", "--output goes with --all only."),
			values.Say("一个县的报告写在工作文件夹的 out/季度/ 下。", "A county's report is below out/QUARTER/ of its workspace."))
	}
	return p.workQuarter(c, func(ctx context.Context, w *pipeline.Workspace, q values.Quarter) error {
		files, err := w.Report(ctx, q, c.Bool("dry-run"))
		if err != nil {
			return err
		}
		if p.json {
			return p.printJSON(map[string]any{"quarter": q, "files": files.Files, "alerts": append([]pipeline.Alert{}, files.Alerts...)})
		}
		p.answer(p.in("%s 的报告和监测表：", "The report and monitoring table of %s:", q.String()))
		for _, file := range files.Files {
			p.answer("  " + file)
		}
		p.printAlerts(files.Alerts)
		return nil
	})
}

// reportAll merges the jobs' monitoring tables. A county whose ledger does not
// have the quarter is named and left out; one that cannot be read is an error.
func (p *program) reportAll(c *cli.Context) error {
	file, err := p.file(c)
	if err != nil {
		return err
	}
	quarter, err := quarterFlag(c)
	if err != nil {
		return err
	}
	if quarter.IsZero() {
		if quarter, err = p.latestOfAll(c, file); err != nil {
			return err
		}
	}
	var tables []report.Monitoring
	var missing []string
	for i := range file.Jobs {
		table, ok, err := p.monitoringOf(c, &file.Jobs[i], quarter)
		if err != nil {
			return err
		}
		if ok {
			tables = append(tables, table)
		} else {
			missing = append(missing, file.Jobs[i].County.Name)
		}
	}
	for _, county := range missing {
		p.complain(values.Say("%s的台账没有 %s，不在表内。", "The ledger of %s does not have %s; it is left out.", county, quarter.String()))
	}
	if len(tables) == 0 {
		return values.Refuse(values.Say("没有一个作业有 %s 的数据。", "No job has anything for %s.", quarter.String()),
			values.Say("请先在各县运行 tiexi run。", "Run `tiexi run` in the counties first."))
	}
	output := c.String("output")
	if output == "" {
		output = "季度监测表-" + quarter.String() + ".xlsx"
	}
	if c.Bool("dry-run") {
		p.answer(p.in("会写出 %s：%s，%d 个县。", "Would write %s: %s, %d counties.", output, quarter.String(), len(tables)))
		return nil
	}
	var content bytes.Buffer
	whole := report.Together(province(file), tables)
	if err := report.WriteMonitoring(&content, whole); err != nil {
		return err
	}
	if err := writeBeside(output, content.Bytes()); err != nil {
		return err
	}
	if p.json {
		return p.printJSON(map[string]any{"quarter": quarter, "file": output, "counties": len(tables), "missing": append([]string{}, missing...),
			"alerts": append([]pipeline.Alert{}, whole.Alerts...)})
	}
	p.answer(p.in("已写出 %s：%s，%d 个县。", "Wrote %s: %s, %d counties.", output, quarter.String(), len(tables)))
	p.printAlerts(whole.Alerts)
	return nil
}

// province is the name that all jobs share, else nothing.
func province(file *jobs.File) string {
	name := file.Jobs[0].County.Province
	for _, job := range file.Jobs {
		if job.County.Province != name {
			return ""
		}
	}
	return name
}

func (p *program) latestOfAll(c *cli.Context, file *jobs.File) (latest values.Quarter, err error) {
	for i := range file.Jobs {
		err := p.lookAt(c, &file.Jobs[i], func(w *pipeline.Workspace) error {
			q, err := w.Latest(c.Context)
			if latest.Before(q) {
				latest = q
			}
			return err
		})
		if err != nil {
			return latest, err
		}
	}
	return latest, nil
}

func (p *program) monitoringOf(c *cli.Context, job *jobs.Job, q values.Quarter) (table report.Monitoring, ok bool, err error) {
	err = p.lookAt(c, job, func(w *pipeline.Workspace) error {
		known, err := w.Quarters(c.Context)
		if err != nil {
			return err
		}
		for _, k := range known {
			if k == q {
				ok = true
				table, err = w.Monitoring(c.Context, q)
			}
		}
		return err
	})
	return table, ok, err
}

// lookAt opens a job's ledger for reading; one that was never run is passed over.
func (p *program) lookAt(c *cli.Context, job *jobs.Job, do func(*pipeline.Workspace) error) error {
	if _, err := os.Stat(filepath.Join(job.Workspace, "ledger.db")); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	opt, _, err := p.options(c)
	if err != nil {
		return err
	}
	w, err := pipeline.OpenView(c.Context, job, opt)
	if err != nil {
		return err
	}
	return errors.Join(do(w), w.Close())
}

// writeBeside writes a file whole or not at all.
func writeBeside(path string, content []byte) error {
	temporary := path + ".tmp"
	err := os.WriteFile(temporary, content, 0o600)
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		return &values.Fault{Kind: values.FaultRefused, Err: errors.Join(err, os.Remove(temporary)),
			What: values.Say("无法写出 %s。", "%s cannot be written.", path),
			Hint: values.Say("请关闭已打开的文件，检查文件夹是否存在、磁盘是否已满。", "Close the file where it is open; check the folder and the disk.")}
	}
	return nil
}
