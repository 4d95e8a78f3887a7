package field

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"time"
	"unicode/utf16"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// showBytes is how many octets of a Bytes field are shown.
const showBytes = 32

// AppendShow appends what a person reads for node i. The text may hold
// anything that the capture holds: Sanitize it before a terminal sees it.
func (t *Tree) AppendShow(dst []byte, i int) []byte {
	n := &t.Nodes[i]
	d := n.Def
	switch d.Kind {
	case Struct:
		return dst
	case Uint:
		return strconv.AppendUint(dst, n.Val, 10)
	case Hex:
		return appendHex(dst, n.Val, n.Len)
	case Enum:
		name := d.NameOf(n.Val)
		if name == "" {
			name = "unknown"
		}
		dst = append(dst, name...)
		dst = append(dst, " ("...)
		if n.Val < 256 {
			dst = strconv.AppendUint(dst, n.Val, 10)
		} else {
			dst = appendHex(dst, n.Val, n.Len)
		}
		return append(dst, ')')
	case Status:
		if name := d.NameOf(n.Val); name != "" {
			return append(dst, name...)
		}
		return appendHex(dst, n.Val, 4)
	case Flags:
		return d.appendFlags(dst, n.Val, n.Len)
	case UTF16:
		return AppendUTF16(dst, t.Bytes(i))
	case Text:
		return append(dst, trimNUL(t.Bytes(i))...)
	case FileTime:
		return AppendFileTime(dst, n.Val)
	case UnixTime:
		return time.Unix(int64(n.Val), 0).UTC().AppendFormat(dst, time.RFC3339)
	case GUID:
		dst = AppendGUID(dst, t.Bytes(i))
		if name := d.nameOfGUID(n.Val); name != "" {
			dst = append(append(append(dst, " ("...), name...), ')')
		}
		return dst
	case SID:
		return appendNamedSID(dst, t.Bytes(i))
	case SubAuthorities:
		return appendSubs(dst, t.Bytes(i))
	case DOSTime:
		return appendClock(append(appendDate(dst, n.Val>>16), 'T'), n.Val)
	case DOSDate:
		return appendDate(dst, n.Val)
	case DOSClock:
		return appendClock(dst, n.Val)
	case IPv4, IPv6:
		if a, ok := netip.AddrFromSlice(t.Bytes(i)); ok {
			return a.AppendTo(dst)
		}
	case Note:
		if int(n.Val) < len(t.Notes) {
			return append(dst, t.Notes[n.Val]...)
		}
		return dst
	}
	if d.Kind == Known {
		if int(n.Val) < len(t.Texts) {
			dst = append(dst, t.Texts[n.Val]...)
		}
		return dst
	}
	b := t.Bytes(i)
	for k, c := range b {
		if k == showBytes {
			dst = append(dst, "... ("...)
			dst = strconv.AppendUint(dst, uint64(n.Len), 10)
			return append(dst, " bytes)"...)
		}
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// Show is AppendShow as a string.
func (t *Tree) Show(i int) string { return string(t.AppendShow(nil, i)) }

func (d *Def) appendFlags(dst []byte, v uint64, n uint32) []byte {
	start := len(dst)
	for _, b := range d.Bits {
		part := v & b.Mask
		if b.Values != nil {
			name := b.Values.Name(part >> shift(b.Mask))
			if name == "" || part == 0 {
				continue
			}
			dst = append(dst, name...)
		} else if part != 0 {
			dst = append(dst, b.Label...)
			if b.wide() {
				dst = append(dst, '=')
				dst = strconv.AppendUint(dst, part>>shift(b.Mask), 10)
			}
		} else {
			continue
		}
		dst = append(dst, '|')
	}
	if len(dst) > start {
		dst = append(dst[:len(dst)-1], " ("...)
		dst = appendHex(dst, v, n)
		return append(dst, ')')
	}
	return appendHex(dst, v, n)
}

func shift(mask uint64) uint {
	s := uint(0)
	for mask != 0 && mask&1 == 0 {
		mask >>= 1
		s++
	}
	return s
}

// wide reports whether b is a number of several bits.
func (b *Bit) wide() bool { return b.Mask&(b.Mask-1) != 0 }

// AppendBit appends what a person reads for bit b of the flags v.
func AppendBit(dst []byte, b *Bit, v uint64) []byte {
	part := (v & b.Mask) >> shift(b.Mask)
	if b.Values != nil {
		if name := b.Values.Name(part); name != "" {
			dst = append(dst, name...)
			dst = append(dst, " ("...)
			dst = strconv.AppendUint(dst, part, 10)
			return append(dst, ')')
		}
		return strconv.AppendUint(dst, part, 10)
	}
	if b.wide() {
		return strconv.AppendUint(dst, part, 10)
	}
	if part != 0 {
		return append(dst, "true"...)
	}
	return append(dst, "false"...)
}

func appendHex(dst []byte, v uint64, n uint32) []byte {
	if n == 0 || n > 8 {
		n = 4
	}
	dst = append(dst, '0', 'x')
	for s := int(n)*8 - 4; s >= 0; s -= 4 {
		dst = append(dst, hexDigits[v>>uint(s)&15])
	}
	return dst
}

// AppendHex64 appends v as 0x and sixteen digits.
func AppendHex64(dst []byte, v uint64) []byte { return appendHex(dst, v, 8) }

// AppendHex32 appends v as 0x and eight digits.
func AppendHex32(dst []byte, v uint32) []byte { return appendHex(dst, uint64(v), 4) }

func trimNUL(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return b
}

// AppendUTF16 appends UTF-16LE text as UTF-8, without trailing NULs. What is
// no character becomes U+FFFD.
func AppendUTF16(dst, b []byte) []byte {
	for len(b) >= 2 && b[len(b)-1] == 0 && b[len(b)-2] == 0 && len(b)%2 == 0 {
		b = b[:len(b)-2]
	}
	for len(b) >= 2 {
		r := rune(binary.LittleEndian.Uint16(b))
		b = b[2:]
		if utf16.IsSurrogate(r) {
			r2 := rune(utf8.RuneError)
			if len(b) >= 2 {
				r2 = utf16.DecodeRune(r, rune(binary.LittleEndian.Uint16(b)))
			}
			if r2 != utf8.RuneError {
				b = b[2:]
			}
			r = r2
		}
		if r < utf8.RuneSelf {
			dst = append(dst, byte(r))
		} else {
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}

// fileTimeEpoch is 1970 in 100 ns units since 1601.
const fileTimeEpoch = 116444736000000000

// AppendFileTime appends a FILETIME, [MS-DTYP] 2.3.3, as RFC 3339 in UTC with
// 100 ns digits; the special values of [MS-FSCC] 2.4.7 as words.
func AppendFileTime(dst []byte, v uint64) []byte {
	switch {
	case v == 0:
		return append(dst, "not set (0)"...)
	case v == 1<<64-1:
		return append(dst, "do not change (-1)"...)
	case v == 1<<64-2:
		return append(dst, "enable updates (-2)"...)
	case v == 1<<63-1:
		return append(dst, "never (0x7fffffffffffffff)"...)
	case v > 2650467743999999999: // the year 9999
		return appendHex(dst, v, 8)
	}
	ns := int64(v - fileTimeEpoch)
	sec, rest := ns/1e7, ns%1e7
	if rest < 0 {
		sec, rest = sec-1, rest+1e7
	}
	return time.Unix(sec, rest*100).UTC().AppendFormat(dst, "2006-01-02T15:04:05.0000000Z")
}

// AppendGUID appends a GUID, [MS-DTYP] 2.3.4.2, in its usual form.
func AppendGUID(dst, b []byte) []byte {
	if len(b) < 16 {
		return append(dst, "(cut)"...)
	}
	for i, k := range [16]int{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15} {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hexDigits[b[k]>>4], hexDigits[b[k]&15])
	}
	return dst
}

// appendDate appends an SMB_DATE, [MS-CIFS] 2.2.1.4.1.
func appendDate(dst []byte, v uint64) []byte {
	dst = strconv.AppendUint(dst, 1980+v>>9&127, 10)
	return appendTwo(append(appendTwo(append(dst, '-'), v>>5&15), '-'), v&31)
}

// appendClock appends an SMB_TIME, [MS-CIFS] 2.2.1.4.2.
func appendClock(dst []byte, v uint64) []byte {
	dst = append(appendTwo(dst, v>>11&31), ':')
	return appendTwo(append(appendTwo(dst, v>>5&63), ':'), 2*(v&31))
}

func appendTwo(dst []byte, v uint64) []byte {
	return append(dst, byte('0'+v/10), byte('0'+v%10))
}

// Hostile reports whether a terminal must not see r as it is: control
// characters, bidirectional marks and other invisible formatting.
func Hostile(r rune) bool {
	switch {
	case r < 0x20, r >= 0x7f && r < 0xa0, r == utf8.RuneError:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r == 0xfeff, r == 0x061c, r == 0x2028, r == 0x2029:
		return true
	case r >= 0xfff0 && r <= 0xfffb, r >= 0xe0000 && r <= 0xe0fff:
		return true
	}
	return false
}

// AppendSafe appends s with hostile characters shown as \xNN or \u{NNNN}.
func AppendSafe[T string | []byte](dst []byte, s T) []byte {
	for len(s) > 0 {
		k := 0
		for k < len(s) && s[k] >= 0x20 && s[k] < 0x7f {
			k++
		}
		if k > 0 {
			dst = append(dst, s[:k]...)
			s = s[k:]
			continue
		}
		var u [utf8.UTFMax]byte
		r, n := utf8.DecodeRune(u[:copy(u[:], s)])
		switch {
		case r == utf8.RuneError && n == 1:
			dst = append(dst, '\\', 'x', hexDigits[s[0]>>4], hexDigits[s[0]&15])
		case Hostile(r) && r < 0x100:
			dst = append(dst, '\\', 'x', hexDigits[r>>4], hexDigits[r&15])
		case Hostile(r):
			dst = append(dst, "\\u{"...)
			dst = strconv.AppendUint(dst, uint64(r), 16)
			dst = append(dst, '}')
		default:
			dst = append(dst, s[:n]...)
		}
		s = s[n:]
	}
	return dst
}

// Safe is AppendSafe for strings.
func Safe(s string) string {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] >= 0x7f {
			return string(AppendSafe(nil, s))
		}
	}
	return s
}
