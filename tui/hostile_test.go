package tui

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/tui/state"
)

// hostileSide opens a capture with its names in UTF-16 patched: tags of tview,
// ESC, newlines, wide, combining and bidirectional characters.
func hostileSide(t *testing.T, name string) Side {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "testdata", "traces", name))
	if err != nil {
		t.Fatal(err)
	}
	nasty := []rune("[red]\x1b[2J\n\r\t\u202e漢字\u0301\u200d\u2066[::r]\x9b\u0000\ufeffe\u0301\u0302")
	patched := 0
	for i := 0; i+12 < len(b); i++ {
		n := 0
		for i+2*n+1 < len(b) && b[i+2*n] >= 'a' && b[i+2*n] <= 'z' && b[i+2*n+1] == 0 {
			n++
		}
		if n < 3 {
			continue
		}
		for k := range n {
			binary.LittleEndian.PutUint16(b[i+2*k:], uint16(nasty[patched%len(nasty)]))
			patched++
		}
		i += 2 * n
	}
	if patched < 40 {
		t.Fatalf("%d characters patched", patched)
	}
	path := filepath.Join(t.TempDir(), "x\u202e[red]\x1b[2J.pcap")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	trace := dissect.NewTrace(f, nil)
	return Side{Name: path, Trace: trace, Load: func(progress func() bool) error { return trace.Load(nil, progress) }}
}

// TestHostileNames checks that names in a capture disturb no cell of any screen.
func TestHostileNames(t *testing.T) {
	seen := false
	for _, single := range []bool{true, false} {
		for _, g := range goldenScreens {
			if g.single != single {
				continue
			}
			c := Config{A: hostileSide(t, "sc-SMB2_10-links-plain.pcap"), Statistics: func([]string) string { return "x\x1b[2J" }}
			if !single {
				b := hostileSide(t, "sc-SMB2_10-multi-plain.pcap")
				c.B = &b
			}
			r := newRobot(t, c, 80, 24)
			r.press(g.keys...)
			for _, z := range sizes[:2] {
				r.resize(z[0], z[1])
				cells, w, _ := r.screen.GetContents()
				for i, cell := range cells {
					for _, x := range cell.Runes {
						if unicode.IsControl(x) || unicode.Is(unicode.Cf, x) {
							t.Fatalf("%s: %U in line %d, cell %d:\n%s", g.name, x, i/w, i%w, r.text())
						}
					}
				}
				seen = seen || strings.Contains(r.text(), `\x1b`)
				for k, l := range r.view.state.Lines(z[0], z[1]) {
					if got := stateWidth(l); got != z[0] {
						t.Fatalf("%s: line %d has %d cells: %q", g.name, k, got, l)
					}
				}
			}
		}
	}
	if !seen {
		t.Error("no name with ESC is on any screen")
	}
}

func stateWidth(l state.Line) int { return state.Width(l.String()) }
