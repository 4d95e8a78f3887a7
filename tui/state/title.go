package state

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
)

// describe says in a few words what the sessions of a trace speak.
func describe(sessions []conv.Session) string {
	var seen []string
	for i := range sessions {
		text := "SMB1"
		if d := sessions[i].Dialect; d != 0 {
			text = "SMB " + d.String()
		}
		if c := sessions[i].Cipher.String(); c != "" {
			text += " " + c
		}
		found := false
		for _, s := range seen {
			found = found || s == text
		}
		if !found {
			seen = append(seen, text)
		}
		if len(seen) > 2 {
			return strings.Join(seen[:2], ", ") + ", ..."
		}
	}
	return strings.Join(seen, ", ")
}

func (d *side) describe() {
	if d.session == "" || !d.loaded {
		d.session = describe(d.Trace.Sessions())
	}
}

// sealedText says how many of the sealed messages are open, and why not all.
func sealedText(c *dissect.Counts, long bool) (string, Style) {
	if c.Sealed == 0 {
		if long {
			return "nothing sealed", Dim
		}
		return "", Dim
	}
	text := fmt.Sprintf("%d/%d open", c.Opened, c.Sealed)
	if long {
		text = "sealed " + text
	}
	if c.Opened == c.Sealed {
		return text, Plain
	}
	best := 0
	for i, n := range c.Reasons {
		if n > c.Reasons[best] {
			best = i
		}
	}
	text = "! " + text
	if why := conv.Reason(best).String(); why != "" {
		text += ": " + why
	}
	return text, Bad
}

func baseName(name string) string { return safe(filepath.Base(name)) }

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return strconv.Itoa(n) + " " + what + "s"
}

func (s *State) titleLine(w int) Line {
	out := Line{{" smbdiff", Title}, {"  ", Plain}}
	if !s.diffing() {
		d := s.sides[0]
		c := d.Trace.Counts()
		d.describe()
		sealed, style := sealedText(&c, true)
		name := baseName(d.Name)
		ops := plural(c.Operations, "op")
		if sum := d.Trace.Summary(); sum != nil && w >= 2*leastWidth {
			ops += fmt.Sprintf(" in %s, %s", plural(len(d.Trace.Sessions()), "session"), plural(sum.SMBConnections, "connection"))
		}
		room := w - out.width() - Width(ops) - Width(sealed) - 5
		if room < 8 {
			room = max(8, w-out.width()-2)
		}
		out = append(out, Span{cut(name, room), SideA}, Span{"  ", Plain})
		if n := room - Width(name) - 2; d.session != "" && n >= Width(d.session) {
			out = append(out, Span{d.session + "  ", Plain})
		}
		return append(out, Span{ops + "  ", Plain}, Span{sealed, style}).fit(w, Plain)
	}
	out = Line{{" smbdiff ", Title}}
	each := (w - 9 - 1) / 2
	for k, d := range s.sides {
		style := [...]Style{SideA, SideB}[k]
		if k == 1 {
			out = append(out, Span{"│", Dim})
			each = w - out.width()
		}
		out = append(out, d.title(each, [...]string{" A ", " B "}[k], style)...)
	}
	return out.fit(w, Plain)
}

func (d *side) title(w int, letter string, style Style) Line {
	c := d.Trace.Counts()
	d.describe()
	gap := "  "
	if w < 40 {
		gap = " "
	}
	sealed, sealedStyle := sealedText(&c, w >= 60)
	ops := plural(c.Operations, "op") + gap
	name := baseName(d.Name)
	room := w - len(letter) - len(gap) - Width(ops) - Width(sealed) - 1
	if room < 8 {
		sealed = cut(sealed, max(0, Width(sealed)-(8-room)))
		room = 8
	}
	out := Line{{letter, style}, {cut(name, room) + gap, style}}
	if n := room - Width(name) - 2; d.session != "" && n >= Width(d.session) {
		out = append(out, Span{d.session + "  ", Plain})
	}
	return append(out, Span{ops, Plain}, Span{sealed, sealedStyle}).fit(w, Plain)
}

// percent says how much of the captures has been read.
func (s *State) percent() int {
	var done, size int64
	for _, d := range s.sides {
		if d.Trace.File == nil {
			continue
		}
		n, of := d.Trace.File.Progress()
		if d.loaded {
			n = of
		}
		done, size = done+n, size+of
	}
	if size <= 0 {
		return 0
	}
	return int(min(done*100/size, 99))
}

func (s *State) verdictLine(w int) Line {
	out := Line{{" ", Plain}}
	switch {
	case s.loading():
		out = append(out, Span{fmt.Sprintf("reading %d%%...", s.percent()), Title}, Span{"  Esc stops and keeps what there is", Dim})
	case s.diffing():
		out = append(out, s.diffVerdict(w-1)...)
	default:
		out = append(out, s.singleVerdict()...)
	}
	return out.fit(w, Plain)
}

func (s *State) diffVerdict(w int) Line {
	c := &s.cmp
	var out Line
	if c.job != nil {
		text := fmt.Sprintf("comparing %d%%... ", c.job.percent.Load())
		if c.result == nil {
			return Line{{text, Title}}
		}
		out = append(out, Span{text, Title})
	}
	if c.result == nil {
		return append(out, Span{"not compared", Unread})
	}
	more := s.partly()
	if n := s.thanks(); n > 0 {
		more = append(more, Span{fmt.Sprintf(" · %s equal only by masks of this session", plural(n, "row")), Unread})
	}
	out = append(out, Span{fitSentence(safe(c.result.sentence), w-out.width()-more.width()), c.result.verdict})
	return append(out, more...)
}

