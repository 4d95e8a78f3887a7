package sd

import "testing"

// TestGranted goes through the order of entries, the owner's rights and those
// that are only passed on, [MS-DTYP] 2.5.3.2.
func TestGranted(t *testing.T) {
	me, group := Account([3]uint32{1, 2, 3}, 1000), Account([3]uint32{1, 2, 3}, 513)
	token := []SID{me, group, Everyone}
	const all = 0x1f01ff
	for _, c := range []struct {
		what string
		d    Descriptor
		want uint32
	}{
		{"no DACL", Descriptor{}, all},
		{"an empty DACL", Descriptor{HasDACL: true}, 0},
		{"the owner of an empty DACL", Descriptor{HasDACL: true, Owner: me}, 0x60000},
		{"OWNER RIGHTS take the owner's place", Descriptor{HasDACL: true, Owner: me, DACL: []ACE{{Mask: 1, SID: OwnerRights}}}, 1},
		{"deny first", Descriptor{HasDACL: true, DACL: []ACE{{Type: Deny, Mask: 1, SID: group}, {Mask: 3, SID: me}}}, 2},
		{"allow first", Descriptor{HasDACL: true, DACL: []ACE{{Mask: 3, SID: me}, {Type: Deny, Mask: 1, SID: group}}}, 3},
		{"only passed on", Descriptor{HasDACL: true, DACL: []ACE{{Flags: InheritOnly, Mask: 3, SID: me}}}, 0},
		{"generic rights", Descriptor{HasDACL: true, DACL: []ACE{{Mask: 0x80000000, SID: Everyone}}}, 0x120089},
		{"another's", Descriptor{HasDACL: true, DACL: []ACE{{Mask: 3, SID: System}}}, 0},
	} {
		if got := c.d.Granted(token, all); got != c.want {
			t.Errorf("%s: 0x%x, want 0x%x", c.what, got, c.want)
		}
	}
}

// TestSIDText holds the form of [MS-DTYP] 2.4.2.1.
func TestSIDText(t *testing.T) {
	for s, want := range map[SID]string{Everyone: "S-1-1-0", System: "S-1-5-18", Account([3]uint32{7, 8, 9}, 500): "S-1-5-21-7-8-9-500"} {
		if got := s.String(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// FuzzParse holds that no descriptor panics, and that what is read can be written
// and read again.
func FuzzParse(f *testing.F) {
	d := Descriptor{Owner: Everyone, Group: System, HasDACL: true, DACL: []ACE{{Mask: 1, SID: Everyone}}, HasSACL: true}
	f.Add([]byte(d.Append(nil, true, true, true, true)))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, ok := Parse(b)
		if !ok {
			return
		}
		out := d.Append(nil, true, true, true, true)
		if _, again := Parse(out); !again && len(out) < 1<<16 {
			t.Errorf("%x cannot be read again", out)
		}
	})
}
