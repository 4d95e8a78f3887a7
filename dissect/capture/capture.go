// Package capture reads packet captures: files, link and network layers, TCP
// streams, and the NetBIOS session framing that carries SMB ([RFC1002] 4.3.1,
// [MS-SMB2] 2.1). It knows where every byte of a PDU lies in the file and when
// it arrived. It must not know what an SMB message says: of SMB it knows the
// four protocol identifiers, by which SMB is recognised on any port.
package capture

import "net/netip"

// EventKind says what a PDU value stands for.
type EventKind uint8

const (
	// PDUMessage is a session message (NBSS type 0x00): the carrier of SMB.
	PDUMessage EventKind = iota
	// PDUSession is a NetBIOS session packet, types 0x81 to 0x85
	// ([RFC1002] 4.3.2 to 4.3.6).
	PDUSession
	// EventHole says that bytes of the stream are not in the capture; Missing
	// counts them, 0 when their number is unknown.
	EventHole
	// EventEnd is a FIN or, with Reset, a RST of direction Dir.
	EventEnd
	// EventStart is the first event of a connection: its SYN, or the first
	// packet seen.
	EventStart
	// PDUDatagram is SMB in a NetBIOS datagram over UDP ([RFC1002] 4.4). What
	// goes from one address to another counts as a connection.
	PDUDatagram
	// PDUDirect is a message of SMB Direct ([MS-SMBD] 2.2) over RoCEv2 or
	// iWARP: the header of a data transfer and, behind it, the SMB message
	// that it ends; or, where Lead is Len, a message without SMB.
	PDUDirect
)

// Carries reports whether a PDU of this kind holds SMB.
func (k EventKind) Carries() bool { return k == PDUMessage || k == PDUDatagram || k == PDUDirect }

// PDU is one framed unit of a connection, or an event on it. It and what it
// points to are reused between calls: copy what is kept.
type PDU struct {
	Kind EventKind
	// Conn is the index of the connection in File.Connections.
	Conn uint32
	// Dir is 0 when sent by Connection.A, 1 when sent by B.
	Dir uint8
	// Reset tells a RST from a FIN in an EventEnd.
	Reset bool
	// FirstFrame and Frame are the first frame that carries the PDU and the
	// one whose arrival completes it; both count from 1.
	FirstFrame, Frame uint32
	// Time is when Frame was captured, in nanoseconds since 1970 UTC.
	Time int64
	// Len is the number of bytes after the 4-byte NBSS header, as announced.
	Len uint32
	// Lead is how many of the first bytes are a PDUDirect's own header.
	Lead uint32
	// Head holds the first bytes, all of them when Len <= Options.HeadSize
	// and none is missing; of a PDUDirect perhaps fewer.
	Head []byte
	// Stays says that Head lies in the room of the step: see Steps.Next. Its
	// capacity has Spare bytes more, which may belong to the next PDU.
	Stays bool
	// Extents say where the bytes lie in the file, in order, up to the first
	// one that is missing.
	Extents []Extent
	// Missing counts the bytes that are not in the capture: lost segments,
	// frames cut by the snapshot length, the end of the file.
	Missing uint32
	// Pos is where the first byte after the NBSS header stands in what Dir
	// sends: its sequence number, unwrapped (File.Scan, Packet).
	Pos int64
	// NBSS is the header.
	NBSS [4]byte
}

// Cut reports whether bytes of the PDU are not in the capture.
func (p *PDU) Cut() bool { return p.Missing != 0 }

// Side says which end of a connection is meant.
type Side uint8

const (
	SideUnknown Side = iota // no SYN was captured
	SideA
	SideB
)

// Connection is one TCP connection that carries SMB. A sent the first packet
// seen.
type Connection struct {
	A, B       netip.AddrPort
	FirstFrame uint32
	FirstTime  int64 // nanoseconds since 1970 UTC
	// Client is the side that opened the connection, when its SYN was seen.
	Client Side
}

// Options direct a Scan.
type Options struct {
	// HeadSize is the length of PDU.Head at most; 0 means 1024.
	HeadSize int
	// Ports are TCP ports to search for SMB harder: in the middle of segments
	// too, as is done on 139 and 445.
	Ports []uint16
	// Packet, when not nil, is called for each packet after the PDUs that it
	// completes.
	Packet func(*Packet)
}

// Damage is something that could not be read.
type Damage struct {
	File   string
	Frame  uint32 // last frame concerned, 0 when none is
	Offset int64  // in File, unpacked; -1 when it is not about a place
	Text   string
}

// Summary says what a Scan saw.
type Summary struct {
	Frames              uint32
	TCPPackets          uint64
	TCPConnections      int // all, SMB or not
	SMBConnections      int
	Ports               []uint16  // of servers that did not speak SMB, sorted, at most 64
	Prologue            []Failure // what failed before SMB, in order, at most 64
	FirstTime, LastTime int64     // nanoseconds since 1970 UTC
	Damage              []Damage
	SnapCut             uint32 // frames shorter than on the wire
	Holes               uint32 // places in SMB streams where bytes are missing
	HoleBytes           uint64 // and how many, as far as known
	// Each captured byte of the streams of SMB connections, counted once
	// however often it was sent, stands in one of three places: in a PDU (its
	// header of 4 bytes, and Len less Missing), in Passed or in Unframed.
	Payload    uint64   // all of them
	Passed     uint64   // of PDUs given out before they were complete
	Unframed   uint64   // of no PDU that was found
	Fragmented []uint32 // SMB connections with TCP segments in IP fragments, by index
	Stopped    bool     // the callback ended the scan
}

// RoomSize is how much memory a step wants at least, Spare of it behind what is
// read.
const (
	RoomSize = 64<<10 + Spare
	Spare    = 16
)

const (
	defaultHead = 1024
	maxPorts    = 64
	maxDamage   = 100
)
