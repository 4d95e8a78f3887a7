package client

import (
	"smbdiff/dissect/compress"
	"smbdiff/dissect/smb2"
)

// compression is what is offered, nil for nothing.
func (c *Conn) compression() *smb2.CompressionCapabilities {
	offer := &c.cfg.Compress
	if len(offer.Algorithms) == 0 {
		return nil
	}
	m := &smb2.CompressionCapabilities{Algorithms: offer.Algorithms}
	if offer.Chained {
		m.Flags = smb2.CompressionChained
	}
	return m
}

// agree takes over what the server chose, [MS-SMB2] 3.2.5.2.
func (c *Conn) agree(m *smb2.CompressionCapabilities) {
	codec := &compress.Codec{Chained: m.Flags&smb2.CompressionChained != 0}
	for _, a := range m.Algorithms {
		if a != 0 {
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
func (c *Conn) pack(first *Request, pdu []byte) []byte {
	const head, least = smb2.HeaderSize + 48, 1024
	if c.codec == nil || first.Command != smb2.Write || len(pdu) < least {
		return pdu
	}
	if packed, ok := c.codec.Pack(nil, pdu, head); ok {
		return packed
	}
	return pdu
}
