package state

import (
	"fmt"
	"strings"
	"testing"
)

// liveStart gives a state with the keys at a place, in the middle of things.
func liveStart(t *testing.T, in Place, sides [2]Side, preset string) *State {
	t.Helper()
	c := Config{A: sides[0], Settings: Settings{Preset: preset}}
	if in&(SingleList|SingleDetails) == 0 {
		c.B = &sides[1]
	}
	c.A.Keys = anyRing{}
	c.Statistics = func([]string) string { return strings.Join(numbered(), "\n") }
	s := started(t, c)
	s.Lines(80, 24)
	do := func(actions ...Action) {
		for _, a := range actions {
			s.Do(a)
			s.Wait()
			s.Lines(80, 24)
		}
	}
	if s.diffing() {
		do(Context, Divergence, Divergence, PrevDiff)
		s.cmp.context = contextRows
		do(DetailDown, NextB)
	} else {
		do(NextTrouble, NextTrouble, PageDown, DetailDown)
	}
	switch in &^ FindOpen {
	case SingleDetails, DiffDetails:
		do(NextPane, Down, Down, Down, Down)
	case HelpWindow:
		do(Help, Down)
	case KeysWindow:
		do(ShowKeys, Last, Up, Up)
	case MaskWindow:
		do(ShowMasks, Down)
	case StatsWindow:
		do(Statistics, Down, ScrollRight)
	case LogWindow:
		s.open(&textWindow{"Log", LogWindow, func(int) []Line { return plainLines(numbered()) }})
		do(Down)
	case HistoryWindow:
		do(History, Down)
	}
	if in&FindOpen != 0 {
		if err := s.Find("cmd == CREATE"); err != nil {
			t.Fatal(err)
		}
		do(None)
	}
	return s
}

// numbered gives long lines that differ.
func numbered() (out []string) {
	for i := range 99 {
		out = append(out, strings.Repeat(fmt.Sprint(i, " "), 60))
	}
	return out
}

// anyRing is a keyring with many lines.
type anyRing struct{}

func (anyRing) Sessions() []KeySession { return make([]KeySession, 40) }

func (anyRing) Keys(whole bool) []string { return []string{fmt.Sprint(whole)} }

func (anyRing) Add(string) error { return nil }

func (anyRing) Loaded() string { return "1 key" }

func (anyRing) Reread() error { return nil }

func (anyRing) Check() func() ([]KeySession, error) { return nil }

func (anyRing) Try(string) (string, error) { return "opens nothing", nil }

// trace gives all that a key can change: the screen, the question, what is
// asked of the terminal.
func liveTrace(s *State, r Request) string {
	var b strings.Builder
	for _, l := range s.Lines(80, 24) {
		fmt.Fprintf(&b, "%v\n", l)
	}
	fmt.Fprint(&b, r, s.prompt != nil)
	return b.String()
}

// TestLive presses every key wherever the help or the bar shows it, and those
// that presets change: something must change, or something must be said.
func TestLive(t *testing.T) {
	sides := [2]Side{openSide(t, "good.pcap", false), openSide(t, "missing.pcap", false)}
	for i := range sides { // read once
		if err := sides[i].Load(func() bool { return true }); err != nil {
			t.Fatal(err)
		}
		sides[i].Load = func(func() bool) error { return nil }
	}
	for _, preset := range Presets() {
		for in := SingleList; in&(all|FindOpen) != 0; in <<= 1 {
			in := in
			if in == FindOpen {
				in |= DiffList
			}
			m := keymapOf(preset)
			for _, b := range m.list {
				if b.in&in == 0 || in&FindOpen != 0 && b.in&FindOpen == 0 {
					continue
				}
				for key := range strings.FieldsSeq(b.keys) {
					if preset != "default" && newKeymap().action(key, in) == b.action {
						continue // as there
					}
					s := liveStart(t, in, sides, preset)
					if got := s.barPlace(); got != in {
						t.Fatalf("the place is %d, want %d", got, in)
					}
					before := liveTrace(s, Stay)
					r := s.Press(key)
					s.Wait()
					if liveTrace(s, r) == before {
						t.Errorf("%s, place %d: %s (%s) is dead", preset, in, key, b.help)
					}
				}
			}
		}
	}
}
