package state

import (
	"fmt"
	"slices"
	"sort"

	"smbdiff/dissect/conv"
)

// The parts of an operation.
const (
	request = iota
	interim
	response
	parts
)

var partNames = [parts]string{"request", "interim response", "response"}

type itemKind uint8

const (
	heading itemKind = iota // a message
	node                    // a field
	bit                     // a named bit of a field
	remark                  // a finding about the message
)

// item is one line of the details, shown or folded away. The items of an
// operation are in preorder.
type item struct {
	kind          itemKind
	part          uint8
	depth         uint8
	grade         grade
	bit           int16
	nodes         [2]int32  // in the trees of both sides, -1 for none
	end           int32     // behind the last item below this one
	key           string    // by which folds are remembered
	name          string    // of a remark
	texts         [2]string // of a remark
	status, outer bool      // the message's status; a field around the message
	shut          bool      // folded unless the user says otherwise
	flags         bool      // has a value though it has items below
}

// two reports whether item i, in a layout of values below each other, has a
// line for each side.
func (it *item) two(i int32) bool {
	return (it.flags || it.end == i+1) && it.grade >= differs && it.kind != heading
}

// shown is one line on the screen: an item, or a run of equal ones up to run.
type shown struct {
	item, run int32
	second    bool // the line of B's value, below that of A's
}

// detail is the details pane.
type detail struct {
	valid  bool
	ops    [2]uint32
	parts  [2][parts]uint32 // their messages
	items  []item
	lines  []shown
	folds  map[string]bool // by key: open or not, as the user chose
	full   bool            // equal fields are not folded
	masked bool            // masked fields are not folded
	stack  bool            // values that differ stand below each other
	keep   string          // field that stays under the cursor when the fields are graded anew
	cur    int
	top    int
	tops   [2]int // of request and response that stand beside each other
	height int
	side   bool // two sides
}

func (d *detail) forget() { d.valid = false }

// selectedOps gives the operations under the cursor.
func (s *State) selectedOps() (ops [2]uint32) {
	row, ok := s.currentRow()
	if !ok {
		return ops
	}
	if e, _ := s.line(s.rows.cur); e.fold > 0 && s.rows.want < 0 {
		return ops
	}
	ops, _ = s.rowOps(row)
	if s.rows.other >= 0 {
		other, _ := s.rowOps(uint32(s.rows.other))
		ops[1] = other[1]
	}
	return ops
}

// look makes the details those of the row under the cursor.
func (s *State) look() {
	d := &s.detail
	ops := s.selectedOps()
	full := s.cmp.context < 0
	var messages [2][parts]uint32
	for k, side := range s.sides {
		if o, ok := side.Trace.Op(ops[k]); ok {
			messages[k] = [parts]uint32{o.Request, o.Interim, o.Response}
		}
	}
	if d.valid && d.ops == ops && d.parts == messages && d.full == full && d.masked == s.showMasked && d.stack == (s.stacked && s.diffing()) {
		return
	}
	same := d.ops == ops
	d.valid, d.ops, d.parts, d.full, d.side = true, ops, messages, full, s.diffing()
	stack := s.stacked && d.side
	if k := d.key(); same && k != "" && (stack != d.stack || s.showMasked != d.masked) && d.items[d.lines[d.cur].item].grade > masked {
		d.keep = k
	}
	d.stack, d.masked = stack, s.showMasked
	if d.folds == nil {
		d.folds = map[string]bool{}
	}
	d.items = d.items[:0]
	b := builder{state: s, detail: d}
	b.build()
	d.flatten()
	switch {
	case !same:
		d.cur, d.top, d.tops = d.firstDifference(), 0, [2]int{}
	case d.keep != "":
		d.find(d.keep)
	}
	d.keep = ""
}

// key gives the key of the field under the cursor.
func (d *detail) key() string {
	if d.cur >= len(d.lines) || d.lines[d.cur].run > 0 {
		return ""
	}
	return d.items[d.lines[d.cur].item].key
}

// find puts the cursor on a field and opens what hides it.
func (d *detail) find(key string) {
	at := int32(slices.IndexFunc(d.items, func(it item) bool { return it.key == key }))
	if at < 0 {
		return
	}
	for range 100 { // each round opens one level
		i := sort.Search(len(d.lines), func(i int) bool { return d.lines[i].item > at }) - 1
		if i < 0 {
			return
		}
		l := d.lines[i]
		switch {
		case l.run > 0:
			d.folds[d.items[l.item].key+"="] = true
		case l.item == at:
			if d.cur = i; l.second {
				d.cur--
			}
			d.clamp()
			return
		default:
			d.folds[d.items[l.item].key] = true
		}
		d.flatten()
	}
}