// fitSentence shortens what the verdict says of operations where there is no
// room for all of it.
func fitSentence(s string, w int) string {
	s = strings.ReplaceAll(s, "STATUS_", "")
	if Width(s) > w {
		s = strings.NewReplacer(" (A) / ", "/", " (B): ", " ").Replace(s)
	}
	return cut(s, max(w, sentenceLeast))
}

// sentenceLeast is what the verdict has of its line whatever else stands there.
const sentenceLeast = 50

func (s *State) singleVerdict() Line {
	d := s.sides[0]
	sum := d.Trace.Summary()
	if d.Trace.Len() == 0 && sum != nil {
		text := fmt.Sprintf("no SMB found in %d frames; %d TCP connections seen", sum.Frames, sum.TCPConnections)
		if len(sum.Prologue) > 0 {
			text += "; " + field.Safe(sum.Prologue[0].Text)
		}
		return Line{{text, Bad}}
	}
	failures, slow, unanswered, bad := d.tally.counts()
	counts := d.Trace.Counts()
	shut := counts.Sealed - counts.Opened
	part := func(n int, one, many string) Span {
		word := many
		if n == 1 {
			word = one
		}
		style := Plain
		if n > 0 {
			style = Bad
		}
		return Span{fmt.Sprintf("%d %s", n, word), style}
	}
	out := Line{}
	if failures+unanswered+bad+shut > 0 {
		out = append(out, Span{"! ", Bad})
	}
	dot := Span{" · ", Dim}
	out = append(out, part(failures, "failure", "failures"), dot)
	if slow > 0 {
		out = append(out, Span{fmt.Sprintf("%d slow (>100 ms)", slow), Differs}, dot)
	}
	out = append(out, part(unanswered, "unanswered", "unanswered"), dot, part(bad, "bad signature", "bad signatures"))
	if shut > 0 {
		out = append(out, dot, part(shut, "sealed message not opened", "sealed messages not opened"))
	}
	return append(out, s.partly()...)
}

// partly says why not all of the captures could be read.
func (s *State) partly() Line {
	var out Line
	for k, d := range s.sides {
		sum := d.Trace.Summary()
		if sum == nil {
			continue
		}
		name := ""
		if s.diffing() {
			name = [...]string{"A ", "B "}[k]
		}
		if sum.Stopped {
			out = append(out, Span{" · " + name + "reading was stopped", Bad})
		}
		if len(sum.Damage) > 0 {
			out = append(out, Span{" · " + name + "damaged: " + safe(sum.Damage[0].Text), Bad})
		}
		if sum.HoleBytes > 0 {
			out = append(out, Span{fmt.Sprintf(" · %s%d bytes missing", name, sum.HoleBytes), Bad})
		}
		if sum.SnapCut > 0 {
			out = append(out, Span{" · " + name + plural(int(sum.SnapCut), "cut frame"), Bad})
		}
		if d.err != nil {
			out = append(out, Span{" · " + name + safe(d.err.Error()), Bad})
		}
	}
	return out
}

// stateLine is the last line: where the cursor is and what is hidden.
func (s *State) stateLine(w int) Line {
	var out []string
	for _, p := range s.stateParts() {
		out = append(out, p.text)
	}
	return Line{{" " + strings.Join(out, " │ "), Dim}}.fit(w, Dim)
}

// stateParts gives the parts of the state line.
func (s *State) stateParts() (parts []statePart) {
	add := func(a Action, text string) { parts = append(parts, statePart{text, a}) }
	if s.note != "" {
		add(None, s.note)
	}
	row, ok := s.currentRow()
	n := s.rowCount()
	if !ok || n == 0 {
		add(None, "no row")
	} else if !s.diffing() {
		add(AskGoTo, fmt.Sprintf("op %d/%d", row+1, n))
	} else {
		add(AskGoTo, fmt.Sprintf("row %d/%d", row+1, n))
		if r := s.cmp.result; r != nil {
			text := plural(len(r.diffs), "difference")
			if i := r.place(row); i > 0 {
				text = fmt.Sprintf("difference %d/%d", i, len(r.diffs))
			}
			add(NextDiff, text)
		}
	}
	if s.rows.other >= 0 {
		ops := s.selectedOps()
		add(Realign, fmt.Sprintf("comparing A%d with B%d (free, = goes back)", ops[0], ops[1]))
	}
	if f := s.filter.Text; f != "" {
		text := fmt.Sprintf("filter: %s (%d shown, Esc drops it)", safe(f), s.lines())
		if s.rows.job != nil {
			text = fmt.Sprintf("filter: %s (%d so far)", safe(f), s.lines())
		}
		add(StartFilter, text)
	}
	if f := s.findText(); f != "" {
		add(NextMatch, f)
	}
	if s.diffing() {
		add(Context, s.contextText())
		add(ShowMasks, "masks: "+s.maskText())
		if n := len(s.cmp.anchors); n > 0 {
			add(None, fmt.Sprintf("anchors: %d", n))
		}
	}
	return parts
}

func (s *State) contextText() string {
	switch s.cmp.context {
	case -1:
		return "all rows"
	case 0:
		return "differences alone"
	}
	return fmt.Sprintf("context %d", s.cmp.context)
}

func (s *State) maskText() string {
	text := s.cmp.masks.base.Name
	if n := len(s.cmp.masks.rules); n > 0 {
		text += fmt.Sprintf(" + %d", n)
	}
	return text
}

// place gives the number of a row among the differences, from 1, 0 when it is
// none.
func (r *result) place(row uint32) int {
	next := r.nextIndex(row)
	if next < len(r.diffs) && r.diffs[next] == row {
		return next + 1
	}
	return 0
}
