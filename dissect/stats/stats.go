// Package stats counts what a capture holds: operations by command, their
// outcome, response times and bytes, and how the sides used credits and
// pipelining. It stands beside op, below dissect: it counts one capture and
// knows nothing of alignment, so two tables side by side are no comparison of
// package diff. It does not know where messages come from or who reads the
// table.
//
// Quantiles are exact, by nearest rank; the median of an even number of times is
// the mean of the middle two. For that it keeps eight bytes an operation.
package stats

import (
	"cmp"
	"slices"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/ntstatus"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
)

// Table is what was counted of one capture.
type Table struct {
	Commands []Command // by protocol and code
	Total    Command   // of all
	Conns    int       // connections with messages
	Start    int64     // time of the first message, ns since 1970 UTC
	End      int64     // of the last
	Depth    Spread    // requests without any answer, when one more was sent, itself counted
	Credits  Spread    // credits that those requests cost
	Unused   Spread    // credits granted and not used, behind each grant
}

// Command is what was counted of one command.
type Command struct {
	Name       string
	Sub        string // function of an SMB1 transaction
	Proto      op.Proto
	Code       uint16
	SubCode    uint16
	Count      int
	Errors     int      // answered with an error
	Unanswered int      // no final answer, where one is expected
	Unasked    int      // breaks and notifications
	Statuses   []Status // of final answers other than STATUS_SUCCESS, most frequent first
	RTT        Times
	Read       uint64 // bytes that READ gave
	Written    uint64 // bytes that WRITE carried
	Wire       uint64 // bytes of requests and responses, with the NBSS header
}

// Status is how often a status was the answer.
type Status struct {
	Code  uint32
	Name  string
	Count int
}

// Times are response times in ns; Count of zero leaves the others at 0.
type Times struct {
	Count                      int
	Min, Median, P95, Max, Sum int64
}

// Spread says how a number was distributed.
type Spread struct {
	Count                 int
	Min, Median, P95, Max int
}

// Counter fills a table. The zero value is ready. Messages are added as they
// come from the tracker, and each operation once it is done.
type Counter struct {
	table    Table
	commands map[uint64]*counted
	bytes    []flow // of operations from first on
	first    uint32
	conns    map[uint32]*conn
	depth    spread
	credits  spread
	unused   spread
}

type counted struct {
	Command
	statuses map[uint32]int
	rtt      []int64
}

// flow is what the messages of one operation carried.
type flow struct{ wire, read, written uint64 }

// Add takes messages in capture order, once they have been tracked.
func (c *Counter) Add(ms []conv.Message) {
	for i := range ms {
		m := &ms[i]
		if !m.Event.Carries() {
			c.flows(m)
			continue
		}
		if c.table.Start == 0 || m.Time < c.table.Start {
			c.table.Start = m.Time
		}
		c.table.End = max(c.table.End, m.Time)
		if f := c.flow(m.Op); f != nil {
			f.wire += wire(ms, i)
			n := length(m)
			if m.Response() {
				f.read += n
			} else {
				f.written += n
			}
		}
		c.flows(m)
	}
}

// flow gives the place for operation num, nil when it is done already.
func (c *Counter) flow(num uint32) *flow {
	if num <= c.first {
		return nil
	}
	k := int(num - c.first - 1)
	for k >= len(c.bytes) {
		c.bytes = append(c.bytes, flow{})
	}
	return &c.bytes[k]
}

// wire gives the bytes that message i took. What stands around the messages of
// a compound counts for its first.
func wire(ms []conv.Message, i int) uint64 {
	m := &ms[i]
	whole := int64(m.PDULen) + 4
	if m.Index > 0 {
		if m.Packed {
			return 0
		}
		return uint64(max(0, m.Size))
	}
	for k := i + 1; k < len(ms) && ms[k].Index > 0 && !m.Packed; k++ {
		whole -= int64(ms[k].Size)
	}
	return uint64(max(0, whole))
}

// length gives the file data that READ or WRITE carries.
func length(m *conv.Message) uint64 {
	switch m.Proto {
	case op.SMB2:
		if m.SMB2.Command == smb2.Read && m.Response() && m.Status()>>30 != 3 || m.SMB2.Command == smb2.Write && !m.Response() {
			return m.Facts.Length
		}
	case op.SMB1:
		switch m.SMB1.Command {
		case smb1.Read, smb1.ReadAndX, lockAndRead:
			if m.Response() && m.Status()>>30 != 3 {
				return m.Facts1.Length
			}
		case smb1.Write, smb1.WriteAndX, writeAndUnlock, writeAndClose:
			if !m.Response() {
				return m.Facts1.Length
			}
		}
	}
	return 0
}

