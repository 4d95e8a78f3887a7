package client

import (
	"errors"
	"slices"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
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
	Contexts    []smb2.CreateContext
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
	Contexts []smb2.CreateContext // of the answer
}

// granted gives the data of a context of the answer.
func (f *File) granted(name string) ([]byte, bool) {
	i := slices.IndexFunc(f.Contexts, func(x smb2.CreateContext) bool { return string(x.Name) == name })
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

func (t *Tree) createRequest(path string, o *Open, contexts []smb2.CreateContext) *Request {
	path = clean(path)
	const impersonation = 2
	m := &smb2.CreateRequest{Oplock: o.Oplock, Impersonation: impersonation, Access: o.Access, Attributes: o.Attributes, ShareAccess: o.Share,
		Disposition: o.Disposition, Options: o.Options, Name: wire.AppendUTF16(nil, path), Contexts: contexts}
	if o.Lease != nil {
		m.Oplock = proto.OplockLease
	}
	return &Request{Command: smb2.Create, Tree: t, Path: path, Body: m}
}

// createContext makes a create context; data may be nil.
func createContext(name string, data smb2.Structure) smb2.CreateContext {
	x := smb2.CreateContext{Name: []byte(name)}
	if data != nil {
		x.Data = smb2.AppendData(nil, data)
	}
	return x
}

// context is RqLs of a request.
func (l *Lease) context() smb2.CreateContext {
	m := smb2.Lease{Key: l.Key, State: l.State, V2: l.V2, ParentKey: l.Parent, Epoch: l.Epoch}
	if l.V2 && l.Parent != ([16]byte{}) {
		m.Flags = smb2.LeaseParentSet
	}
	return createContext("RqLs", &m)
}

// contexts are those that the fields of an open stand for, then its own.
func (f *File) contexts(o *Open) []smb2.CreateContext {
	var list []smb2.CreateContext
	if o.Lease != nil {
		list = append(list, o.Lease.context())
	}
	switch o.Durable {
	case 1:
		list = append(list, createContext("DHnQ", &smb2.DurableRequest{}))
	case 2:
		list = append(list, createContext("DH2Q", &smb2.DurableRequestV2{Timeout: o.Timeout, Flags: persistent(o), CreateGUID: f.guid}))
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
	if err := f.opened(r); err != nil {
		return err
	}
	f.t.c.keep(f)
	return nil
}

// opened takes over the answer to CREATE.
func (f *File) opened(r *Response) error {
	var m smb2.CreateResponse
	if err := r.decode(&m); err != nil {
		return err
	}
	f.Oplock, f.Action, f.Size, f.Attr, f.id, f.Contexts = m.Oplock, m.Action, m.EndOfFile, m.Attributes, m.FileID, m.Contexts
	f.Lease = nil
	if b, ok := f.granted("RqLs"); ok && f.Oplock == proto.OplockLease {
		var l smb2.Lease
		if !smb2.DecodeData(b, &l) {
			return r.damaged()
		}
		f.Lease = &Lease{Key: l.Key, State: l.State, V2: l.V2, Parent: l.ParentKey, Epoch: l.Epoch}
	}
	return nil
}

// Reopen gets a durable handle back over another connection, [MS-SMB2] 3.2.4.4.
func (f *File) Reopen(t *Tree) error {
	o := f.open
	var list []smb2.CreateContext
	if f.Lease != nil {
		l := *f.Lease
		o.Lease = &l
		list = append(list, l.context())
	}
	switch o.Durable {
	case 1:
		list = append(list, createContext("DHnC", &smb2.DurableReconnect{FileID: f.id}))
	case 2:
		list = append(list, createContext("DH2C", &smb2.DurableReconnectV2{FileID: f.id, CreateGUID: f.guid, Flags: persistent(&o)}))
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
