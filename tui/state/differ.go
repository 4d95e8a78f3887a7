package state

import (
	"sync/atomic"

	"smbdiff/diff"
	"smbdiff/dissect"
	"smbdiff/dissect/field"
)

// comparing is a comparison under way.
type comparing struct {
	percent atomic.Int32
	stop    atomic.Bool
}

// differ compares the two traces, and the fields of one pair of their
// operations.
type differ struct {
	a, b     *dissect.Trace
	options  diff.Options
	comparer *diff.Comparer
	report   *diff.Result
}

func newDiffer(a, b *dissect.Trace, masks *diff.Masks, by diff.PairBy, anchors [][2]uint32) *differ {
	return &differ{a: a, b: b, options: diff.Options{Masks: masks, PairBy: by, Anchors: anchors}}
}

// compare gives nil when it was stopped.
func (d *differ) compare(c *comparing) *result {
	d.options.Progress = func(done, total int) bool {
		if total > 0 {
			c.percent.Store(int32(int64(done) * 100 / int64(total)))
		}
		return !c.stop.Load()
	}
	got := diff.Traces(d.a, d.b, d.options)
	if got == nil {
		return nil
	}
	d.comparer, d.report = got.Comparer(), got
	r := &result{sentence: got.Sentence(), first: -1, causes: got.Causes, verdict: verdictStyle(got.Verdict), Rows: make([]pair, len(got.Rows))}
	if got.First != nil {
		r.first = got.First.Row
	}
	for i, row := range got.Rows {
		r.Rows[i] = pair{A: row.A, B: row.B, grade: gradeOf(row.Grade), moved: row.Moved}
	}
	return r
}

func verdictStyle(verdict string) Style {
	switch verdict {
	case "differ":
		return Bad
	case "incomplete":
		return Unread
	}
	return Title
}

// gradeOf gives the grade of a row: those of package diff follow pending.
func gradeOf(g diff.Grade) grade { return equal + grade(g) }

// judge says how the fields of one pair of operations compare under the masks.
type judge struct {
	sides [2]map[place]grade
	asked bool            // false: nothing is known of masks, the values decide
	mates map[place]int32 // nodes of B by nodes of A that stand for each other
	other []diff.Change   // what is no field of a message: no answer, a signature
}

// place is a node of one message of an operation.
type place struct {
	part int
	node int32
}

func (s *State) newJudge(ops [2]uint32) judge {
	if s.cmp.differ == nil || ops[0] == 0 || ops[1] == 0 {
		return judge{}
	}
	j := judge{asked: true, sides: [2]map[place]grade{{}, {}}, mates: map[place]int32{}}
	for _, c := range s.cmp.differ.comparer.Compare(diff.Row{A: ops[0], B: ops[1]}) {
		g := changeGrade(&c)
		for k, node := range [2]int{c.NodeA, c.NodeB} {
			if node >= 0 {
				p := place{c.Part, int32(node)}
				j.sides[k][p] = max(j.sides[k][p], g)
			}
		}
		if c.NodeA < 0 && c.NodeB < 0 && c.Name != problemName {
			j.other = append(j.other, c)
		}
		if c.NodeA >= 0 && c.NodeB >= 0 {
			j.mates[place{c.Part, int32(c.NodeA)}] = int32(c.NodeB)
		}
	}
	return j
}

// problemName is what package diff calls a finding about a message; the
// findings themselves are shown.
const problemName = "smbdiff.problem"

func changeGrade(c *diff.Change) grade {
	switch {
	case c.Masked != "":
		return masked
	case c.Op == "remove":
		return onlyA
	case c.Op == "add":
		return onlyB
	}
	return differs
}

// matesOf gives the nodes of one part that stand for each other though they
// may have different places: those of changes, and what holds them.
func (j judge) matesOf(part int, trees [2]*field.Tree) map[int32]int32 {
	var up [2][]int32
	out := map[int32]int32{}
	for p, mate := range j.mates {
		if p.part != part || trees[0] == nil || trees[1] == nil {
			continue
		}
		if up[0] == nil {
			up = [2][]int32{parents(trees[0]), parents(trees[1])}
		}
		for a, b := p.node, mate; a >= 0 && b >= 0 && int(a) < len(up[0]) && int(b) < len(up[1]); a, b = up[0][a], up[1][b] {
			out[a] = b
		}
	}
	return out
}

// parents gives the node that holds each node, -1 for none.
func parents(t *field.Tree) []int32 {
	out := make([]int32, len(t.Nodes))
	var open []int32
	for i := range t.Nodes {
		for len(open) > 0 && t.Nodes[open[len(open)-1]].End <= int32(i) {
			open = open[:len(open)-1]
		}
		out[i] = -1
		if len(open) > 0 {
			out[i] = open[len(open)-1]
		}
		open = append(open, int32(i))
	}
	return out
}

// value grades a field that both sides have; same says whether it reads alike
// on both.
func (j judge) value(part int, nodes [2]int32, same bool) grade {
	if !j.asked {
		if same {
			return equal
		}
		return differs
	}
	g := pending
	for k, n := range nodes {
		if n >= 0 {
			g = max(g, j.sides[k][place{part, n}])
		}
	}
	switch {
	case g == onlyA || g == onlyB:
		return differs
	case g != pending:
		return g
	case same:
		return equal
	}
	return masked // hidden, or another name of the same thing
}

// alone grades a field that only one side has.
func (j judge) alone(part int, nodes [2]int32) grade {
	k, g := 0, onlyA
	if nodes[0] < 0 {
		k, g = 1, onlyB
	}
	if j.asked {
		if said, ok := j.sides[k][place{part, nodes[k]}]; ok && said == masked {
			return masked
		}
	}
	return g
}
