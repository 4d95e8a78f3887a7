package smb2

import (
	"encoding/binary"
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

const (
	tcSID   = "\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00"         // S-1-5-18
	tcBlob  = "\x0c\x00" + tcSID                                         // BLOB_DATA
	tcGroup = "\x01\x00" + tcBlob + "\x07\x00\x00\x00"                   // SID_ARRAY_DATA
	tcRight = "\x01\x00\x0c\x00\x17\x00\x00\x00\x00\x00\x00\x00\x03\x00" // PRIVILEGE_ARRAY_DATA
	tcList  = "\x08\x00\x02\x00\x08\x00\x00\x00\x00\x00"                 // an empty ACL
	tcClaim = "\x20\x00\x14\x00\x00\x00\x02\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x18\x00\x00\x00c\x00\x00\x00\x09\x00\x00\x00\x00\x00\x00\x00"
)

// identityContext is SMB2_REMOTED_IDENTITY_TREE_CONNECT with all its parts.
func identityContext() []byte {
	b := make([]byte, 28)
	b[0] = 1
	for i, part := range []string{tcBlob + "\x07\x00\x00\x00", "u\x00\x00\x00", "d\x00\x00\x00", tcGroup, tcGroup, tcRight + "\x00\x00", tcGroup,
		tcBlob, tcList, tcGroup, tcClaim, tcClaim} {
		binary.LittleEndian.PutUint16(b[4+2*i:], uint16(len(b)))
		b = append(b, part...)
	}
	binary.LittleEndian.PutUint16(b[2:], uint16(len(b)))
	return b
}

// TestRemotedIdentity connects with a remoted identity: every byte is named,
// whether the offset of the contexts counts from the header or from the body.
func TestRemotedIdentity(t *testing.T) {
	context := identityContext()
	for _, base := range []int{0, HeaderSize} {
		msg := append([]byte("\xfeSMB\x40\x00"), make([]byte, HeaderSize-6)...)
		msg[12] = 3 // TREE_CONNECT
		msg = append(msg, "\x09\x00\x04\x00\x58\x00\x06\x00"...)
		at := HeaderSize + 8 + 16 + 8
		msg = binary.LittleEndian.AppendUint32(msg, uint32(at-base))
		msg = append(msg, "\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\\\x00s\x00\\\x00\x00\x00"...)
		msg = append(msg, 1, 0, byte(len(context)), byte(len(context)>>8), 0, 0, 0, 0)
		msg = append(msg, context...)
		var w walker
		var tr field.Tree
		w.walk(&tr, wire.Env{}, msg)
		check(t, &tr, "remoted identity")
		var got strings.Builder
		for i := range tr.Nodes {
			n := &tr.Nodes[i]
			if n.Def.Kind == field.Note || n.Def == field.UnparsedDef || n.Def == fUnknown {
				t.Errorf("base %d: %s at %d+%d: %s", base, n.Def.Name, n.Off, n.Len, tr.Show(i))
			}
			if name, ok := strings.CutPrefix(n.Def.Name, "smb2.remoted_identity."); ok && n.Def.Kind != field.Struct && !strings.HasSuffix(name, "_offset") {
				got.WriteString(name + "=" + tr.Show(i) + "|")
			}
		}
		const group = "count=1|blob_size=12|sid_attr=SE_GROUP_MANDATORY|SE_GROUP_ENABLED_BY_DEFAULT|SE_GROUP_ENABLED (0x00000007)|"
		want := "ticket_type=0x0001|ticket_size=242|" + strings.TrimPrefix(group, "count=1|") + "user_name=u|domain=d|" + group + group +
			"count=1|blob_size=12|luid=0x0000000000000017|luid_attr=SE_PRIVILEGE_ENABLED_BY_DEFAULT|SE_PRIVILEGE_ENABLED (0x00000003)|" + group +
			"blob_size=12|blob_size=8|" + group + "blob_size=32|blob_size=32|"
		if got.String() != want {
			t.Errorf("base %d: got\n%s\nwant\n%s", base, got.String(), want)
		}
	}
}
