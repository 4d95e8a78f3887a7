package diff

import (
	"bufio"
	"io"
	"strconv"

	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
)

// WriteJSON writes the comparison as one object of the schema smbdiff/diff/1.
func (r *Result) WriteJSON(out io.Writer) error {
	w := bufio.NewWriter(out)
	j := jsonWriter{r: r, c: r.Comparer()}
	j.b = append(j.b, '{')
	j.text("schema", schema)
	j.head()
	j.key("rows")
	j.b = append(j.b, '[')
	w.Write(j.b)
	first := true
	for i := range r.Rows {
		if !j.listed(i) {
			continue
		}
		j.b = j.b[:0]
		if !first {
			j.b = append(j.b, ',')
		}
		first = false
		j.b = append(j.b, "\n{"...)
		j.row(i)
		if _, err := w.Write(j.b); err != nil {
			return err
		}
	}
	w.WriteString("]}\n")
	return w.Flush()
}

const schema = "smbdiff/diff/1"

// WriteNDJSON writes the comparison as one object a line: a summary, then the
// pairs.
func (r *Result) WriteNDJSON(out io.Writer) error {
	w := bufio.NewWriter(out)
	j := jsonWriter{r: r, c: r.Comparer()}
	j.record("summary")
	j.head()
	w.Write(append(j.b, "}\n"...))
	for i := range r.Rows {
		if !j.listed(i) {
			continue
		}
		j.record("pair")
		j.row(i)
		if _, err := w.Write(append(j.b, '\n')); err != nil {
			return err
		}
	}
	return w.Flush()
}

// record begins an object.
func (j *jsonWriter) record(kind string) {
	j.b = append(j.b[:0], '{')
	j.text("schema", schema)
	j.text("record", kind)
}

type jsonWriter struct {
	b []byte
	r *Result
	c *Comparer
}

func (j *jsonWriter) all() bool { return j.r.options.Context < 0 }

func (j *jsonWriter) listed(i int) bool {
	if j.r.options.Brief || i >= j.r.upTo() {
		return false
	}
	return j.r.lists(i) || j.all() && !j.r.Rows[i].Out && !j.r.options.First
}

func (j *jsonWriter) key(k string) {
	if n := len(j.b); n > 0 && j.b[n-1] != '{' {
		j.b = append(j.b, ',')
	}
	j.b = append(append(append(j.b, '"'), k...), '"', ':')
}

func (j *jsonWriter) text(k, v string) {
	j.key(k)
	j.b = field.AppendString(j.b, v)
}

func (j *jsonWriter) textOrNull(k, v string) {
	if v == "" {
		j.key(k)
		j.b = append(j.b, "null"...)
		return
	}
	j.text(k, v)
}

func (j *jsonWriter) number(k string, v int) {
	j.key(k)
	j.b = strconv.AppendInt(j.b, int64(v), 10)
}

func (j *jsonWriter) head() {
	r := j.r
	j.text("verdict", r.Verdict)
	j.number("exit", r.Exit)
	j.text("text", r.Sentence())
	j.text("mask", r.Mask)
	j.number("unread", r.Unread)
	if r.Left > 0 {
		j.number("left_out", r.Left)
	}
	if r.Unlisted > 0 {
		j.number("unlisted", r.Unlisted)
	}
	j.key("counts")
	j.b = append(j.b, '{')
	for g := Grade(0); g < Grades; g++ {
		j.number(g.String(), r.Counts[g])
	}
	j.b = append(j.b, '}')
	j.side("a", &r.A)
	j.side("b", &r.B)
	j.first()
	j.key("causes")
	j.b = append(j.b, '[')
	for i := range r.Causes {
		c := &r.Causes[i]
		if i > 0 {
			j.b = append(j.b, ',')
		}
		j.b = append(j.b, '{')
		j.number("row", c.Row+1)
		j.text("field", c.Field)
		j.text("path", c.Path)
		j.text("a", c.A)
		j.text("b", c.B)
		j.text("why", c.Why)
		j.b = append(j.b, '}')
	}
	j.b = append(j.b, ']')
}

