package filter

import (
	"slices"
	"strings"
)

// Candidate is what may stand in the place of the last word of a filter that
// is being typed.
type Candidate struct {
	Text string
	Help string
	From int // where in the source the word begins
}

// mostCandidates bounds the candidates.
const mostCandidates = 200

// Complete gives what may stand at the end of src: names of values behind a
// relation, names of fields and facts elsewhere. Those that begin with what is
// there come first, facts before fields, then those that hold it.
func Complete(src string) []Candidate {
	tokens, err := lex(src)
	if err != nil || len(src) > maxSource {
		return nil
	}
	i := len(tokens) - 1 // end
	typed := token{from: len(src), to: len(src)}
	if i > 0 && tokens[i-1].kind == word && tokens[i-1].to == len(src) {
		i--
		typed = tokens[i]
	}
	p := parser{src: src, tokens: tokens, filter: &Filter{}}
	if e := p.valued(i); e != nil {
		return values(e, typed)
	}
	side, name := sideOf(typed.text)
	before := ""
	if side != 0 {
		before = string(side) + "."
	}
	var ranks [3][]Candidate
	c := names()
	lower := strings.ToLower(name)
	for _, n := range c.names {
		e := c.byName[n]
		rank := rankOf(n, lower)
		switch {
		case rank < 0:
			continue
		case rank == 0 && e.fact == nil:
			rank = 1
		case rank > 0:
			rank = 2
		}
		ranks[rank] = append(ranks[rank], Candidate{before + n, e.help, typed.from})
	}
	out := slices.Concat(ranks[0], ranks[1], ranks[2])
	return out[:min(len(out), mostCandidates)]
}

// rankOf is 0 for a name that begins with what was typed, 1 for one that holds
// it and -1 for others.
func rankOf(name, lower string) int {
	switch i := strings.Index(strings.ToLower(name), lower); {
	case i < 0:
		return -1
	case i == 0:
		return 0
	}
	return 1
}

// valued gives the name whose values may stand in place i: the one before the
// relation or set that i stands in.
func (p *parser) valued(i int) *entry {
	for i--; i > 0; i-- {
		switch t := p.tokens[i]; {
		case t.kind == comma || t.kind == openSet || t.kind == dots || t.kind == maskSign:
		case t.kind == relation || t.kind == word && wordRelations[strings.ToLower(t.text)] != exists:
			if p.tokens[i-1].kind == word && strings.EqualFold(p.tokens[i-1].text, "not") && i > 1 {
				i--
			}
			return p.entry(p.tokens[i-1])
		case t.kind == word && (p.tokens[i-1].kind == comma || p.tokens[i-1].kind == openSet || p.tokens[i-1].kind == dots):
		case t.kind == word && p.tokens[i+1].kind == maskSign:
			return p.entry(t)
		default:
			return nil
		}
	}
	if i == 0 && p.tokens[1].kind == maskSign {
		return p.entry(p.tokens[0])
	}
	return nil
}

// values gives the names that a value may have.
func values(e *entry, typed token) []Candidate {
	lower := strings.ToLower(typed.text)
	var ranks [2][]Candidate
	seen := map[string]bool{}
	add := func(name, help string) {
		if rank := rankOf(name, lower); rank >= 0 && !seen[name] {
			seen[name] = true
			ranks[rank] = append(ranks[rank], Candidate{name, help, typed.from})
		}
	}
	for i := range e.targets {
		t := &e.targets[i]
		if t.class == letter {
			continue
		}
		for _, v := range t.values() {
			add(v.Name, "")
		}
		if t.class == boolean || t.bit != nil && t.bit.Values == nil {
			add("true", "")
			add("false", "")
		}
		if t.def != nil && t.bit == nil {
			for k := range t.def.Bits {
				add(t.def.Bits[k].Label, t.def.Bits[k].Name)
			}
		}
	}
	out := slices.Concat(ranks[0], ranks[1])
	return out[:min(len(out), mostCandidates)]
}
