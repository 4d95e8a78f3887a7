// Package golden holds what the tests of walks share: real messages (those of
// captures named hand- are made by hand, after the specification) with the trees
// that tshark agrees with, and what must hold for the tree of any bytes.
package golden

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"smbdiff/dissect/field"
)

// Sample is one message of testdata/messages.txt: a head line, its bytes, and
// the tree that tshark agrees with.
type Sample struct {
	Head string
	Msg  []byte
	Tree string
}

// Walk makes the tree of a message; head says how it is to be read.
type Walk func(head string, msg []byte) *field.Tree

const samplesFile = "testdata/messages.txt"

// Samples reads the file of the package under test.
func Samples(t testing.TB) (out []Sample) {
	t.Helper()
	b, err := os.ReadFile(samplesFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range strings.Split("\n"+string(b), "\n== ")[1:] {
		head, rest, _ := strings.Cut(part, "\n")
		digits, tree, _ := strings.Cut(rest, "\n--\n")
		msg, err := hex.DecodeString(strings.ReplaceAll(digits, "\n", ""))
		if err != nil {
			t.Fatalf("%s: %v", head, err)
		}
		out = append(out, Sample{head, msg, strings.TrimSuffix(tree, "\n")})
	}
	return out
}

// Trees holds the trees of real messages against the file. With
// SMBDIFF_UPDATE set it writes the file instead.
func Trees(t *testing.T, walk Walk) {
	t.Helper()
	all := Samples(t)
	var file strings.Builder
	for i, s := range all {
		got := Render(walk(s.Head, s.Msg))
		if got != s.Tree && os.Getenv("SMBDIFF_UPDATE") == "" {
			t.Errorf("%s: got\n%s\nwant\n%s", s.Head, got, s.Tree)
		}
		digits := hex.EncodeToString(s.Msg)
		if i > 0 {
			file.WriteByte('\n')
		}
		fmt.Fprintf(&file, "== %s\n", s.Head)
		for ; len(digits) > 120; digits = digits[120:] {
			fmt.Fprintln(&file, digits[:120])
		}
		fmt.Fprintf(&file, "%s\n--\n%s", digits, got)
	}
	if os.Getenv("SMBDIFF_UPDATE") != "" {
		if err := os.WriteFile(samplesFile, []byte(file.String()+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// Render writes a tree as one line a node: place, name, value.
func Render(t *field.Tree) string {
	var b []byte
	for i := range t.Nodes {
		n := &t.Nodes[i]
		if i > 0 {
			b = append(b, '\n')
		}
		b = append(b, strings.Repeat(" ", int(n.Depth))...)
		b = fmt.Appendf(b, "%d+%d %s %s", n.Off, n.Len, n.Def.Name, field.AppendSafe(nil, t.AppendShow(nil, i)))
	}
	lines := strings.Split(string(b), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n")
}

// Check reports what must not be in any tree of n bytes.
func Check(t *testing.T, tree *field.Tree, n int) {
	t.Helper()
	if len(tree.Nodes) > 64*(n+8) {
		t.Errorf("%d nodes for %d bytes", len(tree.Nodes), n)
	}
	for i := range tree.Nodes {
		x := &tree.Nodes[i]
		size := len(tree.Bufs[x.Buf].Bytes)
		if int(x.Off)+int(x.Len) > size {
			t.Fatalf("%s at %d+%d ends outside %d bytes", x.Def.Name, x.Off, x.Len, size)
		}
		if int(x.End) <= i || int(x.End) > len(tree.Nodes) {
			t.Fatalf("%s: end %d of %d", x.Def.Name, x.End, len(tree.Nodes))
		}
		tree.AppendShow(nil, i)
	}
}

// Fuzz checks the tree of any bytes.
func Fuzz(f *testing.F, walk Walk) {
	for _, s := range Samples(f) {
		f.Add(s.Head, s.Msg)
	}
	f.Fuzz(func(t *testing.T, head string, b []byte) { Check(t, walk(head, b), len(b)) })
}
