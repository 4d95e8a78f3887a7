// Package dissect opens captures of SMB traffic: it turns frames into messages
// and operations, and makes the field tree of a message when somebody looks. It
// has no secrets: an Opener opens what is sealed.
package dissect

import (
	"sync"

	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
)

// Trace is the index of one capture: its operations and where the bytes of each
// message lie. It may be read while it is still being filled.
type Trace struct {
	File   *capture.File
	opener Opener

	mu       sync.RWMutex
	tracker  conv.Tracker
	messages [][]record
	arena    [][]byte // extents of PDUs in compact form
	count    Counts
	summary  *capture.Summary
	done     bool
}

// record is where one message lies.
type record struct {
	time    int64
	arena   uint32 // place of the PDU's extents
	frame   uint32
	first   uint32
	pduLen  uint32
	number  uint32 // SMB1: conv.Sequences
	op      uint32
	conn    uint32
	missing uint32
	dir     uint8 // bit 0 direction, bit 1 from the server
	role    conv.Role
	index   uint8
	of      uint8
	lead    uint8 // bytes of SMB Direct before the PDU
	nbss    [4]byte
}

const (
	recordChunk = 4096
	arenaChunk  = 1 << 20
)

// NewTrace makes an empty trace of f. Load fills it.
func NewTrace(f *capture.File, opener Opener) *Trace {
	if opener == nil {
		opener = shutOpener{}
	}
	t := &Trace{File: f, opener: opener}
	t.tracker.Check, t.tracker.Indexed = true, true
	return t
}

// Load reads the capture. progress is called now and then, when not nil, and
// stops the reading by giving false; what was read by then stays.
func (t *Trace) Load(ports []uint16, progress func() bool) error {
	sum, err := Run(t.File, Options{Opener: t.opener, Ports: ports, Tracker: &t.tracker, Lock: &t.mu, Tracked: t.add,
		Emit: func(*Batch) bool { return progress == nil || progress() }})
	t.mu.Lock()
	defer t.mu.Unlock()
	t.summary, t.done = sum, true
	return err
}

func (t *Trace) add(b *Batch) {
	for i := range b.Messages {
		m := &b.Messages[i]
		if m.Num == 0 {
			continue
		}
		place := t.place(m, i > 0 && sameExtents(&b.Messages[i-1], m))
		k := len(t.messages)
		if k == 0 || len(t.messages[k-1]) == recordChunk {
			t.messages = append(t.messages, make([]record, 0, recordChunk))
			k++
		}
		r := record{time: m.Time, arena: place, frame: m.Frame, first: m.FirstFrame, pduLen: m.PDULen, number: m.Number, op: m.Op,
			conn: m.Conn, missing: m.Missing, dir: m.Dir & 1, role: m.Role, index: m.Index, of: m.Of, lead: uint8(len(m.Lead)), nbss: m.NBSS}
		if m.FromServer {
			r.dir |= 2
		}
		t.messages[k-1] = append(t.messages[k-1], r)
	}
	t.count.Merge(&b.Counts)
	t.count.Operations = t.tracker.Ops.Len()
}

func sameExtents(a, b *conv.Message) bool {
	return b.Index > 0 && a.Frame == b.Frame && len(a.Extents) > 0 && len(b.Extents) > 0 && &a.Extents[0] == &b.Extents[0]
}

// place stores the extents of the message's PDU, once for a compound.
func (t *Trace) place(m *conv.Message, again bool) uint32 {
	if again {
		k := len(t.messages) - 1
		return t.messages[k][len(t.messages[k])-1].arena
	}
	k := len(t.arena) - 1
	most := capture.MaxExtents(len(m.Extents))
	if k < 0 || len(t.arena[k]) >= arenaChunk || len(t.arena[k])+most > cap(t.arena[k]) {
		t.arena = append(t.arena, make([]byte, 0, max(arenaChunk, most)))
		k++
	}
	at := uint32(k)<<20 | uint32(len(t.arena[k]))
	t.arena[k] = capture.AppendExtents(t.arena[k], m.Extents)
	return at
}

