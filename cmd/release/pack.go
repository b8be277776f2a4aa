package main

import (
	"archive/zip"
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"
	"time"
)

// sumsName is the name of the list of digests, in a zip and beside the zips.
const sumsName = "SHA256SUMS"

// file is a file of a zip; its name has slashes, and ends in one for a folder.
type file struct {
	name       string
	data       []byte
	executable bool
}

// epoch is the time of every file in a zip: the earliest that a zip can hold.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// pack zips files into a folder, with their digests beside them. The same
// files give the same bytes, in whatever order they come.
func pack(folder string, files []file) ([]byte, error) {
	files = slices.SortedFunc(slices.Values(files), func(a, b file) int { return cmp.Compare(a.name, b.name) })
	var sums strings.Builder
	for _, f := range files {
		if !strings.HasSuffix(f.name, "/") {
			sums.WriteString(sumLine(f.name, f.data))
		}
	}
	files = append(files, file{name: sumsName, data: []byte(sums.String())})

	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range files {
		if err := f.writeTo(w, folder); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (f file) writeTo(w *zip.Writer, folder string) error {
	header := &zip.FileHeader{Name: path.Join(folder, f.name), Method: zip.Deflate, Modified: epoch}
	header.SetMode(0o644)
	if f.executable {
		header.SetMode(0o755)
	}
	if strings.HasSuffix(f.name, "/") {
		header.Name, header.Method = header.Name+"/", zip.Store
		header.SetMode(0o755)
	}
	entry, err := w.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = entry.Write(f.data)
	return err
}
