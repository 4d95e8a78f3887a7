package ndr

import (
	"strings"

	"smbdiff/dissect/field"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/wire"
)

// syntax is a transfer syntax; it is the index of sizes and alignments.
type syntax uint8

const (
	ndr20 syntax = iota
	ndr64
	syntaxes
)

// shape says how a type stands on the wire.
type shape uint8

const (
	scalar  shape = iota // an integer or block of constant size
	pointer              // unique or full pointer; its referent comes later
	record               // structure
	choice               // non-encapsulated union
	array                // conformant, or conformant and varying, array
	octets               // such an array of bytes, shown as one
	text                 // conformant and varying string
	counted              // RPC_UNICODE_STRING, shown as one
	sid                  // RPC_SID
	secure               // a security descriptor in a conformant array of bytes
)

// typ describes a type. Tables of them are made once and never change.
type typ struct {
	shape   shape
	align   [syntaxes]int
	size    [syntaxes]int     // of what does not come later; -1: the bytes tell
	elem    *typ              // of pointers and arrays; the discriminant of a union
	members []member          // of a structure
	arms    []arm             // of a union
	inner   [syntaxes]int     // alignment of what a union holds
	vary    bool              // arrays: varying too
	unit    int               // bytes of a character
	short   bool              // a string without a maximum count
	hoist   bool              // a structure that ends with an array, whose maximum count stands before all
	strings *stringDefs       // of counted strings
	rights  func(*wire.Codec) // walks a security descriptor
}

// member is a member of a structure or a parameter. Without a def it has no
// node of its own.
type member struct {
	def *field.Def
	t   *typ
}

// arm is what a union holds for some values of its discriminant; without a
// type it holds nothing.
type arm struct {
	member
	values []uint64
}

// op is what travels in an operation's request and response.
type op struct{ in, out []member }

func plain(size, align int) *typ {
	return &typ{size: [syntaxes]int{size, size}, align: [syntaxes]int{align, align}}
}

// The base types, [C706] 14.2 and [MS-RPCE] 2.2.5.1.
var (
	u8      = plain(1, 1)
	u16     = plain(2, 2)
	u32     = plain(4, 4)
	u64     = plain(8, 8)
	old64   = plain(8, 4) // OLD_LARGE_INTEGER: two halves, the low one first
	context = plain(20, 4)
	guid    = plain(16, 4)
	enum16  = &typ{size: [syntaxes]int{2, 4}, align: [syntaxes]int{2, 4}}
	char8   = &typ{shape: text, unit: 1, size: unknown, align: long}
	char16  = &typ{shape: text, unit: 2, size: unknown, align: long}
	unicode = countedOf(stringDefs{fStrLength, fStrMax, nil})
	rpcSID  = &typ{shape: sid, size: unknown, align: long}
	bytes   = &typ{shape: octets, size: unknown, align: long, unit: 1}
	vbytes  = &typ{shape: octets, size: unknown, align: long, unit: 1, vary: true}
	fileSD  = &typ{shape: secure, size: unknown, align: long, unit: 1, rights: secdesc.Walk}
	otherSD = &typ{shape: secure, size: unknown, align: long, unit: 1, rights: otherRights}
)

var (
	unknown = [syntaxes]int{-1, -1}
	long    = [syntaxes]int{4, 8} // counts and pointers
)

// stringDefs are the fields of an RPC_UNICODE_STRING; without chars the
// string's own node has the characters alone.
type stringDefs struct{ length, max, chars *field.Def }

func countedOf(d stringDefs) *typ {
	return &typ{shape: counted, size: [syntaxes]int{8, 16}, align: long, strings: &d, elem: char16}
}

func pointerTo(t *typ) *typ { return &typ{shape: pointer, size: long, align: long, elem: t} }

// structure is a structure, [C706] 14.3.6 and [MS-RPCE] 2.2.5.3.4.
func structure(ms []member) *typ {
	t := &typ{shape: record, members: ms}
	for s := range syntaxes {
		at := 0
		for _, m := range ms {
			t.align[s] = max(t.align[s], m.t.align[s])
			if m.t.size[s] < 0 || at < 0 {
				at = -1
				continue
			}
			at = up(at, m.t.align[s]) + m.t.size[s]
		}
		if s == ndr64 && at > 0 {
			at = up(at, t.align[s])
		}
		t.size[s] = at
	}
	if n := len(ms); n > 0 && ms[n-1].t.shape == array {
		t.hoist = true
		for s := range syntaxes {
			t.align[s] = max(t.align[s], ms[n-1].t.elem.align[s])
		}
	}
	return t
}

