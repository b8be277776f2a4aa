package jobs

import (
	"cmp"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tiexi/pipeline/values"
)

// FileName is what a configuration is called where it is looked for.
const FileName = "jobs.yaml"

// Find says which configuration counts: the explicitly named one, else the one
// that the environment names, else the first jobs.yaml in the current folder,
// beside the program, or under tiexi in the user's configuration folder. A
// named one is not looked for; [Load] says whether it is there.
func Find(explicit, env, cwd, exeDir, userConfigDir string) (string, error) {
	if named := cmp.Or(explicit, env); named != "" {
		return named, nil
	}
	places := []string{filepath.Join(cwd, FileName)}
	if exeDir != "" {
		places = append(places, filepath.Join(exeDir, FileName))
	}
	if userConfigDir != "" {
		places = append(places, filepath.Join(userConfigDir, "tiexi", FileName))
	}
	for _, place := range places {
		if info, err := os.Stat(place); err == nil && !info.IsDir() {
			return place, nil
		}
	}
	return "", &values.Fault{
		Kind: values.FaultConfig,
		What: values.Text{
			Chinese: "找不到配置文件 jobs.yaml，找过：" + strings.Join(places, "、") + "。",
			English: "No jobs.yaml found; looked at: " + strings.Join(places, ", ") + ".",
		},
		Hint: values.Say("请用 --config 或环境变量 TIEXI_CONFIG 指明它，或用 tiexi init 新建一个。",
			"Name it with --config or TIEXI_CONFIG, or make one with tiexi init."),
	}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
