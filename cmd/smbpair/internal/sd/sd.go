// Package sd reads, writes and evaluates security descriptors, [MS-DTYP] 2.4 and
// 2.5, for the live pair's server. It knows no files.
package sd

import (
	"encoding/binary"
	"strconv"
	"strings"

	"smbdiff/cmd/smbpair/internal/raw"
)

// Control bits, [MS-DTYP] 2.4.6.
const (
	DACLPresent   = 0x0004
	SACLPresent   = 0x0010
	AutoInherited = 0x0400
	AutoRequest   = 0x0100
	Protected     = 0x1000
	SelfRelative  = 0x8000
)

// ACE types and flags, [MS-DTYP] 2.4.4.1.
const (
	Allow = 0
	Deny  = 1

	ObjectInherit    = 0x01
	ContainerInherit = 0x02
	NoPropagate      = 0x04
	InheritOnly      = 0x08
	Inherited        = 0x10
)

// SID is a security identifier in its binary form.
type SID string

// Known identifiers, [MS-DTYP] 2.4.2.4.
const (
	Everyone      = SID("\x01\x01\x00\x00\x00\x00\x00\x01\x00\x00\x00\x00")
	CreatorOwner  = SID("\x01\x01\x00\x00\x00\x00\x00\x03\x00\x00\x00\x00")
	CreatorGroup  = SID("\x01\x01\x00\x00\x00\x00\x00\x03\x01\x00\x00\x00")
	OwnerRights   = SID("\x01\x01\x00\x00\x00\x00\x00\x03\x04\x00\x00\x00")
	Network       = SID("\x01\x01\x00\x00\x00\x00\x00\x05\x02\x00\x00\x00")
	Authenticated = SID("\x01\x01\x00\x00\x00\x00\x00\x05\x0b\x00\x00\x00")
	System        = SID("\x01\x01\x00\x00\x00\x00\x00\x05\x12\x00\x00\x00")
)

