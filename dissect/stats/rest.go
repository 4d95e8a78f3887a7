package stats

import (
	"strconv"

	"smbdiff/dissect/field"
)

// name gives a status as people read it.
func (s *Status) name() string {
	if s.Name != "" {
		return s.Name
	}
	return string(field.AppendHex32(nil, s.Code))
}

// count gives how often a status was the answer.
func (c *Command) count(code uint32) int {
	for i := range c.Statuses {
		if c.Statuses[i].Code == code {
			return c.Statuses[i].Count
		}
	}
	return 0
}

// appendStatuses appends the answers other than STATUS_SUCCESS, by command.
func appendStatuses(b []byte, sides []Side) []byte {
	g := grid{left: 2, rows: [][]string{{"answer", "command", "count"}}}
	if len(sides) > 1 {
		g.rows[0] = append(g.rows[0], "B", "B/A")
	}
	all := pairs(sides)
	for _, p := range all[:len(all)-1] {
		seen := map[uint32]bool{}
		for _, c := range p {
			for i := range c.Statuses {
				s := &c.Statuses[i]
				if seen[s.Code] {
					continue
				}
				seen[s.Code] = true
				row := []string{s.name(), label(p[0], all)}
				for _, x := range p {
					row = append(row, strconv.Itoa(x.count(s.Code)))
				}
				if len(p) > 1 {
					row = append(row, ratio(int64(p[0].count(s.Code)), int64(p[1].count(s.Code)), true))
				}
				g.rows = append(g.rows, row)
			}
		}
	}
	if len(g.rows) == 1 {
		return b
	}
	return append(g.appendTo(b), '\n')
}

// flowRows are the spreads of a table.
func (t *Table) flowRows() [3]struct {
	Name  string
	Label string
	Spread
} {
	return [...]struct {
		Name  string
		Label string
		Spread
	}{
		{"depth", "requests in flight", t.Depth},
		{"credits_in_flight", "credits in flight", t.Credits},
		{"credits_unused", "credits granted and unused", t.Unused},
	}
}

// appendFlows appends how credits and pipelining were used.
func appendFlows(b []byte, sides []Side) []byte {
	g := grid{left: 1, rows: [][]string{{"in flight", "min", "median", "p95", "max"}}}
	if len(sides) > 1 {
		g.rows[0] = []string{"in flight", "min", "B", "median", "B", "p95", "B", "max", "B", "B/A"}
	}
	for i := range 3 {
		row := []string{sides[0].flowRows()[i].Label}
		some := false
		for _, get := range [...]func(*Spread) int{func(s *Spread) int { return s.Min }, func(s *Spread) int { return s.Median },
			func(s *Spread) int { return s.P95 }, func(s *Spread) int { return s.Max }} {
			for k := range sides {
				s := sides[k].flowRows()[i].Spread
				some = some || s.Count > 0
				if s.Count == 0 {
					row = append(row, "-")
				} else {
					row = append(row, strconv.Itoa(get(&s)))
				}
			}
		}
		if len(sides) > 1 {
			row = append(row, ratio(int64(sides[0].flowRows()[i].Max), int64(sides[1].flowRows()[i].Max), true))
		}
		if some {
			g.rows = append(g.rows, row)
		}
	}
	return g.appendTo(b)
}