// firstDifference gives the line of the field that the eye should fall on: a
// status that differs, else what differs in the message, else around it; 0
// where nothing differs.
func (d *detail) firstDifference() int {
	best, rank := 0, 3
	if d.ops[0] == 0 || d.ops[1] == 0 {
		return best
	}
	for i, l := range d.lines {
		it := &d.items[l.item]
		if it.kind == heading || it.grade <= masked || it.end != l.item+1 {
			continue
		}
		r := 1
		switch {
		case it.status:
			r = 0
		case it.outer:
			r = 2
		}
		if r < rank {
			best, rank = i, r
		}
	}
	return best
}

// flatten lists the items that are not folded away.
func (d *detail) flatten() {
	d.lines = d.lines[:0]
	d.list(0, int32(len(d.items)))
	d.clamp()
}

func (d *detail) list(from, to int32) {
	for i := from; i < to; {
		it := &d.items[i]
		if d.quiet(it) && it.kind != heading {
			end, n := i, int32(0)
			for end < to && d.quiet(&d.items[end]) {
				end = d.items[end].end
				n++
			}
			if n > 1 && !d.folds[it.key+"="] {
				d.lines = append(d.lines, shown{item: i, run: end})
				i = end
				continue
			}
			for i < end {
				d.one(i)
				i = d.items[i].end
			}
			continue
		}
		d.one(i)
		i = it.end
	}
}

// quiet reports whether an item is one of those that are folded for being no
// difference.
func (d *detail) quiet(it *item) bool {
	return !d.full && (it.grade == equal || it.grade == masked && !d.masked)
}

func (d *detail) one(i int32) {
	it := &d.items[i]
	d.lines = append(d.lines, shown{item: i})
	if d.stack && it.two(i) && it.name == "" {
		d.lines = append(d.lines, shown{item: i, second: true})
	}
	if it.end > i+1 && d.open(it) {
		d.list(i+1, it.end)
	}
}

func (d *detail) open(it *item) bool {
	if open, said := d.folds[it.key]; said {
		return open
	}
	if d.quiet(it) {
		return false
	}
	return !it.shut || it.grade == differs || it.grade == outcome
}

func (d *detail) clamp() {
	n := len(d.lines)
	d.cur = max(0, min(d.cur, n-1))
	h := max(1, d.height)
	d.top = max(min(d.top, d.cur), d.cur-h+1)
	d.top = max(0, min(d.top, n-h))
}

// fold opens or shuts the line under the cursor. Where there is nothing to
// shut, the cursor goes to what holds the line. It reports whether anything
// happened.
func (d *detail) fold(open, toggle bool) bool {
	if d.cur >= len(d.lines) {
		return false
	}
	l := d.lines[d.cur]
	it := &d.items[l.item]
	switch {
	case l.run > 0:
		if !open && !toggle {
			return false
		}
		d.folds[it.key+"="] = true
	case it.end > l.item+1 && (toggle || d.open(it) != open):
		d.folds[it.key] = !d.open(it)
	case !open && !toggle:
		for k := d.cur - 1; k >= 0; k-- {
			p := d.lines[k]
			if up := &d.items[p.item]; p.run == 0 && up.depth < it.depth && up.end > l.item {
				d.cur = k
				return true
			}
		}
		return false
	default:
		return false
	}
	d.flatten()
	return true
}

// messageText says of a message what its heading shows.
func messageText(m *conv.Message) string {
	text := fmt.Sprintf("frame %d", m.Frame)
	switch {
	case m.Sealed && !m.Seal.Opened:
		text += " · sealed, not opened: " + m.Seal.Why.String()
	case m.Sealed && m.Seal.Verified:
		text += " · sealed " + m.Seal.Cipher.String() + ", opened, tag verified"
	case m.Seal.Broken():
		text += " · sealed " + m.Seal.Cipher.String() + ", opened, but the tag does not hold"
	case m.Sealed:
		text += " · sealed, opened"
	default:
		text += " · signature: " + m.Signature.String()
		if m.Signature == conv.SignatureUnsigned {
			text = fmt.Sprintf("frame %d · unsigned", m.Frame)
		}
	}
	if m.Packed {
		text += " · compressed"
	}
	return text
}

func statusStyle(v uint64) Style {
	if v>>30 == 3 && v != statusMoreProcessing {
		return Bad
	}
	return Plain
}
