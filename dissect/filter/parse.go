package filter

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strings"
)

// Bounds of a filter: its length and how deep it may be nested.
const (
	maxSource = 1 << 16
	maxDepth  = 100
)

// Filter is a filter that was read. It is not changed after that and may be
// used by several goroutines, each with a Row of its own.
type Filter struct {
	src   string
	root  *node
	needs need
}

// Parse reads a filter. The error is an *Error. An empty source lets everything
// through.
func Parse(src string) (*Filter, error) {
	f := &Filter{src: strings.TrimSpace(src), root: &node{}}
	if _, err := f.parse(src); err != nil {
		return nil, err
	}
	return f, nil
}

// parse gives the parser that has read src, nil where src is empty.
func (f *Filter) parse(src string) (*parser, error) {
	if len(src) > maxSource {
		return nil, &Error{Src: src[:32], From: 32, To: 32, What: "the filter is too long"}
	}
	tokens, err := lex(src)
	if err != nil {
		return nil, err
	}
	if tokens[0].kind == end {
		return nil, nil
	}
	p := &parser{src: src, tokens: tokens, filter: f}
	f.root = p.or()
	if t := p.peek(); p.err == nil && t.kind != end {
		if p.fail(t, "unexpected "+quote(t.text)); t.kind == str {
			p.err.What = "unexpected text"
		}
		p.explain(t)
	}
	if p.err != nil {
		return nil, p.err
	}
	return p, nil
}

// String gives the source.
func (f *Filter) String() string { return f.src }

// Empty reports whether the filter lets everything through.
func (f *Filter) Empty() bool { return f.root.kind == always }

// NeedsTree reports whether the filter looks at fields. When it does not, the
// facts of a message or operation decide.
func (f *Filter) NeedsTree() bool { return f.needs&needTree != 0 }

// NeedsMessages reports whether an operation alone does not decide: its
// messages are needed, with or without their trees.
func (f *Filter) NeedsMessages() bool { return f.needs != 0 }

// Match tells whether a row is chosen.
func (f *Filter) Match(r *Row) bool {
	return r.A.there() && f.root.eval(r, &r.A) || r.B.there() && f.root.eval(r, &r.B)
}

type parser struct {
	src    string
	tokens []token
	at     int
	depth  int
	err    *Error
	filter *Filter
	used   []usedName // names and words searched for, in their order
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != end {
		p.at++
	}
	return t
}

// fail notes the first error.
func (p *parser) fail(t token, what string) {
	if p.err == nil {
		p.err = &Error{Src: p.src, From: t.from, To: t.to, What: what}
	}
}

// isWord reports whether the next token is one of the words.
func (p *parser) isWord(words ...string) bool {
	t := p.peek()
	if t.kind == word {
		for _, w := range words {
			if strings.EqualFold(t.text, w) {
				return true
			}
		}
	}
	return false
}

// or is a list of alternatives, and what binds closer.
func (p *parser) or() *node {
	return p.list(or, p.and, func() bool { return p.peek().kind == orSign || p.isWord("or") })
}

func (p *parser) and() *node {
	return p.list(and, p.not, func() bool { return p.peek().kind == andSign || p.isWord("and") })
}

func (p *parser) list(k nodeKind, next func() *node, more func() bool) *node {
	first := next()
	if p.err != nil || !more() {
		return first
	}
	n := &node{kind: k, kids: []*node{first}}
	for p.err == nil && more() {
		p.take()
		n.kids = append(n.kids, next())
	}
	return n
}

func (p *parser) not() *node {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.peek(), "nested too deep")
	}
	defer func() { p.depth-- }()
	t := p.peek()
	switch {
	case p.err != nil:
		return &node{}
	case t.kind == notSign || p.isWord("not"):
		p.take()
		return &node{kind: not, kids: []*node{p.not()}}
	case t.kind == open && !p.arithmetic():
		p.take()
		n := p.or()
		if e := p.take(); e.kind != shut {
			p.fail(e, "a ) is missing")
		}
		return n
	}
	return p.test()
}

// arithmetic reports whether the parenthesis that opens here holds no more
// than FIELD & MASK.
func (p *parser) arithmetic() bool {
	t := p.tokens[p.at:]
	return len(t) > 5 && t[1].kind == word && t[2].kind == maskSign && t[3].kind == word && t[4].kind == shut
}

// test reads one test, or several words to search for.
func (p *parser) test() *node {
	t := p.peek()
	all, quantified := false, false
	if p.isWord("any", "all") && p.tokens[p.at+1].kind == word && p.relationAt(p.at+1) == exists {
		all, quantified = strings.EqualFold(t.text, "all"), true
		p.take()
		t = p.peek()
	}
	switch {
	case t.kind == end:
		p.fail(t, "something is missing here")
		return &node{}
	case t.kind == str && p.relationAt(p.at+1) == exists:
		return p.search()
	case t.kind == word && p.entry(t) == nil && p.isSearch(t):
		return p.search()
	}
	return p.compare(all, quantified)
}

// relationAt gives the relation that token i is, exists when it is none.
func (p *parser) relationAt(i int) rel {
	if i >= len(p.tokens) {
		return exists
	}
	t := p.tokens[i]
	switch t.kind {
	case relation:
		return t.rel
	case word:
		return wordRelations[strings.ToLower(t.text)]
	}
	return exists
}

