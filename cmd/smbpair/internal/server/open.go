package server

import (
	"encoding/binary"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/rpc"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/smb2"
)

// open is a handle, [MS-SMB2] 3.3.1.10.
type open struct {
	id       uint64 // both halves of the FileId
	ss       *session
	c        *conn
	tree     *tree
	file     *file // nil for pipes
	pipe     *rpc.Pipe
	access   uint32
	share    uint32
	options  uint32
	deleteOn bool // delete on close
	closed   chan struct{}
	done     bool
	position uint64
	oplock   uint8
	breaking uint8 // level that the break goes to, when a break is under way
	breaks   bool
	lease    *lease
	durable  *durable
	made     made
	listing  *listing
	watch    *watch
	written  bool // something was written
	sticky   bool // the client set the write time itself
	sequence map[uint8]uint8
	channel  uint16 // ChannelSequence
	timer    *time.Timer
}

// file is what is open of one stream.
type file struct {
	key      fileKey
	srv      *Server
	node     *vfs.Node
	stream   *vfs.Stream // nil for the unnamed stream
	share    *Share
	opens    []*open
	locks    []rangeLock
	deleting bool
	changed  chan struct{} // closed and replaced when something changes that requests wait for
	gone     bool
}

type fileKey struct {
	node   *vfs.Node
	stream *vfs.Stream
}

// fileOf gives the state of a stream; it is made when there is none.
func (s *Server) fileOf(sh *Share, n *vfs.Node, st *vfs.Stream) *file {
	k := fileKey{n, st}
	f := s.files[k]
	if f == nil {
		f = &file{key: k, srv: s, node: n, stream: st, share: sh, changed: make(chan struct{})}
		s.files[k] = f
	}
	return f
}

// wake lets requests look again that wait for the file.
func (f *file) wake() {
	close(f.changed)
	f.changed = make(chan struct{})
}

func (f *file) stopTimers() {
	for _, o := range f.opens {
		o.stopTimer()
	}
}

func (o *open) stopTimer() {
	if o.timer != nil {
		o.timer.Stop()
	}
}

// data is the content of the stream, nil for directories.
func (f *file) data() vfs.Content {
	if f.stream != nil {
		return f.stream.Data
	}
	return f.node.Data
}

// dir reports whether the open is of a directory itself.
func (f *file) dir() bool { return f.node.Dir && f.stream == nil }

// path gives the name of the open in its share.
func (f *file) path() string {
	p := f.node.Path()
	if f.stream != nil {
		p += ":" + f.stream.Name
	}
	return p
}

// path is the name of what the request's open holds.
func (rq *request) path() string {
	if rq.open != nil && rq.open.file != nil {
		return rq.open.file.path()
	}
	if len(rq.body) >= 24 {
		if name, ok := rq.createName(); ok {
			return name
		}
	}
	return ""
}

// leave ends an open whose session or connection ended; a durable one waits.
func (s *Server) leave(o *open, lost bool) {
	if lost && o.durable != nil && o.file != nil && o.keeps() {
		s.disconnect(o)
		return
	}
	s.closeOpen(o)
}

// closeOpen ends an open, [MS-SMB2] 3.3.4.17.
func (s *Server) closeOpen(o *open) {
	if o.done {
		return
	}
	o.done = true
	o.stopTimer()
	close(o.closed)
	delete(s.opens, o.id)
	if o.file == nil {
		return
	}
	f := o.file
	o.endWatch(proto.NotifyCleanup)
	f.unlockAll(o)
	for i, have := range f.opens {
		if have == o {
			f.opens = append(f.opens[:i:i], f.opens[i+1:]...)
			break
		}
	}
	if o.written && !o.sticky {
		s.touch(f)
	}
	if o.deleteOn {
		s.markDelete(f)
	}
	by := o.parentLease()
	s.dropLease(o)
	if len(f.opens) == 0 {
		s.closeFile(by, f)
	}
	f.wake()
}

// markDelete makes the file go when its last open does.
func (s *Server) markDelete(f *file) {
	f.deleting = true
	if f.dir() {
		for _, o := range f.opens {
			o.endWatch(proto.DeletePending)
		}
	}
}

