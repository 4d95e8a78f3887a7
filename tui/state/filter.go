package state

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"smbdiff/dissect/op"
)

// FilterHelp says what a filter is, in one line.
const FilterHelp = "rows with all words; cmd: path: status: frame: op: for one column; ! excludes"

// Filter chooses operations by words that all must be found.
type Filter struct {
	Text  string
	terms []term
}

type filterColumn uint8

const (
	anyColumn filterColumn = iota
	commandColumn
	objectColumn
	statusColumn
	frameColumn
	opColumn
)

type term struct {
	in       filterColumn
	not      bool
	text     []byte // lower case
	from, to uint64
}

// ParseFilter reads a filter. Words are separated by blanks; double quotes keep
// blanks inside a word.
func ParseFilter(text string) (Filter, error) {
	f := Filter{Text: strings.TrimSpace(text)}
	for _, w := range words(f.Text) {
		t := term{}
		if len(w) > 1 && w[0] == '!' {
			t.not, w = true, w[1:]
		}
		name, rest, found := strings.Cut(w, ":")
		if found {
			switch strings.ToLower(name) {
			case "cmd", "command":
				t.in, w = commandColumn, rest
			case "path", "object":
				t.in, w = objectColumn, rest
			case "status":
				t.in, w = statusColumn, rest
			case "frame":
				t.in, w = frameColumn, rest
			case "op":
				t.in, w = opColumn, rest
			}
		}
		if t.in == frameColumn || t.in == opColumn {
			var err error
			if t.from, t.to, err = numberRange(w); err != nil {
				return Filter{}, fmt.Errorf("%s: takes a number or a range like 20-30", strings.ToLower(name))
			}
		}
		t.text = []byte(strings.ToLower(w))
		f.terms = append(f.terms, t)
	}
	return f, nil
}

func numberRange(s string) (from, to uint64, err error) {
	a, b, found := strings.Cut(s, "-")
	if from, err = strconv.ParseUint(a, 10, 32); err != nil {
		return 0, 0, err
	}
	if !found {
		return from, from, nil
	}
	to, err = strconv.ParseUint(b, 10, 32)
	return from, to, err
}

func words(s string) []string {
	var out []string
	var b strings.Builder
	quoted := false
	end := func() {
		if b.Len() > 0 {
			out = append(out, b.String())
			b.Reset()
		}
	}
	for _, r := range s {
		switch {
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			end()
		default:
			b.WriteRune(r)
		}
	}
	end()
	return out
}

// Empty reports whether the filter lets everything through.
func (f *Filter) Empty() bool { return len(f.terms) == 0 }

// matcher looks at many operations with one filter.
type matcher struct {
	filter Filter
	name   func(uint32) string
	buf    []byte
}

func (m *matcher) match(o *op.Op) bool {
	b := append(m.buf[:0], o.CommandName()...)
	command := len(b)
	b = append(b, ' ')
	b = o.AppendObject(b, m.name)
	object := len(b)
	b = append(b, ' ')
	b = o.AppendResult(b)
	m.buf = b
	ends := [...][2]int{anyColumn: {0, len(b)}, commandColumn: {0, command}, objectColumn: {command + 1, object}, statusColumn: {object + 1, len(b)}}
	for i := range m.filter.terms {
		t := &m.filter.terms[i]
		var hit bool
		switch t.in {
		case frameColumn:
			first, last := uint64(o.ReqFrame), uint64(o.RespFrame)
			hit = first >= t.from && first <= t.to || last >= t.from && last <= t.to
		case opColumn:
			hit = uint64(o.Num) >= t.from && uint64(o.Num) <= t.to
		default:
			e := ends[t.in]
			hit = containsFold(b[e[0]:e[1]], t.text)
		}
		if hit == t.not {
			return false
		}
	}
	return true
}

// containsFold reports whether b holds the lower-case text, whatever b's case.
func containsFold(b, text []byte) bool {
	for i := range b {
		c := b[i]
		if c >= utf8.RuneSelf {
			return bytes.Contains(bytes.ToLower(b), text)
		}
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return bytes.Contains(b, text)
}
