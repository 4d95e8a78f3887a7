package state

import (
	"fmt"
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

// typed gives the rule as it is typed.
func (r *maskRule) typed() string {
	out := r.field + " " + r.how
	if r.command != "" {
		out += " in " + r.command
	}
	if r.message != "" {
		out += " " + r.message
	}
	if r.when != "" {
		out += " when " + r.when
	}
	return out
}

// maskSet is what counts as noise: a set of rules, before which come the user's.
type maskSet struct {
	base  *diff.Masks
	rules []maskRule
	past  []maskSet // for undo
	log   func(undoStep)
	sure  bool // the user has said that the only difference of a row may be masked
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
	m.past = append(m.past, maskSet{base: m.base, rules: m.rules})
	m.log(undoStep{what: undoMasks})
	m.rules = rules
}

// flags gives what makes a report without a screen use the same rules; what
// flags cannot say is left to a file.
func (m *maskSet) flags() []string {
	var out []string
	names, ignore, only := m.base.Made()
	if len(names) != 1 || names[0] != "default" {
		for _, n := range names {
			out = append(out, "--mask "+quoted(n))
		}
	}
	for _, g := range ignore {
		out = append(out, "--ignore "+quoted(g))
	}
	for _, g := range only {
		out = append(out, "--only "+quoted(g))
	}
	status, file := slices.ContainsFunc(ignore, diff.IsOutcome), false
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

// mask takes a rule as it is typed. A rule that is there already goes away.
func (s *State) mask(text string) error {
	r, err := parseRule(text)
	if err != nil {
		return err
	}
	return s.toggleRule(r)
}

// parseRule reads a rule as it is typed: FIELD [HOW [in COMMAND]
// [request|response] [when EXPR]].
func parseRule(text string) (maskRule, error) {
	r := maskRule{how: "drop"}
	r.field, text, _ = strings.Cut(strings.TrimSpace(text), " ")
	if r.field == "" {
		return r, fmt.Errorf("which field? as in smb2.create.oplock or ntlmssp.*")
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
	return r, nil
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
// operations, and first of all the only difference of a row, are masked only on
// a yes.
func (s *State) ignore(name string) Request {
	r := maskRule{field: name, how: "drop"}
	m := &s.cmp.masks
	what := ""
	switch {
	case slices.Contains(m.rules, r):
	case diff.IsOutcome(name):
		what = " is the outcome of operations"
	case !m.sure && s.onlyDifference(name):
		what = " is all that differs in this row"
	}
	if what != "" {
		return s.ask(Prompt{Label: name + what + "; mask it? (y)", Letter: true, Accept: func(answer string) error {
			if answer != "y" && answer != "Y" {
				return nil
			}
			m.sure = m.sure || !diff.IsOutcome(name)
			return s.toggleRule(r)
		}})
	}
	if err := s.toggleRule(r); err != nil {
		s.note = safe(err.Error())
	}
	return Stay
}

// onlyDifference reports whether no field but those of this name differs in the
// row under the cursor.
func (s *State) onlyDifference(name string) bool {
	s.look()
	found := false
	for i := range s.detail.items {
		it := &s.detail.items[i]
		leaf := it.flags || it.kind != bit && it.end == int32(i)+1
		if it.kind == heading || it.grade <= masked || it.key == "" || !leaf {
			continue
		}
		if s.itemName(it) != name {
			return false
		}
		found = true
	}
	return found
}

// undoMask takes back the last change of masks.
func (s *State) undoMask() {
	m := &s.cmp.masks
	if len(m.past) == 0 {
		s.note = "no mask to take back"
		return
	}
	last := m.past[len(m.past)-1]
	m.base, m.rules, m.past = last.base, last.rules, m.past[:len(m.past)-1]
	s.note = "masks: as before"
	s.masked()
}
