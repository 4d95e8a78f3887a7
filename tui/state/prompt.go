package state

import (
	"errors"
	"fmt"
	"strings"

	"smbdiff/dissect/filter"
)

// Prompt is a question for a line of text.
type Prompt struct {
	Label, Text string
	// Accept takes the answer; with an error the question stays open.
	Accept   func(text string) error
	Complete func(text string) string // nil: there is nothing to complete
	Hint     func(text string) string // what the text may be, in one line
	Letter   bool                     // one letter is the whole answer
	Filter   bool                     // the answer is a filter: candidates and rows are told
	Secret   bool                     // the answer is not kept
	// Key does what a key does that types nothing: it gives the text that then
	// stands there, and whether it knows the key. nil: no such key is known.
	Key func(key, text string) (string, bool)

	back func() Request // what is asked again when this question is left

	told, toldOf string // of a key that was pressed, and the text then

	wireshark string // text that is shown as a filter of Wireshark
	trouble   error  // of a key that was pressed
	troubled  string // the text then
}

// ask makes the screen ask a question.
func (s *State) ask(p Prompt) Request {
	s.prompt = &p
	return DoPrompt
}

// Prompt gives the question that DoPrompt asks for.
func (s *State) Prompt() *Prompt { return s.prompt }

// Before gives what stands before the text that is typed.
func (p *Prompt) Before() string {
	switch {
	case p.Filter:
		return " "
	case p.Label == "":
		return ":"
	}
	return " " + p.Label + ": "
}

// pastMost bounds the answers that are kept of a question.
const pastMost = 100

// Answer hands over an answer and keeps it for Past.
func (s *State) Answer(p *Prompt, text string) error {
	if err := p.Accept(text); err != nil {
		return err
	}
	s.Closed()
	if p.Secret || p.Letter || strings.TrimSpace(text) == "" {
		return nil
	}
	list := s.earlier()[p.Label]
	if n := len(list); n == 0 || list[n-1] != text {
		s.history.add(p.Label, text)
	}
	s.past[p.Label] = remember(list, text)
	return nil
}

// Closed tells that the question is open no more.
func (s *State) Closed() {
	s.preview.end()
	s.endSeen()
	s.changed = true
}

// Left tells that the open question was left, and gives what comes instead.
func (s *State) Left() Request {
	s.Closed()
	if back := s.prompt.back; back != nil {
		return back()
	}
	return Stay
}

// earlier gives the answers by question, those of earlier runs too.
func (s *State) earlier() map[string][]string {
	if s.past == nil {
		s.past = s.history.load()
	}
	return s.past
}

// Past gives the answer before (step -1) or behind (1) the present text among
// those given to the same question; behind the last one comes the empty text.
func (s *State) Past(text string, step int) string {
	list := s.earlier()[s.prompt.Label]
	at := len(list)
	for i, l := range list {
		if l == text {
			at = i
		}
	}
	switch at += step; {
	case at < 0:
		return text
	case at >= len(list):
		return ""
	}
	return list[at]
}

// PromptLines gives what stands above and below the line on which the answer
// to the open question is typed; problem says why it was not taken.
func (s *State) PromptLines(text string, problem error, w, h int) (above, below []Line) {
	p := s.prompt
	if p.Filter {
		return s.filterBar(text, problem, w, h)
	}
	l := Line{}
	switch {
	case problem != nil:
		l = Line{{" " + safe(problem.Error()), Bad}}
	case p.Hint != nil:
		l = Line{{" " + safe(p.Hint(text)), Dim}}
	}
	return s.finish([]Line{l.fit(w, Plain)}), nil
}

// candidatesMost bounds the candidates that are told at once.
const candidatesMost = 8

// filterBar gives the lines around a filter that is typed: how many rows it
// shows, and what may come next or what is wrong.
func (s *State) filterBar(text string, problem error, w, h int) (above, below []Line) {
	_, err := filter.Parse(text)
	found := s.offered(text)
	var wrong *filter.Error
	if !errors.As(problem, &wrong) && len(found) == 0 {
		if errors.As(err, &wrong) && wrong.To >= len(text) && wrong.Nearest == "" {
			wrong = nil // it may go on
		}
	}
	state := Line{{s.counted(text, err), Plain}}
	if wrong != nil {
		state = Line{{fmt.Sprintf("wrong at character %d", len([]rune(text[:wrong.From]))+1), Bad}}
	}
	title := s.prompt.Label
	if s.diffing() {
		title += map[byte]string{0: ": rows of which A or B match", 'a': ": rows of which A matches", 'b': ": rows of which B matches"}[filter.Sides(text)]
	}
	above = []Line{rule(Line{{title, Title}}, state, w)}
	switch {
	case wrong != nil:
		below = caret(text, wrong, w)
	case text == "":
		below = []Line{{{" " + FilterHelp, Dim}}}
	case len(found) == 0:
		below = []Line{s.typedName(text)}
	default:
		below = s.candidates(found, text, min(candidatesMost, max(1, h/4-3)), w)
	}
	below = append(below, s.keyLines(text, w)...)
	for i := range below {
		below[i] = below[i].fit(w, Plain)
	}
	return s.finish(above), s.finish(below)
}

