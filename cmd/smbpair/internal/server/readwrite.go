package server

import (
	"errors"
	"io"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
)

// read is [MS-SMB2] 3.3.5.12.
func (rq *request) read() proto.Status {
	var m smb2.ReadRequest
	if !smb2.Decode(rq.msg, &m) {
		return proto.InvalidParameter
	}
	if st := rq.find(m.FileID); st != proto.OK {
		return st
	}
	n, off := m.Length, m.Offset
	o, s := rq.open, rq.c.srv
	if n > rq.c.maxIO() {
		return proto.InvalidParameter
	}
	const wantsPacked = 2
	rq.packs = rq.packs || m.Flags&wantsPacked != 0
	if o.pipe != nil {
		return rq.readPipe(int(n))
	}
	f := o.file
	switch {
	case f.dir():
		return proto.InvalidDeviceRequest
	case o.access&(proto.ReadData|proto.Execute) == 0:
		return proto.AccessDenied
	case off > 1<<63-1 || off+uint64(n) > 1<<63-1:
		return proto.InvalidParameter
	case !f.mayTransfer(o, off, uint64(n), false):
		return proto.FileLockConflict
	}
	const head = 16 // bytes of the answer before the data
	out := rq.room(head + int(n))
	d := f.data()
	s.mu.Unlock()
	got, err := d.ReadAt(out[head:], int64(off))
	s.mu.Lock()
	if err != nil && !errors.Is(err, io.EOF) {
		return statusOf(err)
	}
	if got == 0 && n > 0 || uint32(got) < m.Minimum {
		return proto.EndOfFile
	}
	o.position = off + uint64(got)
	rq.bulk = got >= pooled && rq.last && len(rq.parts) == 0
	rq.out = smb2.Append(out[:0], &smb2.ReadResponse{Data: out[head : head+got]})
	return proto.OK
}

// write is [MS-SMB2] 3.3.5.13.
func (rq *request) write() proto.Status {
	var m smb2.WriteRequest
	whole := smb2.Decode(rq.msg, &m)
	if st := rq.find(m.FileID); st != proto.OK {
		return st
	}
	data, n, off := m.Data, uint32(len(m.Data)), m.Offset
	if !whole || n > rq.c.maxIO() {
		return proto.InvalidParameter
	}
	o := rq.open
	if o.pipe != nil {
		return rq.writePipe(data)
	}
	f := o.file
	const toEnd = ^uint64(0)
	switch {
	case f.dir():
		return proto.InvalidDeviceRequest
	case o.access&accessWrite == 0:
		return proto.AccessDenied
	case off != toEnd && (off > 1<<63-1 || off+uint64(n) > 1<<63-1):
		return proto.InvalidParameter
	}
	if st := rq.channelSequence(o); st != proto.OK {
		return st
	}
	d := f.data()
	if off == toEnd || o.access&accessWrite == proto.AppendData {
		off = uint64(d.Size())
	}
	if !f.mayTransfer(o, off, uint64(n), true) {
		return proto.FileLockConflict
	}
	if st := rq.put(o, data, off); st != proto.OK {
		return st
	}
	o.position = off + uint64(n)
	rq.answer(&smb2.WriteResponse{Count: n})
	return proto.OK
}

// put writes bytes; what others cache of the file goes first.
func (rq *request) put(o *open, data []byte, off uint64) proto.Status {
	s, f := rq.c.srv, o.file
	s.contendRead(f, o)
	d := f.data()
	before := d.Size()
	s.mu.Unlock()
	_, err := d.WriteAt(data, int64(off))
	s.mu.Lock()
	if err != nil {
		return statusOf(err)
	}
	o.written = true
	if !o.sticky && len(data) > 0 {
		s.touch(f)
	}
	change := uint32(proto.NotifyLastWrite)
	if d.Size() != before {
		change |= proto.NotifySize
	}
	if f.stream != nil {
		s.notify(o.parentLease(), f.node, proto.NotifyStreamSize|proto.NotifyStreamWrite, proto.ActionModifiedStream, ":"+f.stream.Name)
		return proto.OK
	}
	s.notify(o.parentLease(), f.node, change, proto.ActionModified, "")
	return proto.OK
}

// channelSequence turns away what a client sent before it lost a channel,
// [MS-SMB2] 3.3.5.2.10.
func (rq *request) channelSequence(o *open) proto.Status {
	if rq.c.dialect < smb2.Dialect300 {
		return proto.OK
	}
	seq := uint16(rq.h.Status)
	if diff := seq - o.channel; diff == 0 {
		return proto.OK
	} else if diff < 0x8000 {
		o.channel = seq
		return proto.OK
	}
	return proto.FileNotAvailable
}
