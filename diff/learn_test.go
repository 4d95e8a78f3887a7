package diff

import (
	"slices"
	"strings"
	"testing"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// TestLearnNarrow checks what is learned of entries that each run has under
// another name, and of operations that only some runs have.
func TestLearnNarrow(t *testing.T) {
	var l Learned
	known := map[findingKey]*finding{}
	list := &op.Op{Num: 1, Proto: op.SMB2, Command: uint16(smb2.QueryDirectory)}
	entry := sample{pair: 1, ops: [2]uint32{1, 1}, object: [2]string{"docs", "docs"},
		Change: Change{Name: "find.entry", Path: "response/find.entry[2]", placed: "response/find.entry[2]",
			sides: [2]string{"response/find.entry[tmp-123.old]", "response/find.entry[tmp-45678.old]"}, Op: "replace", Part: PartResponse}}
	poll := sample{pair: 1, ops: [2]uint32{2, 0}, object: [2]string{"docs", "docs"},
		Change: Change{Name: nameOperation, Path: nameOperation, Op: "replace", A: "STATUS_SUCCESS", B: "STATUS_SUCCESS"}}
	for range 2 {
		l.note(known, list, entry, 0)
		l.note(known, list, poll, 0)
	}
	if len(l.found) != 2 {
		t.Fatalf("%d findings", len(l.found))
	}
	if how, _ := l.found[0].how(); how != "hide" || l.found[0].field() != "response/find.entry[tmp-*.old]" {
		t.Errorf("entry: %s of %s", how, l.found[0].field())
	}
	if how, values := l.found[1].how(); how != "drop" || !slices.Equal(values, []string{"STATUS_SUCCESS"}) {
		t.Errorf("operation: %s of %q", how, values)
	}
	var b strings.Builder
	l.found[1].evidence(&b, 1)
	if s := b.String(); strings.Count(s, "\n") != 3 || !strings.Contains(s, ": 1 difference in 1 of 1 pair\n") || !strings.Contains(s, "op 2 / - docs: only in A, STATUS_SUCCESS\n") {
		t.Errorf("evidence:\n%s", s)
	}
}
