package main

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"tiexi/formats/jobs"
)

// The sample county's jobs.yaml is the reference of every key: with the # taken
// off, everything that it shows as an example must load, and mean something.
func TestTheReferenceOfJobsIsValid(t *testing.T) {
	for _, name := range []string{"jobs.yaml", "fixtures/qingshui/jobs.yaml"} {
		path, err := filepath.Abs(filepath.Join("..", "..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all := regexp.MustCompile(`(?m)^( *)#([^ \n])`).ReplaceAllString(string(text), "$1$2")
		file, err := jobs.Parse([]byte(all), path)
		if err != nil {
			t.Errorf("%s with everything taken in:\n%v", name, err)
			continue
		}
		for _, unset := range unsetFields(reflect.ValueOf(*file), "") {
			t.Errorf("%s shows no example of %s", name, unset)
		}
	}
}

// neverShown are values that an example cannot hold besides their default.
var neverShown = map[string]bool{"Jobs.Profiles.PerTownship": true, "Jobs.Profiles.RowLimit": true, "Profiles": true}

// unsetFields names the fields that are zero wherever they occur.
func unsetFields(v reflect.Value, path string) (unset []string) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			name := strings.TrimPrefix(path+"."+v.Type().Field(i).Name, ".")
			unset = append(unset, unsetFields(v.Field(i), name)...)
		}
		return unset
	case reflect.Slice, reflect.Map:
		var elements []reflect.Value
		if v.Kind() == reflect.Map {
			for _, key := range v.MapKeys() {
				elements = append(elements, v.MapIndex(key))
			}
		} else {
			for i := range v.Len() {
				elements = append(elements, v.Index(i))
			}
		}
		if len(elements) > 0 && elements[0].Kind() == reflect.Struct {
			missing := map[string]int{}
			for _, element := range elements {
				for _, name := range unsetFields(element, path) {
					missing[name]++
				}
			}
			for name, times := range missing {
				if times == len(elements) {
					unset = append(unset, name)
				}
			}
			return unset
		}
	}
	if v.IsZero() && !neverShown[path] {
		unset = append(unset, path)
	}
	return unset
}
