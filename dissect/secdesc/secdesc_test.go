package secdesc

import (
	"fmt"
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// descriptor has an owner, a group, an empty SACL and a DACL of two entries:
// one plain, one for an object.
const descriptor = "\x01\x00\x14\x80" + "\x14\x00\x00\x00\x30\x00\x00\x00\x40\x00\x00\x00\x48\x00\x00\x00" +
	"\x01\x05\x00\x00\x00\x00\x00\x05\x15\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x00\x00\x00\xe8\x03\x00\x00" +
	"\x01\x02\x00\x00\x00\x00\x00\x05\x20\x00\x00\x00\x20\x02\x00\x00" +
	"\x02\x00\x08\x00\x00\x00\x00\x00" +
	"\x02\x00\x44\x00\x02\x00\x00\x00" +
	"\x00\x13\x14\x00\xff\x01\x1f\x00\x01\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00" +
	"\x05\x00\x28\x00\x00\x00\x00\x10\x01\x00\x00\x00" + "\x11\x11\x11\x11\x22\x22\x33\x33\x44\x44\x55\x55\x55\x55\x55\x55" +
	"\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00"

func walk(tr *field.Tree, b string, f func(*wire.Codec)) {
	var c wire.Codec
	tr.Reset([]byte(b), len(b))
	c.Reset([]byte(b), tr)
	f(&c)
	tr.Cover()
}

func shown(tr *field.Tree) string {
	var out strings.Builder
	for i := range tr.Nodes {
		n := &tr.Nodes[i]
		if n.Def.Kind != field.Struct {
			fmt.Fprintf(&out, "%s=%s\n", n.Def.Name, tr.Show(i))
		}
	}
	return out.String()
}

func TestWalk(t *testing.T) {
	var tr field.Tree
	walk(&tr, descriptor, Walk)
	got := shown(&tr)
	for _, want := range []string{
		"nt.sid=S-1-5-21-1-2-3-1000\n", "nt.sid.rid=1000\n", "nt.sid=S-1-5-32-544 (BUILTIN_ADMINISTRATORS)\n", "nt.sid.rid=544\n", "nt.acl.num_aces=2\n",
		"nt.ace.type=ACCESS_ALLOWED_ACE_TYPE (0)\n", "nt.ace.flags=OBJECT_INHERIT_ACE|CONTAINER_INHERIT_ACE|INHERITED_ACE (0x13)\n",
		"nt.sid=S-1-1-0 (EVERYONE)\n", "nt.ace.type=ACCESS_ALLOWED_OBJECT_ACE_TYPE (5)\n", "nt.ace.object.guid=11111111-2222-3333-4444-555555555555\n",
		"nt.access_mask=GENERIC_ALL (0x10000000)\n", "nt.sid=S-1-5-18 (LOCAL_SYSTEM)\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if strings.Contains(got, "smbdiff.") {
		t.Errorf("bytes left over:\n%s", got)
	}
}

// TestDamage cuts and bends the descriptor everywhere: nothing may stand
// outside.
func TestDamage(t *testing.T) {
	var tr field.Tree
	for n := range len(descriptor) {
		walk(&tr, descriptor[:n], Walk)
		walk(&tr, descriptor[:n], SID)
		for _, x := range []byte{0, 1, 0x7f, 0xff} {
			b := []byte(descriptor)
			b[n] = x
			walk(&tr, string(b), Walk)
			for i := range tr.Nodes {
				if e := int(tr.Nodes[i].Off + tr.Nodes[i].Len); e > len(b) {
					t.Fatalf("byte %d as %#x: %s ends at %d", n, x, tr.Nodes[i].Def.Name, e)
				}
			}
		}
	}
}

func FuzzWalk(f *testing.F) {
	f.Add(descriptor)
	f.Add(descriptor[:72] + "\x04\x00\xff\x00\x03\x00\x00\x00" + entry(9, condition1) + entry(18, claim1) + entry(18, claim2))
	f.Fuzz(func(t *testing.T, b string) {
		var tr field.Tree
		walk(&tr, b, Walk)
		if len(tr.Nodes) > 64+16*len(b) {
			t.Fatalf("%d nodes of %d bytes", len(tr.Nodes), len(b))
		}
	})
}
