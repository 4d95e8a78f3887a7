package capture

import "encoding/binary"

// Extent is a run of bytes in the joined, unpacked space of a File.
type Extent struct {
	Off int64
	Len uint32
}

// AppendExtents appends a compact form of ext: a count, then for each extent
// the distance from the end of the one before and the length, as varints.
func AppendExtents(dst []byte, ext []Extent) []byte {
	dst = binary.AppendUvarint(dst, uint64(len(ext)))
	var end int64
	for _, e := range ext {
		dst = binary.AppendVarint(dst, e.Off-end)
		dst = binary.AppendUvarint(dst, uint64(e.Len))
		end = e.Off + int64(e.Len)
	}
	return dst
}

// MaxExtents is how many bytes AppendExtents takes for n extents at most.
func MaxExtents(n int) int {
	return binary.MaxVarintLen64 + n*(binary.MaxVarintLen64+binary.MaxVarintLen32)
}

// DecodeExtents appends to dst what AppendExtents put at the start of b, and
// returns it with the number of bytes used: 0 when b is no such form.
func DecodeExtents(dst []Extent, b []byte) ([]Extent, int) {
	count, n := binary.Uvarint(b)
	if n <= 0 || count > uint64(len(b)-n)/2 {
		return dst, 0
	}
	start := len(dst)
	var end int64
	for range count {
		delta, k := binary.Varint(b[n:])
		if k <= 0 {
			return dst[:start], 0
		}
		n += k
		length, k := binary.Uvarint(b[n:])
		if k <= 0 || length > 1<<32-1 {
			return dst[:start], 0
		}
		n += k
		dst = append(dst, Extent{Off: end + delta, Len: uint32(length)})
		end += delta + int64(length)
	}
	return dst, n
}

// appendExtent adds a run to ext, joining it to the last where they touch.
func appendExtent(ext []Extent, off int64, n uint32) []Extent {
	if n == 0 {
		return ext
	}
	if k := len(ext); k > 0 {
		last := &ext[k-1]
		if last.Off+int64(last.Len) == off && last.Len+n > last.Len {
			last.Len += n
			return ext
		}
	}
	return append(ext, Extent{Off: off, Len: n})
}
