package capture

import (
	"bufio"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// WriteFile has write fill the file at path, with the permissions perm. A file
// is there as a whole or not at all; a device or a pipe is written as it is.
func WriteFile(path string, perm fs.FileMode, write func(io.Writer) error) error {
	st, err := os.Stat(path)
	switch {
	case err != nil || st.Mode().IsRegular():
		return replace(path, perm, write)
	case st.IsDir():
		return &Error{File: path, What: "is a directory", Hint: "the output is a file"}
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return outputError(path, err)
	}
	return fill(f, write)
}

// replace writes beside the file and gives the result its name.
func replace(path string, perm fs.FileMode, write func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return outputError(path, err)
	}
	err = fill(f, write)
	if err == nil {
		err = os.Chmod(f.Name(), perm)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// fill writes all of a file and closes it.
func fill(f *os.File, write func(io.Writer) error) error {
	w := bufio.NewWriter(f)
	err := write(w)
	if err == nil {
		err = w.Flush()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

func outputError(path string, err error) error {
	return &Error{File: path, What: reason(err), Hint: "the output needs a directory that can be written", Err: err}
}
