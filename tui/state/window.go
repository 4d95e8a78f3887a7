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

// header is a window whose first lines stay in sight.
type header interface{ header() int }

// frame holds an open window.
type frame struct {
	window
	top, cur int
	height   int // lines that it shows
	below    int // of a picker: lines it is moved on to show what stands below the choices
	most     int // of those
	left     int // cells that are out of sight to the left
	widest   int // of its lines
	inner    int // cells of text that it shows
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
func (s *State) shut() {
	if _, ok := s.front().window.(*maskWindow); ok {
		s.stopHits()
	}
	s.frames = s.frames[:len(s.frames)-1]
	s.revealed = false
}

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
	case ScrollLeft:
		f.scroll(-scrollCells, f.inner)
	case ScrollRight:
		f.scroll(scrollCells, f.inner)
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
		if back := min(f.below, -n); back > 0 {
			f.below -= back
			n += back
		}
		last = max(first, last-1)
		goal := max(first, min(f.cur, last)) + n
		f.below = min(f.below+max(0, goal-last), f.most)
		f.cur = max(first, min(goal, last))
		return
	}
	f.top = max(0, f.top+n)
}

// scrollCells is how far a key moves a wide window to a side.
const scrollCells = 16

// scroll moves the text sideways, as far as there is more of it than w cells.
func (f *frame) scroll(n, w int) { f.left = max(0, min(f.left+n, f.widest-w)) }

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
	f.widest = 0
	for _, l := range lines {
		f.widest = max(f.widest, l.width())
	}
	f.scroll(0, inner-1)
	f.inner = inner - 1
	head := 0
	if p, ok := f.window.(header); ok {
		head = max(0, min(p.header(), len(lines), h-6-leastList))
	}
	f.height = h - 6 - head
	cursor := -1
	if p, ok := f.window.(picker); ok {
		f.move(0)
		if first, last := p.choices(); last > first {
			cursor = f.cur
			at := cursor - head
			f.top = max(min(f.top, at), at-f.height+1)
			if f.cur == first && first-head < f.height {
				f.top = 0 // the heading shows with the first line
			}
		}
	}
	f.top = max(0, min(f.top, len(lines)-head-f.height))
	f.most = max(0, len(lines)-head-f.height-f.top)
	f.below = min(f.below, f.most)
	top := f.top + f.below
	name := cut(f.title(), inner-5)
	out[2] = Line{{"  ┌─ ", Dim}, {name, Title}, {" " + strings.Repeat("─", inner-3-Width(name)) + "┐", Dim}}.fit(w, Plain)
	for i := range head + f.height {
		l := Line{{"  │", Dim}}
		var text Line
		at := i
		if i >= head {
			at += top
		}
		if at < len(lines) {
			text = lines[at].from(f.left)
		}
		text = append(Line{{" ", Plain}}, text...).fit(inner, Plain)
		if at == cursor {
			text = s.mark(text, true)
		}
		l = append(l, text...)
		out[3+i] = append(l, Span{"│", Dim}).fit(w, Plain)
	}
	more := "─"
	if head+top+f.height < len(lines) {
		more += " ↓ more ─"
	}
	if f.left > 0 {
		more += " ← more ─"
	}
	if f.widest-f.left > inner-1 && f.place() == StatsWindow {
		more += " → more ─"
	}
	below := more + strings.Repeat("─", max(0, inner-Width(more)))
	out[3+head+f.height] = Line{{"  └" + below + "┘", Dim}}.fit(w, Plain)
}

// help is the help window, made from the key table.
type help struct {
	state *State
	in    Place
	find  string // lines without it are left out
}

func (h *help) title() string {
	title := "Help   keys: " + h.state.preset + " (:set keys " + strings.Join(Presets(), "|") + ")"
	if h.find != "" {
		title += "   lines with: " + safe(h.find)
	}
	return title
}

func (*help) place() Place { return HelpWindow }

func (h *help) lines(w int) []Line {
	all := h.state.keymap.help(h.in)
	if h.find == "" {
		return columns(all, w)
	}
	var out []Line
	for _, l := range all {
		if strings.Contains(strings.ToLower(l.String()), strings.ToLower(h.find)) {
			out = append(out, l)
		}
	}
	if len(out) == 0 {
		out = append(out, Line{{"no key says that; / asks again", Dim}})
	}
	return out
}

func (h *help) do(f *frame, a Action) Request {
	if a != SearchHelp {
		return Stay
	}
	return h.state.ask(Prompt{Label: "keys that say", Text: h.find, Accept: func(text string) error {
		h.find, f.top = strings.TrimSpace(text), 0
		return nil
	}, Hint: func(string) string { return "nothing: all keys" }})
}
