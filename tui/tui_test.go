package tui

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/keys"
	"smbdiff/tui/state"
)

// openSide opens a capture of the shared test data with its keys.
func openSide(t *testing.T, name string) Side {
	t.Helper()
	path := filepath.Join("..", "testdata", "traces", name)
	f, err := capture.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	ring := new(keys.Ring)
	if k := keys.Beside(path); k != "" {
		if err := ring.AddFile(k); err != nil {
			t.Fatal(err)
		}
	}
	trace := dissect.NewTrace(f, decrypt.NewOpener(ring))
	return Side{Name: path, Trace: trace, Load: func(progress func() bool) error { return trace.Load(nil, progress) }}
}

// robot is a view on a simulated screen, on the test's own goroutine.
type robot struct {
	t      *testing.T
	view   *view
	screen tcell.SimulationScreen
	ended  bool
}

func newRobot(t *testing.T, c Config, w, h int) *robot {
	t.Helper()
	screen := tcell.NewSimulationScreen("UTF-8")
	if err := screen.Init(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(screen.Fini)
	screen.SetSize(w, h)
	s := state.New(stateConfig(c))
	s.Start()
	s.Wait()
	r := &robot{t: t, view: newView(s, c.Mono), screen: screen}
	r.view.quit = func() { r.ended = true }
	r.view.SetRect(0, 0, w, h)
	r.view.Focus(func(tview.Primitive) {})
	r.draw()
	return r
}

func (r *robot) resize(w, h int) {
	r.screen.SetSize(w, h)
	r.view.SetRect(0, 0, w, h)
	r.draw()
}

func (r *robot) draw() {
	r.screen.Clear()
	r.view.Draw(r.screen)
	r.screen.Show()
}

// press sends keys by their names in the key table; other words are typed.
func (r *robot) press(names ...string) {
	r.t.Helper()
	special := map[string]tcell.Key{"↑": tcell.KeyUp, "↓": tcell.KeyDown, "←": tcell.KeyLeft, "→": tcell.KeyRight, "PgUp": tcell.KeyPgUp,
		"PgDn": tcell.KeyPgDn, "Home": tcell.KeyHome, "End": tcell.KeyEnd, "Tab": tcell.KeyTab, "Enter": tcell.KeyEnter,
		"Esc": tcell.KeyEscape, "F1": tcell.KeyF1, "Ctrl-C": tcell.KeyCtrlC, "Ctrl-F": tcell.KeyCtrlF}
	for _, n := range names {
		var events []*tcell.EventKey
		if k, ok := special[n]; ok {
			events = append(events, tcell.NewEventKey(k, 0, tcell.ModNone))
		} else {
			for _, c := range n {
				events = append(events, tcell.NewEventKey(tcell.KeyRune, c, tcell.ModNone))
			}
		}
		for _, e := range events {
			r.view.InputHandler()(e, func(tview.Primitive) {})
			r.view.state.Wait()
			r.draw()
		}
	}
	r.view.state.Wait() // what drawing has begun, such as a count of rows
	r.draw()
}

// text reads the screen back. Lines end behind their last character.
func (r *robot) text() string { return screenText(r.screen) }

func screenText(s tcell.SimulationScreen) string {
	cells, w, h := s.GetContents()
	var b strings.Builder
	for y := range h {
		line := ""
		for x := range w {
			if c := cells[y*w+x]; len(c.Runes) > 0 {
				line += string(c.Runes)
			}
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	return b.String()
}

// TestQuit checks that q closes what is open, and then quits.
func TestQuit(t *testing.T) {
	b := openSide(t, "missing.pcap")
	for _, c := range []Config{{A: openSide(t, "good.pcap")}, {A: openSide(t, "good.pcap"), B: &b}} {
		r := newRobot(t, c, 80, 24)
		r.press("?", "q")
		if r.ended || strings.Contains(r.text(), "MOVE") {
			t.Error("q does not close the help alone")
		}
		if r.press("q"); !r.ended {
			t.Error("q does not quit")
		}
	}
}

// TestFilterPrompt checks typing, a mistake, pasting and giving up.
func TestFilterPrompt(t *testing.T) {
	r := newRobot(t, Config{A: openSide(t, "missing.pcap")}, 80, 24)
	r.press("/", "frame == x", "Enter")
	if got := r.text(); !strings.Contains(got, `"x" is not a number`) {
		t.Errorf("no complaint:\n%s", got)
	}
	r.press("Esc", "↓")
	r.press("/")
	r.view.PasteHandler()("cmd ~ \x1bclose", func(tview.Primitive) {})
	r.draw()
	if got := r.text(); !strings.Contains(got, `cmd ~ \x1bclose`) || strings.Contains(got, "\x1b") {
		t.Errorf("pasted text:\n%s", got)
	}
	r.press("Esc")
	if r.view.state.FilterText() != "" {
		t.Error("a filter that was given up is in force")
	}
}

// TestEscLetter checks that Esc and a letter right behind it are two keys.
func TestEscLetter(t *testing.T) {
	r := newRobot(t, Config{A: openSide(t, "missing.pcap")}, 80, 24)
	r.press("?")
	r.view.InputHandler()(tcell.NewEventKey(tcell.KeyRune, 'q', tcell.ModAlt), func(tview.Primitive) {})
	if !r.ended {
		t.Error("Esc and q do not close the help and quit")
	}
}

// TestMouse checks that a click selects and that the wheel moves.
func TestMouse(t *testing.T) {
	r := newRobot(t, Config{A: openSide(t, "missing.pcap")}, 80, 24)
	mouse := func(a tview.MouseAction, x, y int) {
		r.view.MouseHandler()(a, tcell.NewEventMouse(x, y, tcell.ButtonPrimary, tcell.ModNone), func(tview.Primitive) {})
		r.draw()
	}
	mouse(tview.MouseLeftClick, 10, 5)
	if got := strings.Split(r.text(), "\n")[5]; !strings.HasPrefix(got, ">   3 ") {
		t.Errorf("clicked line: %q", got)
	}
	mouse(tview.MouseScrollDown, 10, 5)
	if got := r.text(); !strings.Contains(got, "\n>   6 ") {
		t.Errorf("after the wheel:\n%s", got)
	}
	border := func() int {
		for y, l := range strings.Split(r.text(), "\n") {
			if y > 2 && strings.HasPrefix(l, "── op") {
				return y
			}
		}
		t.Fatal("no border")
		return 0
	}
	y := border()
	mouse(tview.MouseLeftDown, 10, y)
	mouse(tview.MouseMove, 10, y-3)
	mouse(tview.MouseLeftUp, 10, y-3)
	mouse(tview.MouseMove, 10, y+3)
	if got := border(); got != y-3 {
		t.Errorf("the border is on line %d, was on %d", got, y)
	}
	for y := range 26 {
		mouse(tview.MouseLeftClick, 200, y)
		mouse(tview.MouseScrollUp, 0, y)
	}
}

// TestMono checks that without colours nothing but attributes is used, and
// that the cursor is still seen.
func TestMono(t *testing.T) {
	b := openSide(t, "missing.pcap")
	r := newRobot(t, Config{A: openSide(t, "good.pcap"), B: &b, Mono: true}, 120, 40)
	cells, _, _ := r.screen.GetContents()
	reverse := false
	for _, c := range cells {
		fg, bg, attr := c.Style.Decompose()
		if fg != tcell.ColorDefault || bg != tcell.ColorDefault {
			t.Fatalf("colour in %q", c.Runes)
		}
		reverse = reverse || attr&tcell.AttrReverse != 0
	}
	if !reverse {
		t.Error("no cursor")
	}
}

// await reads the screen inside the event loop until it shows all the words.
func await(t *testing.T, app *tview.Application, screen tcell.SimulationScreen, words ...string) {
	t.Helper()
	got := ""
	for range 2000 {
		app.QueueUpdate(func() { got = screenText(screen) })
		n := 0
		for _, w := range words {
			if strings.Contains(got, w) {
				n++
			}
		}
		if n == len(words) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("the screen does not show %q:\n%s", words, got)
}

// drive runs c and lets a script press keys once its first words are shown.
func drive(t *testing.T, c Config, script func(press func(keys string), await func(words ...string))) {
	t.Helper()
	screen := tcell.NewSimulationScreen("UTF-8")
	screen.SetSize(120, 40)
	c.Screen = screen
	done := make(chan struct{})
	err := run(c, func(app *tview.Application) {
		screen.SetSize(120, 40)
		go func() {
			defer close(done)
			defer app.QueueEvent(tcell.NewEventKey(tcell.KeyCtrlC, 0, tcell.ModNone))
			script(func(keys string) {
				for _, k := range keys {
					app.QueueEvent(tcell.NewEventKey(tcell.KeyRune, k, tcell.ModNone))
				}
			}, func(words ...string) { await(t, app, screen, words...) })
		}()
	})
	if err != nil {
		t.Error(err)
	}
	<-done
}

func TestRunSingle(t *testing.T) {
	drive(t, Config{A: openSide(t, "missing.pcap")}, func(press func(string), await func(...string)) {
		await("missing.pcap", "54 ops", "failures")
		press("!!!")
		await("archive\\plan.txt", "op 37/54")
	})
}

func TestRunDiff(t *testing.T) {
	b := openSide(t, "missing.pcap")
	drive(t, Config{A: openSide(t, "good.pcap"), B: &b}, func(press func(string), await func(...string)) {
		await("A good.pcap", "B missing.pcap", "57 ops", "54 ops", "row ")
		press("?G")
		await("MARKS", "moved")
	})
}

// TestRunFails checks that a fault while reading ends the screen with an error.
func TestRunFails(t *testing.T) {
	a := openSide(t, "missing.pcap")
	a.Load = func(func() bool) error { panic("fault") }
	screen := tcell.NewSimulationScreen("UTF-8")
	if err := Run(Config{A: a, Screen: screen}); err == nil || strings.Contains(err.Error(), "goroutine") {
		t.Errorf("error %v", err)
	}
}

// TestFilterAlt checks that Alt-A in the filter bar binds the filter to A, and
// that Esc with a letter behind it elsewhere is two keys.
func TestFilterAlt(t *testing.T) {
	b := openSide(t, "missing.pcap")
	r := newRobot(t, Config{A: openSide(t, "good.pcap"), B: &b}, 120, 40)
	alt := func(c rune) {
		r.view.InputHandler()(tcell.NewEventKey(tcell.KeyRune, c, tcell.ModAlt), func(tview.Primitive) {})
		r.draw()
	}
	r.press("/", "cmd == READ")
	alt('a')
	if got := r.text(); !strings.Contains(got, "a.cmd == READ") || !strings.Contains(got, "rows of which A matches") {
		t.Errorf("after Alt-A:\n%s", got)
	}
	alt('q')
	if r.view.prompt != nil || !r.ended {
		t.Error("Esc and q do not leave the bar and quit")
	}
}
