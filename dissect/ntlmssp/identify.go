package ntlmssp

import (
	"bytes"
	"encoding/binary"

	"smbdiff/dissect/field"
)

// Auth is what a security token tells of the one who authenticates. The names
// point into the token; they are empty in messages other than Authenticate.
type Auth struct {
	User, Domain, Host []byte // UTF-16LE, or 8-bit text when OEM is set
	Type               uint32 // Negotiate, Challenge or Authenticate
	OEM                bool
}

// AppendUser appends DOMAIN\USER as UTF-8, or USER alone without a domain. It
// appends nothing for an anonymous logon.
func (a *Auth) AppendUser(dst []byte) []byte {
	if len(a.User) == 0 {
		return dst
	}
	if len(a.Domain) > 0 {
		dst = append(a.appendName(dst, a.Domain), '\\')
	}
	return a.appendName(dst, a.User)
}

func (a *Auth) appendName(dst, name []byte) []byte {
	if a.OEM {
		return append(dst, name...)
	}
	return field.AppendUTF16(dst, name)
}

// Identify finds the NTLMSSP message in a security token, bare or inside
// SPNEGO. It reports false when there is none.
func Identify(token []byte) (a Auth, ok bool) {
	at := bytes.Index(token, []byte(signature))
	if at < 0 {
		return a, false
	}
	m := token[at:]
	if len(m) < 12 {
		return a, false
	}
	a.Type = binary.LittleEndian.Uint32(m[8:])
	if a.Type == Authenticate && len(m) >= 52 {
		a.OEM = len(m) >= 64 && binary.LittleEndian.Uint32(m[60:])&flagUnicode == 0
		a.Domain, a.User, a.Host = part(m, 28), part(m, 36), part(m, 44)
	}
	return a, a.Type >= Negotiate && a.Type <= Authenticate
}

// part gives the payload whose descriptor stands at place at of message m.
func part(m []byte, at int) []byte {
	n := int64(binary.LittleEndian.Uint16(m[at:]))
	off := int64(binary.LittleEndian.Uint32(m[at+4:]))
	if off > int64(len(m)) || n > int64(len(m))-off {
		return nil
	}
	return m[off : off+n : off+n]
}
