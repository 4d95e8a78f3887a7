package ntlmssp

import "smbdiff/dissect/wire"

// ntlmV1Length is the length of an LM or NTLM response, [MS-NLMP] 2.2.2.3 and
// 2.2.2.6. Longer NT responses are NTLMv2.
const ntlmV1Length = 24

// responses walks the two proofs of the password. What the LM response holds
// depends on the other: nothing or LMv2 beside NTLMv2, and the client's
// challenge first beside NTLM with extended session security.
func responses(c *wire.Codec, lm, nt wire.Ref) {
	if lm.Len > 0 {
		c.To(lm, func(c *wire.Codec) {
			c.BeginLen(lmResponse.octets, lm.Len, 0)
			if lm.Len == ntlmV1Length {
				if nt.Len > ntlmV1Length {
					c.Skip(16)
				}
				c.Bytes(fClientChallenge, 8)
			}
			c.Done()
		})
	}
	if nt.Len > 0 {
		c.To(nt, func(c *wire.Codec) {
			c.BeginLen(ntResponse.octets, nt.Len, 0)
			if nt.Len > ntlmV1Length {
				ntlmV2(c)
			}
			c.Done()
		})
	}
}

// ntlmV2 is [MS-NLMP] 2.2.2.8, with the client challenge of 2.2.2.7.
func ntlmV2(c *wire.Codec) {
	c.BeginLen(fV2, c.Left(), 0)
	c.Bytes(fProof, 16)
	c.Show8(fResponseVersion)
	c.Show8(fHighestVersion)
	c.Bytes(fZero, 6)
	c.Show64(fTime)
	c.Bytes(fV2Challenge, 8)
	c.Bytes(fZero, 4)
	pairs(c, &responsePairs)
	c.Done()
}

// The ids of AV pairs, [MS-NLMP] 2.2.2.1.
const (
	avEnd       = 0
	avFlags     = 6
	avTimestamp = 7
	avHost      = 8
)

// hostSize is the size of Single_Host_Data, [MS-NLMP] 2.2.2.2.
const hostSize = 48

// pairs walks a list of AV pairs up to its end mark; what follows is padding.
func pairs(c *wire.Codec, d *pairDefs) {
	for c.Left() >= 4 {
		c.Begin(d.pair)
		id := c.Show16(d.id)
		n := int(c.Show16(d.length))
		switch {
		case id == avEnd:
		case id == avFlags && n == 4:
			c.Show32(d.flags)
		case id == avTimestamp && n == 8:
			c.Show64(d.timestamp)
		case id == avHost && n >= hostSize:
			c.BeginLen(d.values[id], n, 0)
			c.Show32(d.hostSize)
			c.Bytes(d.hostZero, 4)
			c.Bytes(d.hostData, 8)
			c.Bytes(d.machine, 32)
			c.Bytes(d.pad, n-hostSize)
			c.Done()
		case int(id) < len(d.values) && d.values[id] != nil:
			c.Bytes(d.values[id], n)
		default:
			c.Bytes(d.unknown, n)
		}
		c.Finish()
		if id == avEnd {
			break
		}
	}
	if n := c.Left(); n > 0 {
		c.Bytes(d.pad, n)
	}
}

// SignatureSize is the size of a message signature, [MS-NLMP] 2.2.2.9.
const SignatureSize = 16

// WalkSignature walks a message signature, [MS-NLMP] 2.2.2.9, in the form of
// extended session security.
func WalkSignature(c *wire.Codec) {
	c.Begin(fSignature)
	c.Show32(fSignatureVersion)
	c.BeginLen(fSignatureBody, 12, 0)
	c.Bytes(fSignatureChecksum, 8)
	c.Show32(fSignatureSequence)
	c.Done()
	c.Finish()
}
