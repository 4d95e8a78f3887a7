package main

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"

	"smbdiff/dissect/capture"
)

// errNothing is that of a verb which said what is wrong and wrote nothing.
var errNothing = errors.New("nothing to write")

// into runs a verb with its output going to where the command line says.
func (a *app) into(f *flags, verb func(*app, *flags) int) (code int) {
	if f.out == "" || f.out == "-" {
		return verb(a, f)
	}
	err := a.output(f.out, 0o644, func(w io.Writer) error {
		b, n := *a, &counting{w: w}
		b.stdout = n
		if code = verb(&b, f); code == exitTrouble && n.bytes == 0 {
			return errNothing
		}
		return nil
	})
	if err != nil && err != errNothing {
		return a.fail(err)
	}
	return code
}

// counting counts what is written.
type counting struct {
	w     io.Writer
	bytes int64
}

func (c *counting) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.bytes += int64(n)
	return n, err
}

// output writes to a file, which is there as a whole or not at all, or to
// standard output.
func (a *app) output(path string, perm fs.FileMode, write func(io.Writer) error) error {
	if path != "" && path != "-" {
		return capture.WriteFile(path, perm, write)
	}
	a.telling.hush()
	w := bufio.NewWriter(a.stdout)
	err := write(w)
	if e := w.Flush(); err == nil {
		err = e
	}
	return err
}

// mayWrite gives an error for an output that would be written over without
// being asked. Devices and pipes keep nothing, and an empty file, such as mktemp
// makes, holds nothing.
func (f *flags) mayWrite() error {
	if f.out == "" || f.out == "-" || f.force {
		return nil
	}
	st, err := os.Stat(f.out)
	if err != nil {
		st, err = os.Lstat(f.out)
	}
	empty := err == nil && st.Mode().IsRegular() && st.Size() == 0
	if err == nil && !empty && st.Mode()&(os.ModeDevice|os.ModeNamedPipe|os.ModeDir) == 0 {
		return usageError{what: f.out + ": is there already", hint: "--force overwrites it"}
	}
	return nil
}
