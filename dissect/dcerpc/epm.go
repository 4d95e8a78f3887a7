package dcerpc

import (
	"smbdiff/dissect/field"
	"smbdiff/dissect/wire"
)

func epmDef(name, label string, kind field.Kind, values field.Values) *field.Def {
	return &field.Def{Name: "epm." + name, Label: label, Kind: kind, Values: values}
}

// The endpoint mapper, [C706] appendices L and O.
var (
	fReferent = bits("referent_id", "Referent ID")
	fNull     = &field.Def{Name: "dcerpc.null_pointer", Label: "NULL pointer", Kind: field.Bytes}
	fMaxCount = num("array.max_count", "Maximum count")
	fFirst    = num("array.offset", "Offset")
	fActual   = num("array.actual_count", "Actual count")
	fPadding  = octets("ndr_padding", "Padding")

	fInquiry = epmDef("inq_type", "inquiry_type", field.Enum, field.Values{
		{V: 0, Name: "rpc_c_ep_all_elts"}, {V: 1, Name: "rpc_c_ep_match_by_if"}, {V: 2, Name: "rpc_c_ep_match_by_obj"},
		{V: 3, Name: "rpc_c_ep_match_by_both"}})
	fEntryObject  = epmDef("object", "object", field.GUID, nil)
	fEntryIf      = &field.Def{Name: "epm.if_id", Label: "interface_id", Kind: field.GUID, Lookup: interfaceNames.name, All: interfaceNames.all}
	fEntryUUID    = &field.Def{Name: "epm.uuid", Label: "UUID", Kind: field.GUID, Lookup: interfaceNames.name, All: interfaceNames.all}
	fEntryMajor   = epmDef("ver_maj", "vers_major", field.Uint, nil)
	fEntryMinor   = epmDef("ver_min", "vers_minor", field.Uint, nil)
	fVersOption   = epmDef("ver_opt", "vers_option", field.Uint, nil)
	fEntryHandle  = epmDef("hnd", "entry_handle", field.Bytes, nil)
	fMaxEntries   = epmDef("max_ents", "max_ents", field.Uint, nil)
	fNumEntries   = epmDef("num_ents", "num_ents", field.Uint, nil)
	fMaxTowers    = epmDef("max_towers", "max_towers", field.Uint, nil)
	fNumTowers    = epmDef("num_towers", "num_towers", field.Uint, nil)
	fEntry        = epmDef("entry", "ept_entry_t", field.Struct, nil)
	fAnnotationAt = epmDef("ann_offset", "annotation offset", field.Uint, nil)
	fAnnotationN  = epmDef("ann_len", "annotation length", field.Uint, nil)
	fAnnotation   = epmDef("annotation", "annotation", field.Text, nil)
	fReplace      = epmDef("replace", "replace", field.Uint, nil)
	fEntryStatus  = epmDef("rc", "status", field.Enum, field.Values{
		{V: 0, Name: "rpc_s_ok"}, {V: 0x16c9a0cd, Name: "ept_s_cant_perform_op"}, {V: 0x16c9a0d6, Name: "ept_s_not_registered"}})

	fTower       = epmDef("tower", "twr_t", field.Struct, nil)
	fTowerLength = epmDef("tower.len", "tower_length", field.Uint, nil)
	fNumFloors   = epmDef("tower.num_floors", "floor count", field.Uint, nil)
	fFloor       = epmDef("tower.floor", "floor", field.Struct, nil)
	fLHSLength   = epmDef("tower.lhs.len", "LHS byte count", field.Uint, nil)
	fRHSLength   = epmDef("tower.rhs.len", "RHS byte count", field.Uint, nil)
	fProtocolID  = epmDef("tower.proto_id", "protocol identifier", field.Enum, field.Values{
		{V: 0x02, Name: "DNA session control"}, {V: 0x03, Name: "DNA session control V3"}, {V: 0x04, Name: "DNA NSP transport"},
		{V: 0x05, Name: "OSI TP4"}, {V: 0x06, Name: "OSI CLNS"}, {V: floorTCP, Name: "DOD TCP"}, {V: floorUDP, Name: "DOD UDP"},
		{V: floorIP, Name: "DOD IP"}, {V: 0x0a, Name: "RPC connectionless v5"}, {V: 0x0b, Name: "RPC connection-oriented v5"},
		{V: floorUUID, Name: "UUID"}, {V: floorPipe, Name: "named pipes"}, {V: floorPipe2, Name: "named pipes"},
		{V: floorNetBIOS, Name: "NetBIOS"}, {V: 0x12, Name: "NetBEUI"}, {V: 0x13, Name: "NetWare SPX"}, {V: 0x14, Name: "NetWare IPX"},
		{V: 0x16, Name: "AppleTalk stream"}, {V: 0x17, Name: "AppleTalk datagram"}, {V: 0x18, Name: "AppleTalk"},
		{V: 0x1a, Name: "VINES SPP"}, {V: 0x1b, Name: "VINES IPC"}, {V: 0x1c, Name: "StreetTalk"}, {V: floorHTTP, Name: "RPC over HTTP"},
		{V: 0x20, Name: "Unix domain socket"}})
	fTowerVersion = epmDef("uuid_version", "major version", field.Uint, nil)
	fFloorData    = epmDef("tower.data", "data", field.Bytes, nil)
	fTCPPort      = epmDef("proto.tcp_port", "TCP port", field.Uint, nil)
	fUDPPort      = epmDef("proto.udp_port", "UDP port", field.Uint, nil)
	fHTTPPort     = epmDef("proto.http_port", "HTTP port", field.Uint, nil)
	fFloorIP      = epmDef("proto.ip", "IP address", field.IPv4, nil)
	fFloorPipe    = epmDef("proto.named_pipe", "named pipe", field.Text, nil)
	fFloorNetBIOS = epmDef("proto.netbios_name", "NetBIOS name", field.Text, nil)
)

