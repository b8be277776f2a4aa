package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/urfave/cli/v2"

	"tiexi/formats/jobs"
	"tiexi/pipeline"
	"tiexi/pipeline/policy"
	"tiexi/pipeline/values"
)

func (p *program) doctorCommand() *cli.Command {
	return p.command(spec{
		name:  "doctor",
		usage: p.in("检查配置、文件夹、台账，说明怎样改正", "what is wrong with this workspace, and how to mend it"),
		about: p.in("检查配置文件、各文件夹能否读写、政策文件、还没有确认的设置、台账和审计日志。有必须改正的问题时退出码为 1。",
			"Looks at the configuration, the folders, the policy files, settings that nobody has confirmed, the ledger and its audit log. Exit code 1 if something must be mended."),
		examples: []string{"doctor", "doctor --json"},
		do: func(c *cli.Context) error {
			job, err := p.job(c)
			if err != nil {
				return err
			}
			d := &diagnosis{}
			d.folders(job)
			d.policies(job)
			if err := d.holidays(p, c, job); err != nil {
				return err
			}
			if err := d.ledger(p, c, job); err != nil {
				return err
			}
			return p.printDiagnosis(d)
		},
	})
}

// diagnosis is what doctor found. A trouble must be mended; a remark is for
// people to know or to confirm.
type diagnosis struct {
	fine, troubles, remarks []values.Text
}

func (d *diagnosis) note(err error, fine, trouble values.Text) {
	if err == nil {
		d.fine = append(d.fine, fine)
	} else {
		d.troubles = append(d.troubles, trouble)
	}
}

func (d *diagnosis) folders(job *jobs.Job) {
	_, err := os.ReadDir(job.Inbox)
	d.note(err, values.Say("收件文件夹可读：%s", "the inbox can be read: %s", job.Inbox),
		values.Say("收件文件夹读不到：%s。请核对 jobs.yaml 的 inbox，或新建它。", "The inbox cannot be read: %s. Check inbox in jobs.yaml, or make it.", job.Inbox))
	_, err = os.Stat(job.Roster)
	d.note(err, values.Say("帮扶名单在：%s", "the roster is there: %s", job.Roster),
		values.Say("没有帮扶名单：%s。请放入名单，或核对 jobs.yaml 的 roster。", "There is no roster: %s. Put it there, or check roster in jobs.yaml.", job.Roster))
	for _, table := range []string{job.Exclusions, job.Responsible} {
		if table == "" {
			continue
		}
		_, err = os.Stat(table)
		d.note(err, values.Say("附加表在：%s", "the table is there: %s", table),
			values.Say("没有 jobs.yaml 指明的表：%s。", "A table that jobs.yaml names is not there: %s.", table))
	}
	err = canWrite(job.Workspace)
	d.note(err, values.Say("工作文件夹可写：%s", "the workspace can be written to: %s", job.Workspace),
		values.Say("工作文件夹写不进去：%s（%v）。请检查权限和磁盘空间。", "The workspace cannot be written to: %s (%v). Check permissions and disk space.", job.Workspace, err))
	if info, err := os.Stat(job.Workspace); err == nil && info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		d.remarks = append(d.remarks, values.Say("工作文件夹 %s 其他用户也能看；里面有身份证号和账号，建议 chmod 700。",
			"Other users can look into the workspace %s; it holds ids and accounts: chmod 700.", job.Workspace))
	}
	if len(job.Banks) == 0 {
		d.remarks = append(d.remarks, values.Say("jobs.yaml 没有写 banks：哪家银行没有报送就看不出来。", "jobs.yaml has no banks: nobody is told which bank sent nothing."))
	}
}

// canWrite writes a megabyte into the folder, or the nearest one above that is
// there, and takes it away again.
func canWrite(folder string) error {
	for {
		_, err := os.Stat(folder)
		if !errors.Is(err, fs.ErrNotExist) || filepath.Dir(folder) == folder {
			break
		}
		folder = filepath.Dir(folder)
	}
	file, err := os.CreateTemp(folder, ".tiexi-doctor-*.tmp")
	if err != nil {
		return err
	}
	_, err = file.Write(make([]byte, 1<<20))
	return errors.Join(err, file.Sync(), file.Close(), os.Remove(file.Name()))
}

// jobSettings are the readings of ours that jobs.yaml holds; the others are in
// the policy files.
var jobSettings = []string{"interest_day", "notice.days"}

