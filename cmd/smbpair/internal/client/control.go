package client

import (
	"fmt"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/smb2"
)

// Flags of a lock, [MS-SMB2] 2.2.26.1.
const (
	LockShared    = 0x01
	LockExclusive = 0x02
	LockUnlock    = 0x04
	LockAtOnce    = 0x10
)

// Range is a part of a file.
type Range struct{ Off, Len uint64 }

// Lock locks ranges of bytes, or unlocks them.
func (f *File) Lock(flags uint32, ranges ...Range) error {
	b := wire.Buf{48, 0}
	b.U16(uint16(len(ranges)))
	b.U32(0)
	b.Bytes(f.id[:])
	for _, r := range ranges {
		b.U64(r.Off)
		b.U64(r.Len)
		b.U32(flags)
		b.U32(0)
	}
	_, err := f.t.c.Do(&Request{Command: smb2.Lock, Tree: f.t, Path: f.path, Body: b})
	return err
}

// Notify waits for changes in a directory, [MS-SMB2] 2.2.35; nil says that there
// were too many to tell.
func (f *File) Notify(filter uint32, deep bool, most uint32) ([]byte, error) {
	b := wire.Buf{32, 0, 0, 0}
	if deep {
		b[2] = 1
	}
	b.U32(most)
	b.Bytes(f.id[:])
	b.U32(filter)
	b.U32(0)
	r, err := f.t.c.Do(&Request{Command: smb2.ChangeNotify, Tree: f.t, Path: f.path, Body: b, Payload: int(most),
		OK: []proto.Status{proto.NotifyEnumDir}})
	if err != nil || proto.Status(r.Status) != proto.OK {
		return nil, err
	}
	return infoData(r)
}

// Ioctl sends a control code that goes to no file.
func (t *Tree) Ioctl(code uint32, in []byte, most uint32) ([]byte, error) {
	return t.ioctl("", allOnes, code, in, most)
}

func (t *Tree) ioctl(path string, id [16]byte, code uint32, in []byte, most uint32) ([]byte, error) {
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
	r, err := t.c.Do(&Request{Command: smb2.Ioctl, Tree: t, Path: path, Body: b, Payload: max(len(in), int(most)), OK: []proto.Status{proto.BufferOverflow}})
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
	return f.t.ioctl(f.path, f.id, code, in, most)
}

// copySize is how many bytes one chunk of a copy has, [MS-SMB2] 3.3.3.
const copySize = 1 << 20

// copyChunks is how many chunks one request asks for.
const copyChunks = 16

// CopyTo has the server copy the file, [MS-SMB2] 3.2.4.20.2.
func (f *File) CopyTo(dst *File, code uint32) (uint64, error) {
	key, err := f.Ioctl(proto.FsctlResumeKey, nil, 32)
	if err != nil {
		return 0, err
	}
	if len(key) < 24 {
		return 0, fmt.Errorf("IOCTL: a resume key of %d bytes", len(key))
	}
	var done uint64
	for done < f.Size {
		b := append(wire.Buf(nil), key[:24]...)
		place := len(b)
		b.U64(0)
		n := uint32(0)
		for ; n < copyChunks && done < f.Size; n++ {
			size := min(copySize, f.Size-done)
			b.U64(done)
			b.U64(done)
			b.U32(uint32(size))
			b.U32(0)
			done += size
		}
		b.Put32(place, n)
		if _, err := dst.Ioctl(code, b, 12); err != nil {
			return done, err
		}
	}
	return done, nil
}

// Allocated tells which parts of a range hold data, [MS-FSCC] 2.3.49.
func (f *File) Allocated(r Range) ([]Range, error) {
	var b wire.Buf
	b.U64(r.Off)
	b.U64(r.Len)
	out, err := f.Ioctl(proto.FsctlAllocatedRanges, b, 4096)
	var list []Range
	for in := wire.Read(out); err == nil && in.Left() >= 16; {
		list = append(list, Range{in.U64(), in.U64()})
	}
	return list, err
}

// Zero puts zeros in the place of a range, [MS-FSCC] 2.3.85.
func (f *File) Zero(r Range) error {
	var b wire.Buf
	b.U64(r.Off)
	b.U64(r.Off + r.Len)
	_, err := f.Ioctl(proto.FsctlSetZeroData, b, 0)
	return err
}
