package diff

import "smbdiff/dissect/op"

// shiftCost bounds what two messages cost that stand beside each other, one for
// each byte that is not the same. An operation without a partner costs as much.
const shiftCost = 64

// shifts looks for operations without a partner on both sides between which all
// others may have slipped: a damaged header keeps one of many operations of a
// kind from its mate, and each takes one that comes later.
func (m *mender) shifts() {
	for i := 0; i < len(m.r.Rows) && m.left > 0; i++ {
		if m.lonely(i) {
			m.shiftAt(i)
		}
	}
}

func (m *mender) lonely(i int) bool { return m.r.Rows[i].A == 0 || m.r.Rows[i].B == 0 }

// stretch is a number of rows of one connection: their operations by side, and what
// they cost.
type stretch struct {
	rows  []int
	list  [2][]uint32
	conn  [2]uint32
	known [2]bool // which connection it is
	cost  int
}

// shiftAt looks behind the row of an operation without a partner for one of the
// other side up to which all stand in step.
func (m *mender) shiftAt(i int) {
	var x stretch
	begun := false
	for j := i; j < min(len(m.r.Rows), i+mendRun); j++ {
		lone := m.lonely(j)
		if !m.take(&x, j, j == i) {
			continue
		}
		if !begun && len(x.list[0]) > 0 && len(x.list[1]) > 0 {
			if begun = true; !m.mates(x.list[0][0], x.list[1][0]) {
				return
			}
		}
		if !lone || j == i {
			continue
		}
		if n := len(x.list[0]); n != len(x.list[1]) || n < 2 {
			continue
		}
		if m.inStep(&x) {
			m.shift(&x)
			return
		}
	}
}

// take adds a row to a stretch, if it belongs to its connection. An answer that
// lacks its request is a part of another one, but for the first.
func (m *mender) take(x *stretch, j int, first bool) bool {
	row := &m.r.Rows[j]
	a, b := m.r.pairOps(row)
	nums := [2]uint32{row.A, row.B}
	for side, o := range []*op.Op{&a, &b} {
		if nums[side] != 0 && (row.Moved || x.known[side] && x.conn[side] != o.Conn || m.lonely(j) && o.Request == 0 && !first) {
			return false
		}
	}
	for side, o := range []*op.Op{&a, &b} {
		if nums[side] != 0 {
			x.list[side], x.conn[side], x.known[side] = append(x.list[side], nums[side]), o.Conn, true
		}
	}
	x.rows = append(x.rows, j)
	if m.lonely(j) {
		x.cost += shiftCost
	} else {
		x.cost += m.cost(row.A, row.B)
	}
	return true
}

// mates reports whether two operations may be a pair: their first messages are
// the same but for a few bytes.
func (m *mender) mates(x, y uint32) bool {
	a, _ := m.r.traces[0].Op(x)
	b, _ := m.r.traces[1].Op(y)
	return m.like(first(&a), first(&b)) > 0
}

// inStep reports whether the operations of a stretch differ less when each stands
// beside the one of its place, and are the same but for one.
func (m *mender) inStep(x *stretch) bool {
	n, others := 0, 0
	for i := range x.list[0] {
		if n += m.cost(x.list[0][i], x.list[1][i]); n >= x.cost || m.left < 0 {
			return false
		}
		if m.other(x.list[0][i], x.list[1][i]) {
			if others++; others > 1 {
				return false
			}
		}
	}
	return true
}

// other reports whether two operations ask for two things, or of two objects.
func (m *mender) other(x, y uint32) bool {
	a, _ := m.r.traces[0].Op(x)
	b, _ := m.r.traces[1].Op(y)
	return a.Command != b.Command || a.InfoType != b.InfoType || a.InfoClass != b.InfoClass || m.r.traces[0].Name(a.Path) != m.r.traces[1].Name(b.Path)
}

// cost tells how much two operations differ.
func (m *mender) cost(x, y uint32) int {
	a, _ := m.r.traces[0].Op(x)
	b, _ := m.r.traces[1].Op(y)
	n := m.apart(a.Request, b.Request) + m.apart(a.Response, b.Response)
	if a.Status != b.Status {
		n += shiftCost / 2
	}
	return n
}

