package server

import (
	"slices"

	"smbdiff/dissect/compress"
	"smbdiff/dissect/smb2"
)

// agree settles what both sides compress with, [MS-SMB2] 3.3.5.4. The client's order
// counts; without chains there are no patterns.
func (c *conn) agree(offered *compress.Codec) {
	codec := &compress.Codec{Chained: offered.Chained && c.srv.Compress.Chained}
	for _, a := range offered.Algorithms {
		if slices.Contains(c.srv.Compress.Algorithms, a) && !slices.Contains(codec.Algorithms, a) && (codec.Chained || a != compress.PatternV1) {
			codec.Algorithms = append(codec.Algorithms, a)
		}
	}
	if len(codec.Algorithms) > 0 {
		c.codec = codec
	}
}

// compression is what the response says.
func (c *conn) compression() *smb2.CompressionCapabilities {
	if c.codec == nil {
		return &smb2.CompressionCapabilities{Algorithms: make([]compress.Algorithm, 1)} // NONE
	}
	m := &smb2.CompressionCapabilities{Algorithms: c.codec.Algorithms}
	if c.codec.Chained {
		m.Flags = smb2.CompressionChained
	}
	return m
}

// unpack gives what a compressed PDU holds, [MS-SMB2] 3.3.5.2.13, nil when the
// connection has to end.
func (c *conn) unpack(pdu []byte) []byte {
	c.srv.mu.Lock()
	codec := c.codec
	c.srv.mu.Unlock()
	if codec == nil {
		return nil
	}
	plain, why := codec.Unpack(c.room[:0], pdu, c.mostBytes())
	if why != compress.None || len(plain) == 0 || plain[0] == 0xfc || plain[0] == 0xfd {
		return nil
	}
	c.room = plain
	return plain
}

// pack compresses the answers that are there when the client wants it and they get
// smaller by it, [MS-SMB2] 3.1.4.4. Bytes before the payload of a READ stay as they
// are.
func (ch *chain) pack() []byte {
	const head, least = smb2.HeaderSize + 16, 1024
	b := []byte(ch.out)
	if !ch.packs || ch.c.codec == nil || len(b)-prefix < least {
		return b
	}
	room := make([]byte, prefix, prefix+len(b)/2)
	packed, ok := ch.c.codec.Pack(room, b[prefix:], head)
	if !ok {
		return b
	}
	ch.c.srv.release(b)
	return packed
}