// Done reports whether all has been read.
func (t *Trace) Done() bool {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.done
}

// Summary gives what the file reader saw; nil before the end.
func (t *Trace) Summary() *capture.Summary {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.summary
}

// Counts gives the totals so far.
func (t *Trace) Counts() Counts {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.count
}

// Len is the number of operations so far.
func (t *Trace) Len() int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.tracker.Ops.Len()
}

// Op gives operation num, from 1.
func (t *Trace) Op(num uint32) (op.Op, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if o := t.tracker.Ops.At(num); o != nil {
		return *o, true
	}
	return op.Op{}, false
}

// Ops gives a copy of the operations from num on, at most len(dst).
func (t *Trace) Ops(dst []op.Op, num uint32) []op.Op {
	t.mu.RLock()
	defer t.mu.RUnlock()
	dst = dst[:min(len(dst), max(0, t.tracker.Ops.Len()-int(num)+1))]
	for i := range dst {
		dst[i] = *t.tracker.Ops.At(num + uint32(i))
	}
	return dst
}

// Name gives the text that an Op names by number.
func (t *Trace) Name(k uint32) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.tracker.Names.Get(k)
}

// Sessions gives the sessions so far, by number less one.
func (t *Trace) Sessions() []conv.Session {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if len(t.tracker.Sessions) == 0 {
		return nil
	}
	return append([]conv.Session(nil), t.tracker.Sessions[1:]...)
}

// User gives the name of a session's user, by the session's number.
func (t *Trace) User(session uint32) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.tracker.User(session)
}

// TreeName gives the name of tree connect num, from 1, "" when unknown.
func (t *Trace) TreeName(num uint32) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.tracker.TreeName(num)
}

// partsWithin bounds the messages among which the parts of an operation stand.
const partsWithin = 4096

// Parts gives the messages of an operation beside its request, its interim and
// its final response.
func (t *Trace) Parts(o *op.Op) (out []uint32) {
	if o.State&op.Parts == 0 {
		return nil
	}
	from := o.Request
	if from == 0 {
		from = o.Response
	}
	t.mu.RLock()
	defer t.mu.RUnlock()
	for k := int(from); k < int(from)+partsWithin; k++ { // the message behind it first
		if k/recordChunk >= len(t.messages) || k%recordChunk >= len(t.messages[k/recordChunk]) {
			break
		}
		if num := uint32(k) + 1; t.messages[k/recordChunk][k%recordChunk].op == o.Num && num != o.Response && num != o.Interim {
			out = append(out, num)
		}
	}
	return out
}

// FrameOp gives the number of the operation to which the first message at or
// behind a frame belongs, 0 when there is none.
func (t *Trace) FrameOp(frame uint32) uint32 {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, c := range t.messages {
		if len(c) == 0 || c[len(c)-1].frame < frame {
			continue
		}
		for i := range c {
			if c[i].frame >= frame {
				return c[i].op
			}
		}
	}
	return 0
}

func (t *Trace) record(num uint32) (r record, ext []byte, ok bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	k := int(num) - 1
	if k < 0 || k/recordChunk >= len(t.messages) || k%recordChunk >= len(t.messages[k/recordChunk]) {
		return record{}, nil, false
	}
	r = t.messages[k/recordChunk][k%recordChunk]
	a := t.arena[r.arena>>20]
	return r, a[r.arena&(arenaChunk-1):], true
}

// Row gives operation num as the columns of a list.
func (t *Trace) Row(num uint32) (op.Row, bool) {
	t.mu.RLock()
	defer t.mu.RUnlock()
	o := t.tracker.Ops.At(num)
	if o == nil {
		return op.Row{}, false
	}
	return o.Row(t.tracker.Ops.At(1).Start, t.tracker.Names.Get), true
}
