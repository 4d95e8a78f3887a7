package spnego

import (
	"testing"

	"smbdiff/dissect/field"
	"smbdiff/dissect/internal/golden"
	"smbdiff/dissect/wire"
)

// plain opens every part to the same bytes.
type plain []byte

func (p plain) OpenKerberos([]byte) wire.KerberosParts {
	return wire.KerberosParts{Ticket: p, Authenticator: p, Reply: p}
}

// FuzzOpened walks any bytes as each of the parts that keys open.
func FuzzOpened(f *testing.F) {
	for _, s := range golden.Samples(f) {
		f.Add(s.Msg, []byte("\x63\x0f\x30\x0d\xa1\x0b\x30\x09\xa0\x03\x02\x01\x12\xa1\x02\x04\x00"))
	}
	f.Add([]byte("\x6e\x10\x30\x0e\xa4\x0c\x30\x0a\xa2\x08\x04\x06cipher"),
		[]byte("\x62\x20\x30\x1e\xa3\x1c\x30\x1a\xa0\x04\x02\x02\x80\x03\xa1\x12\x04\x10\x10\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, msg, open []byte) {
		var (
			tree field.Tree
			c    wire.Codec
		)
		tree.Reset(msg, len(msg))
		c.Reset(msg, &tree)
		c.Env.Kerberos = plain(open)
		c.BeginLen(fAll, len(msg), 0)
		Walk(&c)
		for _, walk := range []func(*wire.Codec, []byte){ticketContents, authenticator, replyPart} {
			walk(&c, open)
		}
		c.Done()
		tree.Cover()
		for i := range tree.Nodes {
			x := &tree.Nodes[i]
			if int(x.Off)+int(x.Len) > len(tree.Bufs[x.Buf].Bytes) || int(x.End) <= i || int(x.End) > len(tree.Nodes) {
				t.Fatalf("%s at %d+%d ends outside", x.Def.Name, x.Off, x.Len)
			}
			tree.AppendShow(nil, i)
		}
	})
}
