package diff

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// TestBrokenKey changes a bit of NEGOTIATE and one of a SESSION_SETUP of a
// signed 3.1.1 capture: all keys derive from them, and no signature holds. That
// is said once and is no row. A signature that alone does not hold is one.
func TestBrokenKey(t *testing.T) {
	path := pcap("sc-SMB3_11-meta-sign-AES-128-GMAC")
	for _, c := range []struct {
		command smb2.Command
		field   string
		rows    int
		words   string
	}{
		{smb2.Negotiate, "smb2.max_read_size", 1, "NEGOTIATE 3.1.1 AES-128-GCM, smb2.max_read_size"},
		{smb2.SessionSetup, "smb2.sec_mode", 1, "SESSION_SETUP, smb2.sec_mode"},
		{smb2.Negotiate, "smb2.negotiate_context.salt", 1, "SESSION_SETUP WORKGROUP\\tester, smbdiff.signature valid vs invalid"},
		{smb2.TreeConnect, "smb2.signature", 1, "TREE_CONNECT \\\\127.0.0.1\\IPC$, smbdiff.signature valid vs invalid"},
	} {
		p := planter{t: t, path: path, dir: t.TempDir(), good: load(t, path, true)}
		var err error
		if p.whole, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		rd := p.good.NewReader()
		for num := uint32(1); rd.Read(num); num++ {
			m := &rd.Message
			i := rd.Tree.Find(c.field, rd.Outer)
			if m.Proto != op.SMB2 || smb2.Command(m.Command()) != c.command || i < 0 || c.command == smb2.Negotiate && (!m.Response() || rd.Tree.Find("smb2.negotiate_context.salt", 0) < 0) {
				continue
			}
			off := rd.Tree.Nodes[i].Off
			other, undo := p.alter(m, off, []byte{m.Bytes[off] ^ 1}, p.place(m))
			r := Traces(p.good, other, Options{})
			checkTurned(t, c.field, p.good, other, r, Options{})
			if s := r.Sentence(); r.Differ() != c.rows || !strings.Contains(s, c.words) || (c.command != smb2.TreeConnect) != strings.Contains(s, "; follows: signatures of 10") {
				t.Errorf("%s in %s: %d rows: %s", c.field, filepath.Base(path), r.Differ(), s)
			}
			undo()
			break
		}
	}
}