func up(at, align int) int {
	if align > 1 {
		if r := at % align; r > 0 {
			return at + align - r
		}
	}
	return at
}

// complete gives members their full names: those with a dot have them.
func complete(prefix string, ms []member) {
	for _, m := range ms {
		if m.def == nil {
			for t := m.t; t != nil; t = t.elem {
				complete(prefix, t.members)
			}
			continue
		}
		if !strings.Contains(m.def.Name, ".") {
			m.def.Name = prefix + "." + m.def.Name
		}
	}
}

// structOf is a structure whose members' names begin with prefix.
func structOf(prefix string, ms ...member) *typ {
	complete(prefix, ms)
	return structure(ms)
}

// unionOf is a non-encapsulated union, [C706] 14.3.8 and [MS-RPCE] 2.2.5.3.4.4.
// All arms begin where the one that is aligned most would: the interfaces are
// defined with ms_union.
func unionOf(prefix string, discriminant *typ, arms ...arm) *typ {
	t := &typ{shape: choice, elem: discriminant, arms: arms, size: unknown, align: discriminant.align}
	for _, a := range arms {
		if a.t != nil {
			complete(prefix, []member{a.member})
			for s := range syntaxes {
				t.inner[s] = max(t.inner[s], a.t.align[s])
			}
		}
	}
	t.align[ndr64] = max(t.align[ndr64], t.inner[ndr64])
	return t
}

// on is an arm of a union; empty one without contents, for all other values
// when it stands last without any.
func on(m member, values ...uint64) arm { return arm{m, values} }
func empty(values ...uint64) arm        { return arm{values: values} }

// call is an operation that returns a status.
func call(prefix string, status member, in, out []member) *op {
	complete(prefix, in)
	complete(prefix, out)
	return &op{in, append(out, status)}
}

func of(name, label string, t *typ) member {
	kind := field.Struct
	switch t.shape {
	case octets:
		kind = field.Bytes
	case counted:
		kind = field.UTF16
	case text:
		kind = field.UTF16
		if t.unit == 1 {
			kind = field.Text
		}
	case scalar:
		kind = field.Uint
		if t.size[ndr20] > 8 {
			kind = field.Bytes
		}
	}
	return leaf(name, label, kind, t)
}

func leaf(name, label string, kind field.Kind, t *typ) member {
	return member{&field.Def{Name: name, Label: label, Kind: kind}, t}
}

// num is a 4-byte integer, hex one shown in hexadecimal.
func num(name, label string) member { return of(name, label, u32) }
func hex(name, label string) member { return leaf(name, label, field.Hex, u32) }

func enum(name, label string, t *typ, values field.Values) member {
	m := leaf(name, label, field.Enum, t)
	m.def.Values = values
	return m
}

func flags(name, label string, t *typ, bits []field.Bit) member {
	m := leaf(name, label, field.Flags, t)
	m.def.Bits = bits
	return m
}

// str is a string in place, optStr a pointer to one.
func str(name, label string) member    { return of(name, label, char16) }
func optStr(name, label string) member { return ptr(str(name, label)) }

// ustr is an RPC_UNICODE_STRING, [MS-DTYP] 2.3.10.
func ustr(name, label string) member { return of(name, label, unicode) }

func handle(name, label string) member { return of(name, label, context) }

func ptr(m member) member { return member{m.def, pointerTo(m.t)} }

// items is a conformant array, varying a conformant and varying one, list a
// pointer to the former.
func items(m member) member {
	return member{m.def, &typ{shape: array, elem: m.t, size: unknown, align: long}}
}

func varying(m member) member {
	return member{m.def, &typ{shape: array, elem: m.t, size: unknown, align: long, vary: true}}
}

func list(m member) member { return ptr(items(m)) }

// group holds members together for their alignment only.
func group(ms ...member) member { return member{nil, structure(ms)} }