// holidays reads the county's own, and says where a notice that is posted today
// would find none.
func (d *diagnosis) holidays(p *program, c *cli.Context, job *jobs.Job) error {
	opt, _, err := p.options(c)
	if err != nil {
		return err
	}
	known, err := pipeline.Holidays(job)
	if len(job.Holidays) > 0 {
		d.note(err, values.Say("节假日文件没有错误", "the holiday files have no mistakes"), bothLines(err))
	}
	if err == nil && job.Notice.Kind == jobs.Workdays {
		if _, err := known.LastDay(opt.Today, job.Notice.Days); err != nil {
			d.remarks = append(d.remarks, bothLines(err))
		}
	}
	return nil
}

// bothLines is what a fault says and what to do about it.
func bothLines(err error) values.Text {
	var fault *values.Fault
	if !errors.As(err, &fault) {
		return values.Say("%v", "%v", err)
	}
	return values.Text{Chinese: fault.What.Chinese + fault.Hint.Chinese, English: fault.What.English + " " + fault.Hint.English}
}

func (d *diagnosis) policies(job *jobs.Job) {
	set, err := loadPolicies(job.Policies)
	d.note(err, values.Say("政策文件没有错误", "the policy files have no mistakes"),
		values.Say("政策文件有误：%v", "The policy files have mistakes: %v", err))
	if err != nil {
		return
	}
	names := slices.Clone(jobSettings)
	items := map[string]policy.Item{}
	for _, item := range set.Settings() {
		if !item.Confirmed {
			name := item.Policy + "." + item.Key
			names, items[name] = append(names, name), item
		}
	}
	for _, name := range names {
		if slices.Contains(job.Confirm, name) {
			continue
		}
		d.remarks = append(d.remarks, values.Text{
			Chinese: "待本县确认：" + name + settingWords(job, name, items[name]).Chinese + "。同意的，写进 jobs.yaml 的 confirm。",
			English: "To be confirmed: " + name + settingWords(job, name, items[name]).English + ". If you agree, put it into confirm in jobs.yaml.",
		})
	}
	for _, name := range job.Confirm {
		if !slices.Contains(names, name) {
			d.remarks = append(d.remarks, values.Say("confirm 里的“%s”不是待确认的设置。", "%q in confirm is no setting that waits for it.", name))
		}
	}
}

// settingWords is a setting's value as people read it.
func settingWords(job *jobs.Job, name string, item policy.Item) values.Text {
	switch name {
	case "interest_day":
		return values.Say("（结息日：季末月 %d 日）", " (interest is settled on the %dth)", job.InterestDay)
	case "notice.days":
		return values.Say("（公示 %d 天，%s）", " (notice of %d days, %s)", job.Notice.Days, string(job.Notice.Kind))
	}
	return values.Text{Chinese: "（" + item.Label + "：" + item.Value + "）", English: " (" + item.EnglishLabel + ": " + item.English + ")"}
}

// ledger opens the ledger and proves what audit proves.
func (d *diagnosis) ledger(p *program, c *cli.Context, job *jobs.Job) error {
	if _, err := os.Stat(filepath.Join(job.Workspace, "ledger.db")); errors.Is(err, fs.ErrNotExist) {
		d.remarks = append(d.remarks, values.Say("还没有台账：第一次 tiexi run 时建立。", "There is no ledger yet; the first `tiexi run` makes it."))
		return nil
	}
	opt, _, err := p.options(c)
	if err != nil {
		return err
	}
	w, err := pipeline.OpenView(c.Context, job, opt)
	var report *pipeline.AuditReport
	if err == nil {
		report, err = w.Audit(c.Context)
		err = errors.Join(err, w.Close())
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	d.note(err, values.Say("台账可读", "the ledger can be read"),
		values.Say("台账读不了：%v", "The ledger cannot be read: %v", err))
	if report != nil {
		d.fine = append(d.fine, report.Proved...)
		d.troubles = append(d.troubles, report.Failures...)
	}
	return nil
}

func (p *program) printDiagnosis(d *diagnosis) error {
	if p.json {
		if err := p.printJSON(map[string]any{"fine": p.texts(d.fine), "troubles": p.texts(d.troubles), "remarks": p.texts(d.remarks)}); err != nil {
			return err
		}
	} else {
		for _, part := range []struct {
			mark  string
			texts []values.Text
		}{{p.paint(green, p.in("正常", "fine")), d.fine}, {p.paint(yellow, p.in("留意", "note")), d.remarks}} {
			for _, t := range p.texts(part.texts) {
				p.item(part.mark+"  ", t)
			}
		}
		for _, t := range p.texts(d.troubles) {
			p.answer(p.paint(red, p.in("改正", "MEND")) + "  " + t) // not wrapped: it names a file and a place in it, to be copied
		}
		p.answer(p.in("正常 %d 项，留意 %d 项，必须改正 %d 项。", "%d fine, %d to note, %d to mend.", len(d.fine), len(d.remarks), len(d.troubles)))
	}
	if len(d.troubles) > 0 {
		return errAnswered
	}
	return nil
}
