package state

import (
	"fmt"
	"slices"
	"strings"

	"smbdiff/diff"
)

// maskWindow is the mask editor.
type maskWindow struct {
	state *State
	first int // line of the first rule
}

func (*maskWindow) title() string { return "Masks: what counts as noise" }

func (*maskWindow) place() Place { return MaskWindow }

// narrowMasks is the width below which it is not told where a rule is from.
const narrowMasks = 90

// listedRule is one line of the editor.
type listedRule struct {
	own int // its place among the user's rules, -1: of the set
	nth int // its place among the rules in force
	on  bool
	diff.Listed
}

// list gives the user's rules, then those of the set.
func (m *maskWindow) list() []listedRule {
	set := &m.state.cmp.masks
	var out []listedRule
	for i := range set.rules {
		if r := &set.rules[i]; r.how != "keep" {
			out = append(out, listedRule{i, i, true, diff.Listed{Field: r.field, Scope: r.scope(), How: r.how, Name: "session"}})
		}
	}
	for i, r := range set.base.List() {
		out = append(out, listedRule{-1, len(set.rules) + i, set.keeps(r.Field) < 0, r})
	}
	return out
}

func (m *maskWindow) choices() (first, last int) { return m.first, m.first + len(m.list()) }

func (m *maskWindow) header() int { return m.first }

func (m *maskWindow) lines(w int) []Line {
	s := m.state
	list := m.list()
	chosen := -1
	if f := s.front(); f != nil && f.window == window(m) {
		chosen = f.cur - m.first
	}
	out := []Line{m.setLine(), m.stateLine(), m.preview(list, max(0, min(chosen, len(list)-1)))}
	for _, r := range s.cmp.masks.rules {
		if diff.IsOutcome(r.field) && r.how != "keep" {
			out = append(out, Line{{safe(r.field) + " is masked: it hides the outcome of operations", Bad}})
		}
	}
	out = append(out, Line{})
	heads := []string{"on", "rule", "scope", "how", "hits A / B", "hides", "from"}
	counts := s.hits()
	rows := make([][]string, len(list))
	for i, r := range list {
		on := "[x]"
		if !r.on {
			on = "[ ]"
		}
		rows[i] = []string{on, r.Field, r.Scope, r.How, "", "", r.Name}
		if counts != nil && r.nth < len(counts) {
			h := counts[r.nth]
			if rows[i][5] = fmt.Sprintf("%5d", h.Hides); !strings.Contains(r.Field, "/") {
				rows[i][4] = fmt.Sprintf("%5d / %d", h.A, h.B)
			}
		}
	}
	if w < narrowMasks {
		heads = heads[:len(heads)-1]
		for i := range rows {
			rows[i] = rows[i][:len(heads)]
		}
	}
	m.first = len(out) + 1
	return append(out, table(heads, rows, w)...)
}

// setLine says which rules are in force and where they are from.
func (m *maskWindow) setLine() Line {
	set := &m.state.cmp.masks
	l := Line{{"set: ", Dim}, {safe(set.base.Name), Plain}}
	if n := len(set.rules); n > 0 {
		l = append(l, Span{fmt.Sprintf(" + %d of this session, not saved (s writes them)", n), Plain})
	}
	return l
}

// stateLine says what the rules make of the rows.
func (m *maskWindow) stateLine() Line {
	s := m.state
	r := s.cmp.result
	switch {
	case s.cmp.job != nil:
		return Line{{"comparing...", Dim}}
	case r == nil:
		return Line{{"not compared yet", Dim}}
	}
	text := fmt.Sprintf("%s differ only in what is masked, %d differ else", plural(r.counts[masked], "row"), len(r.diffs))
	if n := s.thanks(); n > 0 {
		text += fmt.Sprintf("; %d of them are equal only by rules of this session", n)
	}
	return Line{{text, Plain}}
}

// preview says what would be without the rule under the cursor.
func (m *maskWindow) preview(list []listedRule, i int) Line {
	s := m.state
	counts := s.hits()
	switch {
	case s.cmp.counting != nil && counts == nil:
		return Line{{fmt.Sprintf("counting what each rule does: %d%%", s.cmp.counting.percent.Load()), Dim}}
	case counts == nil || i >= len(list) || list[i].nth >= len(counts):
		return Line{}
	case !list[i].on:
		return Line{{"this rule is off: Space takes it in again", Dim}}
	}
	h := counts[list[i].nth]
	if h.Rows == 0 {
		return Line{{"without this rule no further row would differ", Dim}}
	}
	text := fmt.Sprintf("without this rule %s would differ", plural(h.Rows, "more row"))
	r := s.cmp.result
	if first := r.Rows[h.First]; r.first >= 0 && h.First >= r.first {
		text += "; the verdict would stay"
	} else {
		num := first.A
		if num == 0 {
			num = first.B
		}
		text += fmt.Sprintf("; the verdict would move to op %d", num)
	}
	style := Plain
	if list[i].own >= 0 {
		text, style = "! hides all that differs in rows: "+text, Bad
	}
	return Line{{text, style}}
}

