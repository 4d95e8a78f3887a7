package keys

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// Samba gives the record as Samba's debug encryption prints it. It shows
// secrets.
func (k *Key) Samba(application []byte) string {
	var b strings.Builder
	b.WriteString("debug encryption: dumping generated session keys\n")
	id, err := hex.DecodeString(WireID(k.SessionID))
	if err != nil {
		return ""
	}
	dump(&b, "Session Id", id)
	dump(&b, "Session Key", k.Session)
	dump(&b, "Signing Key", k.Signing)
	dump(&b, "App Key", application)
	if k.Cipher != 0 {
		fmt.Fprintf(&b, "Cipher Algo: %d\n", k.Cipher)
	}
	dump(&b, "ServerIn Key", k.C2S)
	dump(&b, "ServerOut Key", k.S2C)
	return b.String()
}

// dump writes a value as lines of 16 bytes in hex and in characters.
func dump(b *strings.Builder, label string, v []byte) {
	if len(v) == 0 {
		return
	}
	fmt.Fprintf(b, "%-14s", label)
	for at := 0; at < len(v); at += 16 {
		row := v[at:min(at+16, len(v))]
		var hexes, chars strings.Builder
		for i, c := range row {
			if i == 8 {
				hexes.WriteString("  ")
				chars.WriteByte(' ')
			}
			fmt.Fprintf(&hexes, "%02X ", c)
			if c < 0x20 || c > 0x7e {
				c = '.'
			}
			chars.WriteByte(c)
		}
		fmt.Fprintf(b, "[%04X] %-52s %s\n", at, hexes.String(), chars.String())
	}
}

// Text gives the ring as a keys file: Wireshark's lines, debug records for what
// these cannot hold, and lines for passwords and NT hashes. It also tells how
// many keys, those of Kerberos, have no form in text. It shows secrets.
func (r *Ring) Text() (text string, left int) {
	var b strings.Builder
	for i := range r.Keys {
		k := &r.Keys[i]
		switch {
		case k.AnyID && k.Session != nil && k.Signing == nil && k.C2S == nil && k.S2C == nil:
			b.WriteString(hex.EncodeToString(k.Session) + "\n")
		case k.AnyID || k.Signing != nil || k.Cipher != 0:
			b.WriteString(k.Samba(nil))
		default:
			b.WriteString(k.line(false) + "\n")
		}
	}
	for i := range r.Secrets {
		s := &r.Secrets[i]
		name := s.Account()
		if name == "" {
			name = "*"
		}
		if strings.ContainsAny(name, " \t") {
			name = `"` + name + `"`
		}
		switch {
		case s.Hash != nil:
			b.WriteString("nthash " + name + " " + hex.EncodeToString(s.Hash) + "\n")
		case s.Password == "":
			b.WriteString("password " + name + ` ""` + "\n")
		default:
			b.WriteString("password " + name + " " + s.Password + "\n")
		}
	}
	return b.String(), len(r.Kerberos)
}
