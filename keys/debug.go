package keys

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// part is one value of a debug record.
type part int

const (
	partID part = iota
	partSession
	partSigning
	partApp
	partC2S
	partS2C
	partCipher
	partSigningAlgorithm
	partCount
)

var partNames = [partCount]string{"session id", "session key", "signing key", "application key", "ServerIn key", "ServerOut key", "cipher", "signing algorithm"}

// labels are how Samba, cifs.ko, smbinfo and ksmbd name the parts. Encryption
// and decryption are the client's.
var labels = [...]struct {
	text string
	part part
}{
	{"Session Id", partID}, {"Session Key", partSession}, {"Signing Key", partSigning}, {"App Key", partApp},
	{"Application Key", partApp}, {"ServerIn  Key", partC2S}, {"ServerIn Key", partC2S}, {"ServerOut Key", partS2C},
	{"ServerOut  Key", partS2C}, {"ServerOut key", partS2C}, {"ServerIn key", partC2S}, {"Encryption key", partC2S},
	{"Decryption key", partS2C}, {"Cipher type", partCipher}, {"Cipher Algo", partCipher}, {"Cipher", partCipher},
	{"Signing Algo", partSigningAlgorithm},
	// Structures of cifs.ko's ioctls, as programs around them print their members.
	{"session_id_wire", partID}, {"session_id", partID}, {"suid", partID}, {"session_key", partSession}, {"auth_key", partSession},
	{"server_in_key", partC2S}, {"smb3encryptionkey", partC2S}, {"server_out_key", partS2C}, {"smb3decryptionkey", partS2C},
	{"cipher_type", partCipher}, {"cipher", partCipher}, {"signing_key", partSigning},
}

// record is a debug record being put together.
type record struct {
	line   int // of its first value, 0 when there is none
	lines  [partCount]int
	value  [partCount][]byte
	last   part // the value that a continuation line goes to
	more   bool // such a line may come
	cipher uint16
}

// debugLine takes a line of a debug output. It reports false for other text.
func (p *parser) debugLine(line string) (bool, error) {
	if strings.Contains(line, "dumping generated") || strings.Contains(line, "Wireshark configuration line") {
		p.log = true
		return true, p.flush()
	}
	at, label := -1, 0
	for i := range labels {
		if j := strings.Index(line, labels[i].text); j >= 0 && (at < 0 || j < at) {
			at, label = j, i
		}
	}
	if at < 0 {
		return p.continuation(line), nil
	}
	rest := line[at+len(labels[label].text):]
	return p.value(labels[label].part, rest)
}

// value takes what follows a label. The line belongs to a record when the value
// has the form of one.
func (p *parser) value(what part, rest string) (bool, error) {
	after := strings.TrimLeft(rest, ": \t")
	if after == rest || after == "" {
		return false, nil
	}
	dump := strings.HasPrefix(after, "[0000]")
	var b []byte
	switch {
	case dump:
		limit := 16
		if what == partID {
			limit = 8
		}
		b = dumpBytes(after[6:], limit)
	case what == partCipher || what == partSigningAlgorithm:
		n, err := strconv.ParseUint(firstWord(after), 0, 16)
		if err != nil {
			return false, nil
		}
		if what == partCipher && p.record.line != 0 {
			p.record.cipher = uint16(n)
		} else if what == partCipher {
			p.record = record{line: p.line, cipher: uint16(n)}
		}
		p.log, p.record.more = true, false
		return true, nil
	default:
		var like, ok bool
		b, like, ok = plainBytes(what, after)
		if !like {
			return false, nil
		}
		if !ok {
			return true, p.fail("the "+partNames[what]+" is not hex", "")
		}
	}
	p.log = true
	r := &p.record
	if r.value[what] != nil || what == partID && r.keyed() {
		cipher := r.cipher
		if err := p.flush(); err != nil {
			return true, err
		}
		if what != partID {
			r.cipher = cipher
		}
	}
	if r.line == 0 {
		r.line = p.line
	}
	r.value[what], r.lines[what] = append([]byte{}, b...), p.line
	r.last, r.more = what, dump && len(b) == 16
	if what == partID && len(b) != 8 {
		return true, p.fail(fmt.Sprintf("the session id has %d bytes, 8 are wanted", len(b)), "")
	}
	return true, nil
}

