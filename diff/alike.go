package diff

import (
	"maps"
	"strings"
	"sync"
)

// gatherBoth reads the facts of both traces. Where each has names that the other
// has not, these count as what is left of them without what is made up: a file
// may have another name in each run.
func (r *Result) gatherBoth() (la, lb *list) {
	a, b := r.traces[0], r.traces[1]
	both := func(ofA, ofB map[uint64]bool) {
		var wg sync.WaitGroup
		wg.Go(func() { la = gather(a, ofA) })
		lb = gather(b, ofB)
		wg.Wait()
	}
	both(nil, nil)
	inA, inB := set(la.names), set(lb.names)
	if hasOther(inA, inB) && hasOther(inB, inA) {
		both(inB, inA)
		r.names = [2]map[uint64]bool{inA, inB}
	}
	return la, lb
}

// known gives a name as the other side knows it.
func (r *Result) known(side int, k uint32) string {
	name := r.traces[side].Name(k)
	if other := r.names[1-side]; other != nil && !other[hashText(name)] {
		return pattern(name)
	}
	return name
}

func set(names map[uint32]uint64) map[uint64]bool {
	out := make(map[uint64]bool, len(names))
	for h := range maps.Values(names) {
		out[h] = true
	}
	return out
}

func hasOther(a, b map[uint64]bool) bool {
	for h := range a {
		if !b[h] {
			return true
		}
	}
	return false
}

// object gives the hash of a name, or of its pattern if the other side lacks it.
func (g *gatherer) object(k uint32) uint64 {
	h := g.name(k)
	if k == 0 || g.other == nil || g.other[h] {
		return h
	}
	p, ok := g.patterns[k]
	if !ok {
		name := g.trace.Name(k)
		p = hashText(pattern(name))
		g.patterns[k] = p
		if up := folder(name); strings.Trim(up, `\/`) != "" {
			in := hashText(up)
			if !g.other[in] {
				in = hashText(pattern(up))
			}
			g.folders[p] = in
		}
	}
	return p
}

// leastMade is how long what has digits among its letters is for all of it to be
// made up.
const leastMade = 4

// pattern puts # in place of what may be made up in a name: numbers, hex digits,
// letters that are mixed with digits.
func pattern(name string) string {
	var out strings.Builder
	for from := 0; from < len(name); {
		end, digits, hex := from, 0, 0
		for end < len(name) && alphanumeric(name[end]) {
			switch c := name[end] | 0x20; {
			case name[end] <= '9':
				digits++
			case c >= 'a' && c <= 'f':
				hex++
			}
			end++
		}
		switch n := end - from; {
		case n == 0:
			out.WriteByte(name[from])
			end++
		case digits+hex == n && n >= leastMade, digits > 0 && n >= leastMade, digits == n:
			out.WriteByte('#')
		default:
			for i := from; i < end; i++ {
				switch c := name[i]; {
				case c > '9':
					out.WriteByte(c)
				case i == from || name[i-1] > '9':
					out.WriteByte('#')
				}
			}
		}
		from = end
	}
	return out.String()
}

func alphanumeric(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}
