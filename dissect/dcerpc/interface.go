package dcerpc

import (
	_ "embed"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"sync"

	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

// list has one interface a line: its name, UUID, version, and what it is; and
// below it one operation a line, indented: number and name.
//
//go:embed interfaces.txt
var list string

// Interface is what is known of an interface beside its stubs.
type Interface struct {
	Name  string // Wireshark's prefix of its fields
	Title string
	UUID  [16]byte // fields little-endian
	ops   map[uint16]string
	opnum field.Def
	index uint64
}

// Operation gives the name of an operation, "" when it has none.
func (i *Interface) Operation(opnum uint16) string { return i.ops[opnum] }

// interfaces are those of the list, by UUID and by index from 1.
type interfaces struct {
	byUUID map[[16]byte]*Interface
	all    []*Interface
}

var known = sync.OnceValue(func() interfaces {
	k := interfaces{byUUID: map[[16]byte]*Interface{}, all: []*Interface{nil}}
	var at *Interface
	for line := range strings.Lines(list) {
		part := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		switch {
		case len(part) == 4:
			at = &Interface{Name: part[0], Title: part[3], UUID: parseUUID(part[1]), ops: map[uint16]string{}, index: uint64(len(k.all))}
			at.opnum = field.Def{Name: at.Name + ".opnum", Label: "Operation", Kind: field.Enum, Lookup: at.lookup, All: at.all}
			k.byUUID[at.UUID] = at
			k.all = append(k.all, at)
		case len(part) == 3 && at != nil:
			n, _ := strconv.ParseUint(part[1], 10, 16)
			at.ops[uint16(n)] = part[2]
		}
	}
	return k
})

// all gives the names of all operations, in rising order.
func (i *Interface) all() field.Values {
	vs := make(field.Values, 0, len(i.ops))
	for n, name := range i.ops {
		vs = append(vs, field.Value{V: uint64(n), Name: name})
	}
	slices.SortFunc(vs, func(a, b field.Value) int { return int(a.V) - int(b.V) })
	return vs
}

func (i *Interface) lookup(v uint64) string { return i.ops[uint16(v)] }

// ByUUID gives the interface with this abstract syntax, or nil. The fields of
// uuid are little-endian.
func ByUUID(uuid [16]byte) *Interface { return known().byUUID[uuid] }

// syntax is a transfer syntax.
type syntax uint8

const (
	syntaxOther syntax = iota
	syntaxNDR
	syntaxNDR64
	syntaxFeatures // [MS-RPCE] 2.2.2.14
)

var (
	uuidNDR      = parseUUID("8a885d04-1ceb-11c9-9fe8-08002b104860")
	uuidNDR64    = parseUUID("71710533-beba-4937-8319-b5dbef9ccc36")
	uuidFeatures = parseUUID("6cb71c2c-9812-4540-0000-000000000000")
)

func syntaxOf(uuid [16]byte) syntax {
	switch {
	case uuid == uuidNDR:
		return syntaxNDR
	case uuid == uuidNDR64:
		return syntaxNDR64
	case [8]byte(uuid[:8]) == [8]byte(uuidFeatures[:8]):
		return syntaxFeatures
	}
	return syntaxOther
}

// parseUUID reads the usual form; the result's fields are little-endian.
func parseUUID(s string) (u [16]byte) {
	hex.Decode(u[:], []byte(strings.ReplaceAll(s, "-", "")))
	swapUUID(&u)
	return u
}

// swapUUID turns the byte order of a UUID's fields.
func swapUUID(u *[16]byte) {
	u[0], u[1], u[2], u[3], u[4], u[5], u[6], u[7] = u[3], u[2], u[1], u[0], u[5], u[4], u[7], u[6]
}

// appendInterface appends the name of an interface, or its UUID.
func appendInterface(dst []byte, uuid [16]byte) []byte {
	if i := ByUUID(uuid); i != nil {
		return append(dst, i.Name...)
	}
	return field.AppendGUID(dst, uuid[:])
}

// AppendCall appends interface and operation of a call as far as they are
// known: srvsvc NetShareEnumAll.
func AppendCall(dst []byte, call *wire.Call) []byte {
	start := len(dst)
	if call.Bound {
		dst = appendInterface(dst, call.Interface)
	}
	if !call.Named {
		return dst
	}
	if len(dst) > start {
		dst = append(dst, ' ')
	}
	if i := ByUUID(call.Interface); i != nil && call.Bound {
		if name := i.Operation(call.Opnum); name != "" {
			return append(dst, name...)
		}
	}
	return strconv.AppendUint(append(dst, "opnum "...), uint64(call.Opnum), 10)
}
