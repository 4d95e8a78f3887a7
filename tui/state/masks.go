package state

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"smbdiff/diff"
)

// maskRule is a rule that the user made: as a mask file has it.
type maskRule struct {
	field, how, command, message, when string
}

// text gives the rule as a mask file has it.
func (r *maskRule) text() string {
	var b strings.Builder
	b.WriteString("[[mask]]\n")
	for _, x := range [...][2]string{{"field", r.field}, {"how", r.how}, {"command", r.command}, {"message", r.message}, {"when", r.when}} {
		if x[1] != "" {
			b.WriteString(x[0] + " = " + strconv.Quote(x[1]) + "\n")
		}
	}
	if diff.IsOutcome(r.field) {
		b.WriteString("status = true\n")
	}
	return b.String()
}

func (r *maskRule) scope() string {
	out := strings.Fields(r.command + " " + r.message)
	if r.when != "" {
		out = append(out, "when "+r.when)
	}
	if len(out) == 0 {
		return "all commands"
	}
	return strings.Join(out, " ")
}

// maskSet is what counts as noise: a set of rules, before which come the user's.
type maskSet struct {
	base  *diff.Masks
	rules []maskRule
	past  [][]maskRule // for undo
}

func newMaskSet(name string, base *diff.Masks, ignored []string) maskSet {
	if base == nil {
		if name == "" {
			name = "default"
		}
		base = diff.NewMasks(name, nil, nil)
	}
	m := maskSet{base: base}
	for _, g := range ignored {
		m.rules = append(m.rules, maskRule{field: g, how: "drop"})
	}
	return m
}

// text gives the user's rules as a mask file has them.
func (m *maskSet) text() string {
	out := ""
	for i := range m.rules {
		out += m.rules[i].text() + "\n"
	}
	return out
}

// force gives the rules in force.
func (m *maskSet) force() *diff.Masks {
	if len(m.rules) == 0 {
		return m.base
	}
	all, err := m.base.Before("session", []byte(m.text()))
	if err != nil { // each was tried before it was taken
		return m.base
	}
	return all
}

// try says what is wrong with a rule, nil when it can be taken.
func (m *maskSet) try(r maskRule) error {
	_, err := m.base.Before("rule", []byte(r.text()))
	return err
}

// keeps gives the index of the user's rule that takes a rule of the set out of
// force, -1 when there is none.
func (m *maskSet) keeps(field string) int {
	return slices.IndexFunc(m.rules, func(r maskRule) bool { return r.field == field && r.how == "keep" })
}

// set makes rules those in force.
func (m *maskSet) set(rules []maskRule) {
	m.past = append(m.past, m.rules)
	m.rules = rules
}

// flags gives what makes a report without a screen use the same rules; what
// flags cannot say is left to a file.
func (m *maskSet) flags() []string {
	var out []string
	if m.base.Name != "default" {
		out = append(out, "--mask "+quoted(m.base.Name))
	}
	status, file := false, false
	for _, r := range m.rules {
		if r.how != "drop" || r.command+r.message+r.when != "" {
			file = true
			continue
		}
		out = append(out, "--ignore "+quoted(r.field))
		status = status || diff.IsOutcome(r.field)
	}
	if status {
		out = append(out, "--mask-status")
	}
	if file {
		out = append(out, "--mask FILE (s in M writes it)")
	}
	return out
}

// mask takes a rule as it is typed: FIELD [HOW [in COMMAND] [request|response]
// [when EXPR]]. A rule that is there already goes away.
func (s *State) mask(text string) error {
	r := maskRule{how: "drop"}
	r.field, text, _ = strings.Cut(strings.TrimSpace(text), " ")
	if r.field == "" {
		return fmt.Errorf("which field? as in smb2.create.oplock or ntlmssp.*")
	}
	text, r.when, _ = strings.Cut(" "+text, " when ")
	words := strings.Fields(text)
	if n := len(words); n > 0 && (words[n-1] == "request" || words[n-1] == "response") {
		r.message, words = words[n-1], words[:n-1]
	}
	if i := slices.Index(words, "in"); i >= 0 {
		r.command, words = strings.ToUpper(strings.Join(words[i+1:], " ")), words[:i]
	}
	if len(words) > 0 {
		r.how = strings.Join(words, " ")
	}
	return s.toggleRule(r)
}

// toggleRule adds a rule, or takes it away where it is.
func (s *State) toggleRule(r maskRule) error {
	m := &s.cmp.masks
	if err := m.try(r); err != nil {
		return err
	}
	rules := slices.Clone(m.rules)
	if i := slices.Index(rules, r); i >= 0 {
		m.set(slices.Delete(rules, i, i+1))
		s.note = "no longer masked: " + safe(r.field)
	} else {
		m.set(append([]maskRule{r}, rules...))
		s.note = "masked: " + safe(r.field) + " (u: undo)"
	}
	s.masked()
	return nil
}

// masked compares anew under other masks.
func (s *State) masked() {
	s.moved, s.changed = true, true
	s.detail.keep = s.detail.key()
	if !s.loading() {
		s.compare()
	}
}

