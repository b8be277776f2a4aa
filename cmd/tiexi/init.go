package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"tiexi/formats/jobs"
	"tiexi/pipeline/values"
)

func (p *program) initCommand() *cli.Command {
	text := func(name, chinese, english string) cli.Flag {
		return &cli.StringFlag{Name: name, Usage: values.Text{Chinese: chinese, English: english}.In(p.lang)}
	}
	return p.command(spec{
		name:      "init",
		usage:     p.in("新建一个县的配置和文件夹", "a new county: configuration and folders"),
		arguments: p.in("[文件夹]", "[folder]"),
		about: p.in("在文件夹（默认为当前文件夹）里写一份带注释的 jobs.yaml、供编辑器补全的 jobs.schema.json，并建好收件、名单、工作三个文件夹。没有写 --county 时逐项询问。已有的文件不会改动。",
			"Writes a commented jobs.yaml, a jobs.schema.json for editors, and the folders for the inbox, the rosters and the work, into the folder (default: here). Without --county it asks. Nothing that is there already is changed."),
		examples: []string{"init", "init --county 清水县 --code 149901 --bank 清水农商银行=*农商* 贴息"},
		acts:     true,
		flags: []cli.Flag{
			text("county", "县名", "county"), text("code", "六位行政区划代码", "six-digit area code"),
			text("province", "省名，默认山西省", "province, else 山西省"),
			text("name", "作业名，默认为县名", "name of the job, else the county's"),
			text("office", "公示落款单位", "office that signs the notices"),
			text("agriculture-phone", "农业农村部门监督电话", "phone of the agriculture bureau"),
			text("finance-phone", "财政部门监督电话", "phone of the finance bureau"),
			&cli.StringSliceFlag{Name: "bank", Usage: p.in("承贷银行，可写多次：名称，或 名称=文件名模式", "a lender, may be repeated: NAME, or NAME=FILE-PATTERN")},
		},
		do: p.initialize,
	})
}

func (p *program) initialize(c *cli.Context) error {
	folder := c.Args().First()
	if folder == "" {
		folder = "."
	}
	config := filepath.Join(folder, jobs.FileName)
	if _, err := os.Stat(config); err == nil {
		return values.Refuse(values.Say("%s 已经有了，没有改动。", "%s is there already; nothing was changed.", config),
			values.Say("要重新来，请先移走它，或换一个文件夹。", "Move it away, or choose another folder."))
	}
	job, err := p.newJob(c)
	if err != nil {
		return err
	}
	files, err := newFiles(folder, job)
	if err != nil {
		return err
	}
	folders := []string{job.Inbox, job.Roster, job.Workspace}
	if c.Bool("dry-run") {
		for _, name := range append(folders, jobs.FileName, jobs.SchemaName) {
			p.talk(p.in("将新建 %s", "would make %s", filepath.Join(folder, name)))
		}
		return p.initAnswer(config, job)
	}
	for _, name := range folders {
		if err := os.MkdirAll(filepath.Join(folder, name), 0o700); err != nil {
			return cannotWrite(err)
		}
	}
	for _, file := range files {
		if err := writeNew(file.path, file.data); err != nil {
			return cannotWrite(err)
		}
		p.talk(p.in("已写 %s", "wrote %s", file.path))
	}
	return p.initAnswer(config, job)
}

type newFile struct {
	path string
	data []byte
}

// newFiles renders the files; the configuration is read back, so that nothing
// is written that the next command would refuse.
func newFiles(folder string, job jobs.Job) ([]newFile, error) {
	text, err := jobs.Template(job)
	if err != nil {
		return nil, err
	}
	config, err := filepath.Abs(filepath.Join(folder, jobs.FileName))
	if err != nil {
		return nil, err
	}
	if _, err := jobs.Parse(text, config); err != nil {
		var problems *jobs.Problems
		if errors.As(err, &problems) {
			return nil, usage(problems.List[0].Text, values.Text{})
		}
		return nil, err
	}
	schema, err := jobs.Schema()
	if err != nil {
		return nil, err
	}
	return []newFile{{filepath.Join(folder, jobs.SchemaName), schema}, {config, text}}, nil
}