// closeFile ends the state of a stream that nobody has open any more.
func (s *Server) closeFile(by leaseID, f *file) {
	delete(s.files, f.key)
	f.gone = true
	if d := f.data(); d != nil {
		defer d.Close()
	}
	if f.stream != nil && s.doomed[f.node] && !s.streamsOpen(f.node) {
		delete(s.doomed, f.node)
		s.remove(by, f.node)
		return
	}
	if !f.deleting {
		return
	}
	if f.stream != nil {
		s.notify(by, f.node, proto.NotifyStreamName, proto.ActionRemovedStream, ":"+f.stream.Name)
		f.node.RemoveStream(f.stream)
		return
	}
	if s.streamsOpen(f.node) {
		s.doomed[f.node] = true
		return
	}
	s.remove(by, f.node)
}

// streamsOpen reports whether a named stream of a node is open.
func (s *Server) streamsOpen(n *vfs.Node) bool {
	for _, st := range n.Streams {
		if s.files[fileKey{n, st}] != nil {
			return true
		}
	}
	return false
}

// remove takes a node away and tells those who watch.
func (s *Server) remove(by leaseID, n *vfs.Node) {
	s.keepName(n)
	parent, name := n.Parent, n.Name
	if parent == nil || n.Remove() != nil {
		return
	}
	parent.Written, parent.Changed = s.Now(), s.Now()
	s.notifyIn(by, parent, filterOf(n), proto.ActionRemoved, name)
}

// filterOf is the part of a filter that names of the node belong to.
func filterOf(n *vfs.Node) uint32 {
	if n.Dir {
		return proto.NotifyDirName
	}
	return proto.NotifyFileName
}

// touch moves the times of a file that was written.
func (s *Server) touch(f *file) {
	t := s.Now()
	f.node.Written, f.node.Changed = t, t
	f.node.Attr |= proto.AttrArchive
}

// find gives the open that a request names.
func (rq *request) find(id [16]byte) proto.Status {
	persistent, volatile := binary.LittleEndian.Uint64(id[:]), binary.LittleEndian.Uint64(id[8:])
	const all = ^uint64(0)
	if rq.related && volatile == all && persistent == all {
		if rq.open == nil {
			if rq.chain.status.Failed() {
				return rq.chain.status
			}
			return proto.FileClosed
		}
		if rq.open.done {
			return proto.FileClosed
		}
		return proto.OK
	}
	o := rq.c.srv.opens[volatile]
	if o == nil || o.id != persistent || o.ss != rq.ss || o.tree != rq.tc || o.c == nil {
		rq.open = nil
		return proto.FileClosed
	}
	rq.open = o
	return proto.OK
}

// fileID is what names the open on the wire, in both of its halves.
func (o *open) fileID() (id [16]byte) {
	binary.LittleEndian.PutUint64(id[:], o.id)
	binary.LittleEndian.PutUint64(id[8:], o.id)
	return id
}

// resumeKey names the open as the source of a copy.
func (o *open) resumeKey() (key [24]byte) {
	binary.LittleEndian.PutUint64(key[:], o.id)
	return key
}

// close is [MS-SMB2] 3.3.5.10.
func (rq *request) close() proto.Status {
	var m smb2.CloseRequest
	if !smb2.Decode(rq.msg, &m) {
		return proto.InvalidParameter
	}
	if st := rq.find(m.FileID); st != proto.OK {
		return st
	}
	o := rq.open
	const postQuery = 1
	if m.Flags&postQuery == 0 || o.file == nil {
		rq.c.srv.closeOpen(o)
		rq.answer(&smb2.CloseResponse{})
		return proto.OK
	}
	f := o.file
	if o.written && !o.sticky {
		rq.c.srv.touch(f)
		o.written = false
	}
	rq.answer(&smb2.CloseResponse{Flags: postQuery, Times: f.times(), Allocation: f.allocation(), EndOfFile: f.size(), Attributes: f.attributes()})
	rq.c.srv.closeOpen(o)
	return proto.OK
}

// flushFile is [MS-SMB2] 3.3.5.11.
func (rq *request) flushFile() proto.Status {
	var m smb2.FlushRequest
	if !smb2.Decode(rq.msg, &m) {
		return proto.InvalidParameter
	}
	if st := rq.find(m.FileID); st != proto.OK {
		return st
	}
	o := rq.open
	if o.file != nil {
		if o.file.dir() && o.access&(proto.WriteData|proto.AppendData) == 0 || !o.file.dir() && o.access&(proto.WriteData|proto.AppendData) == 0 {
			return proto.AccessDenied
		}
		if d := o.file.data(); d != nil {
			s := rq.c.srv
			s.mu.Unlock()
			err := d.Sync()
			s.mu.Lock()
			if err != nil {
				return statusOf(err)
			}
		}
	}
	rq.short()
	return proto.OK
}
