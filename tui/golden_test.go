package tui

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
	"smbdiff/dissect/stats"
	"smbdiff/keys"
)

// A golden file holds one screen at all sizes. Below each line whose looks are
// not plain stands how many cells look how; what each letter means, in colour
// and in monochrome, stands at the end.

var sizes = [][2]int{{80, 24}, {120, 40}, {160, 45}, {200, 60}}

// goldenScreens are the screens, each with the keys that lead to it from the
// start on two captures, or on the second of them alone.
var goldenScreens = []struct {
	name   string
	single bool
	shut   bool // both with the key of the first
	keys   []string
}{
	{name: "diff"},
	{name: "diff-all", keys: []string{"]", "Tab", "c"}},
	{name: "diff-free", keys: []string{"!", "j", "j"}},
	{name: "diff-hex", keys: []string{"H"}},
	{name: "single", single: true, keys: []string{"!", "!", "!"}},
	{name: "single-details", single: true, keys: []string{"G", "PgUp", "Tab", "↓", "↓", "→"}},
	{name: "single-facing", single: true, keys: []string{"!", "!", "Enter", "↓", "→", "G"}},
	{name: "single-hex", single: true, keys: []string{"!", "!", "!", "H"}},
	{name: "help", keys: []string{"?"}},
	{name: "help-single", single: true, keys: []string{"?"}},
	{name: "filter", keys: []string{"/", "cmd == CREATE && st"}},
	{name: "filtered", keys: []string{"/", "cmd == CREATE", "Enter"}},
	{name: "filter-error", keys: []string{"/", "stauts != SUCCESS", "Enter"}},
	{name: "find", keys: []string{"Ctrl-F", "path contains plan", "Enter"}},
	{name: "masks", keys: []string{"b", "a", "M", "↓"}},
	{name: "keys", shut: true, keys: []string{"K"}},
	{name: "statistics", keys: []string{"S"}},
	{name: "diff-stacked", keys: []string{"v", "~"}},
	{name: "wireshark", keys: []string{"w"}},
	{name: "export", keys: []string{"e"}},
	{name: "history", keys: []string{"o"}},
	{name: "log", keys: []string{"L"}},
}

func TestGolden(t *testing.T) {
	for _, g := range goldenScreens {
		t.Run(g.name, func(t *testing.T) {
			var looks [2]*robot
			for i := range looks {
				looks[i] = newRobot(t, goldenConfig(t, g.single, g.shut, i == 1), sizes[0][0], sizes[0][1])
				looks[i].press(g.keys...)
			}
			var out strings.Builder
			legend := newLegend()
			for _, z := range sizes {
				fmt.Fprintf(&out, "%dx%d\n", z[0], z[1])
				for _, r := range looks {
					r.resize(z[0], z[1])
				}
				legend.write(&out, t, looks)
			}
			legend.tell(&out)
			golden(t, g.name, out.String())
		})
	}
}

func goldenConfig(t *testing.T, single, shut, mono bool) Config {
	names := []string{"good.pcap", "missing.pcap"}
	if single {
		names = names[1:]
	}
	open := openSide
	if shut { // with its key; with another one's
		open = func(t *testing.T, name string) Side { return shutSide(t, name, "good.keys") }
	}
	c := Config{A: open(t, names[0]), Mono: mono, Statistics: func([]string) string { return countedText(t, names) }}
	if !single {
		b := open(t, names[1])
		c.B = &b
	}
	return c
}

// countedText is the text of the statistics.
func countedText(t *testing.T, names []string) string {
	var sides []stats.Side
	for _, name := range names {
		f, err := capture.Open(filepath.Join("..", "testdata", "traces", name))
		if err != nil {
			t.Error(err)
			return ""
		}
		defer f.Close()
		ring := new(keys.Ring)
		if err := ring.AddFile(keys.Beside(f.Name())); err != nil {
			t.Error(err)
		}
		tracker := new(conv.Tracker)
		var counter stats.Counter
		done := func(o *op.Op) { counter.Done(o, true) }
		_, err = dissect.Run(f, dissect.Options{Opener: decrypt.NewOpener(ring), Tracker: tracker, Tracked: func(b *dissect.Batch) {
			counter.Add(b.Messages)
			tracker.Ops.Flush(false, done)
		}})
		if err != nil {
			t.Error(err)
		}
		tracker.Ops.Flush(true, done)
		sides = append(sides, stats.Side{Name: name, Table: counter.Table()})
	}
	return string(stats.AppendText(nil, sides))
}

// legend gives each look that is seen a letter.
type legend struct {
	letters map[string]byte
	looks   []string
}

func newLegend() *legend { return &legend{letters: map[string]byte{}} }

// write puts a screen down: text, which is the same in both looks, and looks.
func (l *legend) write(out *strings.Builder, t *testing.T, r [2]*robot) {
	cells, w, h := r[0].screen.GetContents()
	mono, _, _ := r[1].screen.GetContents()
	for y := range h {
		text, runs := "", ""
		var last byte
		n := 0
		end := func() {
			if n > 0 {
				runs += fmt.Sprintf("%d%c ", n, last)
			}
			n = 0
		}
		for x := range w {
			c := &cells[y*w+x]
			text += string(c.Runes)
			if got := string(mono[y*w+x].Runes); got != string(c.Runes) {
				t.Fatalf("line %d, cell %d: %q without colours, %q with them", y, x, got, c.Runes)
			}
			letter := l.letter(look(c.Style) + "; " + look(mono[y*w+x].Style))
			if letter != last {
				end()
				last = letter
			}
			n++
		}
		end()
		out.WriteString("│" + strings.TrimRight(text, " ") + "\n")
		if runs = strings.TrimSpace(runs); runs != fmt.Sprintf("%d.", w) {
			out.WriteString(" " + runs + "\n")
		}
	}
}

func (l *legend) letter(look string) byte {
	if look == "plain; plain" {
		return '.'
	}
	c, ok := l.letters[look]
	if !ok {
		c = byte('a' + len(l.looks))
		l.letters[look] = c
		l.looks = append(l.looks, look)
	}
	return c
}

func (l *legend) tell(out *strings.Builder) {
	for i, s := range l.looks {
		fmt.Fprintf(out, "%c %s\n", 'a'+i, s)
	}
}

func look(s tcell.Style) string {
	fg, bg, attr := s.Decompose()
	var words []string
	if fg != tcell.ColorDefault {
		words = append(words, fg.Name())
	}
	if bg != tcell.ColorDefault {
		words = append(words, "on "+bg.Name())
	}
	for _, a := range []struct {
		mask tcell.AttrMask
		name string
	}{{tcell.AttrBold, "bold"}, {tcell.AttrDim, "dim"}, {tcell.AttrUnderline, "underline"}, {tcell.AttrReverse, "inverse"}} {
		if attr&a.mask != 0 {
			words = append(words, a.name)
		}
	}
	if len(words) == 0 {
		return "plain"
	}
	return strings.Join(words, " ")
}

// golden holds a text against its file; SMBDIFF_UPDATE=1 writes the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".txt")
	if os.Getenv("SMBDIFF_UPDATE") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	a, b := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			t.Fatalf("line %d is\n%s\nwant\n%s", i+1, a[i], append(b, "nothing")[min(i, len(b))])
		}
	}
	t.Fatalf("%d lines, want %d", len(a), len(b))
}
