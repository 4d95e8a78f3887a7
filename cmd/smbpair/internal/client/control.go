package client

import (
	"fmt"

	"smbdiff/cmd/smbpair/internal/proto"
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
	m := &smb2.LockRequest{FileID: f.id}
	for _, r := range ranges {
		m.Locks = append(m.Locks, smb2.LockElement{Offset: r.Off, Length: r.Len, Flags: flags})
	}
	_, err := f.t.c.Do(&Request{Command: smb2.Lock, Tree: f.t, Path: f.path, Body: m})
	return err
}

// Notify waits for changes in a directory, [MS-SMB2] 2.2.35; nil says that there
// were too many to tell.
func (f *File) Notify(filter uint32, deep bool, most uint32) ([]byte, error) {
	m := &smb2.ChangeNotifyRequest{MaxOutput: most, FileID: f.id, Filter: filter}
	if deep {
		m.Flags = 1
	}
	r, err := f.t.c.Do(&Request{Command: smb2.ChangeNotify, Tree: f.t, Path: f.path, Body: m, Payload: int(most),
		OK: []proto.Status{proto.NotifyEnumDir}})
	if err != nil || proto.Status(r.Status) != proto.OK {
		return nil, err
	}
	var answer smb2.ChangeNotifyResponse
	err = r.decode(&answer)
	return answer.Data, err
}

// Ioctl sends a control code that goes to no file.
func (t *Tree) Ioctl(code uint32, in []byte, most uint32) ([]byte, error) {
	return t.ioctl("", allOnes, code, in, most)
}

func (t *Tree) ioctl(path string, id [16]byte, code uint32, in []byte, most uint32) ([]byte, error) {
	m := &smb2.IoctlRequest{CtlCode: code, FileID: id, Input: in, MaxOutput: most, Flags: smb2.IoctlIsFsctl}
	r, err := t.c.Do(&Request{Command: smb2.Ioctl, Tree: t, Path: path, Body: m, Payload: max(len(in), int(most)), OK: []proto.Status{proto.BufferOverflow}})
	if err != nil {
		return nil, err
	}
	var answer smb2.IoctlResponse
	err = r.decode(&answer)
	return answer.Output, err
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
	var source smb2.ResumeKey
	if !smb2.DecodeData(key, &source) {
		return 0, fmt.Errorf("IOCTL: a resume key of %d bytes", len(key))
	}
	var done uint64
	for done < f.Size {
		m := smb2.CopyChunkRequest{Source: source.Key}
		for len(m.Chunks) < copyChunks && done < f.Size {
			size := min(copySize, f.Size-done)
			m.Chunks = append(m.Chunks, smb2.Chunk{Source: done, Target: done, Length: uint32(size)})
			done += size
		}
		if _, err := dst.Ioctl(code, smb2.AppendData(nil, &m), 12); err != nil {
			return done, err
		}
	}
	return done, nil
}

// Allocated tells which parts of a range hold data, [MS-FSCC] 2.3.49.
func (f *File) Allocated(r Range) ([]Range, error) {
	in := smb2.AppendData(nil, &smb2.Ranges{List: []smb2.Range{{Offset: r.Off, Length: r.Len}}})
	out, err := f.Ioctl(proto.FsctlAllocatedRanges, in, 4096)
	if err != nil {
		return nil, err
	}
	var m smb2.Ranges
	smb2.DecodeData(out, &m)
	var list []Range
	for _, e := range m.List {
		list = append(list, Range{e.Offset, e.Length})
	}
	return list, nil
}

// Zero puts zeros in the place of a range, [MS-FSCC] 2.3.85.
func (f *File) Zero(r Range) error {
	_, err := f.Ioctl(proto.FsctlSetZeroData, smb2.AppendData(nil, &smb2.ZeroData{From: r.Off, Beyond: r.Off + r.Len}), 0)
	return err
}
