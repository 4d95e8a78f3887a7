package diff

import (
	"fmt"
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// defs are the fields of hand-made trees.
func defs() map[string]*field.Def {
	d := map[string]*field.Def{}
	add := func(x *field.Def) { d[x.Name] = x }
	for _, n := range []string{"smb2.header", "smb2.create.extrainfo", "smb2.create.chain_data", "smb2.negotiate_context", "nt.ace", "x.list"} {
		add(&field.Def{Name: n})
	}
	for _, n := range []string{"smb2.create.chain_offset", "smb2.credits.granted", "smb2.eof", "smb2.read_length", "x.v"} {
		add(&field.Def{Name: n, Kind: field.Uint})
	}
	for _, n := range []string{"smb2.tag", "x.text"} {
		add(&field.Def{Name: n, Kind: field.Text})
	}
	for _, n := range []string{"smb2.signature", "smb2.reserved", "smb2.security_blob", "smb2.write_data", "smb2.header.transform.nonce"} {
		add(&field.Def{Name: n, Kind: field.Bytes})
	}
	for _, n := range []string{"smb2.create.time", "smb2.last_access.time", "smb2.last_write.time", "smb2.last_change.time", "smb2.twrp_timestamp"} {
		add(&field.Def{Name: n, Kind: field.FileTime})
	}
	for _, n := range []string{"smb2.fid", "smb2.lease.lease_key"} {
		add(&field.Def{Name: n, Kind: field.GUID})
	}
	add(&field.Def{Name: "smb2.tid", Kind: field.Hex})
	add(&field.Def{Name: "smb2.msg_id", Kind: field.Uint})
	add(&field.Def{Name: "nt.sid", Kind: field.Text})
	add(&field.Def{Name: "smb2.tree", Kind: field.Known})
	add(&field.Def{Name: "smb2.negotiate_context.type", Kind: field.Enum, Values: field.Values{{V: 1, Name: "ONE"}, {V: 2, Name: "TWO"}}})
	add(&field.Def{Name: "smb2.capabilities", Kind: field.Flags, Bits: []field.Bit{
		{Name: "smb2.capabilities.dfs", Label: "DFS", Mask: 1}, {Name: "smb2.capabilities.leasing", Label: "LEASING", Mask: 2}}})
	add(field.PaddingDef)
	return d
}

// plant makes a tree of lines: NAME VALUE, indented by two spaces a level.
// Numbers are values, other words bytes; a trailing slash opens a subtree over
// what follows deeper.
func plant(all map[string]*field.Def, src string) *message {
	t := &field.Tree{}
	var bytes []byte
	t.Reset(nil, 0)
	for _, l := range strings.Split(src, "\n") {
		text := strings.TrimLeft(l, " \t")
		if text == "" {
			continue
		}
		depth := strings.Count(l, "  ")
		for t.Level() > depth {
			t.Close(len(bytes))
		}
		name, value, _ := strings.Cut(text, " ")
		d := all[strings.TrimSuffix(name, "/")]
		if d == nil {
			panic(name)
		}
		at := len(bytes)
		var v uint64
		n := 4
		switch d.Kind {
		case field.Uint, field.Hex, field.Enum, field.Flags, field.FileTime:
			fmt.Sscan(value, &v)
			if d.Kind == field.FileTime {
				n = 8
			}
			bytes = append(bytes, make([]byte, n)...)
		case field.Known:
			t.Texts = append(t.Texts, value)
			t.Add(d, 0, at, 0, uint64(len(t.Texts)-1))
			continue
		case field.Struct:
			n = 0
		default:
			n = len(value)
			bytes = append(bytes, value...)
		}
		if strings.HasSuffix(name, "/") {
			t.Open(d, 0, at, n, v)
		} else {
			t.Add(d, 0, at, n, v)
		}
	}
	t.CloseTo(0, len(bytes))
	t.Bufs[0].Bytes = bytes
	return &message{tree: t}
}

func listed(c *Comparer) string {
	var out []string
	for _, ch := range c.changes {
		s := strings.TrimPrefix(ch.Path, "response/") + " " + ch.Op + " " + ch.A + " > " + ch.B
		if ch.Masked != "" {
			s += " ~" + ch.Masked
		}
		out = append(out, strings.TrimSpace(s))
	}
	return strings.Join(out, "\n")
}

func TestTree(t *testing.T) {
	all := defs()
	for _, c := range []struct{ name, a, b, want string }{
		{"equal", "x.v 1", "x.v 1", ""},
		{"value", "smb2.header/\n  x.v 1", "smb2.header/\n  x.v 2", "header/x.v replace 1 > 2"},
		{"only a", "x.v 1\nsmb2.eof 3", "x.v 1", "smb2.eof remove 3 >"},
		{"only b", "x.v 1", "x.v 1\nsmb2.eof 3", "smb2.eof add  > 3"},
		{"ordinal", "x.v 1\nx.v 2\nx.v 3", "x.v 1\nx.v 2\nx.v 4", "x.v[2] replace 3 > 4"},
		{"flags", "smb2.capabilities 3", "smb2.capabilities 1", "smb2.capabilities replace DFS|LEASING (0x00000003) > DFS (0x00000001)"},
		{"credits", "smb2.credits.granted 1", "smb2.credits.granted 2", "smb2.credits.granted replace 1 > 2 ~credits"},
		{"credits missing", "smb2.credits.granted 1", "", "smb2.credits.granted remove 1 >"},
		{"signature", "smb2.signature aaaa", "smb2.signature bbbb", ""},
		{"reserved", "smb2.reserved aa", "smb2.reserved ab", "smb2.reserved replace 6161 > 6162 ~reserved"},
		{"padding", "x.v 1\nsmbdiff.padding aa", "x.v 1", ""},
		{"tree name", "smb2.tree \\\\a\\s", "smb2.tree \\\\b\\s", ""},
		{"time", "smb2.create.time 116444736000000000", "smb2.create.time 116444736010000000",
			"smb2.create.time replace 1970-01-01T00:00:00.0000000Z > 1970-01-01T00:00:01.0000000Z ~time"},
		{"time not set", "smb2.create.time 0", "smb2.create.time 116444736000000000",
			"smb2.create.time replace not set (0) > 1970-01-01T00:00:00.0000000Z"},
		{"snapshot", "smb2.twrp_timestamp 116444736000000000", "smb2.twrp_timestamp 116444736010000000",
			"smb2.twrp_timestamp replace 1970-01-01T00:00:00.0000000Z > 1970-01-01T00:00:01.0000000Z"},
		{"blob below", "smb2.security_blob/ xx\n  x.v 1", "smb2.security_blob/ xx\n  x.v 2", "security_blob/x.v replace 1 > 2"},
		{"blob itself", "smb2.security_blob/ xx\n  x.v 1", "smb2.security_blob/ xy\n  x.v 1", "smb2.security_blob replace 787800000000 > 787900000000 ~authentication"},
		{"data itself", "smb2.write_data/ xx\n  x.v 1", "smb2.write_data/ xy\n  x.v 1", "smb2.write_data replace 787800000000 > 787900000000"},
		{"contexts turned", "smb2.negotiate_context/\n  smb2.negotiate_context.type 1\n  x.v 7\nsmb2.negotiate_context/\n  smb2.negotiate_context.type 2\n  x.v 8",
			"smb2.negotiate_context/\n  smb2.negotiate_context.type 2\n  x.v 8\nsmb2.negotiate_context/\n  smb2.negotiate_context.type 1\n  x.v 7",
			"smb2.negotiate_context replace ONE TWO > TWO ONE ~any order"},
		{"context changed", "smb2.negotiate_context/\n  smb2.negotiate_context.type 1\n  x.v 7\nsmb2.negotiate_context/\n  smb2.negotiate_context.type 2\n  x.v 8",
			"smb2.negotiate_context/\n  smb2.negotiate_context.type 2\n  x.v 9",
			"smb2.negotiate_context[ONE] remove ONE >\nnegotiate_context[TWO]/x.v replace 8 > 9"},
		{"create contexts", "smb2.create.extrainfo/\n  smb2.create.chain_offset 8\n  smb2.tag MxAc\n  smb2.create.chain_offset 0\n  smb2.tag RqLs\n  smb2.create.chain_data/\n    x.v 1",
			"smb2.create.extrainfo/\n  smb2.create.chain_offset 20\n  smb2.tag RqLs\n  smb2.create.chain_data/\n    x.v 2\n  smb2.create.chain_offset 0\n  smb2.tag MxAc",
			"create.extrainfo/smb2.create.context replace MxAc RqLs > RqLs MxAc ~any order\n" +
				"create.extrainfo/create.context[MxAc]/smb2.create.chain_offset replace 8 > 0 ~any order\n" +
				"create.extrainfo/create.context[RqLs]/smb2.create.chain_offset replace 0 > 20 ~any order\n" +
				"create.extrainfo/create.context[RqLs]/create.chain_data/x.v replace 1 > 2"},
		{"context missing", "smb2.create.extrainfo/\n  smb2.create.chain_offset 8\n  smb2.tag MxAc\n  smb2.create.chain_offset 0\n  smb2.tag RqLs",
			"smb2.create.extrainfo/\n  smb2.create.chain_offset 0\n  smb2.tag RqLs",
			"create.extrainfo/smb2.create.context[MxAc] remove MxAc >"},
		{"aces turned", "nt.ace/\n  nt.sid S-1\nnt.ace/\n  nt.sid S-2", "nt.ace/\n  nt.sid S-2\nnt.ace/\n  nt.sid S-1", "nt.ace replace S-1 S-2 > S-2 S-1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := plant(all, c.a), plant(all, c.b)
			x := &Comparer{mask: newMask(NewMasks("default", nil, nil))}
			x.differ(PartResponse, a, b)
			if got := listed(x); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			masked, ok := (&Comparer{mask: newMask(NewMasks("default", nil, nil))}).quick(PartResponse, a.tree, b.tree)
			if ok && strings.Count(c.want, "~") != strings.Count(c.want, "replace") || ok && masked != (c.want != "") {
				t.Errorf("quick says masked %v, %v", masked, ok)
			}
		})
	}
}