// writeNew writes a file that must not be there; a schema that is, stays.
func writeNew(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) && filepath.Base(path) == jobs.SchemaName {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

func cannotWrite(err error) error {
	return &values.Fault{
		Kind: values.FaultRefused, Err: err,
		What: values.Say("写不进去。", "Cannot write."),
		Hint: values.Say("请检查文件夹是否存在、可写，磁盘是否已满。", "Check that the folder exists, can be written to, and has room."),
	}
}

// newJob takes the answers from the flags, and asks where the county is not
// among them.
func (p *program) newJob(c *cli.Context) (jobs.Job, error) {
	job := jobs.Job{
		Name:   c.String("name"),
		County: jobs.County{Name: c.String("county"), Code: c.String("code"), Province: c.String("province")},
		Office: c.String("office"),
		Phones: jobs.Phones{Agriculture: c.String("agriculture-phone"), Finance: c.String("finance-phone")},
		Inbox:  "收件", Roster: "名单", Workspace: "工作",
	}
	banks := c.StringSlice("bank")
	if job.County.Name == "" {
		if err := p.ask(&job, &banks); err != nil {
			return job, err
		}
	}
	if job.Name == "" {
		job.Name = job.County.Name
	}
	for _, bank := range banks {
		name, match, _ := strings.Cut(bank, "=")
		job.Banks = append(job.Banks, jobs.Bank{Name: strings.TrimSpace(name), Match: strings.TrimSpace(match)})
	}
	return job, nil
}

// ask is the one place where the program prompts.
func (p *program) ask(job *jobs.Job, banks *[]string) error {
	lines := bufio.NewScanner(p.stdin)
	var ended bool
	question := func(current, chinese, english string) string {
		if current != "" || ended {
			return current
		}
		fmt.Fprint(p.stderr, values.Text{Chinese: chinese, English: english}.In(p.lang)+" ")
		ended = !lines.Scan()
		return strings.TrimSpace(lines.Text())
	}
	job.County.Name = question("", "县名（例如 清水县）：", "County (for example 清水县):")
	if job.County.Name == "" {
		return usage(values.Say("缺少县名。", "The county is missing."),
			values.Say("请回答提问，或写 --county 县名。", "Answer the question, or give --county NAME."))
	}
	job.County.Code = question(job.County.Code, "六位行政区划代码（可空）：", "Six-digit area code (may be empty):")
	job.Office = question(job.Office, "公示落款单位（空则为县名加“农业农村局”）：", "Office that signs the notices (empty: the county's 农业农村局):")
	job.Phones.Agriculture = question(job.Phones.Agriculture, "农业农村部门监督电话：", "Phone of the agriculture bureau:")
	job.Phones.Finance = question(job.Phones.Finance, "财政部门监督电话：", "Phone of the finance bureau:")
	for len(*banks) == 0 || !ended {
		bank := question("", "承贷银行名称（逐家回答，空则结束）：", "A lender's name (one after the other, empty to end):")
		if bank == "" {
			break
		}
		*banks = append(*banks, bank)
	}
	if err := lines.Err(); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// initAnswer says what comes next.
func (p *program) initAnswer(config string, job jobs.Job) error {
	if p.json {
		return p.printJSON(map[string]string{"config": config, "job": job.Name, "inbox": job.Inbox, "roster": job.Roster, "workspace": job.Workspace})
	}
	p.answer(p.in(`接下来：
  1. 打开 %s，核对各项，注释写明了每一项的意思。
  2. 把帮扶名单放进“%s”，把各银行的贴息名单放进“%s”。
  3. 先看程序读懂了什么：tiexi read 文件
  4. 运行：tiexi run；有什么不妥：tiexi doctor`,
		`Next:
  1. Open %s and check it; its comments say what each key means.
  2. Put the roster into %q and the banks' statements into %q.
  3. See what the program understands of a file: tiexi read FILE
  4. Run: tiexi run; and if something is wrong: tiexi doctor`, config, job.Roster, job.Inbox))
	return nil
}
