package field

import (
	"encoding/hex"
	"encoding/json"
	"testing"
)

var (
	testNumber = &Def{Name: "t.number", Label: "Number", Kind: Uint}
	testEnum   = &Def{Name: "t.enum", Label: "Enum", Kind: Enum, Values: Values{{1, "ONE"}, {7, "SEVEN"}}}
	testFlags  = &Def{Name: "t.flags", Label: "Flags", Kind: Flags, Bits: []Bit{
		{Name: "t.flags.a", Label: "A", Mask: 1}, {Name: "t.flags.b", Label: "B", Mask: 2},
		{Name: "t.flags.p", Label: "P", Mask: 0x30, Values: Values{{0, "P0"}, {2, "P2"}}}}}
	testText = &Def{Name: "t.text", Label: "Text", Kind: UTF16}
	testBlob = &Def{Name: "t.blob", Label: "Blob", Kind: Bytes}
	testTree = &Def{Name: "t.tree", Label: "Tree"}
)

// TestShow holds what people read for a value against its bytes.
func TestShow(t *testing.T) {
	for _, c := range []struct {
		kind Kind
		hex  string
		val  uint64
		want string
	}{
		{Uint, "0100", 1, "1"},
		{Hex, "0100", 1, "0x0001"},
		{FileTime, "0000000000000000", 0, "not set (0)"},
		{FileTime, "", 133000000000000000, "2022-06-18T04:26:40.0000000Z"},
		{FileTime, "", 1<<64 - 1, "do not change (-1)"},
		{FileTime, "", 1<<63 - 1, "never (0x7fffffffffffffff)"},
		{FileTime, "", 1, "1601-01-01T00:00:00.0000001Z"},
		{GUID, "00112233445566778899aabbccddeeff", 0, "33221100-5544-7766-8899-aabbccddeeff"},
		{SID, "01020000000000052000000020020000", 0, "S-1-5-32-544 (BUILTIN_ADMINISTRATORS)"},
		{SID, "010100000000000100000000", 0, "S-1-1-0 (EVERYONE)"},
		{SID, "010500000000000515000000010000000200000003000000e9030000", 0, "S-1-5-21-1-2-3-1001"},
		{SID, "010500000000000515000000010000000200000003000000f4010000", 0, "S-1-5-21-1-2-3-500 (ADMINISTRATOR)"},
		{SID, "01030000000000055800000003000000a4810000", 0, "S-1-5-88-3-33188 (Unix mode 0100644)"},
		{SID, "010200000000001601000000e8030000", 0, "S-1-22-1-1000 (Unix user)"},
		{SID, "010100000000001000200000", 0, "S-1-16-8192 (ML_MEDIUM)"},
		{SID, "01ff0000", 0, "(cut)"},
		{UTF16, "4100420000000000", 0, "AB"},
		{UTF16, "3dd800de", 0, "\U0001f600"},
		{UTF16, "00d84100", 0, "\ufffdA"},
		{Text, "414200", 0, "AB"},
		{IPv4, "7f000001", 0, "127.0.0.1"},
		{Bytes, "0aff", 0, "0aff"},
	} {
		b, _ := hex.DecodeString(c.hex)
		var tr Tree
		tr.Reset(b, len(b))
		tr.Add(&Def{Name: "x", Kind: c.kind}, 0, 0, len(b), c.val)
		if got := tr.Show(0); got != c.want {
			t.Errorf("kind %d of %s: %q, want %q", c.kind, c.hex, got, c.want)
		}
	}
}

func TestFlagsAndEnums(t *testing.T) {
	var tr Tree
	tr.Reset(make([]byte, 8), 8)
	tr.Add(testFlags, 0, 0, 4, 0x23)
	tr.Add(testFlags, 0, 0, 4, 0)
	tr.Add(testEnum, 0, 4, 2, 7)
	tr.Add(testEnum, 0, 4, 2, 300)
	for i, want := range []string{"A|B|P2 (0x00000023)", "0x00000000", "SEVEN (7)", "unknown (0x012c)"} {
		if got := tr.Show(i); got != want {
			t.Errorf("node %d: %q, want %q", i, got, want)
		}
	}
}

