package wire

import (
	"encoding/binary"
	"time"
	"unicode/utf16"
)

// AppendUTF16 appends s as UTF-16LE.
func AppendUTF16(b []byte, s string) []byte {
	for _, r := range s {
		if r >= 0x10000 {
			hi, lo := utf16.EncodeRune(r)
			b = binary.LittleEndian.AppendUint16(b, uint16(hi))
			b = binary.LittleEndian.AppendUint16(b, uint16(lo))
			continue
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(r))
	}
	return b
}

// UTF16 reads UTF-16LE. What is none becomes U+FFFD, a last odd byte nothing.
func UTF16(b []byte) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = binary.LittleEndian.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}

// epoch is 1970 as a FILETIME, [MS-DTYP] 2.3.3: 100 ns since 1601 UTC.
const epoch = 116444736000000000

// FileTime gives t as a FILETIME, 0 for the zero time.
func FileTime(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	return uint64(t.Unix()*10_000_000 + int64(t.Nanosecond()/100) + epoch)
}

// Time reads a FILETIME, the zero time for 0.
func Time(v uint64) time.Time {
	if v == 0 {
		return time.Time{}
	}
	n := int64(v) - epoch
	return time.Unix(n/10_000_000, n%10_000_000*100).UTC()
}
