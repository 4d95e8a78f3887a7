package tui

import (
	"fmt"
	"io"
	"os"
	"unicode"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"
	"github.com/rivo/uniseg"

	"smbdiff/dissect/field"
	"smbdiff/tui/state"
)

// view is the whole screen: it draws the lines of a state and hands it keys.
type view struct {
	*tview.Box
	state   *state.State
	theme   theme
	mono    bool              // whatever the theme
	prompt  *tview.InputField // nil: no question is open
	problem error             // why the answer was not taken

	screen  tcell.Screen
	dragged bool // the border between the panes is being moved

	quit, redraw, suspend func()
}

func newView(s *state.State, mono bool) *view {
	return &view{Box: tview.NewBox(), state: s, mono: mono, quit: func() {}, redraw: func() {}, suspend: func() {}}
}

// Draw puts the state's lines on the screen.
func (v *view) Draw(screen tcell.Screen) {
	v.screen = screen
	v.theme = newTheme(v.state.Theme(), v.mono)
	x, y, w, h := v.GetRect()
	for i, l := range v.state.Lines(w, h) {
		v.line(screen, x, y+i, w, l)
	}
	if v.prompt != nil && h > 2 {
		v.ask(screen, x, y, w, h)
	}
}

// ask draws the open question over the last lines.
func (v *view) ask(screen tcell.Screen, x, y, w, h int) {
	above, below := v.state.PromptLines(v.prompt.GetText(), v.problem, w, h)
	y += h - len(above) - 1 - len(below)
	for _, l := range above {
		v.line(screen, x, y, w, l)
		y++
	}
	v.blank(screen, x, y, w)
	v.prompt.SetRect(x, y, w, 1)
	v.prompt.Draw(screen)
	for i, l := range below {
		v.line(screen, x, y+1+i, w, l)
	}
}

func (v *view) blank(screen tcell.Screen, x, y, w int) {
	for i := range w {
		screen.SetContent(x+i, y, ' ', nil, tcell.StyleDefault)
	}
}

func (v *view) line(screen tcell.Screen, x, y, w int, l state.Line) {
	at := 0
	for _, span := range l {
		style := v.theme.style(span.Style)
		rest, mode := span.Text, -1
		for len(rest) > 0 {
			var c string
			var n int
			c, rest, n, mode = uniseg.FirstGraphemeClusterInString(rest, mode)
			if at+n > w {
				return
			}
			if n == 0 {
				continue
			}
			r := []rune(c)
			screen.SetContent(x+at, y, r[0], r[1:], style)
			at += n
		}
	}
}

// InputHandler hands keys to the open question or to the state. A terminal sends
// Alt and a letter as Esc and the letter; where no key wants Alt, that is what it
// is taken for.
func (v *view) InputHandler() func(*tcell.EventKey, func(tview.Primitive)) {
	return v.WrapInputHandler(func(e *tcell.EventKey, focus func(tview.Primitive)) {
		if e.Key() == tcell.KeyRune && e.Modifiers()&tcell.ModAlt != 0 {
			if v.special("Alt-" + string(unicode.ToUpper(e.Rune()))) {
				return
			}
			v.key(tcell.NewEventKey(tcell.KeyEscape, 0, tcell.ModNone))
			e = tcell.NewEventKey(tcell.KeyRune, e.Rune(), tcell.ModNone)
		}
		v.key(e)
	})
}

func (v *view) key(e *tcell.EventKey) {
	if v.prompt == nil {
		v.obey(v.state.Press(keyName(e)))
		return
	}
	if v.special(keyName(e)) {
		return
	}
	step := 0
	switch e.Key() {
	case tcell.KeyUp:
		step = -1
	case tcell.KeyDown:
		step = 1
	case tcell.KeyCtrlC:
		v.prompt = nil
		v.state.Closed()
		v.quit()
		return
	}
	if step != 0 {
		v.prompt.SetText(v.state.Past(v.prompt.GetText(), step))
		return
	}
	v.problem = nil
	if v.state.Prompt().Letter && e.Key() == tcell.KeyRune {
		v.prompt.SetText(string(e.Rune()))
		e = tcell.NewEventKey(tcell.KeyEnter, 0, tcell.ModNone)
	}
	v.prompt.InputHandler()(e, func(tview.Primitive) {})
}

// special does what a key does to the open question beside typing; it reports
// whether the key does anything.
func (v *view) special(key string) bool {
	if v.prompt == nil || v.state.Prompt().Key == nil {
		return false
	}
	p := v.state.Prompt()
	text, ok := p.Key(key, v.prompt.GetText())
	if other := v.state.Prompt(); other != p {
		v.open(other)
		return true
	}
	if ok && text != v.prompt.GetText() {
		v.prompt.SetText(text)
	}
	return ok
}

// obey does what a state asks of the screen.
func (v *view) obey(r state.Request) {
	switch r {
	case state.DoQuit:
		v.quit()
	case state.DoRedraw:
		v.redraw()
	case state.DoSuspend:
		v.suspend()
	case state.DoPrompt:
		v.open(v.state.Prompt())
	case state.DoCopy:
		v.copy()
	}
}

