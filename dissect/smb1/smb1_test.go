package smb1

import (
	"fmt"
	"strings"
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/internal/golden"
	"smbdiff/dissect/wire"
)

// env reads the head of a sample: what the request says of its response.
func env(head string) (e wire.Env) {
	var capture, way string
	var frame, sub, level int
	var more string
	fmt.Sscanf(head, "%s %d %s sub=%d level=%d %s", &capture, &frame, &way, &sub, &level, &more)
	e = wire.Env{Response: way == "response", SubCode: uint16(sub), InfoClass: LevelClass(uint16(level))}
	fmt.Sscanf(more, "control=%x", &e.CtlCode)
	if form, ok := strings.CutPrefix(more, "form="); ok {
		e.Form = strings.ReplaceAll(form, ",", "\x00")
	}
	return e
}

func walk(head string, b []byte) *field.Tree {
	var (
		t field.Tree
		c wire.Codec
		h Header
		f Facts
	)
	t.Reset(b, len(b))
	c.Reset(b, &t)
	c.Env = env(head)
	if !ParseHeader(b, &h) {
		WalkNBSS(&c)
		t.Cover()
		return &t
	}
	WalkHeader(&c, &h)
	c.Seek(HeaderSize)
	WalkBody(&c, &h, &f)
	t.Cover()
	return &t
}

// facts walks a message without a tree, or with one.
func facts(s *golden.Sample, tree bool, size int) (f Facts) {
	var (
		c wire.Codec
		h Header
		t field.Tree
	)
	b := s.Msg[:min(size, len(s.Msg))]
	if !ParseHeader(b, &h) {
		return f
	}
	if tree {
		t.Reset(b, len(b))
		c.Reset(b, &t)
	} else {
		c.Reset(b, nil)
	}
	c.Env = env(s.Head)
	c.Seek(HeaderSize)
	WalkBody(&c, &h, &f)
	return f
}

func TestFactsWithoutTree(t *testing.T) {
	for _, s := range golden.Samples(t) {
		a, b := facts(&s, false, len(s.Msg)), facts(&s, true, len(s.Msg))
		for _, f := range []*Facts{&a, &b} {
			f.Data, f.descriptor, f.attributes = nil, 0, 0
		}
		if s.Msg[4] == Transaction2 && env(s.Head).Response {
			b.FID, b.HasFID = a.FID, a.HasFID // those of Trans2 responses need a tree
		}
		if fmt.Sprint(a) != fmt.Sprint(b) {
			t.Errorf("%s:\nwithout a tree %v\nwith a tree %v", s.Head, a, b)
		}
	}
}

func TestFacts(t *testing.T) {
	type want struct {
		command uint8
		way     bool // response
	}
	seen := map[want]bool{}
	for _, s := range golden.Samples(t) {
		f := facts(&s, false, len(s.Msg))
		k := want{s.Msg[4], env(s.Head).Response}
		ok := true
		switch k {
		case want{NTCreate, false}:
			ok = len(f.Name) > 0
		case want{NTCreate, true}, want{Close, false}, want{OpenAndX, true}:
			ok = f.HasFID
		case want{ReadAndX, false}:
			ok = f.HasFID && f.Length > 0
		case want{WriteAndX, false}:
			ok = f.HasFID && int(f.Length) == len(f.Data)
		case want{ReadAndX, true}:
			ok = int(f.Length) == len(f.Data)
		case want{TreeConnect, false}:
			ok = len(f.Name) > 4
		case want{TreeConnect, true}:
			ok = f.Pipe == (s.Msg[49] == 'I' || s.Msg[41] == 'I')
		case want{SessionSetup, false}:
			ok = len(f.Token) > 0 != (len(f.User) > 0)
		}
		if !ok {
			t.Errorf("%s: %+v", s.Head, f)
		}
		seen[k] = true
	}
	if len(seen) < 30 {
		t.Errorf("only %d kinds of messages", len(seen))
	}
}

// TestCuts walks every prefix of every message, as a capture with a short snap
// length has them.
func TestCuts(t *testing.T) {
	for _, s := range golden.Samples(t) {
		for n := range s.Msg {
			golden.Check(t, walk(s.Head, s.Msg[:n]), n)
			facts(&s, false, n)
		}
	}
}

