package filter

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"smbdiff/dissect/field"
)

// class says how values compare and how a literal is read for them.
type class uint8

const (
	nothing  class = iota // a subtree: it is there or not
	number                // unsigned
	boolean               // a yes-or-no fact; alone it means true
	text                  // UTF-8
	octets                // bytes
	guid                  // bytes, written as a GUID
	address               // IPv4 or IPv6, as its bytes
	fileTime              // 100 ns since 1601 UTC
	unixTime              // seconds since 1970 UTC
	moment                // ns since 1970 UTC
	duration              // ns, signed
	letter                // a number written with a letter before it: S1
	dosTime               // date << 16 | time of [MS-CIFS] 2.2.1.4
	dosDate               // the date alone
	dosClock              // the time alone
)

var classNames = [...]string{"a subtree", "a number", "yes or no", "text", "octets", "a GUID", "an address", "a time", "a time", "a time", "a duration", "a number", "a time", "a date", "a time of day"}

// target is one definition that an operand's name stands for.
type target struct {
	class class
	def   *field.Def // nil of a fact
	bit   *field.Bit // of a flag
	shift uint
	big   bool                // octets that count as a number, the most significant first
	names func() field.Values // of a fact's or field's values
	list  field.Values        // the same, once an operand has it
}

// value is one occurrence of an operand.
type value struct {
	class  class
	num    uint64
	b      []byte // of text and octets
	target int    // index in the operand's targets
	known  bool   // text of what is known of octets: NAME (NUMBER), of which either will do
}

// datum is a literal, read for one target.
type datum struct {
	ok     bool
	class  class
	num    uint64
	b      []byte
	prefix netip.Prefix
}

// order compares v with w, of classes that read agrees on. It reports false
// when they do not compare.
func (v *value) order(w *value) (int, bool) {
	switch v.class {
	case text, octets, guid, address:
		switch w.class {
		case text, octets, guid, address:
			return bytes.Compare(v.b, w.b), true
		}
		return 0, false
	case nothing:
		return 0, false
	}
	switch w.class {
	case text, octets, guid, address, nothing:
		return 0, false
	}
	if v.class == duration {
		return cmp.Compare(int64(v.num), int64(w.num)), true
	}
	return cmp.Compare(v.num, w.num), true
}

// is compares v with a literal.
func (v *value) is(r rel, d *datum) bool {
	if !d.ok {
		return false
	}
	if v.class == address && d.prefix.IsValid() && (r == anyEq || r == allEq || r == allNe || r == anyNe) {
		a, ok := netip.AddrFromSlice(v.b)
		return ok && d.prefix.Contains(a) == (r == anyEq || r == allEq)
	}
	if v.known && (r == anyEq || r == allEq || r == allNe || r == anyNe) {
		return v.names(d.b) == (r == anyEq || r == allEq)
	}
	w := value{class: d.class, num: d.num, b: d.b}
	o, ok := v.order(&w)
	return ok && r.holds(o)
}

// names reports whether text of the form NAME (NUMBER) is s, or has it as its
// name or number.
func (v *value) names(s []byte) bool {
	if bytes.Equal(v.b, s) {
		return true
	}
	name, rest, ok := bytes.Cut(v.b, []byte(" ("))
	return ok && (bytes.Equal(name, s) || len(rest) > 0 && bytes.Equal(rest[:len(rest)-1], s))
}

// read reads a literal for a target. It reports false when it is none.
func (t *target) read(tok token) datum {
	s := tok.text
	d := datum{class: t.class}
	switch t.class {
	case text:
		d.ok, d.b = true, []byte(s)
	case octets:
		d.b, d.ok = readOctets(tok)
	case guid:
		if d.b, d.ok = readGUID(s); !d.ok {
			d.b, d.ok = readOctets(tok)
		}
	case address:
		d.prefix, d.ok = readPrefix(s)
		a := d.prefix.Addr()
		d.b = a.AsSlice()
	case boolean:
		d.num, d.ok = readBool(s)
	case number:
		if d.num, d.ok = readNumber(s); !d.ok {
			d.num, d.ok = t.named(s)
		}
		if !d.ok && t.big {
			var b []byte
			if b, d.ok = readOctets(tok); d.ok {
				d.num = bigEndian(b)
			}
		}
	case letter:
		if d.num, d.ok = readNumber(s); !d.ok && len(s) > 1 {
			d.num, d.ok = readNumber(s[1:])
			d.ok = d.ok && strings.EqualFold(s[:1], t.names()[0].Name)
		}
	case duration:
		d.num, d.ok = readDuration(s)
	case fileTime, unixTime, moment, dosTime:
		d.num, d.ok = readTime(s, t.class)
	case dosDate, dosClock:
		d.num, d.ok = readDOS(s, t.class)
	}
	return d
}

// bigEndian gives the number of the last eight octets.
func bigEndian(b []byte) (n uint64) {
	for _, x := range b {
		n = n<<8 | uint64(x)
	}
	return n
}

