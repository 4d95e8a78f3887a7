package dcerpc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// uuidField is a UUID in either byte order.
type uuidField struct {
	little, big *field.Def
	names       *uuidNames
}

// uuidNames name UUIDs: a UUID has an index, from 1, and an index a name.
type uuidNames struct {
	index func([16]byte) uint64
	name  func(uint64) string
}

func uuidDef(name, label string, names *uuidNames) *uuidField {
	return &uuidField{
		&field.Def{Name: "dcerpc." + name, Label: label, Kind: field.GUID, Lookup: names.name, All: names.all},
		&field.Def{Name: "dcerpc." + name, Label: label, Kind: field.Known},
		names,
	}
}

func (n *uuidNames) all() (vs field.Values) {
	for i := uint64(1); n.name(i) != ""; i++ {
		vs = append(vs, field.Value{V: i, Name: n.name(i)})
	}
	return vs
}

var (
	interfaceNames = &uuidNames{
		func(u [16]byte) uint64 {
			if i := ByUUID(u); i != nil {
				return i.index
			}
			return 0
		},
		func(v uint64) string {
			if all := known().all; v > 0 && v < uint64(len(all)) {
				return all[v].Name
			}
			return ""
		},
	}
	syntaxNames = &uuidNames{
		func(u [16]byte) uint64 { return uint64(syntaxOf(u)) },
		func(v uint64) string {
			switch syntax(v) {
			case syntaxNDR:
				return "NDR 2.0"
			case syntaxNDR64:
				return "NDR64"
			case syntaxFeatures:
				return "bind time feature negotiation"
			}
			return ""
		},
	}
	objectNames = &uuidNames{func([16]byte) uint64 { return 0 }, func(uint64) string { return "" }}
)

// read reads the UUID at the cursor. The fields of the result are
// little-endian.
func (d *uuidField) read(c *wire.Codec, little bool) (u [16]byte) {
	n := copy(u[:], c.Peek(16))
	if n < 16 {
		c.Bytes(d.little, 16)
		return [16]byte{}
	}
	if little {
		c.BeginLen(d.little, 16, d.names.index(u))
		c.Skip(16)
		c.Done()
		return u
	}
	swapUUID(&u)
	text := field.AppendGUID(nil, u[:])
	if name := d.names.name(d.names.index(u)); name != "" {
		text = append(append(append(text, " ("...), name...), ')')
	}
	c.Skip(16)
	c.Known(d.big, 16, string(text))
	return u
}
