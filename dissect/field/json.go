package field

import (
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// AppendJSON appends nodes from to to as the objects of a JSON array, without
// its brackets. Nodes of outer buffers carry the buffer's name.
func (t *Tree) AppendJSON(dst []byte, from, to int, raw bool) []byte {
	for i := from; i < to; {
		if i > from {
			dst = append(dst, ',')
		}
		dst = t.appendNode(dst, i, raw)
		i = int(t.Nodes[i].End)
	}
	return dst
}

func (t *Tree) appendNode(dst []byte, i int, raw bool) []byte {
	n := &t.Nodes[i]
	d := n.Def
	dst = append(dst, `{"name":"`...)
	dst = append(dst, d.Name...)
	dst = append(dst, `","label":"`...)
	dst = append(dst, d.Label...)
	dst = append(dst, `","value":`...)
	show := len(dst)
	switch d.Kind {
	case Uint, Hex, Enum, Flags, Status, UnixTime:
		dst = appendNumber(dst, n.Val, n.Len)
	case FileTime:
		dst = appendQuotedHex(dst, n.Val, 8)
	case UTF16, Text, SubAuthorities, DOSTime, DOSDate, DOSClock, IPv4, IPv6, Note, Known:
		dst = t.appendShowJSON(dst, i)
	case SID:
		dst = append(AppendSID(append(dst, '"'), t.Bytes(i)), '"')
	case GUID:
		dst = append(AppendGUID(append(dst, '"'), t.Bytes(i)), '"')
	default:
		dst = append(dst, "null"...)
	}
	switch d.Kind {
	case UTF16, Text, SubAuthorities, DOSTime, DOSDate, DOSClock, IPv4, IPv6, Note, Known:
		same := dst[show:]
		dst = append(dst, `,"show":`...)
		dst = append(dst, same...)
	default:
		dst = append(dst, `,"show":`...)
		dst = t.appendShowJSON(dst, i)
	}
	dst = appendPlace(dst, n, t.Bufs[n.Buf].Name)
	if raw {
		dst = append(dst, `,"raw":"`...)
		if d.Kind != Struct && d.Kind != Note {
			dst = AppendHexBytes(dst, t.Bytes(i))
		}
		dst = append(dst, '"')
	}
	dst = append(dst, `,"children":[`...)
	if len(d.Bits) > 0 {
		dst = t.appendBits(dst, i, raw)
		if int(n.End) > i+1 {
			dst = append(dst, ',')
		}
	}
	dst = t.AppendJSON(dst, i+1, int(n.End), raw)
	return append(dst, "]}"...)
}

func appendPlace(dst []byte, n *Node, buf string) []byte {
	dst = append(dst, `,"offset":`...)
	dst = strconv.AppendUint(dst, uint64(n.Off), 10)
	dst = append(dst, `,"length":`...)
	dst = strconv.AppendUint(dst, uint64(n.Len), 10)
	if buf != "" {
		dst = append(dst, `,"buffer":"`...)
		dst = append(dst, buf...)
		dst = append(dst, '"')
	}
	return dst
}

func (t *Tree) appendBits(dst []byte, i int, raw bool) []byte {
	n := &t.Nodes[i]
	for k := range n.Def.Bits {
		b := &n.Def.Bits[k]
		if k > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, `{"name":"`...)
		dst = append(dst, b.Name...)
		dst = append(dst, `","label":"`...)
		dst = append(dst, b.Label...)
		dst = append(dst, `","value":`...)
		dst = strconv.AppendUint(dst, (n.Val&b.Mask)>>shift(b.Mask), 10)
		dst = append(dst, `,"show":"`...)
		dst = AppendBit(dst, b, n.Val)
		dst = append(dst, '"')
		dst = appendPlace(dst, n, t.Bufs[n.Buf].Name)
		if raw {
			dst = append(dst, `,"raw":"`...)
			dst = AppendHexBytes(dst, t.Bytes(i))
			dst = append(dst, '"')
		}
		dst = append(dst, `,"children":[]}`...)
	}
	return dst
}

func (t *Tree) appendShowJSON(dst []byte, i int) []byte {
	switch t.Nodes[i].Def.Kind {
	case UTF16, Text, Note, Known: // captured text: quote it
		var tmp [256]byte
		return AppendString(dst, t.AppendShow(tmp[:0], i))
	}
	dst = append(dst, '"')
	dst = t.AppendShow(dst, i)
	return append(dst, '"')
}

func appendNumber(dst []byte, v uint64, n uint32) []byte {
	if n > 4 {
		return appendQuotedHex(dst, v, 8)
	}
	return strconv.AppendUint(dst, v, 10)
}

func appendQuotedHex(dst []byte, v uint64, n uint32) []byte {
	dst = append(dst, '"')
	dst = appendHex(dst, v, n)
	return append(dst, '"')
}

// AppendHexBytes appends b as hex digits.
func AppendHexBytes(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// AppendString appends s as a JSON string. Whatever could disturb a terminal
// is escaped; bytes that are no UTF-8 become U+FFFD.
func AppendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f && c != '"' && c != '\\' {
			dst = append(dst, c)
			i++
			continue
		}
		if c == '"' || c == '\\' {
			dst = append(dst, '\\', c)
			i++
			continue
		}
		var u [utf8.UTFMax]byte
		k := copy(u[:], s[i:])
		r, n := utf8.DecodeRune(u[:k])
		i += n
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, `\ufffd`...)
		case Hostile(r) && r < 0x10000:
			dst = appendEscape(dst, r)
		case Hostile(r):
			hi, lo := utf16.EncodeRune(r)
			dst = appendEscape(appendEscape(dst, hi), lo)
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}

func appendEscape(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
