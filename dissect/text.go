package dissect

import (
	"net/netip"
	"strconv"
	"time"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/ntstatus"
)

// AppendText appends m and its fields for people: a heading, then a line a
// field, indented by depth. Nothing in it can disturb a terminal.
func (d *Dissector) AppendText(b []byte, m *conv.Message, src, dst netip.AddrPort) []byte {
	b = append(b, "Frame "...)
	b = strconv.AppendUint(b, uint64(m.Frame), 10)
	b = append(b, ", "...)
	b = time.Unix(m.Time/1e9, m.Time%1e9).UTC().AppendFormat(b, "2006-01-02T15:04:05.000000000Z")
	b = append(b, ", "...)
	b = src.AppendTo(b)
	b = append(b, " -> "...)
	b = dst.AppendTo(b)
	b = append(b, ", "...)
	b = append(b, m.Proto.String()...)
	if c := CommandName(m); c != "" {
		b = append(append(b, ' '), c...)
		if m.Response() {
			b = append(b, " response, "...)
			if s := ntstatus.Name(uint64(m.Status())); s != "" {
				b = append(b, s...)
			} else {
				b = field.AppendHex32(b, m.Status())
			}
		} else {
			b = append(b, " request"...)
		}
	}
	if m.Sealed {
		if m.Seal.Opened {
			b = append(append(b, ", opened, "...), m.Seal.Cipher.String()...)
		} else {
			b = append(append(b, ", sealed: "...), m.Seal.Why.String()...)
		}
	}
	b = append(append(b, ", signature "...), m.Signature.String()...)
	b = append(b, '\n')
	for _, p := range m.Problems {
		b = append(append(append(b, "  ! "...), p...), '\n')
	}
	t := &d.Tree
	var show []byte
	for i := range t.Nodes {
		n := &t.Nodes[i]
		b = indent(b, int(n.Depth))
		b = append(b, n.Def.Label...)
		show = t.AppendShow(show[:0], i)
		if len(show) > 0 {
			b = append(b, ": "...)
			b = field.AppendSafe(b, show)
		}
		b = append(append(b, "  ["...), n.Def.Name...)
		b = append(b, "]\n"...)
		for k := range n.Def.Bits {
			bit := &n.Def.Bits[k]
			b = indent(b, int(n.Depth)+1)
			b = append(append(b, bit.Label...), ": "...)
			b = field.AppendBit(b, bit, n.Val)
			b = append(append(b, "  ["...), bit.Name...)
			b = append(b, "]\n"...)
		}
	}
	return append(b, '\n')
}

func indent(b []byte, n int) []byte {
	for range n + 1 {
		b = append(b, "  "...)
	}
	return b
}