// TestCover checks that bytes which nobody claimed get nodes.
func TestCover(t *testing.T) {
	var tr Tree
	b := []byte{1, 2, 0, 0, 5, 6, 7, 8, 9, 0}
	tr.Reset(b, 12)
	tr.Open(testTree, 0, 0, 10, 0)
	tr.Add(testNumber, 0, 4, 2, 0)
	tr.Add(testNumber, 0, 0, 2, 0)
	tr.Close(-1)
	tr.Cover()
	want := []struct {
		def      *Def
		off, len uint32
	}{{testTree, 0, 10}, {testNumber, 4, 2}, {testNumber, 0, 2}, {PaddingDef, 2, 2}, {UnparsedDef, 6, 4}, {NoteDef, 10, 0}}
	if len(tr.Nodes) != len(want) {
		t.Fatalf("%d nodes, want %d", len(tr.Nodes), len(want))
	}
	for i, w := range want {
		if n := tr.Nodes[i]; n.Def != w.def || n.Off != w.off || n.Len != w.len {
			t.Errorf("node %d: %s %d+%d, want %s %d+%d", i, n.Def.Name, n.Off, n.Len, w.def.Name, w.off, w.len)
		}
	}
	if tr.Nodes[0].End != 3 {
		t.Errorf("subtree ends at %d", tr.Nodes[0].End)
	}
}

// TestJSON checks that the output is JSON whatever the bytes are.
func TestJSON(t *testing.T) {
	for _, text := range []string{"plain", "esc \x1b[31m", "quote \" \\ nl \n", "bidi \u202e tag \U000e0041 wide 漢", "[red]"} {
		var tr Tree
		var b []byte
		for _, r := range text {
			if r > 0xffff {
				r -= 0x10000
				b = append(b, byte(0xd800+r>>10), byte((0xd800+r>>10)>>8), byte(0xdc00+r&0x3ff), byte((0xdc00+r&0x3ff)>>8))
				continue
			}
			b = append(b, byte(r), byte(r>>8))
		}
		tr.Reset(b, len(b))
		tr.Add(testText, 0, 0, len(b), 0)
		tr.Add(testFlags, 0, 0, 4, 3)
		tr.Add(testBlob, 0, 0, len(b), 0)
		out := append(append([]byte("["), tr.AppendJSON(nil, 0, len(tr.Nodes), true)...), ']')
		var nodes []struct {
			Name  string
			Value any
			Raw   string
		}
		if err := json.Unmarshal(out, &nodes); err != nil {
			t.Fatalf("%q: %v\n%s", text, err, out)
		}
		if nodes[0].Value != text || nodes[0].Raw != hex.EncodeToString(b) {
			t.Errorf("%q came back as %q", text, nodes[0].Value)
		}
		for _, c := range out {
			if c < 0x20 {
				t.Errorf("%q: control character %#x in the output", text, c)
			}
		}
	}
}

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"plain.txt": "plain.txt", "a\x1b[31mb": `a\x1b[31mb`, "x\u202ey": `x\u{202e}y`, "\xff": `\xff`, "é漢": "é漢", "a\u0085b": `a\x85b`,
	} {
		if got := Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestTreeAllocations(t *testing.T) {
	var tr Tree
	b := make([]byte, 64)
	out := make([]byte, 0, 1<<16)
	fill := func() {
		tr.Reset(b, len(b))
		tr.Open(testTree, 0, 0, 8, 0)
		for i := range 8 {
			tr.Add(testNumber, 0, i, 1, uint64(i))
		}
		tr.Close(-1)
		tr.Cover()
		out = tr.AppendJSON(out[:0], 0, len(tr.Nodes), true)
	}
	fill()
	if n := testing.AllocsPerRun(100, fill); n > 0 {
		t.Errorf("%v allocations a message", n)
	}
}

// TestSIDNames has the tables in the order that Name needs.
func TestSIDNames(t *testing.T) {
	for _, list := range []Values{sidNames, builtinNames, domainNames, packageNames} {
		for i := 1; i < len(list); i++ {
			if list[i].V <= list[i-1].V {
				t.Errorf("%s does not come after %s", list[i].Name, list[i-1].Name)
			}
		}
	}
}
