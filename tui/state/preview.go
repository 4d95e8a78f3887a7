package state

import (
	"fmt"
	"sync/atomic"
)

// preview counts the rows that a filter would show while it is typed.
type preview struct {
	text string
	job  *counting // nil: none was begun
}

// counting is a count on a goroutine.
type counting struct {
	shown atomic.Int64
	stop  atomic.Bool
	done  atomic.Bool
}

func (p *preview) running() bool { return p.job != nil && !p.job.done.Load() }

func (p *preview) end() {
	if p.job != nil {
		p.job.stop.Store(true)
	}
	*p = preview{}
}

// counted says how many rows a filter shows, as far as they are counted; err
// is what is wrong with it.
func (s *State) counted(text string, err error) string {
	p := &s.preview
	if p.text != text || p.job == nil {
		p.end()
		p.text = text
		if f, wrong := ParseFilter(text); wrong == nil && !f.Empty() {
			p.job = s.count(f)
		}
	}
	switch {
	case err != nil:
		return "goes on"
	case p.job == nil:
		return fmt.Sprintf("all %s", plural(s.rowCount(), "row"))
	}
	out := fmt.Sprintf("%d of %s", p.job.shown.Load(), plural(s.rowCount(), "row"))
	if !p.job.done.Load() {
		out += " so far"
	}
	return out
}

func (s *State) count(f Filter) *counting {
	c := &counting{}
	w := s.newWalk(f)
	s.run(func() func() {
		defer c.done.Store(true)
		for i := uint32(0); i%256 != 0 || !c.stop.Load(); i++ {
			ops, p, ok := w.row(i)
			if !ok {
				break
			}
			if w.matcher.match(ops, p) {
				c.shown.Add(1)
			}
		}
		return func() {}
	})
	return c
}