func TestWalkAllocates(t *testing.T) {
	var (
		c wire.Codec
		h Header
		f Facts
	)
	for _, s := range golden.Samples(t) {
		n := testing.AllocsPerRun(50, func() {
			ParseHeader(s.Msg, &h)
			c.Reset(s.Msg, nil)
			c.Env = wire.Env{Response: h.Response()}
			c.Seek(HeaderSize)
			WalkBody(&c, &h, &f)
		})
		if n != 0 {
			t.Errorf("%s: %v allocations", s.Head, n)
		}
	}
}

func TestStatusOfDOSErrors(t *testing.T) {
	for _, x := range []struct {
		class uint8
		code  uint16
		want  uint32
	}{{0, 0, 0}, {1, 2, 0xc0000034}, {1, 5, 0xc0000022}, {2, 2, 0xc000006a}, {3, 19, 0xc00000a2}, {1, 9999, 0xf101270f}} {
		if got := statusOf(x.class, x.code); got != x.want {
			t.Errorf("statusOf(%d, %d) = %#x, want %#x", x.class, x.code, got, x.want)
		}
	}
}

func TestLevelClass(t *testing.T) {
	for level, want := range map[uint16]uint8{1: 1, 0x101: 0x41, 0x104: 0x44, 0x200: 0x80, 0x20b: 0x8b, 1004: 0xc4, 1022: 0xd6, 0x999: 0} {
		if got := LevelClass(level); got != want {
			t.Errorf("LevelClass(%#x) = %#x, want %#x", level, got, want)
		}
	}
}

func TestNBSS(t *testing.T) {
	name := func(s string) string {
		b := []byte{32}
		for _, x := range []byte(fmt.Sprintf("%-15s", s) + " ") {
			b = append(b, 'A'+x>>4, 'A'+x&15)
		}
		return string(append(b, 0))
	}
	b := []byte("\x81\x00\x00\x44" + name("LABSRV") + name("CLIENT"))
	tree := walk("", b)
	golden.Check(t, tree, len(b))
	for field, want := range map[string]string{"nbss.called_name": "LABSRV<20>", "nbss.calling_name": "CLIENT<20>", "nbss.length": "68"} {
		i := tree.Find(field, 0)
		if i < 0 || tree.Show(i) != want {
			t.Errorf("%s: %d, want %q in\n%s", field, i, want, golden.Render(tree))
		}
	}
}

func TestChainEnds(t *testing.T) {
	// READ_ANDX that chains to itself, and one that chains outside.
	for _, at := range []byte{0, 1, 32, 33, 200} {
		b := append([]byte("\xffSMB\x2e"), make([]byte, 27)...)
		b = append(b, 10, 0x2e, 0, at, 0)
		b = append(b, make([]byte, 18)...)
		golden.Check(t, walk("", b), len(b))
	}
}

// TestOpened reads the handle of an answer that has none in its words.
func TestOpened(t *testing.T) {
	for _, s := range golden.Samples(t) {
		e := env(s.Head)
		if !e.Response || e.SubCode != trans2SetPath || e.InfoClass != posixOpen {
			continue
		}
		var h Header
		ParseHeader(s.Msg, &h)
		if fid, _, ok := Opened(s.Msg, &h, &e); !ok || fid != 0x6f5e && fid != 0x3a52 {
			t.Errorf("%s: %#x, %v", s.Head, fid, ok)
		}
		if _, _, ok := Opened(s.Msg[:60], &h, &e); ok {
			t.Error("a cut answer opens something")
		}
		e.InfoClass = unixBasic
		if _, _, ok := Opened(s.Msg, &h, &e); ok {
			t.Error("another level opens something")
		}
	}
}

// TestLevelName unfolds what LevelClass folded.
func TestLevelName(t *testing.T) {
	for _, c := range []struct {
		sub  uint16
		keys uint16
		def  *field.Def
	}{{trans2FindFirst, 0, fFindLevel}, {trans2FindNext, 4, fFindLevel}, {trans2QueryFS, 0, fQueryFSLevel}, {trans2SetFS, 0, fSetFSLevel},
		{trans2QueryPath, 0, fQueryLevel}, {trans2SetFile, 0, fSetLevel}} {
		for _, v := range c.def.Values {
			f := Facts{InfoClass: LevelClass(uint16(v.V))}
			f.resumeKeys(c.keys)
			if got := LevelName(Transaction2, c.sub, f.InfoClass); got != v.Name {
				t.Errorf("level %#x of function %d is %q, want %q", v.V, c.sub, got, v.Name)
			}
		}
	}
}