func (j *jsonWriter) side(k string, s *Side) {
	j.key(k)
	j.b = append(j.b, '{')
	j.text("file", s.File)
	j.number("messages", s.Messages)
	j.number("operations", s.Operations)
	j.number("sealed", s.Sealed)
	j.number("opened", s.Opened)
	if s.Damaged {
		j.key("damaged")
		j.b = append(j.b, "true"...)
	}
	j.b = append(j.b, '}')
}

func (j *jsonWriter) first() {
	j.key("first")
	f := j.r.First
	if f == nil {
		j.b = append(j.b, "null"...)
		return
	}
	row := &j.r.Rows[f.Row]
	a, b := j.r.pairOps(row)
	j.b = append(j.b, '{')
	j.number("row", f.Row+1)
	j.text("reason", f.Reason)
	j.ops(row, &a, &b)
	j.text("command", f.Command)
	j.textOrNull("path", f.Path)
	j.text("suspect", f.Suspect)
	if f.Of != 0 {
		j.number("consequence_of", int(f.Of))
	}
	j.text("text", f.Text)
	j.b = append(j.b, '}')
}

// ops writes the operations of a row, each with its names where they are not
// those of the other one.
func (j *jsonWriter) ops(row *Row, a, b *op.Op) {
	named := row.A != 0 && row.B != 0 && j.r.otherNames(a, b)
	j.op("a", 0, a, named)
	j.op("b", 1, b, named)
}

func (j *jsonWriter) op(k string, side int, o *op.Op, named bool) {
	j.key(k)
	if o.Num == 0 {
		j.b = append(j.b, "null"...)
		return
	}
	j.b = append(j.b, '{')
	j.number("op", int(o.Num))
	j.key("frames")
	j.b = append(j.b, '[')
	for i, f := range []uint32{o.ReqFrame, o.RespFrame} {
		if f == 0 {
			continue
		}
		if i > 0 && o.ReqFrame != 0 {
			j.b = append(j.b, ',')
		}
		j.b = strconv.AppendUint(j.b, uint64(f), 10)
	}
	j.b = append(j.b, ']')
	if named {
		j.text("command", o.CommandName())
		j.textOrNull("path", j.r.name(side)(o.Path))
	}
	j.b = append(j.b, '}')
}

func (j *jsonWriter) row(i int) {
	row := &j.r.Rows[i]
	a, b := j.r.pairOps(row)
	j.number("row", i+1)
	j.text("grade", row.Grade.String())
	j.key("moved")
	j.b = strconv.AppendBool(j.b, row.Moved)
	j.text("command", j.r.command(row, &a, &b))
	j.textOrNull("path", j.r.path(row, &a, &b))
	j.textOrNull("side", row.side())
	j.ops(row, &a, &b)
	j.key("fields")
	j.b = append(j.b, '[')
	if row.Grade != Equal {
		first := true
		for _, ch := range j.c.Compare(*row) {
			if ch.Masked != "" && !j.r.options.ShowMasked && !j.all() {
				continue
			}
			if !first {
				j.b = append(j.b, ',')
			}
			first = false
			j.change(&ch)
		}
	}
	j.b = append(j.b, "]}"...)
}

// side says on whose side a row differs: requests come from the client.
func (row *Row) side() string {
	switch {
	case row.Request && row.Response:
		return "both"
	case row.Request:
		return "client"
	case row.Response:
		return "server"
	}
	return ""
}

func (j *jsonWriter) change(ch *Change) {
	j.b = append(j.b, '{')
	j.text("name", ch.Name)
	j.text("path", ch.Path)
	j.text("op", ch.Op)
	j.presence("a", ch.A, ch.Op == "add")
	j.presence("b", ch.B, ch.Op == "remove")
	j.frame("frame_a", ch.FrameA)
	j.frame("frame_b", ch.FrameB)
	j.textOrNull("masked", ch.Masked)
	j.b = append(j.b, '}')
}

func (j *jsonWriter) presence(k, v string, absent bool) {
	if absent {
		j.key(k)
		j.b = append(j.b, "null"...)
		return
	}
	j.text(k, v)
}

func (j *jsonWriter) frame(k string, v uint32) {
	if v == 0 {
		j.key(k)
		j.b = append(j.b, "null"...)
		return
	}
	j.number(k, int(v))
}
