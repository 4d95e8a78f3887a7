package state

import "strings"

// window is something laid over the panes, such as the help.
type window interface {
	title() string
	place() Place // decides which keys work
	// lines gives all of its text for w cells; the frame shows a part.
	lines(w int) []Line
	// do does what the frame does not do by itself: moving, closing, quitting.
	do(f *frame, a Action) Request
}

// picker is a window some of whose lines can be chosen: those from the first
// up to the last.
type picker interface{ choices() (first, last int) }

// frame holds an open window.
type frame struct {
	window
	top, cur int
	height   int // lines that it shows
}

// open lays a window over the screen.
func (s *State) open(w window) {
	f := &frame{window: w}
	if p, ok := w.(picker); ok {
		f.cur, _ = p.choices()
	}
	s.frames = append(s.frames, f)
}

// front gives the frame that has the keys, nil when there is none.
func (s *State) front() *frame {
	if n := len(s.frames); n > 0 {
		return s.frames[n-1]
	}
	return nil
}

// shut closes the window in front.
func (s *State) shut() { s.frames = s.frames[:len(s.frames)-1] }

func (s *State) doWindow(f *frame, a Action) Request {
	switch a {
	case Escape:
		s.shut()
	case Help:
		s.open(&help{state: s, in: f.place()})
	case Quit:
		return DoQuit
	case Redraw:
		return DoRedraw
	case Suspend:
		return DoSuspend
	case Up, Down, PageUp, PageDown, HalfUp, HalfDown, First, Last:
		f.move(by(a, f.height))
	default:
		return f.do(f, a)
	}
	return Stay
}

// move moves the cursor, or the text where there is none.
func (f *frame) move(n int) {
	if p, ok := f.window.(picker); ok {
		first, last := p.choices()
		f.cur = max(first, min(f.cur+n, last-1))
		return
	}
	f.top = max(0, f.top+n)
}

// chosen gives which of a picker's lines is chosen, counted from the first; -1
// when there is none.
func (f *frame) chosen() int {
	if p, ok := f.window.(picker); ok {
		if first, last := p.choices(); f.cur >= first && f.cur < last {
			return f.cur - first
		}
	}
	return -1
}

// overlay lays a window over the screen.
func (s *State) overlay(f *frame, out []Line, w, h int) {
	inner := w - 6
	lines := f.lines(inner - 1)
	f.height = h - 6
	cursor := -1
	if p, ok := f.window.(picker); ok {
		f.move(0)
		if first, last := p.choices(); last > first {
			cursor = f.cur
			f.top = max(min(f.top, f.cur), f.cur-f.height+1)
			if f.cur == first && first < f.height {
				f.top = 0 // the heading shows with the first line
			}
		}
	}
	f.top = max(0, min(f.top, len(lines)-f.height))
	name := cut(f.title(), inner-5)
	out[2] = Line{{"  ┌─ ", Dim}, {name, Title}, {" " + strings.Repeat("─", inner-3-Width(name)) + "┐", Dim}}.fit(w, Plain)
	for i := range f.height {
		l := Line{{"  │", Dim}}
		var text Line
		if f.top+i < len(lines) {
			text = lines[f.top+i]
		}
		text = append(Line{{" ", Plain}}, text...).fit(inner, Plain)
		if f.top+i == cursor {
			text = s.mark(text, true)
		}
		l = append(l, text...)
		out[3+i] = append(l, Span{"│", Dim}).fit(w, Plain)
	}
	below := strings.Repeat("─", inner)
	if f.top+f.height < len(lines) {
		below = fit("─ ↓ more ", 9) + strings.Repeat("─", inner-9)
	}
	out[3+f.height] = Line{{"  └" + below + "┘", Dim}}.fit(w, Plain)
}

// help is the help window, made from the key table.
type help struct {
	state *State
	in    Place
}

func (*help) title() string { return "Help" }

func (*help) place() Place { return HelpWindow }

func (h *help) lines(int) []Line { return h.state.keymap.help(h.in) }

func (*help) do(*frame, Action) Request { return Stay }

// Prompt is a question for a line of text.
type Prompt struct {
	Label, Text string
	// Accept takes the answer; with an error the question stays open.
	Accept   func(text string) error
	Complete func(text string) string // nil: there is nothing to complete
	Hint     func(text string) string // what the text may be, in one line
	Letter   bool                     // one letter is the whole answer
}

// ask makes the screen ask a question.
func (s *State) ask(p Prompt) Request {
	s.prompt = &p
	return DoPrompt
}

// Prompt gives the question that DoPrompt asks for.
func (s *State) Prompt() *Prompt { return s.prompt }