// copy hands the state's text to the clipboard of the terminal; where it has
// none the text is shown, to be selected there.
func (v *view) copy() {
	if v.screen == nil {
		return
	}
	tty, ok := v.screen.Tty()
	if !ok {
		v.screen.SetClipboard([]byte(v.state.Clip()))
		return
	}
	seq, known := clipboardSequence(v.state.Clip(), os.Getenv)
	if known {
		if _, err := io.WriteString(tty, seq); err == nil {
			return
		}
	}
	v.state.ShowClip()
}

// open opens a question.
func (v *view) open(p *state.Prompt) {
	f := tview.NewInputField().SetLabel(p.Before()).SetText(p.Text).SetFieldBackgroundColor(tcell.ColorDefault)
	f.SetLabelStyle(v.theme.style(state.Key)).SetFieldStyle(v.theme.style(state.Typed))
	f.SetBackgroundColor(tcell.ColorDefault)
	f.SetDoneFunc(func(k tcell.Key) {
		switch k {
		case tcell.KeyEnter:
			v.prompt = nil
			if err := v.state.Answer(p, f.GetText()); err != nil {
				v.prompt, v.problem = f, err
				return
			}
			v.obey(v.state.Asked())
		case tcell.KeyTab:
			if p.Complete != nil {
				f.SetText(p.Complete(f.GetText()))
			}
		case tcell.KeyEscape:
			v.prompt = nil
			v.obey(v.state.Left())
		}
	})
	f.SetChangedFunc(func(string) { v.problem = nil })
	f.Focus(func(tview.Primitive) {})
	v.prompt, v.problem = f, nil
}

// PasteHandler puts pasted text into the open question.
func (v *view) PasteHandler() func(string, func(tview.Primitive)) {
	return v.WrapPasteHandler(func(text string, focus func(tview.Primitive)) {
		if v.prompt != nil {
			v.prompt.PasteHandler()(field.Safe(text), func(tview.Primitive) {})
		}
	})
}

// wheelLines is how far one step of the wheel goes.
const wheelLines = 3

// MouseHandler selects what is clicked, moves with the wheel, and drags the
// border between the panes.
func (v *view) MouseHandler() func(tview.MouseAction, *tcell.EventMouse, func(tview.Primitive)) (bool, tview.Primitive) {
	return v.WrapMouseHandler(func(a tview.MouseAction, e *tcell.EventMouse, focus func(tview.Primitive)) (bool, tview.Primitive) {
		x, y := e.Position()
		left, top, _, _ := v.GetRect()
		switch a {
		case tview.MouseLeftDown:
			if v.dragged = v.prompt == nil && v.state.Grab(y-top); !v.dragged {
				return false, nil
			}
		case tview.MouseMove:
			if !v.dragged {
				return false, nil
			}
			v.state.Drag(y - top)
		case tview.MouseLeftUp:
			if !v.dragged {
				return false, nil
			}
			v.dragged = false
		case tview.MouseLeftClick:
			if v.prompt == nil {
				v.obey(v.state.Click(x-left, y-top))
			}
		case tview.MouseScrollUp:
			v.state.Wheel(y-top, -wheelLines)
		case tview.MouseScrollDown:
			v.state.Wheel(y-top, wheelLines)
		default:
			return false, nil
		}
		return true, nil
	})
}

// keyName gives the name by which the key table knows a key.
func keyName(e *tcell.EventKey) string {
	k := e.Key()
	shift := ""
	if e.Modifiers()&tcell.ModShift != 0 {
		shift = "Shift-"
	}
	if name, ok := keyNames[k]; ok {
		return name
	}
	switch {
	case k == tcell.KeyRune && e.Rune() == ' ':
		return "Space"
	case k == tcell.KeyRune:
		return string(e.Rune())
	case k >= tcell.KeyF1 && k <= tcell.KeyF12:
		return fmt.Sprintf("%sF%d", shift, k-tcell.KeyF1+1)
	case k >= tcell.KeyF13 && k <= tcell.KeyF24: // how some terminals send them with Shift
		return fmt.Sprintf("Shift-F%d", k-tcell.KeyF13+1)
	case k == tcell.KeyPgUp || k == tcell.KeyPgDn:
		return shift + map[tcell.Key]string{tcell.KeyPgUp: "PgUp", tcell.KeyPgDn: "PgDn"}[k]
	case k >= tcell.KeyCtrlA && k <= tcell.KeyCtrlZ:
		return "Ctrl-" + string(rune('A'+k-tcell.KeyCtrlA))
	}
	return ""
}

// keyNames are the names of keys that have one of their own.
var keyNames = map[tcell.Key]string{
	tcell.KeyUp: "↑", tcell.KeyDown: "↓", tcell.KeyLeft: "←", tcell.KeyRight: "→", tcell.KeyHome: "Home", tcell.KeyEnd: "End",
	tcell.KeyTab: "Tab", tcell.KeyBacktab: "Shift-Tab", tcell.KeyEnter: "Enter", tcell.KeyEscape: "Esc",
	tcell.KeyInsert: "Ins", tcell.KeyDelete: "Del", tcell.KeyBackspace: "Backspace", tcell.KeyBackspace2: "Backspace",
}
