package stats

import (
	"strconv"

	"smbdiff/dissect/field"
)

// AppendJSON appends one table, or two with ratios of B to A, as the object of
// the schema smbdiff/stats/1, with a line end.
func AppendJSON(b []byte, sides []Side) []byte {
	b = append(b, `{"schema":"smbdiff/stats/1"`...)
	for i := range sides {
		s := &sides[i]
		b = append(append(append(b, `,"`...), "ab"[i]), `":{"file":`...)
		b = field.AppendString(b, s.Name)
		b = number(b, "operations", int64(s.Total.Count))
		b = number(b, "connections", int64(s.Conns))
		b = number(b, "duration_ns", s.End-s.Start)
		for _, f := range s.flowRows() {
			b = append(append(append(b, `,"`...), f.Name...), `":`...)
			b = f.Spread.appendJSON(b)
		}
		b = append(b, '}')
	}
	all := pairs(sides)
	b = append(b, `,"commands":[`...)
	for i, p := range all[:len(all)-1] {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"command":`...)
		b = field.AppendString(b, p[0].Name)
		if b = append(b, `,"subcommand":`...); p[0].Sub != "" {
			b = field.AppendString(b, p[0].Sub)
		} else {
			b = append(b, "null"...)
		}
		b = append(append(append(b, `,"protocol":"`...), p[0].Proto.String()...), `","command_code":`...)
		b = strconv.AppendUint(b, uint64(p[0].Code), 10)
		b = append(appendPair(append(b, ','), p), '}')
	}
	b = append(b, `],"total":{`...)
	b = appendPair(b, all[len(all)-1])
	return append(b, "}}\n"...)
}

func number(b []byte, key string, v int64) []byte {
	b = append(append(append(b, `,"`...), key...), `":`...)
	return strconv.AppendInt(b, v, 10)
}

func (s *Spread) appendJSON(b []byte) []byte {
	if s.Count == 0 {
		return append(b, "null"...)
	}
	b = append(b, `{"samples":`...)
	b = strconv.AppendInt(b, int64(s.Count), 10)
	b = number(b, "min", int64(s.Min))
	b = number(b, "median", int64(s.Median))
	b = number(b, "p95", int64(s.P95))
	return append(number(b, "max", int64(s.Max)), '}')
}

// appendPair appends what was counted of a command on each side, and ratios.
func appendPair(b []byte, p []*Command) []byte {
	for i, c := range p {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), "ab"[i]), `":`...)
		b = c.appendJSON(b)
	}
	if len(p) < 2 {
		return b
	}
	b = append(b, `,"ratio":{`...)
	for i, k := range [...]struct {
		name  string
		a, b  int64
		there bool
	}{
		{"count", int64(p[0].Count), int64(p[1].Count), true},
		{"errors", int64(p[0].Errors), int64(p[1].Errors), true},
		{"median", p[0].RTT.Median, p[1].RTT.Median, p[1].RTT.Count > 0},
		{"p95", p[0].RTT.P95, p[1].RTT.P95, p[1].RTT.Count > 0},
		{"max", p[0].RTT.Max, p[1].RTT.Max, p[1].RTT.Count > 0},
		{"read", int64(p[0].Read), int64(p[1].Read), true},
		{"written", int64(p[0].Written), int64(p[1].Written), true},
		{"wire", int64(p[0].Wire), int64(p[1].Wire), true},
	} {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), k.name...), `":`...)
		if r := ratio(k.a, k.b, k.there); r != "-" {
			b = append(b, r...)
		} else {
			b = append(b, "null"...)
		}
	}
	return append(b, '}')
}

func (c *Command) appendJSON(b []byte) []byte {
	b = append(b, `{"count":`...)
	b = strconv.AppendInt(b, int64(c.Count), 10)
	b = number(b, "errors", int64(c.Errors))
	b = number(b, "unanswered", int64(c.Unanswered))
	b = number(b, "unasked", int64(c.Unasked))
	b = append(b, `,"statuses":[`...)
	for i := range c.Statuses {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(b, `{"status":"`...), c.Statuses[i].name()...)
		b = append(number(append(b, '"'), "count", int64(c.Statuses[i].Count)), '}')
	}
	b = append(b, `],"rtt_ns":`...)
	if t := &c.RTT; t.Count > 0 {
		b = append(b, `{"count":`...)
		b = strconv.AppendInt(b, int64(t.Count), 10)
		b = number(b, "min", t.Min)
		b = number(b, "median", t.Median)
		b = number(b, "p95", t.P95)
		b = number(b, "max", t.Max)
		b = append(number(b, "sum", t.Sum), '}')
	} else {
		b = append(b, "null"...)
	}
	b = number(b, "read", int64(c.Read))
	b = number(b, "written", int64(c.Written))
	return append(number(b, "wire", int64(c.Wire)), '}')
}