// apart counts the bytes that are not the same in two messages.
func (m *mender) apart(x, y uint32) (n int) {
	if x == 0 || y == 0 {
		return min(int(x|y), 1) * shiftCost
	}
	if m.left--; m.left < 0 || !m.readers[0].Read(x) || !m.readers[1].Read(y) {
		return shiftCost
	}
	a, b := m.readers[0].Message.Bytes, m.readers[1].Message.Bytes
	if len(a) != len(b) {
		return shiftCost
	}
	for i := range a {
		if a[i] != b[i] {
			if n++; n == shiftCost {
				break
			}
		}
	}
	return n
}

// shift pairs the operations of a stretch one by one.
func (m *mender) shift(x *stretch) {
	for _, j := range x.rows {
		m.r.Rows[j].B = 0
	}
	m.mended = true
	next, kept := 0, m.r.Rows[:0]
	for j, row := range m.r.Rows {
		if len(x.rows) > 0 && x.rows[0] == j {
			if x.rows = x.rows[1:]; row.A == 0 {
				continue
			}
			row.B, row.Grade = x.list[1][next], Equal
			next++
		}
		kept = append(kept, row)
	}
	m.r.Rows = kept
}

// settled takes back that an operation has moved where both places hold one
// without a partner that is more in place: a close that names another handle is
// not one that came late.
func (m *mender) settled() {
	var at []int // rows by operation of B
	done := false
	for i := range m.r.Rows {
		row := &m.r.Rows[i]
		if !row.Moved {
			continue
		}
		if at == nil {
			at = m.rowsOfB()
		}
		y := m.beside(i, 1)
		x := -1
		if before := int(row.B) - 1; before > 0 && before < len(at) && at[before] >= 0 {
			x = m.beside(at[before], 0)
		}
		if x < 0 || y < 0 || !m.mates(m.r.Rows[x].A, row.B) || !m.mates(row.A, m.r.Rows[y].B) {
			continue
		}
		m.r.Rows[x].B, row.B, row.Moved = row.B, m.r.Rows[y].B, false
		m.r.Rows[y].B, done = 0, true
	}
	if !done {
		return
	}
	m.mended = true
	kept := m.r.Rows[:0]
	for _, row := range m.r.Rows {
		if row.A|row.B != 0 {
			kept = append(kept, row)
		}
	}
	m.r.Rows = pairingOf(kept).rows(false)
}

// beside gives a row next to one with an operation that only a side has, or -1.
func (m *mender) beside(i, side int) int {
	for _, k := range []int{i - 1, i + 1} {
		if k < 0 || k >= len(m.r.Rows) {
			continue
		}
		if r := m.r.Rows[k]; [2]uint32{r.B, r.A}[side] == 0 && r.A|r.B != 0 {
			return k
		}
	}
	return -1
}

func (m *mender) rowsOfB() []int {
	at := make([]int, m.r.traces[1].Len()+1)
	for i := range at {
		at[i] = -1
	}
	for i, row := range m.r.Rows {
		if row.B != 0 {
			at[row.B] = i
		}
	}
	return at
}

// swaps gives a whole operation that stands beside a torn one a mate that is
// more like it and has none: the torn one belongs elsewhere.
func (m *mender) swaps() {
	swapped := false
	for i := range m.r.Rows {
		if !m.lonely(i) {
			continue
		}
		lone := m.r.Rows[i]
		for k := max(0, i-mendNear); k < min(len(m.r.Rows), i+mendNear+1); k++ {
			row := &m.r.Rows[k]
			if row.A == 0 || row.B == 0 {
				continue
			}
			if a, b := m.r.pairOps(row); torn(&a) == torn(&b) {
				continue
			} else if lone.A == 0 && torn(&b) && m.cost(row.A, lone.B) < m.cost(row.A, row.B) {
				row.B, m.r.Rows[i].B, swapped = lone.B, row.B, true
				break
			} else if lone.B == 0 && torn(&a) && m.cost(lone.A, row.B) < m.cost(row.A, row.B) {
				row.A, m.r.Rows[i].A, swapped = lone.A, row.A, true
				break
			}
		}
	}
	if swapped {
		m.mended = true
		m.r.Rows = pairingOf(m.r.Rows).rows(false)
	}
}

// torn reports whether an operation may be a part of one; a lost connection gave
// no answer.
func torn(o *op.Op) bool { return o.Request == 0 || o.Response == 0 && o.State&op.Closed == 0 }