func (m *maskWindow) do(f *frame, a Action) Request {
	s := m.state
	list := m.list()
	i := f.chosen()
	switch a {
	case Toggle:
		if i >= 0 {
			m.toggle(&list[i])
		}
	case Drop:
		if i >= 0 && list[i].own < 0 {
			s.note = "a rule of the set: Space takes it out of force"
		} else if i >= 0 {
			m.toggle(&list[i])
		}
	case NewMask:
		return s.ask(Prompt{Label: "mask", Accept: s.mask, Complete: completeField, Hint: maskHint})
	case EditMask, EditHow, EditScope:
		if i >= 0 {
			return m.edit(&list[i], a)
		}
	case UndoMask:
		s.undoLastMask()
	case SaveMasks:
		return s.ask(Prompt{Label: "write masks to", Accept: s.saveMasks, Hint: func(string) string { return "a new file, as for --mask FILE" }})
	case LoadMasks:
		return s.ask(Prompt{Label: "masks", Accept: s.loadMasks, Complete: completeSet, Hint: func(string) string { return "a set (" + strings.Join(setNames(), ", ") + ") or a file, as for --mask" }})
	case ShowFlags:
		s.note = s.Flags()
	}
	return Stay
}

// toggle takes a rule of the user's away, or one of the set out of force or
// back into it.
func (m *maskWindow) toggle(r *listedRule) {
	s := m.state
	set := &s.cmp.masks
	rules := slices.Clone(set.rules)
	k := r.own
	if k < 0 {
		k = set.keeps(r.Field)
	}
	switch {
	case k >= 0:
		set.set(slices.Delete(rules, k, k+1))
	default:
		r := maskRule{field: r.Field, how: "keep"}
		if err := set.try(r); err != nil {
			s.note = "this rule cannot be taken out: " + safe(err.Error())
			return
		}
		set.set(append(rules, r))
	}
	s.masked()
}

// edit asks for another form of a rule, or of a part of it. One of the set
// stays: the new one counts before it.
func (m *maskWindow) edit(r *listedRule, a Action) Request {
	s := m.state
	old := maskRule{field: r.Field, how: r.How}
	if r.own >= 0 {
		old = s.cmp.masks.rules[r.own]
	} else if s.cmp.masks.try(old) != nil { // said in words that are no rule
		old.how = "drop"
	}
	switch a {
	case EditHow:
		return s.ask(Prompt{Label: "how", Text: old.how, Hint: func(string) string { return howHint + ": " + safe(old.field) }, Accept: func(text string) error {
			next := old
			next.how = strings.TrimSpace(text)
			return s.replaceRule(r.own, next)
		}})
	case EditScope:
		scope := strings.TrimSpace(strings.TrimPrefix(old.typed(), old.field+" "+old.how))
		return s.ask(Prompt{Label: "scope", Text: scope, Hint: func(string) string { return scopeHint + ": " + safe(old.field) }, Accept: func(text string) error {
			next, err := parseRule(old.field + " " + old.how + " " + text)
			if err != nil {
				return err
			}
			return s.replaceRule(r.own, next)
		}})
	}
	return s.ask(Prompt{Label: "mask", Text: old.typed(), Complete: completeField, Hint: maskHint, Accept: func(text string) error {
		next, err := parseRule(text)
		if err != nil {
			return err
		}
		return s.replaceRule(r.own, next)
	}})
}

// replaceRule puts a rule in the place of the user's rule at i, before all
// others where that is negative.
func (s *State) replaceRule(i int, r maskRule) error {
	m := &s.cmp.masks
	if err := m.try(r); err != nil {
		return err
	}
	rules := slices.Clone(m.rules)
	if i >= 0 && i < len(rules) {
		rules[i] = r
	} else {
		rules = append([]maskRule{r}, rules...)
	}
	m.set(rules)
	s.masked()
	return nil
}
