package server

import (
	"errors"
	"io"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// read is [MS-SMB2] 3.3.5.12.
func (rq *request) read() proto.Status {
	r := rq.reader()
	r.Skip(3)
	flags := r.U8()
	n, off := r.U32(), r.U64()
	st := rq.find(r.U64(), r.U64())
	least := r.U32()
	if st != proto.OK {
		return st
	}
	o, s := rq.open, rq.c.srv
	if n > rq.c.maxIO() {
		return proto.InvalidParameter
	}
	const wantsPacked = 2
	rq.packs = rq.packs || flags&wantsPacked != 0
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
	const head = 16
	out := rq.room(head + int(n))
	d := f.data()
	s.mu.Unlock()
	got, err := d.ReadAt(out[head:], int64(off))
	s.mu.Lock()
	if err != nil && !errors.Is(err, io.EOF) {
		return statusOf(err)
	}
	if got == 0 && n > 0 || uint32(got) < least {
		return proto.EndOfFile
	}
	o.position = off + uint64(got)
	rq.bulk = got >= pooled && rq.last && len(rq.parts) == 0
	rq.readBody(out[:head+got])
	return proto.OK
}

// readBody is READ Response, [MS-SMB2] 2.2.20; 16 bytes are room for its fixed
// part.
func (rq *request) readBody(out []byte) {
	rq.out = out
	n := len(out) - 16
	clear(rq.out[:16])
	rq.out[0], rq.out[2] = 17, smb2.HeaderSize+16
	rq.out.Put32(4, uint32(n))
	if n == 0 {
		rq.out, rq.placed = append(append(wire.Buf(nil), rq.out...), 0), false
	}
}

// write is [MS-SMB2] 3.3.5.13.
func (rq *request) write() proto.Status {
	r := rq.reader()
	r.Skip(2)
	at, n, off := r.U16(), r.U32(), r.U64()
	st := rq.find(r.U64(), r.U64())
	if st != proto.OK {
		return st
	}
	data, ok := rq.bytes(uint32(at), n)
	if !ok || n > rq.c.maxIO() {
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
	b := &rq.out
	b.U16(17)
	b.U16(0)
	b.U32(n)
	b.Zero(9)
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
		s.notify(f.node, proto.NotifyStreamSize|proto.NotifyStreamWrite, proto.ActionModifiedStream, ":"+f.stream.Name)
		return proto.OK
	}
	s.notify(f.node, change, proto.ActionModified, "")
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
