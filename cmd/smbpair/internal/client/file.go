package client

import (
	"net"
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// allOnes is the FileId of requests that are on no file, and of those related to
// one that opens it.
var allOnes = [16]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

func splitHost(address string) (host, port string, err error) { return net.SplitHostPort(address) }

// clean gives a path as the wire has it: backslashes, none around.
func clean(path string) string { return strings.Trim(strings.ReplaceAll(path, "/", `\`), `\`) }

func (t *Tree) closeRequest(id [16]byte, path string) *Request {
	return &Request{Command: smb2.Close, Tree: t, Path: path, Body: &smb2.CloseRequest{FileID: id}}
}

// Close closes the file.
func (f *File) Close() error {
	_, err := f.t.c.Do(f.t.closeRequest(f.id, f.path))
	f.t.c.forget(f)
	return err
}

// Flush has the server write the file out.
func (f *File) Flush() error {
	_, err := f.t.c.Do(&Request{Command: smb2.Flush, Tree: f.t, Path: f.path, Body: &smb2.FlushRequest{FileID: f.id}})
	return err
}

func (f *File) readRequest(off uint64, n int) *Request {
	m := &smb2.ReadRequest{Padding: smb2.ReadPadding, Flags: f.t.c.readFlags(), Length: uint32(n), Offset: off, FileID: f.id}
	return &Request{Command: smb2.Read, Tree: f.t, Path: f.path, Body: m, Payload: n, OK: []proto.Status{proto.EndOfFile, proto.BufferOverflow}}
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
	var m smb2.ReadResponse
	err := r.decode(&m)
	return m.Data, err
}

func (f *File) writeRequest(off uint64, data []byte) *Request {
	m := &smb2.WriteRequest{Offset: off, FileID: f.id, Data: data}
	return &Request{Command: smb2.Write, Tree: f.t, Path: f.path, Body: m, Payload: len(data)}
}

// Write writes data.
func (f *File) Write(off uint64, data []byte) error {
	_, err := f.t.c.Do(f.writeRequest(off, data))
	return err
}

func (f *File) queryRequest(kind, class uint8, extra uint32, most uint32, in []byte) *Request {
	m := &smb2.QueryInfoRequest{InfoType: kind, Class: class, MaxOutput: most, Additional: extra, FileID: f.id, Input: in}
	return &Request{Command: smb2.QueryInfo, Tree: f.t, Path: f.path, Body: m, Payload: int(most)}
}

// Query asks for information of a class; extra names the parts of a security
// descriptor.
func (f *File) Query(kind, class uint8, extra uint32, most uint32) ([]byte, error) {
	return f.Ask(kind, class, extra, most, nil)
}

// Ask is Query with input, as some classes want it. Of what does not fit in most
// bytes it gives the beginning.
func (f *File) Ask(kind, class uint8, extra uint32, most uint32, in []byte) ([]byte, error) {
	rq := f.queryRequest(kind, class, extra, most, in)
	rq.OK = []proto.Status{proto.BufferOverflow}
	r, err := f.t.c.Do(rq)
	if err != nil {
		return nil, err
	}
	var m smb2.QueryInfoResponse
	err = r.decode(&m)
	return m.Data, err
}

// Set sets information of a class.
func (f *File) Set(kind, class uint8, extra uint32, data []byte) error {
	m := &smb2.SetInfoRequest{InfoType: kind, Class: class, Additional: extra, FileID: f.id, Data: data}
	_, err := f.t.c.Do(&Request{Command: smb2.SetInfo, Tree: f.t, Path: f.path, Body: m, Payload: len(data)})
	return err
}

// List asks for the next entries of a directory; nil at the end.
func (f *File) List(pattern string, class uint8, restart bool, most uint32) ([]byte, error) {
	m := &smb2.QueryDirectoryRequest{Class: class, FileID: f.id, MaxOutput: most, Pattern: wire.AppendUTF16(nil, pattern)}
	if restart {
		m.Flags = 1
	}
	r, err := f.t.c.Do(&Request{Command: smb2.QueryDirectory, Tree: f.t, Path: f.path, Body: m, Payload: int(most),
		OK: []proto.Status{proto.NoMoreFiles, proto.NoSuchFile}})
	if err != nil || proto.Status(r.Status) != proto.OK {
		return nil, err
	}
	var answer smb2.QueryDirectoryResponse
	err = r.decode(&answer)
	return answer.Data, err
}

// Stat opens, asks for all information and closes in one related compound,
// [MS-SMB2] 3.2.4.1.4.
func (t *Tree) Stat(path string) ([]byte, error) {
	f := &File{t: t, id: allOnes, path: clean(path)}
	o := Open{Access: proto.ReadAttributes, Share: 7, Disposition: proto.OpenExisting}
	out, err := t.c.Chain(t.createRequest(path, &o, nil),
		f.queryRequest(1, 18, 0, 4096, nil), t.closeRequest(allOnes, f.path))
	if err != nil {
		return nil, err
	}
	var m smb2.QueryInfoResponse
	err = out[1].decode(&m)
	return m.Data, err
}