// isSearch reports whether the word t, which names nothing, is one to search
// for: nothing is done with it, and it does not look like a field.
func (p *parser) isSearch(t token) bool {
	if p.at+1 >= len(p.tokens) {
		return false
	}
	next := p.tokens[p.at+1]
	if p.relationAt(p.at+1) != exists || next.kind == openSlice || next.kind == maskSign || next.kind == open || next.kind == openSet {
		return false
	}
	if next.kind == word && strings.EqualFold(next.text, "not") && p.relationAt(p.at+2) == in {
		return false
	}
	head, _, dotted := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(t.text, "a."), "b."), ".")
	return !dotted || !names().heads[head]
}

// search reads words that stand side by side: all must be found.
func (p *parser) search() *node {
	n := &node{kind: and}
	for {
		t := p.take()
		if head, rest, ok := strings.Cut(t.text, ":"); ok && t.kind == word && names().byName[strings.ToLower(head)] != nil && rest != "" {
			p.fail(t, "a word alone is searched for everywhere")
			p.err.Hint = strings.ToLower(head) + ` matches "` + rest + `"`
		}
		p.used = append(p.used, usedName{token: t})
		n.kids = append(n.kids, &node{kind: search, word: []byte(strings.ToLower(t.text))})
		next := p.peek()
		if p.err != nil || next.kind != str && next.kind != word || p.isWord("and", "or", "not") || p.relationAt(p.at+1) != exists {
			break
		}
		if next.kind == word && (p.entry(next) != nil || !p.isSearch(next)) {
			break
		}
	}
	if len(n.kids) == 1 {
		return n.kids[0]
	}
	return n
}

// compare reads OPERAND, or OPERAND REL VALUE and on: 1 < x < 5.
func (p *parser) compare(all, quantified bool) *node {
	var out *node
	left := p.side(nil)
	for p.err == nil {
		n := &node{kind: test, all: all}
		negate := p.isWord("not") && p.relationAt(p.at+1) == in
		if negate {
			p.take()
		}
		n.rel = p.relationAt(p.at)
		if n.rel == exists {
			if out == nil {
				out = p.alone(n, left)
			}
			break
		}
		sign := p.take()
		if !quantified && (n.rel == allEq || n.rel == allNe) {
			n.all = true
		}
		right := p.right(n, left)
		p.join(n, left, right, sign)
		if negate {
			n = &node{kind: not, kids: []*node{n}}
		}
		switch {
		case out == nil:
			out = n
		case out.kind == and:
			out.kids = append(out.kids, n)
		default:
			out = &node{kind: and, kids: []*node{out, n}}
		}
		if left = right; n.kind == not || right.operand == nil && right.literal.kind == end {
			break
		}
	}
	if out == nil {
		return &node{}
	}
	return out
}

// value is one side of a relation: an operand, or a literal.
type part struct {
	operand *operand
	literal token
	from    int
	to      int
}

func (p *parser) alone(n *node, left part) *node {
	n.left = left.operand
	if n.left == nil {
		p.fail(left.literal, "a value alone says nothing")
	}
	return n
}

// right reads what stands behind the relation of n.
func (p *parser) right(n *node, left part) part {
	switch n.rel {
	case in:
		p.set(n, left)
		return part{}
	case matches:
		t := p.take()
		if t.kind != str && t.kind != word {
			p.fail(t, "a regular expression is missing")
			return part{}
		}
		re, err := regexp.Compile("(?i)" + t.text)
		if err != nil {
			p.fail(t, wrongRegexp(err))
			p.err.Hint = "regular expressions are those of RE2: no backreferences, no lookaround"
		}
		n.re = re
		return part{}
	}
	return p.side(left.operand)
}

// wrongRegexp says what is wrong with a regular expression.
func wrongRegexp(err error) string {
	var e *syntax.Error
	if !errors.As(err, &e) {
		return "no regular expression"
	}
	if s := strings.TrimPrefix(e.Expr, "(?i)"); s != "" && e.Code != syntax.ErrLarge {
		return e.Code.String() + ": " + quote(s)
	}
	return e.Code.String()
}

// join puts the two sides into n and checks that they go together.
func (p *parser) join(n *node, left, right part, sign token) {
	if p.err != nil {
		return
	}
	if left.operand == nil && right.operand != nil && n.rel != contains {
		left, right = right, left
		n.rel = n.rel.mirror()
	}
	n.left = left.operand
	switch {
	case n.left == nil:
		p.fail(token{from: left.from, to: left.to}, "a field must stand on one side of the relation")
	case n.left.targets[0].class == nothing && n.left.entry.prefix != "" && !n.left.sliced:
		p.fail(token{from: left.from, to: left.to}, quote(n.left.entry.name)+" is a protocol: it is there or not")
	case n.rel == in || n.rel == matches:
	case right.operand != nil:
		n.right = right.operand
		p.agree(n, sign)
	default:
		n.data = p.literal(n.left, right.literal, n.rel)
	}
}

func (r rel) mirror() rel {
	switch r {
	case gt:
		return lt
	case lt:
		return gt
	case ge:
		return le
	case le:
		return ge
	}
	return r
}

// agree checks that two operands can be held against each other.
func (p *parser) agree(n *node, sign token) {
	for _, a := range n.left.targets {
		for _, b := range n.right.targets {
			if a.class.bytes() == b.class.bytes() && a.class != nothing && b.class != nothing {
				return
			}
		}
	}
	p.fail(sign, n.left.entry.name+" is "+classNames[n.left.targets[0].class]+", "+n.right.entry.name+" is "+classNames[n.right.targets[0].class])
}

func (c class) bytes() bool { return c == text || c == octets || c == guid || c == address }
