package pipeline

import (
	"path/filepath"
	"slices"
	"strings"

	"tiexi/pipeline/ledger"
	"tiexi/pipeline/values"
)

// replace takes out what a correction corrects, and refuses a second file of
// one name that does not say it is one (formats.md).
func (in *intake) replace(file *ledger.File, correction bool) (refusal values.Text, err error) {
	old, named := in.superseded(file.Name)
	if named && old == nil {
		return values.Say("--supersedes 指明的旧文件不在台账里。请核对文件名。", "The old file that --supersedes names is not in the ledger. Check the name."), nil
	}
	if !named {
		file.Correction = correction
		if old, refusal = in.corrected(file); !refusal.IsZero() || old == nil {
			return refusal, nil
		}
	}
	file.Correction = true
	dropped, err := in.droppedLines(old.ID, file.ID)
	if err != nil {
		return refusal, err
	}
	if err := in.tx.RetireFile(old.ID, file.ID); err != nil {
		return refusal, err
	}
	for i := range in.files {
		if in.files[i].ID == old.ID {
			in.files[i].Replaced, in.files[i].ReplacedBy = true, file.ID
		}
	}
	in.say(Event{Kind: Note, Quarter: file.Quarter, Stage: "ingest", Text: values.Say(
		"%s 替换了 %s；其中 %d 行更正后不再有%s。", "%s replaces %s; %d lines are no longer in it%s.", file.Name, old.Name, len(dropped), listed(dropped))})
	return refusal, in.tx.Record("replace", old.Name, map[string]any{"by": file.Name, "dropped": dropped})
}

func listed(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return "：" + strings.Join(names, "、")
}

func (in *intake) superseded(name string) (old *ledger.File, named bool) {
	for oldName, newName := range in.request.Supersedes {
		if filepath.Base(newName) == name {
			return in.liveNamed(filepath.Base(oldName)), true
		}
	}
	return nil, false
}

func (in *intake) liveNamed(name string) *ledger.File {
	for i := range in.files {
		if f := &in.files[i]; f.Name == name && !f.Replaced && f.Kind == ledger.KindStatement {
			return f
		}
	}
	return nil
}

// named finds another statement that came under this name, replaced or not: the
// last, as long as it is not the same bytes.
func (in *intake) named(name, digest string) *ledger.File {
	for i := range slices.Backward(in.files) {
		if f := &in.files[i]; f.Name == name && f.Digest != digest && f.Kind == ledger.KindStatement {
			return f
		}
	}
	return nil
}

// corrected finds the file that this one corrects: the bank's file of the same
// name without 更正, else the bank's only one of the quarter.
func (in *intake) corrected(file *ledger.File) (old *ledger.File, refusal values.Text) {
	if !file.Correction {
		switch same := in.named(file.Name, file.Digest); {
		case same == nil:
		case same.Quarter != file.Quarter:
			return nil, values.Say("已收过同名文件，是%s的；这份是%s的。为免混淆，请在文件名中写明季度后重新放入。",
				"A file of this name is here already, for %s; this one is for %s. Put the quarter into its name, so that they are not mixed up.", same.Quarter.Chinese(), file.Quarter.Chinese())
		default:
			return nil, values.Say("已收过同名文件，内容不同，又没有“更正”字样，无法判断以哪份为准。如果是更正，请在文件名中加“更正”，或用 --supersedes 指明。",
				"A file of this name with other content is here already, and this one does not say that it is a correction (更正). Put 更正 into its name, or use --supersedes.")
		}
		return nil, values.Text{}
	}
	var ofBank []*ledger.File
	for i := range in.files {
		f := &in.files[i]
		if f.Replaced || f.Kind != ledger.KindStatement || f.Quarter != file.Quarter || f.Bank != file.Bank || f.Digest == file.Digest {
			continue
		}
		if plainName(f.Name) == plainName(file.Name) {
			return f, values.Text{}
		}
		ofBank = append(ofBank, f)
	}
	switch len(ofBank) {
	case 1:
		return ofBank[0], values.Text{}
	case 0:
		return nil, values.Say("这是更正文件，但%s没有%s的原文件可更正。请核对银行和季度。", "This is a correction, but %s has no file of %s to correct. Check bank and quarter.", file.Quarter.Chinese(), file.Bank)
	}
	return nil, values.Say("%s在%s有 %d 份文件，看不出更正的是哪一份。请让文件名与原文件相同再加“更正”，或用 --supersedes 旧文件=新文件 指明。",
		"%[1]s has %[3]d files in %[2]s; which one is corrected is not clear. Name it like the old one with 更正, or use --supersedes OLD=NEW.", file.Bank, file.Quarter.Chinese(), len(ofBank))
}

// plainName is a file's name without its extension, the word 更正 and what
// people put around it.
func plainName(name string) string {
	name = strings.TrimSuffix(name, filepath.Ext(name))
	before, after, found := strings.Cut(name, "更正")
	if found {
		after = strings.TrimLeft(after, "版稿件后表0123456789")
		name = before + after
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("()（）[]【】-_ —－　", r) {
			return -1
		}
		return r
	}, values.FoldText(name))
}

// droppedLines are the contracts that the old file had and the new has not.
func (in *intake) droppedLines(old, now int64) (dropped []string, err error) {
	kept := map[string]bool{}
	if err := in.tx.LinesOfFile(now, func(l *ledger.Line) error { kept[l.Contract] = true; return nil }); err != nil {
		return nil, err
	}
	err = in.tx.LinesOfFile(old, func(l *ledger.Line) error {
		if !kept[l.Contract] && !slices.Contains(dropped, l.Contract) {
			dropped = append(dropped, l.Contract)
		}
		return nil
	})
	return dropped, err
}
