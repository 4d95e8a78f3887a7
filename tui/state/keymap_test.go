package state

import (
	"slices"
	"strings"
	"testing"
)

// TestKeysAreOne checks that no key means two things at one place, and that
// every action can be reached.
func TestKeysAreOne(t *testing.T) {
	reached := map[Action]bool{}
	for in := SingleList; in&(all|FindOpen) != 0; in <<= 1 {
		seen := map[string]Action{}
		for _, b := range bindings() {
			if b.in&in == 0 {
				continue
			}
			if b.help == "" || b.group == "" {
				t.Errorf("key %s has no help", b.keys)
			}
			for k := range strings.FieldsSeq(b.keys) {
				if a, ok := seen[k]; ok {
					t.Errorf("place %d: key %s does %d and %d", in, k, a, b.action)
				}
				seen[k] = b.action
				reached[b.action] = true
			}
		}
	}
	for a := None + 1; a <= Quit; a++ {
		if !reached[a] {
			t.Errorf("no key for action %d", a)
		}
	}
}

// TestBarKeysLive checks for each preset that each key in the key bar does
// something where the bar shows it, and that no key means two things.
func TestBarKeysLive(t *testing.T) {
	for _, preset := range Presets() {
		set := Settings{Preset: preset}
		m := set.keymap()
		if err := set.clash(m); err != nil {
			t.Errorf("%s: %v", preset, err)
		}
		for in := SingleList; in&(all|FindOpen) != 0; in <<= 1 {
			for _, w := range []int{80, 160} {
				for _, s := range m.bar(in, w) {
					if s.Style != Key {
						continue
					}
					for _, k := range barKeys(s.Text) {
						if m.action(k, in) == None {
							t.Errorf("%s, place %d: key %s in the bar is dead", preset, in, k)
						}
					}
				}
				if got := m.bar(in, w).width(); got != w {
					t.Errorf("%s, place %d: bar of %d cells for %d", preset, in, got, w)
				}
			}
		}
	}
}

// TestHelpTellsAll checks that the help lists every key that works.
func TestHelpTellsAll(t *testing.T) {
	m := newKeymap()
	for _, in := range []Place{SingleList | SingleDetails, inDiff} {
		text := ""
		for _, l := range m.help(in) {
			if l.width() > 73 {
				t.Errorf("help line too long for 80 columns: %q", l)
			}
			text += l.String() + "\n"
		}
		for _, x := range filterExamples(in) {
			if _, err := ParseFilter(x); err != nil || !strings.Contains(text, x) {
				t.Errorf("the help's filter %s: %v", x, err)
			}
		}
		for _, b := range bindings() {
			if b.in&in != 0 && (!strings.Contains(text, b.help) || !strings.Contains(text, strings.Fields(b.keys)[0])) {
				t.Errorf("the help lacks %s: %s", b.keys, b.help)
			}
		}
	}
}

// TestColumns checks that two columns hold the same words in fewer lines, and
// none where there is no room for them.
func TestColumns(t *testing.T) {
	words := func(lines []Line) string {
		var all []string
		for _, l := range lines {
			all = append(all, strings.Fields(l.String())...)
		}
		slices.Sort(all)
		return strings.Join(all, " ")
	}
	for _, in := range []Place{SingleList | SingleDetails, inDiff} {
		one := newKeymap().help(in)
		for _, w := range []int{leastColumns, 113, 200} {
			two := columns(one, w)
			if len(two) >= len(one)*3/4 || words(two) != words(one) {
				t.Errorf("%d cells: %d lines of %d\n%s\n%s", w, len(two), len(one), words(two), words(one))
			}
			for _, l := range two {
				if l.width() > w {
					t.Errorf("%d cells: %d in %q", w, l.width(), l)
				}
			}
		}
		if got := columns(one, leastColumns-1); len(got) != len(one) {
			t.Errorf("%d lines of %d", len(got), len(one))
		}
	}
}

// checkedRing is a keyring whose check finds one session.
type checkedRing struct{ anyRing }

func (checkedRing) Check() func() ([]KeySession, error) {
	return func() ([]KeySession, error) {
		return []KeySession{{Name: "0x1", Proof: "58/58 tags verify"}, {Name: "0x2", Shut: strings.Repeat("no key ", 99), Hint: "give one"}}, nil
	}
}

// TestKeyCheck checks that the screen of keys tells what all tags prove, once
// that is known.
func TestKeyCheck(t *testing.T) {
	a := openSide(t, "good.pcap", false)
	a.Keys = checkedRing{}
	s := started(t, Config{A: a})
	s.Press("K")
	if got := text(s, 120, 40); !strings.Contains(got, "every tag and signature is being checked") {
		t.Errorf("what goes on is not told:\n%s", got)
	}
	s.Wait()
	if got := text(s, 120, 40); !strings.Contains(got, "58/58 tags verify") || strings.Contains(got, "being checked") {
		t.Errorf("no proof:\n%s", got)
	}
}

// TestKeyDetails chooses a session, reads on below all of them, and tells all
// that is known of it.
func TestKeyDetails(t *testing.T) {
	a := openSide(t, "good.pcap", false)
	a.Keys = checkedRing{}
	s := started(t, Config{A: a})
	press(s, "K")
	s.Wait()
	text(s, 80, 24)
	press(s, "↓")
	if got := text(s, 80, 24); !strings.Contains(got, ">A  0x2") || strings.Contains(got, "a adds a key") {
		t.Errorf("not chosen:\n%s", got)
	}
	press(s, "G")
	if got := text(s, 80, 24); !strings.Contains(got, "which is tried on every session") {
		t.Errorf("what stands below is not shown:\n%s", got)
	}
	press(s, "g")
	if got := text(s, 80, 24); !strings.Contains(got, ">A  0x1") || !strings.Contains(got, "sealed traffic") {
		t.Errorf("not at the first:\n%s", got)
	}
	press(s, "↓", "Enter")
	if got := text(s, 80, 24); !strings.Contains(got, "Session 0x2 of A") || !strings.Contains(got, "what to do  give one") {
		t.Errorf("no details:\n%s", got)
	}
	press(s, "Esc", "Esc")
	if s.front() != nil {
		t.Error("a window stays open")
	}
}