func TestIgnoreAndOnly(t *testing.T) {
	all := defs()
	a := "smb2.header/\n  x.v 1\n  smb2.capabilities 3\nx.v 1\nsmb2.write_data/ xx\n  x.v 5"
	b := "smb2.header/\n  x.v 2\n  smb2.capabilities 1\nx.v 2\nsmb2.write_data/ xy\n  x.v 6"
	for _, c := range []struct {
		ignore, only []string
		want         string
	}{
		{nil, nil, "header/x.v,header/smb2.capabilities,x.v,write_data/x.v"},
		{[]string{"x.v"}, nil, "~header/x.v,header/smb2.capabilities,~x.v,~write_data/x.v"},
		{[]string{"*/header/x.v"}, nil, "~header/x.v,header/smb2.capabilities,x.v,write_data/x.v"},
		{[]string{"response/x.?"}, nil, "header/x.v,header/smb2.capabilities,~x.v,write_data/x.v"},
		{[]string{"smb2.capabilities.leasing"}, nil, "header/x.v,~header/smb2.capabilities,x.v,write_data/x.v"},
		{[]string{"smb2.capabilities.dfs"}, nil, "header/x.v,header/smb2.capabilities,x.v,write_data/x.v"},
		{[]string{"smb2.write_data"}, nil, "header/x.v,header/smb2.capabilities,x.v,~smb2.write_data"},
		{nil, []string{"smb2.cap*"}, "header/smb2.capabilities"},
		{nil, []string{"*/header/*"}, "header/x.v,header/smb2.capabilities"},
		{nil, []string{"nothing"}, ""},
	} {
		x := &Comparer{mask: newMask(NewMasks("default", c.ignore, c.only))}
		x.differ(PartResponse, plant(all, a), plant(all, b))
		var got []string
		for _, ch := range x.changes {
			s := strings.TrimPrefix(ch.Path, "response/")
			if ch.Masked != "" {
				s = "~" + s
			}
			got = append(got, s)
		}
		if strings.Join(got, ",") != c.want {
			t.Errorf("ignore %v only %v: %s, want %s", c.ignore, c.only, strings.Join(got, ","), c.want)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		glob, s string
		want    bool
	}{
		{"", "", true}, {"*", "", true}, {"a*c", "abbc", true}, {"a*c", "abcd", false}, {"a?c", "abc", true}, {"a?c", "ac", false},
		{"*.time", "smb2.create.time", true}, {"*a*b*", "xaxbx", true}, {"[x]", "[x]", true}, {"[x]", "x", false}, {"**", "a/b", true},
		{"response/*/nt.ace[S-1-*]/*", "response/sec/nt.ace[S-1-5]/x", true}, {"a*", "b", false},
	} {
		if got := matches(c.glob, c.s); got != c.want {
			t.Errorf("%s on %s: %v", c.glob, c.s, got)
		}
	}
}

// TestAlias compares identifiers: consistent ones are equal whatever their
// bytes, a broken correspondence is not.
func TestAlias(t *testing.T) {
	all := defs()
	id := func(open uint32, fid string) uint64 {
		c := Comparer{ops: [2]op.Op{{Open: open}}}
		_, x, _ := c.identity(aliasOpen, 0, PartResponse, plant(all, "smb2.fid "+fid).tree, 0)
		return mix(x, uint64(open))
	}
	known := func(triples ...triple) *aliases {
		var list []meeting
		for _, x := range triples {
			list = append(list, meeting{triple: x, times: 1})
		}
		return newAliases([][]meeting{list})
	}
	f := func(x, y uint64) triple { return triple{aliasOpen, x, y} }
	one := f(id(1, "aaaa"), id(2, "bbbb"))
	for _, c := range []struct {
		name  string
		a, b  string
		opens [2]uint32
		known *aliases
		want  string
	}{
		{"renamed", "smb2.fid aaaa", "smb2.fid bbbb", [2]uint32{1, 2}, known(one), ""},
		{"wrong handle", "smb2.fid aaaa", "smb2.fid bbbb", [2]uint32{1, 3}, known(one, f(9, id(3, "bbbb"))), "F1 ((cut)) > F3 ((cut))"},
		{"same bytes, wrong handle", "smb2.fid aaaa", "smb2.fid aaaa", [2]uint32{1, 3}, known(one, f(9, id(3, "aaaa"))), "F1 ((cut)) > F3 ((cut))"},
		{"none against some", "smb2.fid \x00\x00", "smb2.fid bb", [2]uint32{0, 2}, nil, "(cut) > F2 ((cut))"},
		{"related", "smb2.fid \xff\xff", "smb2.fid \xff\xff", [2]uint32{1, 3}, known(one), ""},
		{"unknown handle", "smb2.fid aaaa", "smb2.fid bbbb", [2]uint32{1, 0}, known(one), "F1 ((cut)) > (cut)"},
		{"message id", "smb2.msg_id 0", "smb2.msg_id 7", [2]uint32{}, nil, ""},
		{"unasked", "smb2.msg_id 4294967295", "smb2.msg_id 7", [2]uint32{}, nil, "4294967295 > 7"},
		{"zero tree", "smb2.tid 0", "smb2.tid 5", [2]uint32{}, nil, "0x00000000 > 0x00000005"},
	} {
		x := &Comparer{mask: newMask(NewMasks("strict", nil, nil)), alias: c.known}
		x.ops = [2]op.Op{{Open: c.opens[0]}, {Open: c.opens[1]}}
		a, b := plant(all, c.a), plant(all, c.b)
		x.differ(PartResponse, a, b)
		got := ""
		for _, ch := range x.changes {
			got += ch.A + " > " + ch.B
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if _, ok := x.quick(PartResponse, a.tree, b.tree); ok != (c.want == "") {
			t.Errorf("%s: quick says %v", c.name, ok)
		}
	}
}

// TestMeetings checks that those stand for each other that met most often, the
// first among equals.
func TestMeetings(t *testing.T) {
	m := func(class aliasClass, x, y uint64, times int) meeting {
		return meeting{triple: triple{class, x, y}, times: times}
	}
	s := newAliases([][]meeting{{m(aliasOpen, 1, 9, 1), m(aliasOpen, 1, 2, 2), m(aliasOpen, 4, 5, 1)},
		{m(aliasOpen, 4, 6, 1), m(aliasTree, 1, 3, 1), m(aliasOpen, 7, 2, 1), m(aliasOpen, 1, 2, 1)}})
	for x, want := range map[triple]bool{
		{aliasOpen, 1, 2}: true, {aliasOpen, 1, 9}: false, {aliasOpen, 4, 5}: true, {aliasOpen, 4, 6}: false, {aliasTree, 1, 3}: true,
		{aliasOpen, 7, 2}: false, {aliasOpen, 8, 8}: false,
	} {
		if s.holds(x) != want {
			t.Errorf("%+v: %v", x, !want)
		}
	}
	var met meetings
	met.reset()
	for _, y := range []uint64{1, 1, 2, 1} {
		met.add(triple{aliasOpen, 1, y}, false)
	}
	if len(met.list) != 2 || met.list[0].times != 3 || met.list[1].times != 1 {
		t.Errorf("%+v", met.list)
	}
}

func TestFlagDelta(t *testing.T) {
	for _, c := range []struct{ a, b, x, y string }{
		{"DFS|LEASING (0x3)", "DFS (0x1)", "{LEASING}", "{}"},
		{"DFS|LEASING (0x3)", "0x0", "{DFS|LEASING}", "{}"},
		{"A|B (0x3)", "B|C (0x6)", "{A}", "{C}"},
		{"FILE_OPENED (1)", "FILE_CREATED (2)", "FILE_OPENED (1)", "FILE_CREATED (2)"},
		{"a b (0x1)", "c|d (0x2)", "a b (0x1)", "c|d (0x2)"},
		{"", "", "", ""},
	} {
		if x, y := flagDelta(c.a, c.b); x != c.x || y != c.y {
			t.Errorf("%s, %s: %s, %s", c.a, c.b, x, y)
		}
	}
}