// Protocol identifiers of floors, [C706] appendix I.
const (
	floorTCP     = 0x07
	floorUDP     = 0x08
	floorIP      = 0x09
	floorUUID    = 0x0d
	floorPipe    = 0x0f
	floorPipe2   = 0x10
	floorNetBIOS = 0x11
	floorHTTP    = 0x1f
)

func epmDefs() []*field.Def {
	return []*field.Def{
		fReferent, fNull, fMaxCount, fFirst, fActual, fPadding, fInquiry, fEntryObject, fEntryIf, fEntryUUID, fEntryMajor, fEntryMinor, fVersOption,
		fEntryHandle, fMaxEntries, fNumEntries, fMaxTowers, fNumTowers, fEntry, fAnnotationAt, fAnnotationN, fAnnotation, fReplace,
		fEntryStatus, fTower, fTowerLength, fNumFloors, fFloor, fLHSLength, fRHSLength, fProtocolID, fTowerVersion, fFloorData, fTCPPort,
		fUDPPort, fHTTPPort, fFloorIP, fFloorPipe, fFloorNetBIOS,
	}
}

var uuidEPM = parseUUID("e1af8308-5d1f-11c9-91a4-08002b14a0fa")

// walkEPM walks a stub of the endpoint mapper in NDR 2.0, little-endian: the
// cursor and the base stand at its first byte.
func walkEPM(c *wire.Codec, opnum uint16, response bool) {
	switch {
	case opnum <= 1 && !response: // ept_insert, ept_delete
		c.Show32(fNumEntries)
		entries(c, int(c.Show32(fMaxCount)))
		if opnum == 0 {
			align(c)
			c.Show32(fReplace)
		}
	case opnum == 2 && !response: // ept_lookup
		c.Show32(fInquiry)
		pointed(c, func() { c.GUID(fEntryObject) })
		pointed(c, func() {
			named(c, fEntryIf)
			c.Show16(fEntryMajor)
			c.Show16(fEntryMinor)
		})
		c.Show32(fVersOption)
		c.Bytes(fEntryHandle, 20)
		c.Show32(fMaxEntries)
	case opnum == 2:
		c.Bytes(fEntryHandle, 20)
		c.Show32(fNumEntries)
		entries(c, varying(c))
	case opnum == 3 && !response: // ept_map
		pointed(c, func() { named(c, fEntryUUID) })
		pointed(c, func() { tower(c) })
		align(c)
		c.Bytes(fEntryHandle, 20)
		c.Show32(fMaxTowers)
	case opnum == 3:
		c.Bytes(fEntryHandle, 20)
		c.Show32(fNumTowers)
		towers(c, varying(c))
	case opnum == 4: // ept_lookup_handle_free
		c.Bytes(fEntryHandle, 20)
	case opnum == 5 && response: // ept_inq_object
		c.GUID(fEntryObject)
	case opnum > 4 && !response, opnum > 6:
		return
	}
	if response {
		align(c)
		c.Show32(fEntryStatus)
	}
}

