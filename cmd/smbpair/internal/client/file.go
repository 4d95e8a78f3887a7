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

// clean gives a path as the wire has it: backslashes, none around.
func clean(path string) string { return strings.Trim(strings.ReplaceAll(path, "/", `\`), `\`) }

func (t *Tree) closeRequest(id [16]byte, path string) *Request {
	b := wire.Buf{24, 0, 0, 0, 0, 0, 0, 0}
	b.Bytes(id[:])
	return &Request{Command: smb2.Close, Tree: t, Path: path, Body: b}
}

// Close closes the file.
func (f *File) Close() error {
	_, err := f.t.c.Do(f.t.closeRequest(f.id, f.path))
	f.t.c.forget(f)
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
	b := wire.Buf{49, 0, 0x50, f.t.c.readFlags()}
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
	return f.Ask(kind, class, extra, most, nil)
}

// Ask is Query with input, as some classes want it. Of what does not fit in most
// bytes it gives the beginning.
func (f *File) Ask(kind, class uint8, extra uint32, most uint32, in []byte) ([]byte, error) {
	rq := f.queryRequest(kind, class, extra, most)
	if len(in) > 0 {
		rq.Body.Put16(8, smb2.HeaderSize+40)
		rq.Body.Put32(12, uint32(len(in)))
		rq.Body.Bytes(in)
	}
	rq.OK = []proto.Status{proto.BufferOverflow}
	r, err := f.t.c.Do(rq)
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
	o := Open{Access: proto.ReadAttributes, Share: 7, Disposition: proto.OpenExisting}
	out, err := t.c.Chain(t.createRequest(path, &o, nil),
		f.queryRequest(1, 18, 0, 4096), t.closeRequest(allOnes, f.path))
	if err != nil {
		return nil, err
	}
	return infoData(out[1])
}
