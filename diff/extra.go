package diff

import (
	"math"
	"slices"
	"time"

	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// single notes an operation without a partner when a rule hides it.
func (c *Comparer) single(row Row) {
	c.ops[0], _ = c.traces[0].Op(row.A)
	c.ops[1], _ = c.traces[1].Op(row.B)
	c.part, c.frames = PartRequest, [2]uint32{c.ops[0].ReqFrame, c.ops[1].ReqFrame}
	c.torn = false
	if c.parts != nil && (c.parts[0][row.A] || c.parts[1][row.B]) {
		c.put(c.loneChange(row, rulePart))
		return
	}
	if rule := c.looked.rule(0, row.A) + c.looked.rule(1, row.B); rule != "" { // one of them is 0
		c.put(c.loneChange(row, rule))
		return
	}
	c.mask.enter(c, PartRequest)
	d := c.mask.pseudo(nameOperation, nameOperation)
	if d.how != drop && d.how != hide || d.name == "only" {
		return
	}
	ch := c.loneChange(row, d.name)
	if d.allows(ch.A+ch.B, ch.A+ch.B, true) {
		c.hid(d.nth)
		c.put(ch)
	}
}

// loneChange is what an operation without a partner amounts to when a rule
// hides it.
func (c *Comparer) loneChange(row Row, rule string) Change {
	ch := Change{Name: nameOperation, Path: nameOperation, Op: "remove", A: c.result(0), B: c.result(1), NodeA: -1, NodeB: -1, Masked: rule}
	if row.A == 0 {
		ch.Op = "add"
	}
	return ch
}

func (c *Comparer) result(side int) string {
	if c.ops[side].Num == 0 {
		return ""
	}
	return string(c.ops[side].AppendResult(nil))
}

// time compares how long the answers took.
func (c *Comparer) time() {
	a, b := &c.ops[0], &c.ops[1]
	if a.RTT < 0 || b.RTT < 0 || a.RTT == b.RTT || waits(a) {
		return
	}
	c.part, c.frames = PartResponse, [2]uint32{a.RespFrame, b.RespFrame}
	c.mask.enter(c, PartResponse)
	path := partNames[PartResponse] + "/" + nameTime
	d := c.mask.pseudo(nameTime, path)
	ch := Change{Name: nameTime, Path: path, Op: "replace", A: time.Duration(a.RTT).String(), B: time.Duration(b.RTT).String(), NodeA: -1, NodeB: -1}
	switch {
	case d.how == hide:
		return
	case c.options.Factor > 0 && d.name == ruleTime && d.how == within:
		if float64(max(a.RTT, b.RTT)) <= c.options.Factor*float64(min(a.RTT, b.RTT)) {
			ch.Masked = d.name
			c.hid(d.nth)
		}
	case d.how == drop, d.how == within && (d.near(float64(a.RTT), float64(b.RTT)) || d.name == ruleTime && max(a.RTT-b.RTT, b.RTT-a.RTT) <= c.slack):
		ch.Masked = d.name
		c.hid(d.nth)
	}
	c.put(ch)
}

// ruleTime names what hides that answers took another time.
const ruleTime = "response time"

const (
	// ofTimes is the part of all times, one of twenty, that may vary more than
	// the rest; slackTimes how much more than the rest these may vary.
	ofTimes, slackTimes = 20, 3
)

// slack gives what response times vary by in both directions, in ns: a busy
// machine answers now sooner and now later, a slow one only later.
func (r *Result) slack() int64 {
	var more [2][]int64 // how much longer each side took
	n := 0
	for i := range r.Rows {
		a, b := r.pairOps(&r.Rows[i])
		if a.RTT < 0 || b.RTT < 0 || a.Num == 0 || b.Num == 0 || waits(&a) {
			continue
		}
		n++
		if d := a.RTT - b.RTT; d > 0 {
			more[0] = append(more[0], d)
		} else if d < 0 {
			more[1] = append(more[1], -d)
		}
	}
	return slackOf(more, n)
}

func slackOf(more [2][]int64, n int) int64 {
	out := int64(math.MaxInt64 / slackTimes)
	for _, list := range more {
		k := len(list) - 1 - n/ofTimes
		if k < 0 {
			return 0
		}
		slices.Sort(list)
		out = min(out, list[k])
	}
	return slackTimes * out
}

// waits reports whether the operation is answered when something happens, not
// when it is done.
func waits(o *op.Op) bool {
	if o.Proto != op.SMB2 {
		return false
	}
	switch smb2.Command(o.Command) {
	case smb2.ChangeNotify, smb2.Lock:
		return true
	}
	return false
}

// statuses compares the outcome alone.
func (c *Comparer) statuses() {
	c.part = PartResponse
	c.mask.enter(c, c.part)
	a, b := &c.ops[0], &c.ops[1]
	c.frames = [2]uint32{a.RespFrame, b.RespFrame}
	c.unread = (a.State|b.State)&op.Unread != 0
	if (a.Response == 0) != (b.Response == 0) {
		c.lone(nameAnswer, PartResponse, a.Response == 0)
	} else if a.Status != b.Status && a.Response != 0 {
		c.status()
	}
}

func (c *Comparer) status() {
	name := "smb2.nt_status"
	if c.ops[0].Proto == op.SMB1 {
		name = "smb.nt_status"
	}
	path := "response/header/" + name
	if d := c.mask.pseudo(name, path); d.how != hide {
		ch := Change{Name: name, Path: path, Op: "replace", A: statusText(c.ops[0].Status), B: statusText(c.ops[1].Status), NodeA: -1, NodeB: -1}
		c.hidden(&ch, &d)
		c.put(ch)
	}
}

func statusText(v uint32) string {
	if s := ntstatus.Name(uint64(v)); s != "" {
		return s
	}
	return string(field.AppendHex32(nil, v))
}

// pieces compares the messages of two operations beside their requests and
// responses: secondary requests and the responses before the last one of
// transactions of SMB1, [MS-CIFS] 3.2.4.1.3 and 3.3.4.2, and what WRITE_RAW
// announces.
func (c *Comparer) pieces(a, b *op.Op, list bool) (masked bool) {
	x, y := c.traces[0].Parts(a), c.traces[1].Parts(b)
	for i := range min(len(x), len(y)) {
		part := PartRequest
		if r := c.readers[0]; r.Read(x[i]) && r.Message.Response() {
			part = PartResponse
		}
		c.part, c.parent, c.reordered = part, "", false
		c.mask.enter(c, part)
		masked = c.messages(part, [2]uint32{x[i], y[i]}, list) || masked
	}
	if len(x) != len(y) {
		c.part, c.frames = PartRequest, [2]uint32{a.ReqFrame, b.ReqFrame}
		c.finding(nameMessages, PartRequest, "replace", number(len(x), "more message"), number(len(y), "more message"))
	}
	return masked
}
