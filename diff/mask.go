package diff

import (
	"slices"
	"strconv"
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/filter"
	"smbdiff/dissect/op"
)

// how says in what way a rule treats a field.
type how uint8

const (
	keep     how = iota // compared as it is
	drop                // the value is ignored, its presence compared
	alias               // renamed by first appearance; a broken correspondence is a difference
	anyOrder            // entries of a list may stand in any order
	within              // numbers and times may differ by a factor or by an amount
	length              // the size alone is compared
	shape               // zero or not is compared, and which times beside each other are one
	zero                // zero or not is compared
	hide                // not compared and not listed
	follows             // a size that fits the message on both sides
)

var howNames = [...]string{"keep", "drop", "alias", "any order", "within", "length", "shape", "zero", "hide", "follows"}

func (h how) String() string { return howNames[h] }

// rule says how fields are treated whose name, or path where the glob has a
// slash, matches. The first rule that matches counts.
type rule struct {
	glob  string
	how   how
	class aliasClass
	name  string // by which a hidden difference is explained
	kinds []field.Kind
	sets  uint8
	// factor bounds the larger of two numbers by the smaller, amount their
	// distance: of times in ns, of others as they are. One of them is enough.
	factor, amount float64
	says           string   // of within: what it allows
	timed          bool     // amount is a time, in ns
	whole          bool     // all below the field goes with it
	status         bool     // it may hide an outcome: a status, a missing answer
	values         []string // it hides a change only when both values are among these
	nth            int      // its place among the rules in force, from 1
	scope
}

// scope says in which messages a rule holds.
type scope struct {
	commands []string // globs of command names
	parts    uint8    // bits of the parts of an operation, 0: all
	when     *filter.Filter
}

func (s *scope) everywhere() bool { return len(s.commands) == 0 && s.parts == 0 && s.when == nil }

// holds reports whether the rule can hold in a part of an operation.
func (s *scope) holds(command string, part int) bool {
	if s.parts != 0 && s.parts>>part&1 == 0 {
		return false
	}
	return len(s.commands) == 0 || slices.ContainsFunc(s.commands, func(g string) bool { return matches(g, command) })
}

// outcomes are the names of what grades an operation's outcome. A rule hides
// them only when it says so.
func outcomes(name string) bool {
	switch name {
	case "smb2.nt_status", "smb.nt_status", "smb.error_code", "smb.error_class", nameAnswer, nameSignature, nameOperation:
		return true
	}
	return false
}

// IsOutcome reports whether a glob of fields is the name of an outcome, which is
// not to be hidden by the way.
func IsOutcome(glob string) bool { return outcomes(glob[strings.LastIndexByte(glob, '/')+1:]) }

// decision is what the rules say of the fields of one definition.
type decision struct {
	how            how
	class          aliasClass
	name           string
	factor, amount float64
	timed          bool
	bits           uint64 // of a flags field: those that are ignored
	paths          bool   // rules with paths may decide otherwise
	whole          bool   // all below the field goes with it
	values         []string
	nth            int // place of the rule, 0 for none
}

// allows reports whether the rule hides a change between these two texts, as
// they are shown. A number with a name may be called by either.
func (d *decision) allows(a, b string, number bool) bool {
	has := func(shown string) bool {
		return slices.ContainsFunc(d.values, func(v string) bool { return v == shown || number && calls(v, shown) })
	}
	return len(d.values) == 0 || has(a) && has(b)
}

// calls reports whether a word means a number that is shown as NAME (NUMBER),
// as STATUS_NAME or without a name.
func calls(word, shown string) bool {
	if rest, ok := strings.CutPrefix(shown, "STATUS_"); ok && rest == word {
		return true
	}
	num := shown
	if i := strings.LastIndex(shown, " ("); i >= 0 && strings.HasSuffix(shown, ")") {
		if shown[:i] == word {
			return true
		}
		num = shown[i+2 : len(shown)-1]
	}
	n, err := strconv.ParseUint(num, 0, 64)
	m, wrong := strconv.ParseUint(word, 0, 64)
	return err == nil && wrong == nil && n == m
}

// mask holds the rules in force. It belongs to one goroutine.
type mask struct {
	*view
	all    []rule
	only   []string
	scoped bool // some rules do not hold everywhere
	whens  []int
	views  map[viewKey]*view
	// lenient hides what follows from timing, or from another difference.
	lenient bool
}

// viewKey is what decides which rules hold.
type viewKey struct {
	proto   op.Proto
	command uint16
	oneWay  bool
	part    int
	when    string // by condition, whether it holds
}

// view is the rules that hold in one kind of message.
type view struct {
	rules  []rule // by name
	paths  []rule // by path
	only   []string
	known  map[*field.Def]*decision
	recent []slot // by place in the tree: messages repeat
}

type slot struct {
	def *field.Def
	d   *decision
}

// newMask makes rules ready for use.
func newMask(m *Masks) *mask {
	out := &mask{all: slices.Clone(m.rules), only: m.only, lenient: m.lenient, views: map[viewKey]*view{}}
	for i := range m.rules {
		out.all[i].nth = i + 1
		s := &m.rules[i].scope
		out.scoped = out.scoped || !s.everywhere()
		if s.when != nil {
			out.whens = append(out.whens, i)
		}
	}
	out.view = out.make(func(i int) bool { return m.rules[i].everywhere() })
	return out
}

