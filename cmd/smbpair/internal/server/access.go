package server

import (
	"crypto/sha256"
	"encoding/binary"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/sd"
	"smbdiff/cmd/smbpair/internal/vfs"
)

const (
	ridGuest = 501
	ridUsers = 513
	ridFirst = 1000
)

// machine is the id of the server's accounts. It comes from the server's name,
// so that two runs give files the same owners.
func (s *Server) machine() (m [3]uint32) {
	sum := sha256.Sum256([]byte(s.Name))
	for i := range m {
		m[i] = binary.LittleEndian.Uint32(sum[4*i:])
	}
	return m
}

// sid gives the identifier of a session's user.
func (s *Server) sid(ss *session) sd.SID {
	for i, u := range s.Users {
		if vfs.Fold(u.Name) == vfs.Fold(ss.user) {
			return sd.Account(s.machine(), ridFirst+uint32(i))
		}
	}
	return sd.Account(s.machine(), ridGuest)
}

func (s *Server) group() sd.SID { return sd.Account(s.machine(), ridUsers) }

// token is who the user of a session is.
func (s *Server) token(ss *session) []sd.SID {
	t := []sd.SID{s.sid(ss), sd.Everyone, sd.Network, s.group()}
	if !ss.guest && !ss.anonymous {
		t = append(t, sd.Authenticated)
	}
	return t
}

// descriptor gives the security descriptor of a node: everybody may do
// everything where none was set.
func (s *Server) descriptor(n *vfs.Node) sd.Descriptor {
	if n.SD != nil {
		if d, ok := sd.Parse(n.SD); ok {
			return d
		}
	}
	owner := sd.Account(s.machine(), ridFirst)
	return sd.Descriptor{Control: sd.DACLPresent, Owner: owner, Group: s.group(), HasDACL: true, DACL: []sd.ACE{
		{Mask: proto.FileAll, SID: owner}, {Mask: proto.FileAll, SID: sd.System}, {Mask: proto.FileAll, SID: sd.Everyone},
	}}
}

// setDescriptor keeps a descriptor.
func setDescriptor(n *vfs.Node, d *sd.Descriptor) {
	n.SD = d.Append(nil, true, true, true, true)
}

// maximal is what the user of a session may do with a node, [MS-FSA] 2.1.5.1.2.1.
func (s *Server) maximal(ss *session, n *vfs.Node) uint32 {
	d := s.descriptor(n)
	t := s.token(ss)
	got := d.Granted(t, proto.FileAll)
	if p := n.Parent; p != nil {
		up := s.descriptor(p)
		above := up.Granted(t, proto.FileAll)
		if above&proto.DeleteChild != 0 {
			got |= proto.Delete
		}
		if above&proto.ReadData != 0 {
			got |= proto.ReadAttributes
		}
	}
	return got
}

// grant decides which rights an open gets.
func (rq *request) grant(want uint32, n *vfs.Node) (uint32, proto.Status) {
	have := rq.c.srv.maximal(rq.ss, n)
	if n.Attr&proto.AttrReadonly != 0 && !n.Dir {
		have &^= proto.WriteData | proto.AppendData
	}
	if want&proto.SystemSecurity != 0 {
		return 0, proto.PrivilegeNotHeld
	}
	asked := sd.Map(want &^ proto.MaximumAllowed)
	if asked&^have != 0 {
		return 0, proto.AccessDenied
	}
	if want&proto.MaximumAllowed != 0 {
		asked |= have
	}
	return asked, proto.OK
}

// inherit gives a new node its descriptor: the client's, or the entries that its
// directory passes on.
func (rq *request) inherit(n *vfs.Node, given []byte) {
	s := rq.c.srv
	owner, group := s.sid(rq.ss), s.group()
	if d, ok := sd.Parse(given); given != nil && ok {
		if d.Owner == "" {
			d.Owner = owner
		}
		if d.Group == "" {
			d.Group = group
		}
		if d.Control&sd.DACLPresent == 0 {
			own := rq.inherited(n)
			d.DACL, d.HasDACL = own.DACL, true
		}
		d.Effective()
		setDescriptor(n, &d)
		return
	}
	if n.Parent == nil || n.Parent.SD == nil {
		return
	}
	d := rq.inherited(n)
	setDescriptor(n, &d)
}

// inherited is the descriptor that a directory passes on.
func (rq *request) inherited(n *vfs.Node) sd.Descriptor {
	s := rq.c.srv
	owner, group := s.sid(rq.ss), s.group()
	up := s.descriptor(n.Parent)
	d := sd.Descriptor{Control: sd.DACLPresent | up.Control&sd.AutoInherited, Owner: owner, Group: group, HasDACL: true}
	d.DACL = sd.Inherit(up.DACL, n.Dir, up.Control&sd.AutoInherited != 0, owner, group)
	if len(d.DACL) == 0 {
		d.DACL = []sd.ACE{{Mask: proto.FileAll, SID: owner}, {Mask: proto.FileAll, SID: sd.System}}
		d.Control &^= sd.AutoInherited
	}
	return d
}
