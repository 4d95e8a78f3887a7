package state

import (
	"fmt"
	"strings"
	"sync/atomic"

	"smbdiff/dissect/filter"
)

// seenCount counts on a goroutine the values that one name has in the rows.
type seenCount struct {
	name   string
	rows   int // that there were when it began
	stop   atomic.Bool
	done   bool
	values []filter.SeenValue
}

// seenOf gives the values that a name has in the rows, nil until they have been
// counted. A name whose values only messages tell is counted when it is asked
// for with deep.
func (s *State) seenOf(name string, deep bool) []filter.SeenValue {
	if c := s.seen; c != nil && c.name == name && (c.rows == s.rowCount() || s.loading()) {
		return c.values
	}
	seen := filter.NewSeen(name)
	if seen == nil || !deep && !seen.Shallow() {
		return nil
	}
	s.endSeen()
	c := &seenCount{name: name, rows: s.rowCount()}
	s.seen = c
	w := s.newWalk(Filter{})
	s.run(func() func() {
		for i := uint32(0); int(i) < c.rows; i++ {
			if i%256 == 0 && c.stop.Load() {
				return nil
			}
			ops, p, ok := w.row(i)
			if !ok {
				break
			}
			w.matcher.look(ops, p)
			seen.Add(&w.matcher.row)
		}
		values := seen.Values()
		return func() { c.values, c.done = values, true }
	})
	return nil
}

func (s *State) endSeen() {
	if s.seen != nil {
		s.seen.stop.Store(true)
		s.seen = nil
	}
}

// offered gives what may stand at the end of a filter that is being typed:
// values that were seen here before others.
func (s *State) offered(text string) []filter.Candidate {
	if saved := s.savedFilters(text); len(saved) > 0 {
		return saved
	}
	name, from := filter.Valued(text)
	if name == "" {
		return begin(text)
	}
	var out []filter.Candidate
	known := map[string]bool{}
	typed := text[from:]
	for _, v := range s.seenOf(name, true) {
		bare := strings.TrimPrefix(v.Text, `"`)
		for _, t := range []string{bare, shortStatus(bare)} {
			if len(t) >= len(typed) && strings.EqualFold(t[:len(typed)], typed) && v.Text != typed {
				out = append(out, filter.Candidate{Text: v.Text, Help: "in " + plural(v.Rows, "row"), From: from})
				known[v.Text] = true
				break
			}
		}
	}
	for _, c := range begin(text) {
		if !known[c.Text] {
			out = append(out, c)
		}
	}
	return out
}

// seenMost bounds the values that are told behind a name.
const seenMost = 5

// seenText says which values a name has here, "" when that is not known.
func (s *State) seenText(name string, deep bool) string {
	values := s.seenOf(name, deep)
	if len(values) == 0 {
		return ""
	}
	var out []string
	for _, v := range values[:min(seenMost, len(values))] {
		out = append(out, fmt.Sprintf("%s %d", shortStatus(v.Text), v.Rows))
	}
	text := "seen here: " + strings.Join(out, " · ")
	if n := len(values) - seenMost; n > 0 {
		text += fmt.Sprintf(" and %d more", n)
	}
	return text
}

// completeFilter completes the last word of a filter with what is offered.
func (s *State) completeFilter(text string) string {
	if saved := s.savedFilters(text); len(saved) > 0 {
		return takeSaved(text, saved)
	}
	if name, _ := filter.Valued(text); name == "" {
		return CompleteFilter(text)
	}
	return completed(text, s.offered(text))
}

// filterKey does what keys do in the filter bar beside typing: it gives the text
// that then stands there, and whether it knows the key.
func (s *State) filterKey(key, text string) (string, bool) {
	side := byte(0)
	switch {
	case key == "Ctrl-T":
		s.prompt.wireshark = text
		return text, true
	case key == "Ctrl-S":
		if err := s.askName(text); err != nil {
			s.prompt.trouble, s.prompt.troubled = err, text
		}
		return text, true
	case !s.diffing():
		return text, false
	case key == "Alt-A":
		side = 'a'
	case key == "Alt-B":
		side = 'b'
	default:
		return text, false
	}
	if filter.Sides(text) == side {
		side = 0
	}
	out, err := filter.OnSide(text, side)
	if err != nil {
		s.prompt.trouble, s.prompt.troubled = err, text
		return text, true
	}
	return out, true
}
