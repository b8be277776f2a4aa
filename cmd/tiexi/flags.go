package main

import (
	"os"
	"os/user"
	"path/filepath"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"tiexi/formats/jobs"
	"tiexi/pipeline/values"
)

// commonFlags are the ones that every command takes.
func commonFlags(lang values.Lang) []cli.Flag {
	say := func(chinese, english string) string { return values.Text{Chinese: chinese, English: english}.In(lang) }
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Usage: say("配置文件；默认依次找 TIEXI_CONFIG、当前文件夹、程序所在文件夹和用户配置文件夹的 jobs.yaml",
			"configuration; else TIEXI_CONFIG, then jobs.yaml here, beside the program, or in the user's configuration folder")},
		&cli.StringFlag{Name: "job", Usage: say("作业名；配置文件中有几项作业时必须写", "job; needed where the configuration has several")},
		&cli.StringFlag{Name: "quarter", Usage: say("季度，例如 2026Q3", "quarter, for example 2026Q3")},
		&cli.StringFlag{Name: "today", Usage: say("当作今天的日期，例如 2026-09-21；默认取系统时钟", "date to take for today, for example 2026-09-21; else the clock")},
		&cli.BoolFlag{Name: "json", Usage: say("以 JSON 输出结果", "print the result as JSON")},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: say("不显示进度和说明", "no progress and no remarks")},
		&cli.BoolFlag{Name: "verbose", Aliases: []string{"v"}, Usage: say("说得更细：逐个文件、逐条说明", "say more: every file, every remark")},
		&cli.StringFlag{Name: "log-format", Usage: say("过程说明（标准错误）和日志文件的格式：text 或 json", "format of the remarks on stderr and of the log file: text or json")},
		&cli.StringFlag{Name: "lang", Usage: say("语言：zh 或 en；也可设环境变量 TIEXI_LANG", "language, zh or en; TIEXI_LANG likewise")},
		&cli.BoolFlag{Name: "no-color", Usage: say("不用颜色；也可设环境变量 NO_COLOR", "no colour; NO_COLOR likewise")},
	}
}

// actingFlags are the ones of commands that change something.
func actingFlags(lang values.Lang) []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "dry-run", Usage: values.Say("只说会做什么，什么都不改", "say what would be done, change nothing").In(lang)},
		&cli.StringFlag{Name: "operator", Usage: values.Say("经办人，记入审计日志；默认为操作系统用户", "who does it, for the audit log; else the OS user").In(lang)},
	}
}

// today is the day that --today names, else the clock's.
func today(c *cli.Context) (values.Date, error) {
	if !c.IsSet("today") {
		return values.DateOf(time.Now()), nil
	}
	return dateFlag(c, "today")
}

// dateFlag reads a date; the zero Date where the flag is not given.
func dateFlag(c *cli.Context, name string) (values.Date, error) {
	day, err := values.ParseDate(c.String(name))
	if err != nil || c.IsSet(name) && !day.Known() {
		return 0, usage(values.Say("--%s 的“%s”不是日期。", "--%s: %q is not a date.", name, c.String(name)),
			values.Say("请写成 2026-09-21 这样。", "Write it like 2026-09-21."))
	}
	return day, nil
}

// quarterFlag reads --quarter; the zero Quarter where it is not given.
func quarterFlag(c *cli.Context) (values.Quarter, error) {
	if !c.IsSet("quarter") {
		return values.Quarter{}, nil
	}
	quarter, err := values.ParseQuarter(c.String("quarter"))
	if err != nil {
		return quarter, usage(values.Say("--quarter 的“%s”不是季度。", "--quarter: %q is not a quarter.", c.String("quarter")),
			values.Say("请写成 2026Q3 这样。", "Write it like 2026Q3."))
	}
	return quarter, nil
}

// neededFlag reads a text that the command cannot do without.
func neededFlag(c *cli.Context, name string) (string, error) {
	if text := strings.TrimSpace(c.String(name)); text != "" {
		return text, nil
	}
	return "", usage(values.Say("缺少 --%s。", "--%s is needed.", name), values.Text{})
}

// operator is who does it: --operator, else the OS user.
func operator(c *cli.Context) string {
	if name := strings.TrimSpace(c.String("operator")); name != "" {
		return name
	}
	if who, err := user.Current(); err == nil {
		return who.Username
	}
	return os.Getenv("USER")
}

// configPath finds the configuration.
func configPath(c *cli.Context) (string, error) {
	cwd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	exeDir, userDir := "", ""
	if exe, err := os.Executable(); err == nil {
		exeDir = filepath.Dir(exe)
	}
	if dir, err := os.UserConfigDir(); err == nil {
		userDir = dir
	}
	return jobs.Find(c.String("config"), os.Getenv("TIEXI_CONFIG"), cwd, exeDir, userDir)
}

// file loads the configuration.
func (p *program) file(c *cli.Context) (*jobs.File, error) {
	path, err := configPath(c)
	if err != nil {
		return nil, err
	}
	file, err := jobs.Load(path)
	if err != nil {
		return nil, err
	}
	if !p.chose {
		p.lang = file.Lang
	}
	if c.Bool("verbose") {
		p.talk(p.in("配置文件：%s", "Configuration: %s", file.Path))
	}
	return file, nil
}

// job loads the configuration and picks the job.
func (p *program) job(c *cli.Context) (*jobs.Job, error) {
	file, err := p.file(c)
	if err != nil {
		return nil, err
	}
	if job, ok := file.Job(c.String("job")); ok {
		return job, nil
	}
	var names []string
	for _, job := range file.Jobs {
		names = append(names, job.Name)
	}
	hint := values.Text{
		Chinese: "可选的作业：" + strings.Join(names, "、") + "。",
		English: "The jobs are: " + strings.Join(names, ", ") + ".",
	}
	if name := c.String("job"); name != "" {
		return nil, usage(values.Say("配置文件里没有作业“%s”。", "The configuration has no job %q.", name), hint)
	}
	return nil, usage(values.Say("配置文件里有几项作业，请用 --job 指明一项。", "The configuration has several jobs; name one with --job."), hint)
}