// caret points at what is wrong in a filter.
func caret(text string, e *filter.Error, w int) []Line {
	at, n := 1+Width(text[:e.From]), max(1, Width(text[e.From:e.To]))
	what := e.What
	if e.Nearest != "" {
		what += fmt.Sprintf("; did you mean %q? (Tab takes it)", e.Nearest)
	}
	out := Line{{" " + safe(what), Bad}}
	if at+n < w { // the text is not scrolled
		if at+n+Width(what) < w {
			return append([]Line{{{strings.Repeat(" ", at) + strings.Repeat("^", n), Bad}, out[0]}}, hintLine(e)...)
		}
		return append([]Line{{{strings.Repeat(" ", at) + strings.Repeat("^", n), Bad}}, out}, hintLine(e)...)
	}
	return append([]Line{out}, hintLine(e)...)
}

func hintLine(e *filter.Error) []Line {
	if e.Hint == "" {
		return nil
	}
	return []Line{{{" " + safe(e.Hint), Dim}}}
}

// keyLines tells the keys of the filter bar, and what one of them has shown.
func (s *State) keyLines(text string, w int) []Line {
	keys := Line{{" Tab", Key}, {" complete  ", Plain}, {"↑↓", Key}, {" earlier ones  ", Plain}}
	if w >= twoLists {
		keys = append(keys, Line{{"Ctrl-S", Key}, {" save as  ", Plain}}...)
		keys = append(Line{{" Enter", Key}, {" take  ", Plain}, {"Esc", Key}, {" leave ", Plain}}, keys...)
	}
	if s.diffing() {
		keys = append(keys, Line{{"Alt-A", Key}, {" only A  ", Plain}, {"Alt-B", Key}, {" only B  ", Plain}}...)
	}
	keys = append(keys, Line{{"Ctrl-T", Key}, {" for Wireshark  ", Plain}, {"bare words are looked for in command, path and status", Dim}}...)
	p := s.prompt
	switch {
	case p.trouble != nil && p.troubled == text:
		return []Line{{{" " + safe(p.trouble.Error()), Bad}}, keys}
	case p.told != "" && p.toldOf == text:
		return []Line{{{" " + safe(p.told), Dim}}, keys}
	case p.wireshark != text || text == "":
		p.wireshark = ""
		return []Line{keys}
	}
	out, err := filter.Wireshark(text)
	if err != nil {
		return []Line{{{" " + safe(err.Error()), Bad}}, keys}
	}
	return []Line{{{" in Wireshark: ", Dim}, {safe(out), Plain}}, keys}
}

// typedName says what is known of the name that has just been typed.
func (s *State) typedName(text string) Line {
	word := text[strings.LastIndexAny(text, " (!&|")+1:]
	if seen := s.seenText(word, true); seen != "" {
		return Line{{" " + word, Key}, {"  " + safe(seen), Plain}}
	}
	return Line{{" " + FilterHelp, Dim}}
}

// candidates lists what may come next with what it means, at most most lines.
func (s *State) candidates(found []filter.Candidate, text string, most, w int) []Line {
	wide := 0
	for _, c := range found[:min(most, len(found))] {
		wide = max(wide, Width(safe(c.Text)))
	}
	wide = min(wide, w/2)
	var out []Line
	for i, c := range found {
		if i == most-1 && len(found) > most {
			out = append(out, Line{{fmt.Sprintf(" and %d more", len(found)-i), Dim}})
			break
		}
		l := Line{{" " + fit(safe(c.Text), wide), Key}, {"  " + safe(c.Help), Plain}}
		if i == 0 {
			if seen := s.seenOfFirst(text, c.Text); seen != "" {
				l = append(l, Span{"  " + safe(seen), Dim})
			}
		}
		out = append(out, l)
	}
	return out
}

// seenOfFirst says which values the name has that Tab would take; of a name
// whose values messages tell, only once it stands there.
func (s *State) seenOfFirst(text, name string) string {
	if valued, _ := filter.Valued(text); valued != "" {
		return ""
	}
	return s.seenText(name, false)
}
