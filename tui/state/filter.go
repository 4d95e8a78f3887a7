package state

import (
	"errors"
	"strings"

	"smbdiff/dissect/filter"
)

// FilterHelp says what a filter is, in one line.
const FilterHelp = `words, or tests: cmd == CREATE && status != SUCCESS, path ~ "\.tmp$", rtt > 5ms; Tab completes`

// Filter chooses rows.
type Filter struct {
	Text string
	expr *filter.Filter
}

// ParseFilter reads a filter. The error is a *filter.Error.
func ParseFilter(text string) (Filter, error) {
	f, err := filter.Parse(text)
	if err != nil {
		return Filter{}, err
	}
	return Filter{Text: strings.TrimSpace(text), expr: f}, nil
}

// askFilter asks for a filter.
func (s *State) askFilter() Request { return s.askFilterWith(s.filter.Text) }

// askFilterWith asks for a filter, of which a text is there.
func (s *State) askFilterWith(text string) Request {
	return s.ask(Prompt{Label: "filter", Text: text, Accept: s.SetFilter, Complete: s.completeFilter, Key: s.filterKey, Filter: true})
}

// Empty reports whether the filter lets everything through.
func (f *Filter) Empty() bool { return f.expr == nil || f.expr.Empty() }

// matcher looks at many rows with one filter. It belongs to one goroutine.
type matcher struct {
	filter  Filter
	lookers []*filter.Looker // of the sides
	row     filter.Row
	pair    filter.Pair
}

func newMatcher(f Filter, sides []*side) *matcher {
	m := &matcher{filter: f}
	for _, d := range sides {
		m.lookers = append(m.lookers, filter.NewLooker(d.Trace))
	}
	return m
}

// match tells whether one of the operations of a row matches; p is what the
// comparison says of it, nil when there is none.
func (m *matcher) match(ops [2]uint32, p *pair) bool {
	m.look(ops, p)
	return m.filter.expr.Match(&m.row)
}

// look makes the operations of a row what is looked at.
func (m *matcher) look(ops [2]uint32, p *pair) {
	for k, side := range [...]*filter.Side{&m.row.A, &m.row.B} {
		if ops[k] == 0 || k >= len(m.lookers) || !m.lookers[k].Look(side, ops[k]) {
			side.SetOp(nil)
		}
	}
	if m.row.Pair = nil; p != nil {
		m.pair = filter.Pair{Grade: p.grade.String(), Moved: p.moved}
		m.row.Pair = &m.pair
	}
}

// CompleteFilter completes the last word of a filter that is being typed as far
// as there is one way only, or takes the first; in place of a name that is
// wrong it puts the one that may have been meant.
func CompleteFilter(text string) string {
	found := begin(text)
	if len(found) == 0 {
		_, err := filter.Parse(text)
		if e := (*filter.Error)(nil); errors.As(err, &e) && e.Nearest != "" {
			return text[:e.From] + e.Nearest + text[e.To:]
		}
		return text
	}
	return completed(text, found)
}

// completed puts what all candidates begin with in the place of the last word,
// where that is no more than is there the first of them.
func completed(text string, found []filter.Candidate) string {
	if len(found) == 0 {
		return text
	}
	from := found[0].From
	same := found[0].Text
	for _, c := range found[1:] {
		for !strings.HasPrefix(c.Text, same) {
			same = same[:len(same)-1]
		}
	}
	if len(same) <= len(text)-from || same == `"` {
		same = found[0].Text
	}
	return text[:from] + same
}

// FilterHint says in one line what may stand at the end of a filter that is
// being typed.
func FilterHint(text string) string {
	found := begin(text)
	if len(found) == 0 || len(text) == 0 {
		return FilterHelp
	}
	if len(found) == 1 {
		return found[0].Text + "  " + found[0].Help
	}
	var words []string
	for _, c := range found[:min(len(found), 12)] {
		words = append(words, c.Text)
	}
	return strings.Join(words, "  ")
}

// begin gives the candidates that begin with what was typed.
func begin(text string) []filter.Candidate {
	var out []filter.Candidate
	for _, c := range filter.Complete(text) {
		typed := text[c.From:]
		if len(c.Text) >= len(typed) && strings.EqualFold(c.Text[:len(typed)], typed) && c.Text != typed {
			out = append(out, c)
		}
	}
	return out
}
