package client

import (
	"net"
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// allOnes is the FileId of requests that are on no file, and of those related to
// one that opens it.
var allOnes = [16]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

func splitHost(address string) (host, port string, err error) { return net.SplitHostPort(address) }

// Open says how a file is opened, [MS-SMB2] 2.2.13.
type Open struct {
	Access      uint32
	Attributes  uint32
	Share       uint32
	Disposition uint32
	Options     uint32
}

// File is an open file or directory.
type File struct {
	t    *Tree
	id   [16]byte
	path string
	Size uint64
	Attr uint32
}

// clean gives a path as the wire has it: backslashes, none around.
func clean(path string) string { return strings.Trim(strings.ReplaceAll(path, "/", `\`), `\`) }

func (t *Tree) createRequest(path string, o Open) *Request {
	path = clean(path)
	name := wire.AppendText(nil, path)
	b := wire.Buf{57, 0, 0, proto.OplockNone}
	b.U32(2) // Impersonation
	b.Zero(16)
	for _, v := range []uint32{o.Access, o.Attributes, o.Share, o.Disposition, o.Options} {
		b.U32(v)
	}
	b.U16(smb2.HeaderSize + 56)
	b.U16(uint16(len(name)))
	b.Zero(8)
	b.Bytes(name)
	if len(name) == 0 {
		b.U8(0)
	}
	return &Request{Command: smb2.Create, Tree: t, Path: path, Body: b}
}

// Create opens a file.
func (t *Tree) Create(path string, o Open) (*File, error) {
	rq := t.createRequest(path, o)
	r, err := t.c.Do(rq)
	if err != nil {
		return nil, err
	}
	return t.opened(r, rq.Path), nil
}

func (t *Tree) opened(r *Response, path string) *File {
	in := r.Reader()
	in.Skip(48)
	f := &File{t: t, path: path, Size: in.U64(), Attr: in.U32()}
	in.Skip(4)
	f.id = in.GUID()
	return f
}

func (t *Tree) closeRequest(id [16]byte, path string) *Request {
	b := wire.Buf{24, 0, 0, 0, 0, 0, 0, 0}
	b.Bytes(id[:])
	return &Request{Command: smb2.Close, Tree: t, Path: path, Body: b}
}

// Close closes the file.
func (f *File) Close() error {
	_, err := f.t.c.Do(f.t.closeRequest(f.id, f.path))
	return err
}

// Flush has the server write the file out.
func (f *File) Flush() error {
	b := wire.Buf{24, 0, 0, 0, 0, 0, 0, 0}
	b.Bytes(f.id[:])
	_, err := f.t.c.Do(&Request{Command: smb2.Flush, Tree: f.t, Path: f.path, Body: b})
	return err
}

func (f *File) readRequest(off uint64, n int) *Request {
	b := wire.Buf{49, 0, 0x50, 0}
	b.U32(uint32(n))
	b.U64(off)
	b.Bytes(f.id[:])
	b.Zero(16)
	b.U8(0)
	return &Request{Command: smb2.Read, Tree: f.t, Path: f.path, Body: b, Payload: n, OK: []proto.Status{proto.EndOfFile, proto.BufferOverflow}}
}

// Read reads up to n bytes; none at the end of the file.
func (f *File) Read(off uint64, n int) ([]byte, error) {
	r, err := f.t.c.Do(f.readRequest(off, n))
	if err != nil {
		return nil, err
	}
	return readData(r)
}

func readData(r *Response) ([]byte, error) {
	if proto.Status(r.Status) == proto.EndOfFile {
		return nil, nil
	}
	in := r.Reader()
	in.Skip(2)
	off := uint32(in.U8())
	in.Skip(1)
	return r.Buffer(off, in.U32())
}

func (f *File) writeRequest(off uint64, data []byte) *Request {
	b := wire.Buf{49, 0}
	b.U16(smb2.HeaderSize + 48)
	b.U32(uint32(len(data)))
	b.U64(off)
	b.Bytes(f.id[:])
	b.Zero(16)
	b.Bytes(data)
	return &Request{Command: smb2.Write, Tree: f.t, Path: f.path, Body: b, Payload: len(data)}
}

// Write writes data.
func (f *File) Write(off uint64, data []byte) error {
	_, err := f.t.c.Do(f.writeRequest(off, data))
	return err
}

// Lock locks a range of bytes, or unlocks it.
func (f *File) Lock(off, n uint64, flags uint32) error {
	b := wire.Buf{48, 0, 1, 0, 0, 0, 0, 0}
	b.Bytes(f.id[:])
	b.U64(off)
	b.U64(n)
	b.U32(flags)
	b.U32(0)
	_, err := f.t.c.Do(&Request{Command: smb2.Lock, Tree: f.t, Path: f.path, Body: b})
	return err
}

// Ioctl sends a control code that goes to a file, or to none.
func (t *Tree) Ioctl(id [16]byte, code uint32, in []byte, most uint32) ([]byte, error) {
	b := wire.Buf{57, 0, 0, 0}
	b.U32(code)
	b.Bytes(id[:])
	b.U32(smb2.HeaderSize + 56)
	b.U32(uint32(len(in)))
	b.Zero(12)
	b.U32(most)
	b.U32(1) // SMB2_0_IOCTL_IS_FSCTL
	b.U32(0)
	b.Bytes(in)
	if len(in) == 0 {
		b.U8(0)
	}
	r, err := t.c.Do(&Request{Command: smb2.Ioctl, Tree: t, Body: b, Payload: max(len(in), int(most))})
	if err != nil {
		return nil, err
	}
	out := r.Reader()
	out.Skip(32)
	off := out.U32()
	return r.Buffer(off, out.U32())
}

// Ioctl sends a control code that goes to the file.
func (f *File) Ioctl(code uint32, in []byte, most uint32) ([]byte, error) {
	return f.t.Ioctl(f.id, code, in, most)
}

func (f *File) queryRequest(kind, class uint8, extra uint32, most uint32) *Request {
	b := wire.Buf{41, 0, kind, class}
	b.U32(most)
	b.Zero(8)
	b.U32(extra)
	b.U32(0)
	b.Bytes(f.id[:])
	return &Request{Command: smb2.QueryInfo, Tree: f.t, Path: f.path, Body: b, Payload: int(most)}
}

// Query asks for information of a class; extra names the parts of a security
// descriptor.
func (f *File) Query(kind, class uint8, extra uint32, most uint32) ([]byte, error) {
	r, err := f.t.c.Do(f.queryRequest(kind, class, extra, most))
	if err != nil {
		return nil, err
	}
	return infoData(r)
}

func infoData(r *Response) ([]byte, error) {
	in := r.Reader()
	in.Skip(2)
	off := uint32(in.U16())
	return r.Buffer(off, in.U32())
}

// Set sets information of a class.
func (f *File) Set(kind, class uint8, extra uint32, data []byte) error {
	b := wire.Buf{33, 0, kind, class}
	b.U32(uint32(len(data)))
	b.U16(smb2.HeaderSize + 32)
	b.U16(0)
	b.U32(extra)
	b.Bytes(f.id[:])
	b.Bytes(data)
	_, err := f.t.c.Do(&Request{Command: smb2.SetInfo, Tree: f.t, Path: f.path, Body: b, Payload: len(data)})
	return err
}

// List asks for the next entries of a directory; nil at the end.
func (f *File) List(pattern string, class uint8, restart bool, most uint32) ([]byte, error) {
	name := wire.AppendText(nil, pattern)
	flags := byte(0)
	if restart {
		flags = 1
	}
	b := wire.Buf{33, 0, class, flags}
	b.U32(0)
	b.Bytes(f.id[:])
	b.U16(smb2.HeaderSize + 32)
	b.U16(uint16(len(name)))
	b.U32(most)
	b.Bytes(name)
	r, err := f.t.c.Do(&Request{Command: smb2.QueryDirectory, Tree: f.t, Path: f.path, Body: b, Payload: int(most),
		OK: []proto.Status{proto.NoMoreFiles, proto.NoSuchFile}})
	if err != nil || proto.Status(r.Status) != proto.OK {
		return nil, err
	}
	return infoData(r)
}

// Stat opens, asks for all information and closes in one related compound,
// [MS-SMB2] 3.2.4.1.4.
func (t *Tree) Stat(path string) ([]byte, error) {
	f := &File{t: t, id: allOnes, path: clean(path)}
	out, err := t.c.Chain(t.createRequest(path, Open{Access: proto.ReadAttributes, Share: 7, Disposition: proto.OpenExisting}),
		f.queryRequest(1, 18, 0, 4096), t.closeRequest(allOnes, f.path))
	if err != nil {
		return nil, err
	}
	return infoData(out[1])
}
