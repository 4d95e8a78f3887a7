package server

import (
	"hash/fnv"
	"sort"
	"strings"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/wire"
)

const cluster = 4096 // bytes of an allocation unit

// times gives the four times of a file.
func (f *file) times() fscc.Times { return nodeTimes(f.node) }

func nodeTimes(n *vfs.Node) fscc.Times {
	return fscc.Times{Creation: wire.FileTime(n.Created), LastAccess: wire.FileTime(n.Accessed),
		LastWrite: wire.FileTime(n.Written), Change: wire.FileTime(n.Changed)}
}

// size is EndOfFile, 0 for a directory.
func (f *file) size() uint64 {
	if d := f.data(); d != nil {
		return uint64(d.Size())
	}
	return 0
}

// allocation is AllocationSize.
func (f *file) allocation() uint64 {
	d := f.data()
	if d == nil {
		return 0
	}
	if f.stream != nil {
		return roundUp(uint64(d.Size()))
	}
	return nodeAllocation(f.node)
}

func nodeAllocation(n *vfs.Node) uint64 {
	if n.Data == nil {
		return 0
	}
	if n.Attr&proto.AttrSparse != 0 {
		return roundUp(uint64(min(n.Data.Allocated(), n.Data.Size())))
	}
	return roundUp(uint64(max(n.Data.Size(), n.Alloc)))
}

func roundUp(n uint64) uint64 { return (n + cluster - 1) &^ (cluster - 1) }

func (f *file) attributes() uint32 { return attributes(f.node) }

// attributes are FileAttributes, [MS-FSCC] 2.6.
func attributes(n *vfs.Node) uint32 {
	a := n.Attr
	if n.Dir {
		a |= proto.AttrDirectory
	}
	if n.Reparse != nil {
		a |= proto.AttrReparse
	}
	if a == 0 {
		a = proto.AttrNormal
	}
	return a
}

// volumeID is the serial number of a share's volume.
func (s *Server) volumeID(t *tree) uint32 {
	h := fnv.New32a()
	if t.share != nil {
		h.Write([]byte(strings.ToUpper(t.share.Name)))
	}
	return h.Sum32()
}

// eaSizeOrTag is what directory entries have in EaSize: the tag of a reparse point,
// [MS-FSCC] 2.4.17.
func eaSizeOrTag(n *vfs.Node) uint32 {
	if n.Reparse != nil {
		return reparseTag(n)
	}
	return eaSize(n.EAs)
}

// setEAs changes attributes as a client asks; those without a value go.
func setEAs(list, changes []vfs.EA) []vfs.EA {
	for _, c := range changes {
		kept := list[:0:0]
		for _, e := range list {
			if vfs.Fold(e.Name) != vfs.Fold(c.Name) {
				kept = append(kept, e)
			}
		}
		if list = kept; len(c.Value) > 0 {
			list = append(list, c)
		}
	}
	sort.Slice(list, func(i, j int) bool { return vfs.Fold(list[i].Name) < vfs.Fold(list[j].Name) })
	return list
}

// eaSize is the size of all attributes as FileEaInformation gives it.
func eaSize(list []vfs.EA) uint32 {
	n := 0
	for _, e := range list {
		n += 4 + len(e.Name) + 1 + len(e.Value)
	}
	if n > 0 {
		n += 4
	}
	return uint32(n)
}
