package state

import (
	"fmt"
	"strings"

	"smbdiff/dissect/op"
)

// textWindow shows lines that were made elsewhere.
type textWindow struct {
	name string
	in   Place
	text func(w int) []Line
}

func (t *textWindow) title() string { return t.name }

func (t *textWindow) place() Place { return t.in }

func (t *textWindow) lines(w int) []Line { return t.text(w) }

func (t *textWindow) do(*frame, Action) Request { return Stay }

// showStatistics opens the statistics, which are counted on a goroutine.
func (s *State) showStatistics() {
	if s.cfg.Statistics == nil {
		s.note = "no statistics here"
		return
	}
	var text []string
	counted := false
	s.open(&textWindow{"Statistics", StatsWindow, func(int) []Line {
		if !counted {
			return []Line{{{"counting...", Dim}}}
		}
		return plainLines(text)
	}})
	names := s.names()
	s.run(func() func() {
		got := s.cfg.Statistics(names)
		return func() { text, counted = strings.Split(strings.TrimRight(got, "\n"), "\n"), true }
	})
}

// plainLines makes lines of text; those that others follow under are headings.
func plainLines(text []string) []Line {
	var out []Line
	for i, l := range text {
		style := Plain
		if i == 0 || text[i-1] == "" {
			style = Title
		}
		out = append(out, Line{{safe(l), style}})
	}
	return out
}

// showLog opens what there is to say of the captures beside their rows: what
// was read, what could not be, what failed before.
func (s *State) showLog() {
	s.open(&textWindow{"Log", LogWindow, func(w int) []Line {
		var out []Line
		for k, d := range s.sides {
			name := safe(d.Name)
			if s.diffing() {
				name = [...]string{"A  ", "B  "}[k] + name
			}
			out = append(out, Line{{name, Title}})
			for _, l := range s.logOf(d) {
				for i, part := range wrap(safe(l), w-4) {
					indent := "  "
					if i > 0 {
						indent = "    "
					}
					out = append(out, Line{{indent + part, Plain}})
				}
			}
			out = append(out, Line{})
		}
		if err := s.history.err; err != nil {
			out = append(out, Line{{"what is typed is not kept: " + safe(err.Error()), Plain}}, Line{})
		}
		if r := s.cmp.result; r != nil {
			out = append(out, Line{{"comparison", Title}}, Line{{"  " + safe(r.sentence), Plain}})
			if n := r.counts[unread]; n > 0 {
				out = append(out, Line{{fmt.Sprintf("  %s not compared", plural(n, "row")), Unread}})
			}
		}
		return out
	}})
}

func (s *State) logOf(d *side) (out []string) {
	sum := d.Trace.Summary()
	if sum == nil {
		return []string{"is being read"}
	}
	c := d.Trace.Counts()
	out = append(out, fmt.Sprintf("%d frames, %d TCP connections, %d with SMB; %s in %s", sum.Frames, sum.TCPConnections, sum.SMBConnections,
		plural(c.Messages, "message"), plural(c.Operations, "operation")))
	if c.Sealed > 0 {
		out = append(out, fmt.Sprintf("%d of %d sealed messages are open", c.Opened, c.Sealed))
	}
	for _, f := range sum.Prologue {
		out = append(out, fmt.Sprintf("frame %d, before SMB: %s", f.Frame, f.Text))
	}
	for _, x := range sum.Damage {
		out = append(out, fmt.Sprintf("%s, frame %d: %s", x.File, x.Frame, x.Text))
	}
	if sum.Holes > 0 {
		out = append(out, fmt.Sprintf("%s with %d missing bytes", plural(int(sum.Holes), "place"), sum.HoleBytes))
	}
	if sum.SnapCut > 0 {
		out = append(out, plural(int(sum.SnapCut), "frame")+" cut by the snapshot length")
	}
	if sum.Unframed > 0 {
		out = append(out, fmt.Sprintf("%d bytes of connections with SMB belong to no message", sum.Unframed))
	}
	if sum.Stopped {
		out = append(out, "reading was stopped")
	}
	if d.err != nil {
		out = append(out, d.err.Error())
	}
	return out
}

// historyWindow lists the operations on one open, of both captures; without
// an open those on one path.
type historyWindow struct {
	state *State
	name  string
	rows  []historyRow
	done  bool
}

type historyRow struct {
	side int
	num  uint32
	text []string
}

// historyMost bounds the list.
const historyMost = 10000

// showHistory opens the history of the handle under the cursor.
func (s *State) showHistory() {
	ops := s.selectedOps()
	h := &historyWindow{state: s}
	var want [2]op.Op
	for k, d := range s.sides {
		want[k], _ = d.Trace.Op(ops[k])
		if o := &want[k]; o.Num > 0 {
			what := fmt.Sprintf("F%d", o.Open)
			if o.Open == 0 {
				what = ""
			}
			what = strings.TrimSpace(d.Trace.Name(o.Path) + " " + what)
			if what != "" && h.name == "" {
				h.name = what
			}
		}
	}
	if h.name == "" {
		s.note = "this operation is on no file"
		return
	}
	s.open(h)
	sides := s.sides
	s.run(func() func() {
		rows := history(sides, want)
		return func() { h.rows, h.done = rows, true }
	})
}

// history finds the operations on the same open as want, or its path where it
// has no open.
func history(sides []*side, want [2]op.Op) []historyRow {
	var out []historyRow
	buf := make([]op.Op, 512)
	for k, d := range sides {
		w := &want[k]
		if w.Num == 0 {
			continue
		}
		start, _ := d.Trace.Op(1)
		for next := uint32(1); len(out) < historyMost; {
			ops := d.Trace.Ops(buf, next)
			if len(ops) == 0 {
				break
			}
			next += uint32(len(ops))
			for i := range ops {
				o := &ops[i]
				if w.Open != 0 && o.Open != w.Open || w.Open == 0 && (o.Path != w.Path || o.Path == 0) {
					continue
				}
				r := o.Row(start.Start, d.Trace.Name)
				out = append(out, historyRow{k, o.Num, []string{[...]string{"A", "B"}[k], r.Op, r.Time, r.Command, r.Object, shortStatus(r.Result), r.Frames}})
			}
		}
	}
	return out
}

func (h *historyWindow) title() string { return "History of " + safe(h.name) }

func (*historyWindow) place() Place { return HistoryWindow }

func (h *historyWindow) choices() (first, last int) { return 1, 1 + len(h.rows) }

func (h *historyWindow) lines(w int) []Line {
	if !h.done {
		return []Line{{{"looking...", Dim}}}
	}
	var rows [][]string
	for i := range h.rows {
		rows = append(rows, h.rows[i].text)
	}
	return table([]string{"", "op", "time", "command", "object", "result", "frames"}, rows, w)
}

func (h *historyWindow) do(f *frame, a Action) Request {
	if i := f.chosen(); a == Choose && i >= 0 {
		r := h.rows[i]
		h.state.shut()
		h.state.visit(h.state.rowOfOp(r.side, r.num))
	}
	return Stay
}
