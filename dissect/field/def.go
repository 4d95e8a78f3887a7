// Package field holds what a dissected message looks like: definitions of
// fields, the flat tree of one message, and how values are shown to people and
// to machines. It knows no protocol: definitions and walks live with theirs.
package field

// Kind says how the bytes of a field are read and shown.
type Kind uint8

// The kinds. Integers are little-endian unless the walk says otherwise: the
// tree holds their value.
const (
	Struct         Kind = iota // a subtree without a value of its own
	Uint                       // integer, decimal
	Hex                        // integer, hexadecimal
	Enum                       // integer with names
	Flags                      // integer with named bits, shown as children
	Status                     // NT status, shown by name alone
	Bytes                      // octets
	UTF16                      // UTF-16LE text
	Text                       // 8-bit text
	FileTime                   // 100 ns since 1601 UTC
	UnixTime                   // seconds since 1970 UTC
	GUID                       // mixed-endian GUID
	SID                        // security identifier
	SubAuthorities             // the last part of one
	DOSTime                    // date << 16 | time of [MS-CIFS] 2.2.1.4, in the sender's zone
	DOSDate                    // the date alone
	DOSClock                   // the time alone
	IPv4                       // address, network order
	IPv6                       // address, network order
	Note                       // a finding: the text stands in the tree's notes
	Unparsed                   // bytes that nobody claimed
	Known                      // what the conversation says of the bytes: the text stands in the tree's texts
)

// Value is one name of an enumeration.
type Value struct {
	V    uint64
	Name string
}

// Values are the names of an enumeration, in rising order of V.
type Values []Value

// Name gives the name of v, or "".
func (vs Values) Name(v uint64) string {
	lo, hi := 0, len(vs)
	for lo < hi {
		m := (lo + hi) / 2
		if vs[m].V < v {
			lo = m + 1
		} else {
			hi = m
		}
	}
	if lo < len(vs) && vs[lo].V == v {
		return vs[lo].Name
	}
	return ""
}

// Bit is a named part of a Flags field. With Values it is a small enumeration,
// otherwise it is a number, or set or not when it has one bit only.
type Bit struct {
	Name   string // filter name
	Label  string // the specification's name of the flag
	Mask   uint64
	Values Values
}

// Def defines a field. Its identity is its address: names are Wireshark's
// filter names, which are neither unique nor always there.
type Def struct {
	Name   string
	Label  string
	Kind   Kind
	Values Values
	Lookup func(uint64) string // names of large enumerations
	All    func() Values       // the names behind Lookup
	Bits   []Bit
}

// NameOf gives the name of an enumeration's value, or "".
func (d *Def) NameOf(v uint64) string {
	if d.Lookup != nil {
		return d.Lookup(v)
	}
	return d.Values.Name(v)
}

// Names gives the names of an enumeration's values.
func (d *Def) Names() Values {
	if d.All != nil {
		return d.All()
	}
	return d.Values
}

// Shift is the place of the bit's lowest, from 0.
func (b *Bit) Shift() uint { return shift(b.Mask) }

// nameOfGUID gives the name of a GUID to whose node the walk gave a value.
func (d *Def) nameOfGUID(v uint64) string {
	if v == 0 {
		return ""
	}
	return d.NameOf(v)
}

// NoteDef and UnparsedDef mark findings and unclaimed bytes in every tree;
// PaddingDef unclaimed zero bytes of less than eight.
var (
	NoteDef     = &Def{Name: "smbdiff.problem", Label: "Problem", Kind: Note}
	UnparsedDef = &Def{Name: "smbdiff.unparsed", Label: "Unparsed", Kind: Unparsed}
	PaddingDef  = &Def{Name: "smbdiff.padding", Label: "Padding", Kind: Unparsed}
)