func (m *mask) make(holds func(i int) bool) *view {
	v := &view{only: m.only, known: map[*field.Def]*decision{}}
	for i, r := range m.all {
		switch {
		case !holds(i):
		case strings.Contains(r.glob, "/"):
			v.paths = append(v.paths, r)
		default:
			v.rules = append(v.rules, r)
		}
	}
	return v
}

// enter puts the rules in force that hold for a part of the operations of c.
func (m *mask) enter(c *Comparer, part int) {
	if !m.scoped {
		return
	}
	o := &c.ops[0]
	if o.Num == 0 {
		o = &c.ops[1]
	}
	k := viewKey{proto: o.Proto, command: o.Command, oneWay: o.State&op.Unsolicited != 0, part: part}
	if len(m.whens) > 0 {
		k.when = c.conditions()
	}
	v := m.views[k]
	if v == nil {
		name := o.CommandName()
		v = m.make(func(i int) bool {
			n, conditional := slices.BinarySearch(m.whens, i)
			return m.all[i].holds(name, part) && (!conditional || k.when[n] == '1')
		})
		m.views[k] = v
	}
	m.view = v
}

// at decides on the field of node i.
func (m *view) at(i int, d *field.Def) *decision {
	if i < len(m.recent) && m.recent[i].def == d {
		return m.recent[i].d
	}
	x := m.known[d]
	if x == nil {
		x = m.decide(d)
		m.known[d] = x
	}
	for len(m.recent) <= i && i < 256 {
		m.recent = append(m.recent, slot{})
	}
	if i < len(m.recent) {
		m.recent[i] = slot{d, x}
	}
	return x
}

func (m *view) decide(d *field.Def) *decision {
	x := m.named(d.Name, d.Kind)
	x.paths = slices.ContainsFunc(m.paths, func(r rule) bool { return endsIn(r.glob, d.Name) })
	if len(m.only) > 0 {
		named, path := false, false
		for _, g := range m.only {
			if strings.Contains(g, "/") {
				path = true
			} else if matches(g, d.Name) {
				named = true
			}
		}
		x.paths = x.paths || path
		if !named && !path {
			x = decision{how: hide, name: "only"}
		}
	}
	for i := range d.Bits {
		if y := m.named(d.Bits[i].Name, field.Struct); y.how == drop || y.how == hide {
			x.bits |= d.Bits[i].Mask
			if x.how == keep {
				x.name, x.nth = y.name, y.nth
			}
		}
	}
	return &x
}

func (m *view) named(name string, kind field.Kind) decision {
	for i := range m.rules {
		if r := &m.rules[i]; r.matches(name, name, kind) {
			return r.decision()
		}
	}
	return decision{}
}

// endsIn reports whether the path of a field of this name may match the glob.
func endsIn(glob, name string) bool {
	last, _, keyed := strings.Cut(glob[strings.LastIndexByte(glob, '/')+1:], "[")
	return matches(last, name) || keyed && matches(last+"*", name)
}

func (r *rule) decision() decision {
	return decision{how: r.how, class: r.class, name: r.name, factor: r.factor, amount: r.amount, timed: r.timed, whole: r.whole, values: r.values, nth: r.nth}
}

// matches reports whether the rule is for a field; text is its name or its path.
func (r *rule) matches(text, name string, kind field.Kind) bool {
	if len(r.kinds) > 0 && !slices.Contains(r.kinds, kind) {
		return false
	}
	if !r.status && r.how != keep && (outcomes(name) || r.whole && (name == "smb2.header" || name == "smb.header")) {
		return false
	}
	return matches(r.glob, text)
}

// pseudo decides on what is no field of a tree.
func (m *view) pseudo(name, path string) decision {
	d := m.decide(&field.Def{Name: name})
	return m.byPath(*d, name, field.Struct, path)
}

// byPath decides on a field by its path, or any of its paths.
func (m *view) byPath(x decision, name string, kind field.Kind, paths ...string) decision {
	if !x.paths {
		return x
	}
	for i := range m.paths {
		if r := &m.paths[i]; slices.ContainsFunc(paths, func(path string) bool { return r.matches(path, name, kind) }) {
			x = r.decision()
			break
		}
	}
	if len(m.only) > 0 {
		for _, g := range m.only {
			if strings.Contains(g, "/") && slices.ContainsFunc(paths, func(path string) bool { return matches(g, path) }) || matches(g, name) {
				return x
			}
		}
		return decision{how: hide, name: "only"}
	}
	return x
}

// freeOrder reports whether entries of this name may stand in any order.
func (m *view) freeOrder(name string) (rule string, nth int, ok bool) {
	for i := range m.rules {
		if r := &m.rules[i]; r.how == anyOrder && matches(r.glob, name) {
			return r.name, r.nth, true
		}
	}
	return "", 0, false
}

// matches reports whether s matches a glob of * and ?. Brackets stand for
// themselves: paths have them.
func matches(glob, s string) bool {
	star, back := -1, 0
	g, i := 0, 0
	for i < len(s) {
		switch {
		case g < len(glob) && glob[g] == '*':
			star, back = g, i
			g++
		case g < len(glob) && (glob[g] == '?' || glob[g] == s[i]):
			g, i = g+1, i+1
		case star >= 0:
			back++
			g, i = star+1, back
		default:
			return false
		}
	}
	for g < len(glob) && glob[g] == '*' {
		g++
	}
	return g == len(glob)
}
