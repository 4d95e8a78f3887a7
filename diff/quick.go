package diff

import "smbdiff/dissect/field"

// maxOpen bounds how deep quick follows parents that have bytes of their own.
const maxOpen = 16

// quick compares two trees of the same shape without allocating. It reports
// false when it cannot tell: then differ must look.
func (c *Comparer) quick(part int, ta, tb *field.Tree) (masked, ok bool) {
	if len(ta.Nodes) != len(tb.Nodes) {
		return false, false
	}
	var (
		open  [maxOpen]struct{ end, diffs int }
		deep  int
		diffs int
	)
	for i := range ta.Nodes {
		na, nb := &ta.Nodes[i], &tb.Nodes[i]
		if na.Def != nb.Def || na.End != nb.End {
			return false, false
		}
		for deep > 0 && open[deep-1].end <= i {
			if deep--; open[deep].diffs == diffs {
				return false, false
			}
		}
		d := c.mask.at(i, na.Def)
		if d.how == alias {
			if !sameValue(ta, tb, i, i) {
				diffs++
			}
			if d.paths || !c.sameIdentity(d.class, part, ta, tb, i, i) {
				return false, false
			}
			continue
		}
		if sameValue(ta, tb, i, i) {
			continue
		}
		if d.paths {
			return false, false
		}
		if int(na.End) > i+1 && holdsBytes(na.Def.Kind) {
			if d.whole || deep == maxOpen {
				return false, false
			}
			open[deep].end, open[deep].diffs = int(na.End), diffs
			deep++
			continue
		}
		diffs++
		if len(d.values) > 0 {
			return false, false
		}
		switch d.judge(ta, tb, i, i) {
		case verdictDiffers:
			return false, false
		case verdictMasked:
			masked = true
		}
	}
	for deep > 0 {
		if deep--; open[deep].diffs == diffs {
			return false, false
		}
	}
	return masked, true
}

// holdsBytes reports whether a field with fields below it has no value beyond
// the bytes that those stand on.
func holdsBytes(k field.Kind) bool {
	switch k {
	case field.Bytes, field.UTF16, field.Text, field.GUID, field.SID, field.SubAuthorities, field.Unparsed:
		return true
	}
	return false
}

// verdict is what a rule makes of two values that are not equal.
type verdict uint8

const (
	verdictDiffers verdict = iota
	verdictMasked
	verdictHidden
)

func (d *decision) judge(ta, tb *field.Tree, i, j int) verdict {
	na, nb := &ta.Nodes[i], &tb.Nodes[j]
	switch d.how {
	case drop:
		return verdictMasked
	case hide:
		return verdictHidden
	case length:
		if na.Len == nb.Len {
			return verdictMasked
		}
	case zero:
		if shapeOf(na.Val, na.Len) == shapeOf(nb.Val, nb.Len) {
			return verdictMasked
		}
	case shape:
		if shapeOf(na.Val, na.Len) == shapeOf(nb.Val, nb.Len) && !parted(ta, tb, i, j) {
			return verdictMasked
		}
	case within:
		x, y := float64(na.Val), float64(nb.Val)
		if d.timed {
			x, y = inNanoseconds(na), inNanoseconds(nb)
		}
		if d.near(x, y) {
			return verdictMasked
		}
	}
	if d.bits != 0 && (na.Val^nb.Val)&^d.bits == 0 {
		return verdictMasked
	}
	return verdictDiffers
}

// near reports whether two numbers are within what the rule allows.
func (d *decision) near(x, y float64) bool {
	lo, hi := min(x, y), max(x, y)
	return hi <= d.factor*lo || hi-lo <= d.amount
}

func inNanoseconds(n *field.Node) float64 {
	switch n.Def.Kind {
	case field.FileTime:
		return float64(n.Val) * 100
	case field.UnixTime:
		return float64(n.Val) * 1e9
	}
	return float64(n.Val)
}
