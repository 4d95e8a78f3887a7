package client

import (
	"errors"
	"slices"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// Open says how a file is opened, [MS-SMB2] 2.2.13.
type Open struct {
	Access      uint32
	Attributes  uint32
	Share       uint32
	Disposition uint32
	Options     uint32
	Oplock      uint8
	Lease       *Lease // its state is what is wanted
	Durable     uint8  // version 1 or 2 of the request, 0 for none
	Persistent  bool
	Timeout     uint32 // of a durable handle in version 2, ms
	Contexts    []Context
}

// Context is a create context, [MS-SMB2] 2.2.13.2.
type Context struct {
	Name string
	Data []byte
}

// File is an open file or directory.
type File struct {
	t        *Tree
	id       [16]byte
	guid     [16]byte // CreateGuid of a durable handle in version 2
	path     string
	open     Open
	breaks   chan Break
	Size     uint64
	Attr     uint32
	Oplock   uint8
	Action   uint32
	Lease    *Lease
	Contexts []Context // of the answer
}

// granted gives the data of a context of the answer.
func (f *File) granted(name string) ([]byte, bool) {
	i := slices.IndexFunc(f.Contexts, func(x Context) bool { return x.Name == name })
	if i < 0 {
		return nil, false
	}
	return f.Contexts[i].Data, true
}

// Durable reports whether the handle outlives the connection.
func (f *File) Durable() bool {
	_, v1 := f.granted("DHnQ")
	_, v2 := f.granted("DH2Q")
	return v1 || v2
}

func (t *Tree) createRequest(path string, o *Open, contexts []Context) *Request {
	path = clean(path)
	name := wire.AppendText(nil, path)
	oplock := o.Oplock
	if o.Lease != nil {
		oplock = proto.OplockLease
	}
	b := wire.Buf{57, 0, 0, oplock}
	b.U32(2) // Impersonation
	b.Zero(16)
	for _, v := range []uint32{o.Access, o.Attributes, o.Share, o.Disposition, o.Options} {
		b.U32(v)
	}
	b.U16(smb2.HeaderSize + 56)
	b.U16(uint16(len(name)))
	place := len(b)
	b.U64(0)
	b.Bytes(name)
	if len(name) == 0 {
		b.U8(0)
	}
	if len(contexts) > 0 {
		b.Align(0, 8)
		at := len(b)
		appendContexts(&b, contexts)
		b.Put32(place, uint32(smb2.HeaderSize+at))
		b.Put32(place+4, uint32(len(b)-at))
	}
	return &Request{Command: smb2.Create, Tree: t, Path: path, Body: b}
}

// appendContexts writes the list of [MS-SMB2] 2.2.13.2.
func appendContexts(b *wire.Buf, list []Context) {
	last := 0
	for i, x := range list {
		if i > 0 {
			b.Align(0, 8)
			b.Put32(last, uint32(len(*b)-last))
		}
		last = len(*b)
		off := 16 + (len(x.Name)+7)&^7
		b.U32(0)
		b.U16(16)
		b.U16(uint16(len(x.Name)))
		b.U16(0)
		if len(x.Data) == 0 {
			off = 0
		}
		b.U16(uint16(off))
		b.U32(uint32(len(x.Data)))
		b.Bytes([]byte(x.Name))
		b.Align(last, 8)
		b.Bytes(x.Data)
	}
}

// leaseContext is RqLs, [MS-SMB2] 2.2.13.2.8 and 2.2.13.2.10.
func (l *Lease) context() Context {
	var b wire.Buf
	b.Bytes(l.Key[:])
	b.U32(l.State)
	flags := uint32(0)
	if l.V2 && l.Parent != ([16]byte{}) {
		flags = 4
	}
	b.U32(flags)
	b.U64(0)
	if l.V2 {
		b.Bytes(l.Parent[:])
		b.U16(l.Epoch)
		b.U16(0)
	}
	return Context{"RqLs", b}
}

// contexts are those that the fields of an open stand for, then its own.
func (f *File) contexts(o *Open) []Context {
	var list []Context
	if o.Lease != nil {
		list = append(list, o.Lease.context())
	}
	switch o.Durable {
	case 1:
		list = append(list, Context{"DHnQ", make([]byte, 16)})
	case 2:
		var b wire.Buf
		b.U32(o.Timeout)
		b.U32(persistent(o))
		b.U64(0)
		b.Bytes(f.guid[:])
		list = append(list, Context{"DH2Q", b})
	}
	return append(list, o.Contexts...)
}

func persistent(o *Open) uint32 {
	if o.Persistent {
		return 2
	}
	return 0
}

// Create opens a file.
func (t *Tree) Create(path string, o Open) (*File, error) {
	f := &File{t: t, open: o}
	if o.Durable == 2 {
		if err := t.c.random(f.guid[:]); err != nil {
			return nil, err
		}
	}
	return f, f.create(t.createRequest(path, &o, f.contexts(&o)))
}

func (f *File) create(rq *Request) error {
	r, err := f.t.c.Do(rq)
	if err != nil {
		return err
	}
	f.path = rq.Path
	f.opened(r)
	f.t.c.keep(f)
	return nil
}

// opened takes over CREATE Response, [MS-SMB2] 2.2.14.
func (f *File) opened(r *Response) {
	in := r.Reader()
	in.Skip(2)
	f.Oplock = in.U8()
	in.Skip(1)
	f.Action = in.U32()
	in.Skip(40)
	f.Size, f.Attr = in.U64(), in.U32()
	in.Skip(4)
	f.id = in.GUID()
	off, n := in.U32(), in.U32()
	f.Contexts = nil
	if b, err := r.Buffer(off, n); err == nil && n > 0 {
		f.Contexts = readContexts(b)
	}
	f.Lease = nil
	if b, ok := f.granted("RqLs"); ok && f.Oplock == proto.OplockLease {
		l := wire.Read(b)
		f.Lease = &Lease{Key: l.GUID(), State: l.U32(), V2: len(b) >= 52}
		l.Skip(12)
		f.Lease.Parent, f.Lease.Epoch = l.GUID(), l.U16()
	}
}

// readContexts reads a list of contexts; a damaged one ends it.
func readContexts(b []byte) (list []Context) {
	for len(b) >= 16 {
		in := wire.Read(b)
		next := int64(in.U32())
		nameOff, nameLen := in.U16(), in.U16()
		in.Skip(2)
		dataOff, dataLen := in.U16(), in.U32()
		name, ok1 := wire.Range(b, int64(nameOff), int64(nameLen))
		data, ok2 := wire.Range(b, int64(dataOff), int64(dataLen))
		if !ok1 || !ok2 {
			return list
		}
		list = append(list, Context{string(name), data})
		if next < 16 || next > int64(len(b)) {
			return list
		}
		b = b[next:]
	}
	return list
}

// Reopen gets a durable handle back over another connection, [MS-SMB2] 3.2.4.4.
func (f *File) Reopen(t *Tree) error {
	o := f.open
	var list []Context
	if f.Lease != nil {
		l := *f.Lease
		o.Lease = &l
		list = append(list, l.context())
	}
	var b wire.Buf
	b.Bytes(f.id[:])
	switch o.Durable {
	case 1:
		list = append(list, Context{"DHnC", b})
	case 2:
		b.Bytes(f.guid[:])
		b.U32(persistent(&o))
		list = append(list, Context{"DH2C", b})
	default:
		return errors.New("CREATE: the handle is not durable")
	}
	f.t.c.forget(f)
	f.t = t
	return f.create(t.createRequest(f.path, &o, list))
}

// Replay sends the CREATE of a durable handle in version 2 once more, [MS-SMB2]
// 3.2.5.1.
func (f *File) Replay() error {
	rq := f.t.createRequest(f.path, &f.open, f.contexts(&f.open))
	rq.Flags = smb2.FlagReplay
	_, err := f.t.c.Do(rq)
	return err
}
