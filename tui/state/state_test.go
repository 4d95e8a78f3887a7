package state

import (
	"path/filepath"
	"strings"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/keys"
)

// side opens a capture of the shared test data, with its keys unless bare.
func openSide(t *testing.T, name string, bare bool) Side {
	t.Helper()
	path := filepath.Join("..", "..", "testdata", "traces", name)
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	ring := new(keys.Ring)
	if k := keys.Beside(path); k != "" && !bare {
		if err := ring.AddFile(k); err != nil {
			t.Fatal(err)
		}
	}
	trace := dissect.NewTrace(f, decrypt.NewOpener(ring))
	return Side{Name: path, Trace: trace, Load: func(progress func() bool) error { return trace.Load(nil, progress) }}
}

// started gives a state that has read all.
func started(t *testing.T, c Config) *State {
	t.Helper()
	s := New(c)
	s.Start()
	s.Wait()
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	s.Lines(120, 40)
	return s
}

func text(s *State, w, h int) string {
	var b strings.Builder
	for _, l := range s.Lines(w, h) {
		b.WriteString(l.String() + "\n")
	}
	return b.String()
}

func press(s *State, keys ...string) {
	for _, k := range keys {
		s.Press(k)
		s.Wait()
		s.Lines(max(s.width, 60), max(s.height, 15))
	}
}

// row gives the number of the selected row, from 1, and its command and path.
func selected(t *testing.T, s *State) string {
	t.Helper()
	ops := s.selectedOps()
	var out []string
	for k, d := range s.sides {
		if r, ok := d.Trace.Row(ops[k]); ok {
			out = append(out, r.Op+" "+strings.TrimSuffix(r.Command, " *")+" "+r.Object+" "+shortStatus(r.Result))
		} else {
			out = append(out, "-")
		}
	}
	return strings.Join(out, " | ")
}

// TestLines checks that the screen is as large as it has to be, always.
func TestLines(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	for _, s := range []*State{started(t, Config{A: openSide(t, "missing.pcap", false)}),
		started(t, Config{A: openSide(t, "good.pcap", false), B: &b})} {
		for _, size := range [][2]int{{80, 24}, {60, 15}, {59, 15}, {100, 10}, {99, 30}, {100, 30}, {101, 31}, {160, 45}, {250, 70}} {
			for _, keys := range [][]string{{}, {"?"}, {"Esc", "Tab"}, {"G"}, {"Tab", "G"}} {
				press(s, keys...)
				lines := s.Lines(size[0], size[1])
				if len(lines) != size[1] {
					t.Fatalf("%v: %d lines", size, len(lines))
				}
				for i, l := range lines {
					if got := l.width(); got != size[0] {
						t.Errorf("%v %v: line %d has %d cells: %q", size, keys, i, got, l)
					}
				}
			}
			press(s, "Esc")
		}
	}
}

func TestSingleMoves(t *testing.T) {
	s := started(t, Config{A: openSide(t, "missing.pcap", false)})
	for _, c := range []struct{ keys, want string }{
		{"", "1 NEGOTIATE"},
		{"↓ j", "3 SESSION_SETUP"},
		{"k", "2 NEGOTIATE"},
		{"g ↑ ↑", "1 NEGOTIATE"},
		{"! ! !", `37 CREATE archive\plan.txt OBJECT_NAME_NOT_FOUND`},
		{"G", "54 TREE_DISCONNECT"},
		{"End ↓ PgDn", "54 TREE_DISCONNECT"},
		{"Home", "1 NEGOTIATE"},
		{"Tab ↓ ↓ G", "1 NEGOTIATE"},
		{"Tab ↓", "2 NEGOTIATE"},
	} {
		press(s, strings.Fields(c.keys)...)
		if got := selected(t, s); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: on %q, want %q", c.keys, got, c.want)
		}
	}
}

func TestSingleFilter(t *testing.T) {
	s := started(t, Config{A: openSide(t, "missing.pcap", false)})
	press(s, "G")
	set := func(text string) {
		t.Helper()
		if err := s.SetFilter(text); err != nil {
			t.Fatal(err)
		}
		s.Wait()
		s.Lines(120, 40)
	}
	set("status == OBJECT_NAME_NOT_FOUND")
	if got := selected(t, s); !strings.HasPrefix(got, `37 CREATE archive\plan.txt`) || s.lines() == 0 {
		t.Errorf("on %q of %d rows", got, s.lines())
	}
	set("plan.txt && op in {1..3}")
	if s.lines() != 0 || !strings.Contains(text(s, 80, 24), "no row matches") {
		t.Errorf("%d rows match", s.lines())
	}
	press(s, "↓", "Tab", "b", "!")
	if s.SetFilter("frame == x") == nil {
		t.Error("no error")
	}
	press(s, "Esc")
	if s.lines() != 54 || s.FilterText() != "" {
		t.Errorf("%d rows without a filter", s.lines())
	}
}