// ignore masks the field under the cursor, or takes that back. The outcome of
// operations is masked only on a yes.
func (s *State) ignore(name string) Request {
	r := maskRule{field: name, how: "drop"}
	if diff.IsOutcome(name) && !slices.Contains(s.cmp.masks.rules, r) {
		return s.ask(Prompt{Label: name + " is the outcome of operations; mask it? (y)", Letter: true, Accept: func(answer string) error {
			if answer == "y" || answer == "Y" {
				return s.toggleRule(r)
			}
			return nil
		}})
	}
	if err := s.toggleRule(r); err != nil {
		s.note = safe(err.Error())
	}
	return Stay
}

// undoMask takes back the last change of masks.
func (s *State) undoMask() {
	m := &s.cmp.masks
	if len(m.past) == 0 {
		s.note = "no mask to take back"
		return
	}
	m.rules, m.past = m.past[len(m.past)-1], m.past[:len(m.past)-1]
	s.note = "masks: as before"
	s.masked()
}

// maskWindow is the mask editor.
type maskWindow struct {
	state *State
	first int // line of the first rule
}

func (*maskWindow) title() string { return "Masks: what counts as noise" }

func (*maskWindow) place() Place { return MaskWindow }

// rows gives the user's rules, then those of the set: on or off, and the rest.
func (m *maskWindow) rows() [][]string {
	set := &m.state.cmp.masks
	var out [][]string
	for i := range set.rules {
		if r := &set.rules[i]; r.how != "keep" {
			out = append(out, []string{"[x]", r.field, r.scope(), r.how, "session"})
		}
	}
	for _, r := range set.base.List() {
		on := "[x]"
		if set.keeps(r.Field) >= 0 {
			on = "[ ]"
		}
		out = append(out, []string{on, r.Field, r.Scope, r.How, r.Name})
	}
	return out
}

// own is how many rows are the user's.
func (m *maskWindow) own() (n int) {
	for _, r := range m.state.cmp.masks.rules {
		if r.how != "keep" {
			n++
		}
	}
	return n
}

func (m *maskWindow) choices() (first, last int) { return m.first, m.first + len(m.rows()) }

func (m *maskWindow) lines(w int) []Line {
	s := m.state
	out := []Line{{{"set: ", Dim}, {safe(s.maskText()), Plain}}}
	if r := s.cmp.result; r != nil {
		l := Line{{fmt.Sprintf("%s differ only in what is masked, %d differ else", plural(r.counts[masked], "row"), len(r.diffs)), Plain}}
		if s.cmp.job != nil {
			l = Line{{"comparing...", Dim}}
		}
		out = append(out, l)
	} else {
		out = append(out, Line{{"not compared yet", Dim}})
	}
	for _, r := range s.cmp.masks.rules {
		if diff.IsOutcome(r.field) && r.how != "keep" {
			out = append(out, Line{{safe(r.field) + " is masked: it hides the outcome of operations", Bad}})
		}
	}
	out = append(out, Line{})
	t := table([]string{"on", "rule", "scope", "how", "from"}, m.rows(), w)
	m.first = len(out) + 1
	return append(out, t...)
}

func (m *maskWindow) do(f *frame, a Action) Request {
	s := m.state
	i := f.chosen()
	switch a {
	case Toggle, Drop:
		if i >= 0 {
			m.toggle(i)
		}
	case NewMask:
		return s.ask(Prompt{Label: "mask", Accept: s.mask, Complete: completeField, Hint: maskHint})
	case UndoMask:
		s.undoMask()
	case SaveMasks:
		return s.ask(Prompt{Label: "write masks to", Accept: s.saveMasks, Hint: func(string) string { return "a new file, as for --mask FILE" }})
	case ShowFlags:
		s.note = s.Flags()
	}
	return Stay
}

// toggle takes a rule of the user's away, or one of the set out of force or
// back into it.
func (m *maskWindow) toggle(i int) {
	s := m.state
	set := &s.cmp.masks
	row := m.rows()[i]
	rules := slices.Clone(set.rules)
	k := set.keeps(row[1])
	if own := m.own(); i < own {
		for k = range rules {
			if rules[k].how != "keep" {
				if i == 0 {
					break
				}
				i--
			}
		}
	}
	switch {
	case k >= 0:
		set.set(slices.Delete(rules, k, k+1))
	default:
		r := maskRule{field: row[1], how: "keep"}
		if err := set.try(r); err != nil {
			s.note = "this rule cannot be taken out: " + safe(err.Error())
			return
		}
		set.set(append(rules, r))
	}
	s.masked()
}

func (s *State) saveMasks(path string) error {
	if path == "" {
		return nil
	}
	text := "extends = " + strconv.Quote(s.cmp.masks.base.Name) + "\n\n" + s.cmp.masks.text()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		return err
	}
	s.note = "masks written to " + safe(path)
	return f.Close()
}

func maskHint(string) string {
	return "FIELD [drop|shape|length|hide|keep|any order|within 5x] [in COMMAND] [request|response] [when EXPR]"
}

// completeField completes the name of a field.
func completeField(text string) string {
	if strings.Contains(text, " ") {
		return text
	}
	return CompleteFilter(text)
}
