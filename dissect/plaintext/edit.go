package plaintext

import (
	"sort"

	"smbdiff/dissect/smb2"
)

const nbssSize = 4

// edit is one PDU of a stream that is written in plain text.
type edit struct {
	pos        int64  // of its NBSS header in the stream as captured
	removed    int64  // bytes that fall away before it
	place      uint64 // of its extents in the plan's arena
	len, plain uint32 // bytes after the NBSS header, as captured and as written
	fromServer bool
	cut        bool // bytes of it are not in the capture
}

func (e *edit) end() int64 { return e.pos + nbssSize + int64(e.len) }

// shrink is how many bytes fall away within the PDU.
func (e *edit) shrink() int64 { return int64(e.len) - int64(e.plain) }

// inner gives where byte j of the captured PDU, NBSS header first, stands in the
// written one. The transform header falls away and all else keeps its frame:
// ciphertext is as long as plaintext. Of bytes behind the message the last one
// stands for the message's last, so that the PDU ends in the frame it ended in.
func (e *edit) inner(j int64) int64 {
	size := nbssSize + int64(e.plain)
	switch {
	case j <= nbssSize:
		return min(j, size)
	case j >= nbssSize+int64(e.len):
		return size
	}
	return max(nbssSize, min(j-smb2.TransformSize, size-1))
}

// edits are the edits of a stream, by place, without overlaps.
type edits []edit

// at gives the index of the last edit that starts at pos or before it, or -1.
func (s edits) at(pos int64) int {
	return sort.Search(len(s), func(i int) bool { return s[i].pos > pos }) - 1
}

// to gives where the byte at pos of the captured stream stands in the written
// one; a byte that falls away, where the next one does.
func (s edits) to(pos int64) int64 {
	i := s.at(pos)
	if i < 0 {
		return pos
	}
	e := &s[i]
	return e.pos - e.removed + e.inner(pos-e.pos) + max(pos-e.end(), 0)
}
