package decrypt

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/rc4"
	"slices"
	"sync"

	"smbdiff/dissect/wire"
)

const (
	ntlm128 = 0x20000000
	ntlm56  = 0x80000000

	verifySize = 16 // of NTLMSSP_MESSAGE_SIGNATURE
)

// The constants of [MS-NLMP] 3.4.5.2 and 3.4.5.3, by direction.
var (
	signMagic = [2]string{"session key to client-to-server signing key magic constant\x00",
		"session key to server-to-client signing key magic constant\x00"}
	sealMagic = [2]string{"session key to client-to-server sealing key magic constant\x00",
		"session key to server-to-client sealing key magic constant\x00"}
)

// calls is what is known of the authentications of calls on pipes, made when
// they are first asked for.
type calls struct {
	mu    sync.Mutex
	known map[*wire.Exchange]*call
}

// call is one authentication: what its session key may be, and the key streams
// that have been sought in, by key and direction.
type call struct {
	exchange *exchange
	keys     [][]byte
	marks    [][2][]rc4.Cipher // the state at each multiple of markEvery
}

const (
	maxExchanges = 64
	markEvery    = 64 << 10
	maxStream    = 16 << 20 // the furthest place in a key stream that is sought
)

// forget drops what secrets so far gave.
func (c *calls) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known = nil
}

// call gives what is known of an authentication, nil when it is no NTLM.
func (o *Opener) call(e *wire.Exchange) *call {
	c := &o.calls
	if k, ok := c.known[e]; ok {
		return k
	}
	var k *call
	if x := findNTLM(e.Tokens); x != nil && x.flags&ntlmESS != 0 {
		k = &call{exchange: x}
		if x.anonymous() {
			k.keys = [][]byte{x.anonymousKey()}
		}
		o.mu.Lock()
		hashes := o.hashes
		o.mu.Unlock()
		for i := range hashes {
			k.keys = append(k.keys, x.sessionKeys(&hashes[i])...)
		}
		k.keys = slices.DeleteFunc(k.keys, func(key []byte) bool { return len(key) != 16 })
		k.marks = make([][2][]rc4.Cipher, len(k.keys))
	}
	if c.known == nil || len(c.known) >= maxExchanges {
		c.known = make(map[*wire.Exchange]*call)
	}
	c.known[e] = k
	return k
}

// OpenCall opens the bytes from to to of a PDU of DCE/RPC which an NTLM
// authentication of its own seals, [MS-RPCE] 3.3.1.5.2 and [MS-NLMP] 3.4.3. The
// signature at the PDU's end must hold. It gives nil when it does not, or no
// secret is the account's.
func (o *Opener) OpenCall(s *wire.Seal, response bool, pdu []byte, from, to int) []byte {
	if s.Exchange == nil || from < 0 || from > to || to > len(pdu)-verifySize {
		return nil
	}
	o.calls.mu.Lock()
	defer o.calls.mu.Unlock()
	k := o.call(s.Exchange)
	if k == nil {
		return nil
	}
	for i := range k.keys {
		if plain := k.open(i, s, response, pdu, from, to); plain != nil {
			return plain
		}
	}
	return nil
}

func (k *call) open(i int, s *wire.Seal, response bool, pdu []byte, from, to int) []byte {
	dir := direction(response)
	at := int(s.Bytes)
	if k.exchange.flags&ntlmKeyExch != 0 {
		at += 8 * int(s.Count)
	}
	if at > maxStream {
		return nil
	}
	stream := k.stream(i, dir, at)
	open := bytes.Clone(pdu)
	plain := open[from:to]
	stream.XORKeyStream(plain, plain)
	token := open[len(open)-verifySize:]
	sum := bytes.Clone(token[4:12])
	if k.exchange.flags&ntlmKeyExch != 0 {
		stream.XORKeyStream(sum, sum)
	}
	signing := md5.Sum(append(bytes.Clone(k.keys[i]), signMagic[dir]...))
	for _, signed := range [2][]byte{open[:len(open)-verifySize], plain} { // with and without the header
		if hmac.Equal(hmacMD5(signing[:], token[12:16], signed)[:8], sum) {
			return plain
		}
	}
	return nil
}

// stream gives the key stream of a direction at a place.
func (k *call) stream(i, dir, at int) *rc4.Cipher {
	marks := &k.marks[i][dir]
	if len(*marks) == 0 {
		c, err := rc4.NewCipher(k.sealing(i, dir))
		if err != nil {
			return new(rc4.Cipher)
		}
		*marks = append(*marks, *c)
	}
	for len(*marks) <= at/markEvery {
		c := (*marks)[len(*marks)-1]
		skip(&c, markEvery)
		*marks = append(*marks, c)
	}
	c := (*marks)[at/markEvery]
	skip(&c, at%markEvery)
	return &c
}

// sealing gives SealKey, [MS-NLMP] 3.4.5.3.
func (k *call) sealing(i, dir int) []byte {
	key := k.keys[i]
	switch {
	case k.exchange.flags&ntlm128 != 0:
	case k.exchange.flags&ntlm56 != 0:
		key = key[:7]
	default:
		key = key[:5]
	}
	sum := md5.Sum(append(bytes.Clone(key), sealMagic[dir]...))
	return sum[:]
}

func skip(c *rc4.Cipher, n int) {
	var part [1024]byte
	for n > 0 {
		b := part[:min(n, len(part))]
		c.XORKeyStream(b, b)
		n -= len(b)
	}
}