// TestFilterWhileReading checks that rows that come later are found too.
func TestFilterWhileReading(t *testing.T) {
	s := New(Config{A: openSide(t, "missing.pcap", false)})
	if err := s.SetFilter("cmd == close and status == success"); err != nil {
		t.Fatal(err)
	}
	s.Start()
	s.Wait()
	want := 0
	for num := uint32(1); ; num++ {
		r, ok := s.sides[0].Trace.Row(num)
		if !ok {
			break
		}
		if strings.Contains(r.Command, "CLOSE") && r.Result == "STATUS_SUCCESS" {
			want++
		}
	}
	if s.lines() != want || want == 0 {
		t.Errorf("%d rows, want %d", s.lines(), want)
	}
}

func TestTitles(t *testing.T) {
	for _, c := range []struct {
		name string
		bare bool
		want []string
	}{
		{"good.pcap", false, []string{" smbdiff  good.pcap", "SMB 3.1.1 AES-128-GCM", "57 ops", "sealed 106/106 open"}},
		{"good.pcap", true, []string{"! sealed 0/106 open: no key"}},
		{"sc-SMB2_10-links-plain.pcap", false, []string{"SMB 2.1", "nothing sealed"}},
	} {
		s := started(t, Config{A: openSide(t, c.name, c.bare)})
		got := s.Lines(120, 30)[0].String()
		for _, w := range c.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: title %q lacks %q", c.name, got, w)
			}
		}
	}
}

// TestHostileName checks that a file's name cannot disturb the screen.
func TestHostileName(t *testing.T) {
	a := openSide(t, "missing.pcap", false)
	a.Name = "x\x1b[31m[red]\u202e.pcap"
	s := started(t, Config{A: a})
	got := text(s, 160, 45)
	if strings.ContainsAny(got, "\x1b\u202e") || !strings.Contains(got, `x\x1b[31m[red]\u{202e}.pcap`) {
		t.Errorf("%q", strings.SplitN(got, "\n", 2)[0])
	}
}

// TestASCIIScreens checks that --ascii leaves nothing else on the screen.
func TestASCIIScreens(t *testing.T) {
	b := openSide(t, "missing.pcap", false)
	s := started(t, Config{A: openSide(t, "good.pcap", false), B: &b, ASCII: true})
	for _, keys := range [][]string{{}, {"c"}, {"?"}, {"Esc", "Tab", "G", "c"}} {
		press(s, keys...)
		for i, c := range text(s, 120, 40) {
			if c >= 0x7f {
				t.Fatalf("%v: %q at %d", keys, c, i)
			}
		}
	}
}

// TestDetailFolds checks that folding hides and shows what is below.
func TestDetailFolds(t *testing.T) {
	s := started(t, Config{A: openSide(t, "good.pcap", false)})
	press(s, "G", "Tab")
	all := len(s.detail.lines)
	press(s, "Enter")
	if len(s.detail.lines) >= all {
		t.Errorf("%d lines, folded from %d", len(s.detail.lines), all)
	}
	press(s, "→")
	if len(s.detail.lines) != all {
		t.Errorf("%d lines, unfolded to %d", len(s.detail.lines), all)
	}
	press(s, "↓", "↓", "←", "←", "←")
	if s.detail.cur != 0 {
		t.Errorf("the cursor is on line %d, want that of the message", s.detail.cur)
	}
	press(s, "Esc")
	if s.inDetails {
		t.Error("still in the details")
	}
}

// TestEveryRowLooks checks that the details of every operation can be drawn,
// with all folds open.
func TestEveryRowLooks(t *testing.T) {
	for _, name := range []string{"good.pcap", "torture-compound-210.pcap", "x-compressed-b.pcap", "x-snap96-1.pcap", "good-lost.pcap", "sc-NT1-meta-plain.pcap"} {
		s := started(t, Config{A: openSide(t, name, false)})
		n := s.lines()
		for i := range n {
			s.moveTo(i)
			s.Lines(100, 60)
			for k := range s.detail.items {
				s.detail.folds[s.detail.items[k].key] = true
			}
			s.detail.flatten()
			for l := range s.detail.lines {
				if got := s.detailLine(l, 100).width(); got != 100 {
					t.Fatalf("%s: op %d line %d has %d cells", name, i+1, l, got)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s: no rows", name)
		}
	}
}

// TestEscapeStops checks that reading ends and keeps what there is.
func TestEscapeStops(t *testing.T) {
	a := openSide(t, "missing.pcap", false)
	load, reading, stopped := a.Load, make(chan struct{}), false
	a.Load = func(progress func() bool) error {
		err := load(nil)
		close(reading)
		for progress() {
		}
		stopped = true
		return err
	}
	s := New(Config{A: a})
	s.Start()
	<-reading
	s.Tick()
	if got := s.Lines(120, 40)[1].String(); !strings.Contains(got, "reading") {
		t.Errorf("verdict while reading: %q", got)
	}
	s.Press("↓")
	s.Press("Esc")
	s.Wait()
	if !stopped || s.loading() || !strings.HasPrefix(selected(t, s), "2 ") {
		t.Errorf("stopped %v, on %q", stopped, selected(t, s))
	}
}

// TestPanicIsCaught checks that a fault in the background becomes an error.
func TestPanicIsCaught(t *testing.T) {
	a := openSide(t, "missing.pcap", false)
	a.Load = func(func() bool) error { panic("fault") }
	s := New(Config{A: a})
	s.Start()
	s.Wait()
	if !s.Failed() || s.Err() == nil {
		t.Errorf("failed %v, error %v", s.Failed(), s.Err())
	}
}
