package client

import (
	"encoding/binary"

	"smbdiff/cmd/smbpair/internal/wire"
	"smbdiff/dissect/compress"
	"smbdiff/dissect/smb2"
)

// compressChained is SMB2_COMPRESSION_CAPABILITIES_FLAG_CHAINED, [MS-SMB2] 2.2.3.1.3.
const compressChained = 1

// compression is COMPRESSION_CAPABILITIES, [MS-SMB2] 2.2.3.1.3; nil when nothing is
// offered.
func (c *Conn) compression() (b wire.Buf) {
	offer := &c.cfg.Compress
	if len(offer.Algorithms) == 0 {
		return nil
	}
	b.U16(uint16(len(offer.Algorithms)))
	b.U16(0)
	if offer.Chained {
		b.U32(compressChained)
	} else {
		b.U32(0)
	}
	for _, a := range offer.Algorithms {
		b.U16(uint16(a))
	}
	return b
}

// agree takes over what the server chose, [MS-SMB2] 3.2.5.2.
func (c *Conn) agree(f *smb2.Facts) {
	codec := &compress.Codec{Chained: f.Chained}
	for b := f.Compression; len(b) >= 2; b = b[2:] {
		if a := compress.Algorithm(binary.LittleEndian.Uint16(b)); a != 0 {
			codec.Algorithms = append(codec.Algorithms, a)
		}
	}
	if len(codec.Algorithms) > 0 && len(c.cfg.Compress.Algorithms) > 0 {
		c.codec = codec
	}
}

// readFlags is Flags of READ: with compression agreed on, the answer may come so.
func (c *Conn) readFlags() byte {
	const compressed = 2
	if c.codec != nil {
		return compressed
	}
	return 0
}

// pack compresses a PDU that is a WRITE and gets smaller by it, [MS-SMB2] 3.1.4.4.
// Bytes before the payload stay as they are.
func (c *Conn) pack(first *Request, pdu wire.Buf) wire.Buf {
	const head, least = smb2.HeaderSize + 48, 1024
	if c.codec == nil || first.Command != smb2.Write || len(pdu) < least {
		return pdu
	}
	if packed, ok := c.codec.Pack(nil, pdu, head); ok {
		return packed
	}
	return pdu
}
