// Package op has the operation, the row of lists, statistics, comparisons and
// the screen: one request with its interim and final responses. It knows how an
// operation reads on a line; it does not know how messages are joined, which is
// conv's work.
package op

// Proto is the protocol of an operation or message.
type Proto uint8

// The protocols. Sealed and Compressed are PDUs that stayed shut, Hole is a run
// of bytes that the capture lacks.
const (
	SMB1       Proto = 1
	SMB2       Proto = 2
	Sealed     Proto = 3
	Compressed Proto = 4
	NBSS       Proto = 5
	Hole       Proto = 6
	Direct     Proto = 7 // SMB Direct without SMB
)

var protoNames = [...]string{"", "SMB1", "SMB2", "SMB2-TRANSFORM", "SMB2-COMPRESSED", "NBSS", "HOLE", "SMB-DIRECT"}

// String gives the name as in JSON.
func (p Proto) String() string { return protoNames[p] }

// State holds what has been seen of an operation.
type State uint16

// The states, which add up.
const (
	Answered     State = 1 << iota // a final response is there
	Pending                        // an interim response came
	Unsolicited                    // the server speaks unasked: break, notification
	OneWay                         // no answer is expected
	WasSealed                      // at least one message came sealed
	Unread                         // not opened, or cut: not comparable
	Orphan                         // a response whose request the capture lacks
	BadSignature                   // a signature does not hold
	Closed                         // the connection was lost before an answer could come
	Related                        // a related element of a compound
	Parts                          // more messages carry its request or its response
)

// Op is one operation. Counts are from 1, 0 says that there is none.
type Op struct {
	Start  int64 // time of the first message, ns since 1970 UTC
	RTT    int64 // ns from request to final response, -1 when unknown
	Offset uint64
	Length uint64

	Num       uint32 // in order of the requests
	Status    uint32 // NT status of the final response
	Conn      uint32 // index of the connection, from 0
	Session   uint32
	Tree      uint32
	Open      uint32
	Path      uint32 // name of the object: file, share, user
	Detail    uint32 // a second name: search pattern, new name, call on a pipe
	Request   uint32 // number of the message
	Interim   uint32
	Response  uint32
	ReqFrame  uint32
	RespFrame uint32
	Code      uint32 // FSCTL, dialect | cipher<<16, SMB1 subcommand
	Process   uint32 // of the client that asks, where it tells; 0 if not
	Form      uint32 // SMB1: control code of NT_TRANSACT_IOCTL, name of a RAP call's descriptors

	State     State
	Command   uint16
	Proto     Proto
	Index, Of uint8 // place in a compound
	InfoType  uint8
	InfoClass uint8
	Env       uint8 // what the walks of its messages need: see EnvPipe
}

// Bits of Op.Env.
const (
	EnvPipe      uint8 = 1 << iota // the open is a named pipe
	EnvUnicode                     // SMB1 strings are UTF-16LE
	EnvDirectory                   // SMB1: the open is a directory
)

// Done reports whether nothing more is expected.
func (o *Op) Done() bool { return o.State&(Answered|OneWay|Closed) != 0 }

const chunk = 1024

// Table holds operations by number, in chunks that never move.
type Table struct {
	chunks []*[chunk]Op
	n      uint32 // operations so far
	head   uint32 // operations released
	free   *[chunk]Op
}

// Len is the number of operations so far.
func (t *Table) Len() int { return int(t.n) }

// Add appends an operation and numbers it.
func (t *Table) Add() *Op {
	if t.n%chunk == 0 {
		c := t.free
		t.free = nil
		if c == nil {
			c = new([chunk]Op)
		}
		t.chunks = append(t.chunks, c)
	}
	t.n++
	o := t.At(t.n)
	*o = Op{Num: t.n, RTT: -1}
	return o
}

// At gives operation num, from 1, or nil when there is none or it was
// released.
func (t *Table) At(num uint32) *Op {
	if num <= t.head || num > t.n {
		return nil
	}
	return &t.chunks[(num-1)/chunk][(num-1)%chunk]
}

// Flush hands the operations to emit in order, as far as they are done, and
// releases them. With all it hands over the rest too.
func (t *Table) Flush(all bool, emit func(*Op)) {
	for t.head < t.n {
		o := t.At(t.head + 1)
		if !all && !o.Done() {
			return
		}
		emit(o)
		t.head++
		if t.head%chunk == 0 {
			i := t.head/chunk - 1
			t.free, t.chunks[i] = t.chunks[i], nil
		}
	}
}