func (r *record) keyed() bool {
	return r.value[partSession] != nil || r.value[partSigning] != nil || r.value[partC2S] != nil || r.value[partS2C] != nil
}

// continuation takes a line of a hex dump that goes on.
func (p *parser) continuation(line string) bool {
	r := &p.record
	if !r.more || len(r.value[r.last]) >= 64 {
		return false
	}
	mark := fmt.Sprintf("[%04X]", len(r.value[r.last]))
	i := strings.Index(line, mark)
	if i < 0 {
		return false
	}
	b := dumpBytes(line[i+len(mark):], 16)
	r.value[r.last] = append(r.value[r.last], b...)
	r.more = len(b) == 16
	return true
}

// dumpBytes reads hex pairs up to the printable column, which may itself look
// like hex: pairs are one blank apart, three after the eighth.
func dumpBytes(s string, limit int) []byte {
	var b []byte
	for len(b) < limit {
		gap := len(s) - len(strings.TrimLeft(s, " "))
		if gap == 0 || gap > 1 && gap != 3 || gap == 3 && len(b) != 8 {
			break
		}
		s = s[gap:]
		if len(s) < 2 || !isHex(s[:2]) || len(s) > 2 && s[2] != ' ' {
			break
		}
		v, err := hex.DecodeString(s[:2])
		if err != nil {
			break
		}
		b, s = append(b, v...), s[2:]
	}
	return b
}

func firstWord(s string) string {
	if i := strings.IndexAny(s, " \t,;("); i >= 0 {
		return s[:i]
	}
	return s
}

// plainBytes reads hex pairs one blank apart to the end of the line, or hex in
// one word; a session id may also be a decimal number (ksmbd). It tells whether
// the text looks like such a value, and whether it is one.
func plainBytes(what part, s string) (b []byte, like, ok bool) {
	words := strings.Fields(s)
	pair := func(w string) bool { return len(w) == 2 && isHex(w) }
	if len(words) == 1 {
		w, prefixed := strings.CutPrefix(strings.ToLower(words[0]), "0x")
		if what == partID {
			return idWord(w, prefixed)
		}
		if !isHex(w) || len(w) < 16 {
			return nil, false, false
		}
		b, err := hex.DecodeString(w)
		return b, true, err == nil
	}
	if len(words) < 2 || !pair(words[0]) || !pair(words[1]) {
		return nil, false, false
	}
	for _, w := range words {
		if !pair(w) || len(b) >= 64 {
			return nil, true, false
		}
		v, err := hex.DecodeString(w)
		if err != nil {
			return nil, true, false
		}
		b = append(b, v...)
	}
	return b, true, true
}

func idWord(w string, prefixed bool) (b []byte, like, ok bool) {
	if !isHex(w) {
		return nil, false, false
	}
	if len(w) == 16 && !prefixed {
		b, err := hex.DecodeString(w)
		return b, true, err == nil
	}
	base := 10
	if prefixed {
		base = 16
	}
	n, err := strconv.ParseUint(w, base, 64)
	if err != nil {
		return nil, false, false
	}
	return binary.LittleEndian.AppendUint64(nil, n), true, true
}

// flush ends the record that is being put together.
func (p *parser) flush() error {
	r := p.record
	p.record = record{}
	if r.line == 0 || !r.keyed() {
		return nil
	}
	k := Key{AnyID: true, Cipher: r.cipher, Source: p.at(r.line)}
	if id := r.value[partID]; id != nil {
		k.AnyID, k.SessionID = false, binary.LittleEndian.Uint64(id)
		k.AltID = swapped(k.SessionID)
	}
	for _, f := range []struct {
		what part
		to   *[]byte
	}{{partSession, &k.Session}, {partSigning, &k.Signing}, {partC2S, &k.C2S}, {partS2C, &k.S2C}} {
		v := r.value[f.what]
		if v == nil {
			continue
		}
		if len(v) != 16 && len(v) != 32 {
			return p.failAt(r.lines[f.what], fmt.Sprintf("the %s has %d bytes, 16 or 32 are wanted", partNames[f.what], len(v)), "the line may be cut")
		}
		*f.to = v
	}
	p.ring.add(k)
	return nil
}
