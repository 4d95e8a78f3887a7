package smb1

import (
	"encoding/hex"
	"fmt"
	"os"
	"strings"
	"testing"

	"smbdiff/dissect/field"
)

// sample is one message of testdata/messages.txt: a head line, its bytes, and
// the tree that tshark agrees with.
type sample struct {
	head string
	msg  []byte
	tree string
}

const samplesFile = "testdata/messages.txt"

func samples(t testing.TB) (out []sample) {
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
		out = append(out, sample{head, msg, strings.TrimSuffix(tree, "\n")})
	}
	return out
}

// TestTrees holds the trees of real messages against the file. With
// SMBDIFF_UPDATE set it writes the file instead.
func TestTrees(t *testing.T) {
	all := samples(t)
	var file strings.Builder
	for i, s := range all {
		got := render(walk(s.head, s.msg))
		if got != s.tree && os.Getenv("SMBDIFF_UPDATE") == "" {
			t.Errorf("%s: got\n%s\nwant\n%s", s.head, got, s.tree)
		}
		digits := hex.EncodeToString(s.msg)
		if i > 0 {
			file.WriteByte('\n')
		}
		fmt.Fprintf(&file, "== %s\n", s.head)
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

// render writes a tree as one line a node: place, name, value.
func render(t *field.Tree) string {
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

// check reports what must not be in any tree of n bytes.
func check(t *testing.T, tree *field.Tree, n int) {
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

func FuzzWalk(f *testing.F) {
	for _, s := range samples(f) {
		f.Add(s.head, s.msg)
	}
	f.Fuzz(func(t *testing.T, head string, b []byte) { check(t, walk(head, b), len(b)) })
}
