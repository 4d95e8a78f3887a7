package diff

import (
	"slices"
	"sync"

	"smbdiff/dissect/field"
)

// Hits says what one rule does in a comparison.
type Hits struct {
	A, B  int // fields of each side that the rule is for
	Hides int // values that differ and that it hides
	Rows  int // rows without a difference that would have one without it, for all that later rules say
	First int // index in Result.Rows of the first of those, -1: none
}

// ruleTally counts what rules do, for one goroutine.
type ruleTally struct {
	hits []Hits
	row  []int // rules that hid something in the row at hand
}

func newRuleTally(rules int) *ruleTally {
	t := &ruleTally{hits: make([]Hits, rules)}
	for i := range t.hits {
		t.hits[i].First = -1
	}
	return t
}

// hid notes that a rule hides a value.
func (c *Comparer) hid(nth int) {
	if c.tally == nil || nth == 0 {
		return
	}
	c.tally.hits[nth-1].Hides++
	if !slices.Contains(c.tally.row, nth-1) {
		c.tally.row = append(c.tally.row, nth-1)
	}
}

// fields counts the fields of both sides for which there are rules with names.
func (c *Comparer) fields(trees [2]*field.Tree) {
	if c.tally == nil {
		return
	}
	for k, t := range trees {
		for i := range t.Nodes {
			nth, name := c.mask.at(i, t.Nodes[i].Def).nth, t.Nodes[i].Def.Name
			if name == "smb2.create.chain_offset" { // begins a context
				name, nth = contextName, 0
			}
			if nth == 0 {
				if _, nth, _ = c.mask.freeOrder(name); nth == 0 {
					continue
				}
			}
			h := &c.tally.hits[nth-1]
			if k == 0 {
				h.A++
			} else {
				h.B++
			}
		}
	}
}

// Tally counts what each rule of the masks does, in the order of Masks.List but
// without the last ones there, which are no rules for fields. Of a rule with a
// path the fields are not counted. It gives nil when progress, which is called on
// the goroutine of Tally, stops it.
func (r *Result) Tally(progress func(done, total int) bool) []Hits {
	rules := len(r.options.Masks.rules)
	all := newRuleTally(rules)
	var mu sync.Mutex
	chunks := make([]int, (len(r.Rows)+chunkRows-1)/chunkRows)
	for i := range chunks {
		chunks[i] = i
	}
	again := *r
	again.options.Progress = progress
	if !again.each(chunks, func(c *Comparer, k int) {
		c.tally = newRuleTally(rules)
		for i := k * chunkRows; i < min(len(r.Rows), (k+1)*chunkRows); i++ {
			r.tallyRow(c, i)
		}
		mu.Lock()
		defer mu.Unlock()
		for i := range c.tally.hits {
			all.hits[i].add(&c.tally.hits[i])
		}
	}, false, 0) {
		return nil
	}
	return all.hits
}

func (r *Result) tallyRow(c *Comparer, i int) {
	c.tally.row = c.tally.row[:0]
	c.Compare(r.Rows[i])
	if r.Rows[i].Grade > Masked {
		return
	}
	for _, k := range c.tally.row {
		h := &c.tally.hits[k]
		h.Rows++
		if h.First < 0 {
			h.First = i
		}
	}
}

func (h *Hits) add(x *Hits) {
	h.A, h.B, h.Hides, h.Rows = h.A+x.A, h.B+x.B, h.Hides+x.Hides, h.Rows+x.Rows
	if x.First >= 0 && (h.First < 0 || x.First < h.First) {
		h.First = x.First
	}
}