// align reads the padding before what begins at a multiple of four.
func align(c *wire.Codec) {
	if r := (c.Pos() - c.Base()) % 4; r > 0 {
		c.Bytes(fPadding, min(4-r, c.Left()))
	}
}

// named reads a UUID that may be that of an interface.
func named(c *wire.Codec, d *field.Def) {
	var u [16]byte
	copy(u[:], c.Peek(16))
	c.BeginLen(d, 16, interfaceNames.index(u))
	c.Skip(16)
	c.Done()
}

// pointed reads a pointer whose referent stands right behind it.
func pointed(c *wire.Codec, walk func()) {
	if referent(c) {
		walk()
	}
}

// referent reads a pointer and reports whether there is something to it.
func referent(c *wire.Codec) bool {
	if b := c.Peek(4); len(b) == 4 && b[0]|b[1]|b[2]|b[3] == 0 {
		c.Bytes(fNull, 4)
		return false
	}
	return c.Show32(fReferent) != 0
}

// varying reads the counts before an array.
func varying(c *wire.Codec) int {
	c.Show32(fMaxCount)
	c.Show32(fFirst)
	return int(c.Show32(fActual))
}

// entrySize is the size of an entry without its annotation's characters.
const entrySize = 28

// entries walks n entries, ept_entry_t, [C706] appendix O. Their towers stand
// behind the last of them.
func entries(c *wire.Codec, n int) {
	at := c.Pos()
	next := at
	for i := 0; i < n && c.End()-next >= entrySize; i++ {
		c.Seek(next + entrySize - 4)
		next += entrySize + min(int(c.Show32(nil)), c.Left())
		next += -(next - c.Base()) & 3
	}
	c.Seek(at)
	for i := 0; i < n && c.Left() >= entrySize; i++ {
		c.Begin(fEntry)
		c.GUID(fEntryObject)
		if referent(c) {
			c.At(next, max(0, c.End()-next), func(c *wire.Codec) {
				align(c)
				tower(c)
				next = c.Pos()
			})
		}
		c.Show32(fAnnotationAt)
		c.Bytes(fAnnotation, int(c.Show32(fAnnotationN)))
		c.Finish()
		align(c)
	}
	c.Seek(next)
}

// towers walks n pointers to towers.
func towers(c *wire.Codec, n int) {
	k := 0
	for i := 0; i < n && c.Left() >= 4; i++ {
		if referent(c) {
			k++
		}
	}
	for ; k > 0 && c.Left() > 0; k-- {
		align(c)
		tower(c)
	}
}

// tower walks twr_t, [C706] appendix L: its bytes are little-endian always.
func tower(c *wire.Codec) {
	c.Begin(fTower)
	c.Show32(fTowerLength)
	c.Within(min(int(c.Show32(fTowerLength)), c.Left()), func(c *wire.Codec) {
		for n := int(c.Show16(fNumFloors)); n > 0 && c.Left() >= 5; n-- {
			floor(c)
		}
		c.Rest(fFloorData)
	})
	c.Finish()
}

// floor walks a protocol of a tower and its address.
func floor(c *wire.Codec) {
	c.Begin(fFloor)
	protocol := uint8(0)
	c.Within(min(int(c.Show16(fLHSLength)), c.Left()), func(c *wire.Codec) {
		if c.Left() == 0 {
			return
		}
		if protocol = c.Show8(fProtocolID); protocol == floorUUID && c.Left() >= 18 {
			named(c, fEntryUUID)
			c.Show16(fTowerVersion)
		}
		c.Rest(fFloorData)
	})
	c.Within(min(int(c.Show16(fRHSLength)), c.Left()), func(c *wire.Codec) {
		n := c.Left()
		switch {
		case protocol == floorUUID && n == 2:
			c.Show16(fEntryMinor)
		case protocol == floorTCP && n == 2:
			c.ShowBE(fTCPPort, 2)
		case protocol == floorUDP && n == 2:
			c.ShowBE(fUDPPort, 2)
		case protocol == floorHTTP && n == 2:
			c.ShowBE(fHTTPPort, 2)
		case protocol == floorIP && n == 4:
			c.Bytes(fFloorIP, 4)
		case protocol == floorPipe, protocol == floorPipe2:
			c.Rest(fFloorPipe)
		case protocol == floorNetBIOS:
			c.Rest(fFloorNetBIOS)
		}
		c.Rest(fFloorData)
	})
	c.Finish()
}