// named finds the value with a name.
func (t *target) named(s string) (uint64, bool) {
	if t.bit != nil && t.bit.Values == nil {
		return readBool(s)
	}
	v, ok := find(t.values(), s)
	if !ok && t.def != nil && t.bit == nil {
		for i := range t.def.Bits {
			if b := &t.def.Bits[i]; b.Values == nil && strings.EqualFold(b.Label, s) {
				return b.Mask, true
			}
		}
	}
	return v, ok
}

// values gives the names of the target's values.
func (t *target) values() field.Values {
	if t.names == nil {
		return nil
	}
	return t.names()
}

// prefixes may be left out of names of values.
var prefixes = [...]string{"", "STATUS_", "FSCTL_", "FILE_"}

func find(names field.Values, s string) (uint64, bool) {
	for _, p := range prefixes {
		for i := range names {
			n := names[i].Name
			if len(n) == len(p)+len(s) && n[:len(p)] == p && strings.EqualFold(n[len(p):], s) {
				return names[i].V, true
			}
		}
	}
	return 0, false
}

func readBool(s string) (uint64, bool) {
	switch strings.ToLower(s) {
	case "true", "1", "yes":
		return 1, true
	case "false", "0", "no":
		return 0, true
	}
	return 0, false
}

// readNumber reads a number of Go's forms, and an octal with a 0 before it.
func readNumber(s string) (uint64, bool) {
	v, err := strconv.ParseUint(s, 0, 64)
	return v, err == nil
}

// readOctets reads aa:bb:cc, also with . or - between, aabbcc, 0xaabb; a string
// in quotes is its octets.
func readOctets(tok token) ([]byte, bool) {
	s := tok.text
	if tok.kind == str {
		return []byte(s), true
	}
	s = strings.TrimPrefix(strings.TrimPrefix(s, "0x"), "0X")
	if i := strings.IndexAny(s, ":-."); i >= 0 {
		for part := range strings.SplitSeq(s, s[i:i+1]) {
			if len(part) == 0 || len(part)%2 != 0 {
				return nil, false
			}
		}
		s = strings.ReplaceAll(s, s[i:i+1], "")
	}
	b, err := hex.DecodeString(s)
	return b, err == nil && len(b) > 0
}

func readGUID(s string) ([]byte, bool) {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "{"), "}")
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return nil, false
	}
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != 16 {
		return nil, false
	}
	binary.LittleEndian.PutUint32(b, binary.BigEndian.Uint32(b))
	binary.LittleEndian.PutUint16(b[4:], binary.BigEndian.Uint16(b[4:]))
	binary.LittleEndian.PutUint16(b[6:], binary.BigEndian.Uint16(b[6:]))
	return b, true
}

func readPrefix(s string) (netip.Prefix, bool) {
	if a, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(a, a.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	return p, err == nil
}

// units are those of a duration, longest first.
var units = [...]struct {
	name string
	ns   float64
}{{"ns", 1}, {"us", 1e3}, {"µs", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"", 1e9}}

// readDuration reads a number with a unit, of seconds when it has none.
func readDuration(s string) (uint64, bool) {
	for _, u := range units {
		if n, ok := strings.CutSuffix(s, u.name); ok {
			f, err := strconv.ParseFloat(n, 64)
			f = math.Round(f * u.ns)
			return uint64(int64(f)), err == nil && math.Abs(f) < 1<<62
		}
	}
	return 0, false
}

var timeForms = [...]string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02", "Jan 2, 2006 15:04:05"}

// readTime reads a time, UTC unless it says otherwise, or the bare number of
// the class.
func readTime(s string, c class) (uint64, bool) {
	if v, ok := readNumber(s); ok {
		return v, true
	}
	for _, form := range timeForms {
		t, err := time.Parse(form, strings.TrimSuffix(s, " UTC"))
		if err != nil || t.Year() < 1601 || t.Year() > 9999 {
			continue
		}
		switch c {
		case unixTime:
			return uint64(t.Unix()), true
		case fileTime:
			return uint64((t.Unix()+11644473600)*1e7 + int64(t.Nanosecond()/100)), true
		case dosTime:
			return dosOf(t), t.Year() >= dosEpoch && t.Year() < dosEpoch+128
		}
		return uint64(t.UnixNano()), t.Year() > 1677 && t.Year() < 2262
	}
	return 0, false
}

// dosEpoch is the year 0 of dates of DOS.
const dosEpoch = 1980

// dosOf packs a time as [MS-CIFS] 2.2.1.4.1 and 2.2.1.4.2 do; those count in the
// zone of who sends them.
func dosOf(t time.Time) uint64 {
	date := (t.Year()-dosEpoch)<<9 | int(t.Month())<<5 | t.Day()
	clock := t.Hour()<<11 | t.Minute()<<5 | t.Second()/2
	return uint64(date<<16 | clock)
}

// readDOS reads a date, or a time of day, or the bare number of one.
func readDOS(s string, c class) (uint64, bool) {
	if v, ok := readNumber(s); ok {
		return v, true
	}
	form := "2006-01-02"
	if c == dosClock {
		form = "15:04:05"
	}
	t, err := time.Parse(form, s)
	if err != nil || c == dosDate && (t.Year() < dosEpoch || t.Year() >= dosEpoch+128) {
		return 0, false
	}
	if c == dosClock {
		return dosOf(t) & 0xffff, true
	}
	return dosOf(t) >> 16, true
}
