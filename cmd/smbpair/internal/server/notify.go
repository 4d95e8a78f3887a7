package server

import (
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// watch is what a client wants to know of a directory, [MS-FSA] 2.1.1.9. It
// begins with the first CHANGE_NOTIFY and lasts as long as the open.
type watch struct {
	filter   uint32
	tree     bool
	size     int // bytes that may gather
	events   []event
	bytes    int
	overflow bool
	end      proto.Status  // why no more comes
	ready    chan struct{} // closed when there is something
	waiting  int
}

type event struct {
	action uint32
	name   string
}

// changeNotify is [MS-SMB2] 3.3.5.19.
func (rq *request) changeNotify() proto.Status {
	var m smb2.ChangeNotifyRequest
	if !smb2.Decode(rq.msg, &m) {
		return proto.InvalidParameter
	}
	if st := rq.find(m.FileID); st != proto.OK {
		return st
	}
	size := m.MaxOutput
	o, s := rq.open, rq.c.srv
	switch {
	case size > rq.c.maxIO():
		return proto.InvalidParameter
	case o.file == nil || !o.file.dir():
		return proto.InvalidParameter
	case o.access&proto.ReadData == 0:
		return proto.AccessDenied
	case o.file.deleting:
		return proto.DeletePending
	}
	if st := rq.mayWait(); st != proto.OK {
		return st
	}
	w := o.watch
	if w == nil {
		w = &watch{filter: m.Filter, tree: m.Flags&1 != 0, size: int(size), ready: make(chan struct{})}
		o.watch = w
		s.watches = append(s.watches, o)
	}
	w.waiting++
	defer func() { w.waiting-- }()
	for {
		if w.end != 0 && len(w.events) == 0 {
			return w.end
		}
		if w.overflow || w.bytes > int(size) && len(w.events) > 0 {
			w.events, w.bytes, w.overflow = nil, 0, false
			return rq.notifyBody(nil)
		}
		if len(w.events) > 0 {
			list := w.events
			w.events, w.bytes = nil, 0
			return rq.notifyBody(list)
		}
		ready := w.ready
		if ok, _ := rq.wait(ready, o.closed, 0); !ok {
			return proto.Cancelled
		}
	}
}

// notifyBody is CHANGE_NOTIFY Response, [MS-SMB2] 2.2.36. Without events it says
// that the directory has to be listed again.
func (rq *request) notifyBody(list []event) proto.Status {
	var m fscc.Changes
	for _, e := range list {
		m.List = append(m.List, fscc.Change{Action: e.action, Name: wire.AppendUTF16(nil, e.name)})
	}
	rq.answer(&smb2.ChangeNotifyResponse{Data: fscc.Append(nil, &m)})
	if len(list) == 0 {
		return proto.NotifyEnumDir
	}
	return proto.OK
}

// notify tells of a change of a node; suffix is the stream that changed.
func (s *Server) notify(by leaseID, n *vfs.Node, change, action uint32, suffix string) {
	if n.Parent != nil {
		s.notifyIn(by, n.Parent, change, action, n.Name+suffix)
	}
}

// notifyIn tells those who watch a directory, or one above, of a change in it.
func (s *Server) notifyIn(by leaseID, dir *vfs.Node, change, action uint32, name string) {
	s.contendDirectory(by, dir)
	if len(s.watches) == 0 {
		return
	}
	path := name
	if p := dir.Path(); p != "" {
		path = p + `\` + name
	}
	for _, o := range s.watches {
		w, at := o.watch, o.file.node
		if w.filter&change == 0 || w.end != 0 || at != dir && !(w.tree && at.Above(dir)) {
			continue
		}
		text := path
		if p := at.Path(); p != "" {
			text = strings.TrimPrefix(path, p+`\`)
		}
		w.add(event{action, text})
	}
}

func (w *watch) add(e event) {
	if n := len(w.events); n > 0 && w.events[n-1] == e && e.action == proto.ActionModified {
		return
	}
	w.bytes += (12 + 2*len(e.name) + 3) &^ 3
	if w.overflow = w.overflow || w.bytes > max(w.size, 1); w.overflow {
		w.events, w.bytes = nil, 0
	} else {
		w.events = append(w.events, e)
	}
	w.wake()
}

func (w *watch) wake() {
	close(w.ready)
	w.ready = make(chan struct{})
}

// endWatch lets those go who wait for changes.
func (o *open) endWatch(why proto.Status) {
	w := o.watch
	if w == nil || w.end != 0 {
		return
	}
	w.end = why
	w.wake()
	s := o.file.srv
	for i, have := range s.watches {
		if have == o {
			s.watches = append(s.watches[:i:i], s.watches[i+1:]...)
			return
		}
	}
}
