package stats

import (
	"bytes"
	"strconv"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// Side is a table with the name of its capture.
type Side struct {
	Name string
	*Table
}

// AppendText appends one table, or two side by side, for people.
func AppendText(b []byte, sides []Side) []byte {
	for i, s := range sides {
		if len(sides) > 1 {
			b = append(append(b, "AB"[i]), ' ')
		}
		b = s.headline(b)
	}
	b = append(b, '\n')
	if len(sides) > 1 { // side by side, times stand in a table of their own
		b = append(appendCommands(b, sides, func(c *column) bool { return !c.time }), '\n')
		b = append(appendCommands(b, sides, func(c *column) bool { return c.time }), '\n')
	} else {
		b = append(appendCommands(b, sides, func(*column) bool { return true }), '\n')
	}
	b = appendStatuses(b, sides)
	return appendFlows(b, sides)
}

func (s *Side) headline(b []byte) []byte {
	b = field.AppendSafe(b, s.Name)
	b = append(b, "  "...)
	b = appendCount(b, s.Total.Count, "operation")
	b = appendCount(append(b, ", "...), s.Conns, "connection")
	b = append(b, ", "...)
	b = op.AppendSeconds(b, s.End-s.Start)
	return append(b, " s\n"...)
}

func appendCount(b []byte, n int, what string) []byte {
	b = strconv.AppendInt(b, int64(n), 10)
	b = append(append(b, ' '), what...)
	if n != 1 {
		b = append(b, 's')
	}
	return b
}

// pairs gives the commands of all sides, and at the end what they add up to;
// what a side lacks is empty.
func pairs(sides []Side) [][]*Command {
	var out [][]*Command
	at := make([]int, len(sides))
	for {
		least, found := uint64(0), false
		for i, s := range sides {
			if at[i] < len(s.Commands) {
				if k := s.Commands[at[i]].key(); !found || k < least {
					least, found = k, true
				}
			}
		}
		if !found {
			break
		}
		row := make([]*Command, len(sides))
		var some *Command
		for i, s := range sides {
			if at[i] < len(s.Commands) && s.Commands[at[i]].key() == least {
				row[i] = &s.Commands[at[i]]
				some = row[i]
				at[i]++
			}
		}
		for i := range row {
			if row[i] == nil {
				row[i] = &Command{Name: some.Name, Sub: some.Sub, Proto: some.Proto, Code: some.Code, SubCode: some.SubCode}
			}
		}
		out = append(out, row)
	}
	total := make([]*Command, len(sides))
	for i := range sides {
		total[i] = &sides[i].Total
	}
	return append(out, total)
}

// column is one number of a command.
type column struct {
	name string
	get  func(*Command) int64
	time bool // ns, shown as ms
}

var columns = [...]column{
	{"count", func(c *Command) int64 { return int64(c.Count) }, false},
	{"errors", func(c *Command) int64 { return int64(c.Errors) }, false},
	{"unanswered", func(c *Command) int64 { return int64(c.Unanswered) }, false},
	{"unasked", func(c *Command) int64 { return int64(c.Unasked) }, false},
	{"min ms", func(c *Command) int64 { return c.RTT.Min }, true},
	{"median ms", func(c *Command) int64 { return c.RTT.Median }, true},
	{"p95 ms", func(c *Command) int64 { return c.RTT.P95 }, true},
	{"max ms", func(c *Command) int64 { return c.RTT.Max }, true},
	{"read", func(c *Command) int64 { return int64(c.Read) }, false},
	{"written", func(c *Command) int64 { return int64(c.Written) }, false},
	{"wire", func(c *Command) int64 { return int64(c.Wire) }, false},
}

// appendCommands appends a line a command, with the columns that are wanted and
// not 0 everywhere; of two sides each has its own, and the ratio of B to A.
func appendCommands(b []byte, sides []Side, wanted func(*column) bool) []byte {
	all := pairs(sides)
	two := len(sides) > 1
	g := grid{left: 1, rows: make([][]string, 1+len(all))}
	g.rows[0] = []string{"command"}
	for i, p := range all {
		g.rows[i+1] = []string{label(p[0], all)}
	}
	for k := range columns {
		c := &columns[k]
		total := int64(0)
		for _, x := range all[len(all)-1] {
			total += c.get(x)
		}
		if k > 0 && total == 0 || !wanted(c) {
			continue
		}
		if g.rows[0] = append(g.rows[0], c.name); two {
			g.rows[0] = append(g.rows[0], "B", "B/A")
		}
		for i, p := range all {
			r := &g.rows[i+1]
			for _, x := range p {
				*r = append(*r, cell(c.get(x), c.time, x.RTT.Count > 0))
			}
			if two {
				there := !c.time || p[0].RTT.Count > 0 && p[1].RTT.Count > 0
				*r = append(*r, ratio(c.get(p[0]), c.get(p[1]), there))
			}
		}
	}
	return g.appendTo(b)
}

// label names a command; one of SMB1 is marked where SMB2 is spoken too.
func label(c *Command, all [][]*Command) string {
	s := c.Name
	if c.Sub != "" {
		s += " " + c.Sub
	}
	if c.Proto == op.SMB1 && all[0][0].Proto == op.SMB2 {
		s += " (SMB1)"
	}
	return s
}

// grid is text in columns; the first ones stand left, the others right.
type grid struct {
	left int
	rows [][]string
}

func cell(v int64, time, there bool) string {
	switch {
	case time && !there:
		return "-"
	case time:
		return string(op.AppendMillis(nil, v))
	}
	return strconv.FormatInt(v, 10)
}

// ratio gives b/a with two digits behind the point, "-" when there is none.
func ratio(a, b int64, there bool) string {
	if a == 0 || !there {
		return "-"
	}
	return strconv.FormatFloat(float64(b)/float64(a), 'f', 2, 64)
}

func (g *grid) appendTo(b []byte) []byte {
	width := make([]int, len(g.rows[0]))
	for _, r := range g.rows {
		for i, c := range r {
			width[i] = max(width[i], len(c))
		}
	}
	for _, r := range g.rows {
		for i, c := range r {
			gap := spaces[:min(len(spaces), width[i]-len(c))]
			switch {
			case i >= g.left:
				b = append(append(append(b, "  "...), gap...), c...)
			case i > 0:
				b = append(b, "  "...)
				fallthrough
			default:
				b = append(append(b, c...), gap...)
			}
		}
		b = append(bytes.TrimRight(b, " "), '\n')
	}
	return b
}

const spaces = "                                                                                "
