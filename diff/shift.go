package diff

import "smbdiff/dissect/op"

// What two messages cost that stand beside each other: a byte for each that is
// not the same, up to a bound, and the bound for an operation without a partner.
const shiftCost = 64

// shifts looks for operations without a partner on both sides between which all
// others may have slipped by one place: a damaged header keeps one of many
// operations of a kind from its mate, and each takes the next one's.
func (m *mender) shifts() {
	for i := 0; i < len(m.r.Rows); i++ {
		if m.lonely(i) {
			m.shiftAt(i)
		}
	}
}

func (m *mender) lonely(i int) bool { return m.r.Rows[i].A == 0 || m.r.Rows[i].B == 0 }

// shiftAt looks behind the row of an operation without a partner for one of the
// other side.
func (m *mender) shiftAt(i int) {
	first := m.r.Rows[i]
	side := 0
	if first.A == 0 {
		side = 1
	}
	a, b := m.r.pairOps(&first)
	conns := [2]uint32{a.Conn, b.Conn}
	var list [2][]uint32
	list[side] = append(list[side], []uint32{first.A, first.B}[side])
	var at []int
	for j := i + 1; j < min(len(m.r.Rows), i+mendRun); j++ {
		row := m.r.Rows[j]
		a, b := m.r.pairOps(&row)
		switch {
		case row.A != 0 && row.B != 0:
			if len(at) == 0 {
				conns = [2]uint32{a.Conn, b.Conn}
			}
			if row.Moved || a.Conn != conns[0] || b.Conn != conns[1] {
				continue
			}
			list[0], list[1], at = append(list[0], row.A), append(list[1], row.B), append(at, j)
			if len(at) == 1 && !m.mates(list[0][0], list[1][0]) {
				return
			}
		case len(at) > 0 && (row.A == 0) == (side == 0) && []*op.Op{&a, &b}[1-side].Conn == conns[1-side]:
			list[1-side] = append(list[1-side], []uint32{row.A, row.B}[1-side])
			if m.gain(side, list) > 0 {
				m.shift(i, j, at, list)
				return
			}
			list[1-side] = list[1-side][:len(list[1-side])-1]
		}
	}
}

// mates reports whether two operations may be a pair: their first messages are
// the same but for a few bytes.
func (m *mender) mates(x, y uint32) bool {
	a, _ := m.r.traces[0].Op(x)
	b, _ := m.r.traces[1].Op(y)
	return m.like(first(&a), first(&b)) > 0
}

// gain tells by how much less the operations of two lists differ when each
// stands beside the one of its place than when those of the list that begins
// earlier stand beside the one before, which leaves one over on each side.
func (m *mender) gain(side int, list [2][]uint32) int {
	before, after := 2*shiftCost, 0
	for i := range list[0] {
		after += m.cost(list[0][i], list[1][i])
		switch {
		case i == 0:
		case side == 0:
			before += m.cost(list[0][i], list[1][i-1])
		default:
			before += m.cost(list[0][i-1], list[1][i])
		}
	}
	if m.left < 0 {
		return 0
	}
	return before - after
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

// shift pairs the operations of two lists, which stand in the rows at and in
// those numbered i and j, one by one.
func (m *mender) shift(i, j int, at []int, list [2][]uint32) {
	rows := m.r.Rows
	all, gone := append([]int{i}, at...), j
	if rows[i].A == 0 {
		all, gone = append(at[:len(at):len(at)], j), i
	}
	for k, row := range all {
		rows[row].A, rows[row].B, rows[row].Grade = list[0][k], list[1][k], Equal
	}
	m.r.Rows = append(rows[:gone], rows[gone+1:]...)
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
		m.r.Rows = pairingOf(m.r.Rows).rows()
	}
}

// torn reports whether an operation may be a part of one.
func torn(o *op.Op) bool { return o.Request == 0 || o.Response == 0 }