// Commands of [MS-CIFS] 2.2.2.1 that read and write beside other work.
const (
	lockAndRead    = 0x13
	writeAndUnlock = 0x14
	writeAndClose  = 0x2c
)

// Done takes operation o in the order of numbers, nothing being expected any
// more; with chosen false its messages are forgotten.
func (c *Counter) Done(o *op.Op, chosen bool) {
	var f flow
	if p := c.flow(o.Num); p != nil {
		f = *p
		c.bytes = c.bytes[o.Num-c.first:]
		c.first = o.Num
	}
	if !chosen {
		return
	}
	k := c.command(o)
	k.Count++
	k.Wire += f.wire
	k.Read += f.read
	k.Written += f.written
	switch {
	case o.State&op.Unsolicited != 0:
		k.Unasked++
	case o.Response == 0 && o.State&op.OneWay == 0 && (o.Proto == op.SMB1 || o.Proto == op.SMB2):
		k.Unanswered++
	case o.Response != 0 && (o.Proto == op.SMB1 || o.Proto == op.SMB2):
		if o.Status != 0 {
			k.statuses[o.Status]++
		}
		if failed(o.Status) {
			k.Errors++
		}
	}
	if o.RTT >= 0 {
		k.rtt = append(k.rtt, o.RTT)
	}
}

// moreProcessing is the answer to all but the last leg of an authentication.
const moreProcessing = 0xc0000016

// failed reports whether a status is an error, [MS-ERREF] 2.3.
func failed(status uint32) bool { return status>>30 == 3 && status != moreProcessing }

func (c *Counter) command(o *op.Op) *counted {
	n := Command{Proto: o.Proto}
	switch o.Proto {
	case op.SMB2:
		n.Code = o.Command
	case op.SMB1:
		n.Code = o.Command
		if n.Sub = smb1.SubCommandName(uint8(o.Command), uint16(o.Code)); n.Sub != "" {
			n.SubCode = uint16(o.Code)
		}
	}
	k := c.commands[n.key()]
	if k == nil {
		if c.commands == nil {
			c.commands = make(map[uint64]*counted)
		}
		n.Name = o.CommandName()
		k = &counted{Command: n, statuses: make(map[uint32]int)}
		c.commands[n.key()] = k
	}
	return k
}

// Table gives what was counted.
func (c *Counter) Table() *Table {
	t := &c.table
	t.Conns = len(c.conns)
	t.Commands = t.Commands[:0]
	all := counted{Command: Command{Name: "all"}, statuses: make(map[uint32]int)}
	for _, k := range c.commands {
		all.Count += k.Count
		all.Errors += k.Errors
		all.Unanswered += k.Unanswered
		all.Unasked += k.Unasked
		all.Read += k.Read
		all.Written += k.Written
		all.Wire += k.Wire
		for s, n := range k.statuses {
			all.statuses[s] += n
		}
		all.rtt = append(all.rtt, k.rtt...)
		t.Commands = append(t.Commands, k.close())
	}
	slices.SortFunc(t.Commands, func(a, b Command) int { return cmp.Compare(a.key(), b.key()) })
	t.Total = all.close()
	t.Depth, t.Credits, t.Unused = c.depth.close(), c.credits.close(), c.unused.close()
	return t
}

// key orders commands: SMB2, then SMB1, then what could not be read.
func (c *Command) key() uint64 {
	p := uint64(c.Proto)
	if c.Proto == op.SMB2 {
		p = 0
	}
	return p<<32 | uint64(c.Code)<<16 | uint64(c.SubCode)
}

func (k *counted) close() Command {
	k.RTT = times(k.rtt)
	k.Statuses = k.Statuses[:0]
	for s, n := range k.statuses {
		k.Statuses = append(k.Statuses, Status{s, ntstatus.Name(uint64(s)), n})
	}
	slices.SortFunc(k.Statuses, func(a, b Status) int { return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Code, b.Code)) })
	return k.Command
}

// times sorts ns and gives its quantiles.
func times(ns []int64) Times {
	n := len(ns)
	if n == 0 {
		return Times{}
	}
	slices.Sort(ns)
	t := Times{Count: n, Min: ns[0], Median: ns[(n-1)/2] + (ns[n/2]-ns[(n-1)/2])/2, P95: ns[rank(n, 95)], Max: ns[n-1]}
	for _, v := range ns {
		t.Sum += v
	}
	return t
}

// rank is the place of a percentile among n values in order, by nearest rank.
func rank(n, percent int) int { return max(0, (n*percent+99)/100-1) }
