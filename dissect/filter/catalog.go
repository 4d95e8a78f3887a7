package filter

import (
	"slices"
	"strings"
	"sync"

	"smbdiff/dissect/dcerpc"
	"smbdiff/dissect/dcerpc/ndr"
	"smbdiff/dissect/field"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/ntlmssp"
	"smbdiff/dissect/secdesc"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/spnego"
)

// entry is a name that an operand may have.
type entry struct {
	name    string
	help    string
	targets []target
	fact    *fact  // nil of a field
	prefix  string // of a protocol: its fields begin so
}

// catalog holds all names.
type catalog struct {
	byName map[string]*entry
	names  []string        // sorted
	heads  map[string]bool // what stands before the first dot of a name
}

// names are made when the first filter is read, and not changed after that.
var names = sync.OnceValue(func() *catalog {
	c := &catalog{byName: make(map[string]*entry), heads: make(map[string]bool)}
	for _, f := range factTable() {
		f := &f
		for _, n := range append([]string{f.name}, f.also...) {
			c.byName[n] = &entry{name: n, help: f.help, targets: f.targets, fact: f}
		}
	}
	for _, list := range [...][]*field.Def{{field.NoteDef, field.UnparsedDef, field.PaddingDef}, fscc.Defs(), secdesc.Defs(), ntlmssp.Defs(),
		spnego.Defs(), smb2.Defs(), smb1.Defs(), dcerpc.Defs(), ndr.Defs()} {
		for _, d := range list {
			c.add(d)
		}
	}
	for n := range c.byName {
		c.names = append(c.names, n)
		if head, _, ok := strings.Cut(n, "."); ok {
			c.heads[head] = true
		}
	}
	slices.Sort(c.names)
	return c
})

// add puts a definition and its bits into the catalog, and its protocol.
func (c *catalog) add(d *field.Def) {
	t := target{class: classOf(d.Kind), def: d, names: d.Names}
	if d.Name == "smb2.protocol_id" { // as Wireshark has it
		t.class, t.big = number, true
	}
	c.put(d.Name, d.Label, t)
	for i := range d.Bits {
		b := &d.Bits[i]
		t := target{class: number, def: d, bit: b, shift: b.Shift()}
		if b.Values != nil {
			t.names = func() field.Values { return b.Values }
		}
		c.put(b.Name, b.Label, t)
	}
	p, _, _ := strings.Cut(d.Name, ".")
	if c.byName[p] == nil {
		c.byName[p] = &entry{name: p, help: "protocol", prefix: p + ".", targets: []target{{}}}
	}
}

func (c *catalog) put(name, help string, t target) {
	e := c.byName[name]
	if e == nil {
		e = &entry{name: name, help: help}
		c.byName[name] = e
	}
	if e.fact != nil {
		return
	}
	for i := range e.targets {
		if o := &e.targets[i]; o.def == t.def && (o.bit == nil) == (t.bit == nil) {
			return
		}
	}
	e.targets = append(e.targets, t)
}

// classOf gives how the values of a field compare.
func classOf(k field.Kind) class {
	switch k {
	case field.Uint, field.Hex, field.Enum, field.Flags, field.Status:
		return number
	case field.Struct:
		return nothing
	case field.Bytes, field.Unparsed:
		return octets
	case field.GUID:
		return guid
	case field.FileTime:
		return fileTime
	case field.UnixTime:
		return unixTime
	case field.IPv4, field.IPv6:
		return address
	case field.DOSTime:
		return dosTime
	case field.DOSDate:
		return dosDate
	case field.DOSClock:
		return dosClock
	}
	return text
}
