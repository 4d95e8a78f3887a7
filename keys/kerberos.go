package keys

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"path/filepath"
	"strings"
)

// Kerberos is a Kerberos key: a service's long-term key from a keytab, or the
// session key of a ticket from a credential cache.
type Kerberos struct {
	Principal string // SERVICE/HOST@REALM
	EType     int32  // encryption type, RFC 3961
	KVNO      int    // key version, of a long-term key
	Key       []byte
	Ticket    bool   // the session key of a ticket
	Source    string // FILE, for display
}

// String shows where the key is from and whose it is, never the key.
func (k Kerberos) String() string {
	if k.Ticket {
		return k.Source + ": ticket for " + k.Principal
	}
	return k.Source + ": key of " + k.Principal
}

// GoString is String: keys are not for printing.
func (k Kerberos) GoString() string { return k.String() }

const maxBinary = 16 << 20

// kerberosFile reports whether a file that starts with head is a keytab or a
// credential cache.
func kerberosFile(head []byte) bool {
	return len(head) >= 2 && head[0] == 5 && head[1] >= 1 && head[1] <= 4
}

// kerberos reads a keytab or a credential cache.
func (p *parser) kerberos(f io.Reader) error {
	damaged := &Error{File: p.name, What: "a damaged Kerberos keytab or credential cache", Hint: "klist -kte FILE shows what Kerberos makes of it"}
	b, err := io.ReadAll(io.LimitReader(f, maxBinary+1))
	if err != nil {
		return err
	}
	if len(b) > maxBinary {
		return damaged
	}
	read := p.cache
	if b[1] <= 2 {
		read = p.keytab
	}
	ok := read(b)
	if !ok && p.ring.Len() == 0 {
		return damaged
	}
	if p.ring.Len() == 0 {
		return &Error{File: p.name, What: "no key in it", Hint: formatHint, Err: ErrNoKey}
	}
	return nil
}

// blob reads a binary file. What lies behind its end reads as zero and is
// remembered.
type blob struct {
	left  []byte
	order binary.ByteOrder
	bad   bool
}

func (b *blob) bytes(n int64) []byte {
	if n < 0 || n > int64(len(b.left)) {
		b.bad, b.left = true, nil
		return nil
	}
	v := b.left[:n:n]
	b.left = b.left[n:]
	return v
}

func (b *blob) u8() uint8 {
	if v := b.bytes(1); v != nil {
		return v[0]
	}
	return 0
}

func (b *blob) u16() uint16 {
	if v := b.bytes(2); v != nil {
		return b.order.Uint16(v)
	}
	return 0
}

func (b *blob) u32() uint32 {
	if v := b.bytes(4); v != nil {
		return b.order.Uint32(v)
	}
	return 0
}

// name puts a principal together of its realm and its parts.
func (b *blob) name(parts int64, text func() []byte) string {
	realm := string(text())
	var list []string
	for ; parts > 0 && !b.bad; parts-- {
		list = append(list, string(text()))
	}
	return strings.Join(list, "/") + "@" + realm
}

// keytab reads a keytab: records with their length in front; a negative one
// marks a hole. Version 1 has the machine's byte order and counts the realm as a
// part of the name.
func (p *parser) keytab(file []byte) bool {
	b := &blob{left: file[2:], order: binary.BigEndian}
	old := file[1] == 1
	if old {
		b.order = binary.LittleEndian
	}
	for len(b.left) >= 4 {
		n := int64(int32(b.u32()))
		if n == 0 {
			break
		}
		if n < 0 {
			b.bytes(-n)
			continue
		}
		r := &blob{left: b.bytes(n), order: b.order}
		parts := int64(r.u16())
		if old {
			parts--
		}
		k := Kerberos{Principal: r.name(parts, func() []byte { return r.bytes(int64(r.u16())) }), Source: filepath.Base(p.name)}
		if !old {
			r.u32() // type of the name
		}
		r.u32() // time
		k.KVNO = int(r.u8())
		k.EType = int32(r.u16())
		k.Key = bytes.Clone(r.bytes(int64(r.u16())))
		if len(r.left) >= 4 {
			if v := r.u32(); v != 0 {
				k.KVNO = int(v)
			}
		}
		if r.bad || b.bad {
			return false
		}
		p.ring.addKerberos(k)
	}
	return !b.bad
}

// cache reads a credential cache of version 3 or 4.
func (p *parser) cache(file []byte) bool {
	b := &blob{left: file[2:], order: binary.BigEndian}
	if file[1] == 4 {
		b.bytes(int64(b.u16()))
	}
	text := func() []byte { return b.bytes(int64(b.u32())) }
	principal := func() string {
		b.u32() // type of the name
		return b.name(int64(b.u32()), text)
	}
	lists := func() {
		for n := b.u32(); n > 0 && !b.bad; n-- {
			b.u16()
			text()
		}
	}
	principal()
	for len(b.left) > 0 && !b.bad {
		principal()
		k := Kerberos{Principal: principal(), Ticket: true, Source: filepath.Base(p.name)}
		k.EType = int32(b.u16())
		if file[1] == 3 {
			b.u16()
		}
		k.Key = bytes.Clone(text())
		b.bytes(4*4 + 1 + 4) // times, is_skey, flags
		lists()              // addresses
		lists()              // authorization data
		text()               // ticket
		text()               // second ticket
		if !b.bad && !strings.HasSuffix(k.Principal, "@X-CACHECONF:") {
			p.ring.addKerberos(k)
		}
	}
	return !b.bad
}

func (r *Ring) addKerberos(k Kerberos) {
	if len(k.Key) == 0 {
		return
	}
	for i := range r.Kerberos {
		if o := &r.Kerberos[i]; o.EType == k.EType && o.Principal == k.Principal && bytes.Equal(o.Key, k.Key) {
			return
		}
	}
	r.Kerberos = append(r.Kerberos, k)
}

// binary takes a file that is no text. It reports false for text.
func (p *parser) binary(br *bufio.Reader) (bool, error) {
	head, _ := br.Peek(2)
	if !kerberosFile(head) {
		return false, nil
	}
	return true, p.kerberos(br)
}
