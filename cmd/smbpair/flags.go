package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"smbdiff/cmd/smbpair/internal/server"
	"smbdiff/dissect/compress"
	"smbdiff/dissect/smb2"
)

// list is a flag that may be repeated.
type list []string

func (l *list) String() string { return strings.Join(*l, " ") }

func (l *list) Set(s string) error {
	*l = append(*l, s)
	return nil
}

// parse reads the flags of a verb that takes no arguments.
func parse(f *flag.FlagSet, args []string) error {
	f.SetOutput(io.Discard)
	f.Usage = func() {}
	if err := f.Parse(args); err != nil {
		return usageError{err.Error()}
	}
	if f.NArg() > 0 {
		return usageError{fmt.Sprintf("%q is not wanted here", f.Arg(0))}
	}
	return nil
}

var allDialects = [...]smb2.Dialect{smb2.Dialect202, smb2.Dialect210, smb2.Dialect300, smb2.Dialect302, smb2.Dialect311}

// dialects reads MIN-MAX, or one dialect.
func dialects(s string) ([]smb2.Dialect, error) {
	from, to, ranged := strings.Cut(s, "-")
	if !ranged {
		to = from
	}
	find := func(name string) int {
		return slices.IndexFunc(allDialects[:], func(d smb2.Dialect) bool { return d.String() == name })
	}
	i, j := find(from), find(to)
	if i < 0 || j < i {
		return nil, usageError{fmt.Sprintf("--dialect %s: 2.0.2, 2.1, 3.0, 3.0.2, 3.1.1, or a range of them", s)}
	}
	return allDialects[i : j+1], nil
}

// ciphers reads names, best first.
func ciphers(s string) (out []smb2.Cipher, err error) {
	for _, name := range strings.Split(s, ",") {
		c := smb2.AES128CCM
		for c <= smb2.AES256GCM && !strings.EqualFold(c.String(), strings.TrimSpace(name)) {
			c++
		}
		if c > smb2.AES256GCM {
			return nil, usageError{fmt.Sprintf("--cipher %s: AES-128-GCM, AES-128-CCM, AES-256-GCM or AES-256-CCM", name)}
		}
		out = append(out, c)
	}
	return out, nil
}

// allPacking is all that messages can be compressed with.
const allPacking = "Pattern_V1,LZ77,LZ77+Huffman,LZNT1"

// packings reads the names of compression algorithms, best first, off for none. With
// unchained among them transforms hold one payload, and there are no patterns.
func packings(s string) (c compress.Codec, err error) {
	if s == "off" {
		return c, nil
	}
	c.Chained = true
	for _, name := range strings.Split(s, ",") {
		a := compress.LZNT1
		for a <= compress.PatternV1 && !strings.EqualFold(a.String(), strings.TrimSpace(name)) {
			a++
		}
		switch {
		case strings.EqualFold(strings.TrimSpace(name), "unchained"):
			c.Chained = false
		case a > compress.PatternV1:
			return c, usageError{fmt.Sprintf("--compress %s: off, or Pattern_V1, LZ77, LZ77+Huffman, LZNT1, unchained", name)}
		default:
			c.Algorithms = append(c.Algorithms, a)
		}
	}
	if !c.Chained {
		c.Algorithms = slices.DeleteFunc(c.Algorithms, func(a compress.Algorithm) bool { return a == compress.PatternV1 })
	}
	return c, nil
}

// users reads NAME:PASSWORD, or @FILE with one in each line.
func users(specs []string) (out []server.User, err error) {
	var list []string
	for _, s := range specs {
		file, ok := strings.CutPrefix(s, "@")
		if !ok {
			list = append(list, s)
			continue
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("reading the users: %w", err)
		}
		for line := range strings.Lines(string(b)) {
			if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
				list = append(list, line)
			}
		}
	}
	for _, s := range list {
		name, password, ok := strings.Cut(s, ":")
		if !ok || name == "" {
			return nil, usageError{"--user wants NAME:PASSWORD, or @FILE with such lines"}
		}
		out = append(out, server.User{Name: name, Password: password})
	}
	return out, nil
}