// Account gives the SID of an account of a machine whose id has three parts.
func Account(machine [3]uint32, rid uint32) SID {
	b := []byte{1, 5, 0, 0, 0, 0, 0, 5}
	for _, v := range []uint32{21, machine[0], machine[1], machine[2], rid} {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return SID(b)
}

// String gives the SID as people write it.
func (s SID) String() string {
	if len(s) < 8 {
		return ""
	}
	var out strings.Builder
	out.WriteString("S-" + strconv.Itoa(int(s[0])) + "-" + strconv.Itoa(int(s[7])))
	for b := []byte(s[8:]); len(b) >= 4; b = b[4:] {
		out.WriteString("-" + strconv.FormatUint(uint64(binary.LittleEndian.Uint32(b)), 10))
	}
	return out.String()
}

// ACE is an entry; those with objects keep what stands before the SID.
type ACE struct {
	Type, Flags uint8
	Mask        uint32
	SID         SID
	rest        []byte // what follows the mask in types that are not known
}

// Descriptor is a security descriptor.
type Descriptor struct {
	Control      uint16
	Owner, Group SID
	DACL, SACL   []ACE
	HasDACL      bool // false is a NULL DACL
	HasSACL      bool
}

// Parse reads a self-relative descriptor.
func Parse(b []byte) (d Descriptor, ok bool) {
	r := raw.Read(b)
	revision := r.U8()
	r.U8()
	d.Control = r.U16()
	owner, group, sacl, dacl := r.U32(), r.U32(), r.U32(), r.U32()
	if r.Cut() || revision != 1 || d.Control&SelfRelative == 0 {
		return d, false
	}
	ok = true
	if owner != 0 {
		d.Owner, ok = parseSID(b, owner)
	}
	if group != 0 && ok {
		d.Group, ok = parseSID(b, group)
	}
	if d.Control&DACLPresent != 0 && dacl != 0 && ok {
		d.HasDACL = true
		d.DACL, ok = parseACL(b, dacl)
	}
	if d.Control&SACLPresent != 0 && sacl != 0 && ok {
		d.HasSACL = true
		d.SACL, ok = parseACL(b, sacl)
	}
	return d, ok
}

func parseSID(b []byte, off uint32) (SID, bool) {
	head, ok := raw.Range(b, int64(off), 8)
	if !ok || head[0] != 1 || head[1] > 15 {
		return "", false
	}
	all, ok := raw.Range(b, int64(off), 8+4*int64(head[1]))
	return SID(all), ok
}

func parseACL(b []byte, off uint32) (list []ACE, ok bool) {
	head, ok := raw.Range(b, int64(off), 8)
	if !ok {
		return nil, false
	}
	n := int(binary.LittleEndian.Uint16(head[4:]))
	b, ok = raw.Range(b, int64(off), int64(binary.LittleEndian.Uint16(head[2:])))
	if !ok || len(b) < 8 {
		return nil, false
	}
	b = b[8:]
	for range n {
		if len(b) < 8 {
			return nil, false
		}
		size := int(binary.LittleEndian.Uint16(b[2:]))
		if size < 8 || size > len(b) {
			return nil, false
		}
		a := ACE{Type: b[0], Flags: b[1], Mask: binary.LittleEndian.Uint32(b[4:])}
		if a.Type <= 3 {
			if a.SID, ok = parseSID(b[:size], 8); !ok {
				return nil, false
			}
		} else {
			a.rest = append([]byte(nil), b[8:size]...)
		}
		list, b = append(list, a), b[size:]
	}
	return list, true
}

// Append writes the parts that the information asks for.
func (d *Descriptor) Append(b raw.Buf, owner, group, dacl, sacl bool) raw.Buf {
	at := len(b)
	control := d.Control&^(DACLPresent|SACLPresent) | SelfRelative
	if dacl {
		control |= DACLPresent
	} else {
		control &^= AutoInherited | Protected
	}
	if sacl && d.HasSACL {
		control |= SACLPresent
	}
	b.U8(1)
	b.U8(0)
	b.U16(control)
	b.Zero(16)
	place := func(i int) { b.Put32(at+i, uint32(len(b)-at)) }
	if sacl && d.HasSACL {
		place(12)
		appendACL(&b, d.SACL)
	}
	if dacl && d.HasDACL {
		place(16)
		appendACL(&b, d.DACL)
	}
	if owner && d.Owner != "" {
		place(4)
		b.Bytes([]byte(d.Owner))
	}
	if group && d.Group != "" {
		place(8)
		b.Bytes([]byte(d.Group))
	}
	return b
}

func appendACL(b *raw.Buf, list []ACE) {
	at := len(*b)
	b.U16(2)
	b.U16(0)
	b.U16(uint16(len(list)))
	b.U16(0)
	for _, a := range list {
		b.U8(a.Type)
		b.U8(a.Flags)
		b.U16(uint16(8 + len(a.SID) + len(a.rest)))
		b.U32(a.Mask)
		b.Bytes([]byte(a.SID))
		b.Bytes(a.rest)
	}
	b.Put16(at+2, uint16(len(*b)-at))
}

// Granted is what a token gets, [MS-DTYP] 2.5.3.2, of the rights in all. The
// owner may always read the descriptor and change the DACL, unless an entry for
// OWNER RIGHTS says otherwise.
func (d *Descriptor) Granted(token []SID, all uint32) uint32 {
	if !d.HasDACL {
		return all
	}
	const readControl, writeDAC = 0x20000, 0x40000
	owner, rights := false, false
	for _, s := range token {
		owner = owner || s == d.Owner
	}
	for _, a := range d.DACL {
		rights = rights || a.SID == OwnerRights && a.Flags&InheritOnly == 0
	}
	var allowed, denied uint32
	if owner && !rights {
		allowed = readControl | writeDAC
	}
	for _, a := range d.DACL {
		if a.Flags&InheritOnly != 0 || !has(token, a.SID) && !(owner && a.SID == OwnerRights) {
			continue
		}
		switch a.Type {
		case Allow:
			allowed |= Map(a.Mask) &^ denied
		case Deny:
			denied |= Map(a.Mask) &^ allowed
		}
	}
	return allowed & all
}

func has(token []SID, s SID) bool {
	for _, t := range token {
		if t == s {
			return true
		}
	}
	return false
}

// Map puts the rights of files in the place of generic ones, [MS-FSA] 2.1.5.1.
func Map(m uint32) uint32 {
	for _, g := range [...]struct{ bit, rights uint32 }{
		{0x80000000, 0x120089}, {0x40000000, 0x120116}, {0x20000000, 0x1200a0}, {0x10000000, 0x1f01ff},
	} {
		if m&g.bit != 0 {
			m = m&^g.bit | g.rights
		}
	}
	return m
}

// Effective maps the generic rights of entries that count for the object itself.
func (d *Descriptor) Effective() {
	for i := range d.DACL {
		if a := &d.DACL[i]; a.Flags&InheritOnly == 0 {
			a.Mask = Map(a.Mask)
		}
	}
}

// Inherit gives the entries that a new object gets from its directory,
// [MS-DTYP] 2.5.3.4. They are marked as inherited when mark says so.
func Inherit(parent []ACE, dir, mark bool, owner, group SID) (list []ACE) {
	for _, a := range parent {
		if a.Type > 3 {
			continue
		}
		passes := a.Flags & (ObjectInherit | ContainerInherit)
		n := a
		if n.Flags = a.Flags &^ (InheritOnly | Inherited); mark {
			n.Flags |= Inherited
		}
		if !dir {
			if passes&ObjectInherit == 0 {
				continue
			}
			n.Flags &^= ObjectInherit | ContainerInherit | NoPropagate
			list = append(list, own(n, owner, group))
			continue
		}
		switch {
		case passes&ContainerInherit != 0:
			list = inheritDir(list, a, n, owner, group)
		case passes&ObjectInherit != 0 && a.Flags&NoPropagate == 0:
			n.Flags |= InheritOnly
			list = append(list, n)
		}
	}
	return list
}

// inheritDir adds what a directory gets of an entry for directories.
func inheritDir(list []ACE, a, n ACE, owner, group SID) []ACE {
	mine := own(n, owner, group)
	if a.Flags&NoPropagate != 0 {
		mine.Flags &^= ObjectInherit | ContainerInherit | NoPropagate
		return append(list, mine)
	}
	if mine.SID == n.SID && mine.Mask == n.Mask {
		return append(list, mine)
	}
	mine.Flags &^= ObjectInherit | ContainerInherit
	n.Flags |= InheritOnly
	return append(list, mine, n)
}

func own(a ACE, owner, group SID) ACE {
	a.Mask = Map(a.Mask)
	switch a.SID {
	case CreatorOwner:
		a.SID = owner
	case CreatorGroup:
		a.SID = group
	}
	return a
}
