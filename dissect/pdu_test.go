package dissect

import (
	"encoding/binary"
	"encoding/json"
	"net/netip"
	"testing"

	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
)

// header makes an SMB2 header with a body.
func header(command uint16, flags, next uint32, mid uint64, body []byte) []byte {
	b := make([]byte, 64)
	binary.BigEndian.PutUint32(b, 0xfe534d42)
	le := binary.LittleEndian
	le.PutUint16(b[4:], 64)
	le.PutUint16(b[12:], command)
	le.PutUint32(b[16:], flags)
	le.PutUint32(b[20:], next)
	le.PutUint64(b[24:], mid)
	le.PutUint64(b[40:], 7)
	return append(b, body...)
}

// open turns PDUs into messages that a tracker has seen.
func open(t *conv.Tracker, pdus ...[]byte) *Batch {
	b := new(Batch)
	b.reset()
	for i, p := range pdus {
		b.pdus = append(b.pdus, pdu{PDU: capture.PDU{Head: p, Len: uint32(len(p)), Frame: uint32(i + 1), FirstFrame: uint32(i + 1), Time: int64(i) * 1000}})
	}
	w := worker{opener: shutOpener{}, whole: true}
	w.open(b)
	for i := range b.Messages {
		t.Message(&b.Messages[i])
	}
	return b
}

// TestPairing joins requests, interim and final responses to operations.
func TestPairing(t *testing.T) {
	tr := new(conv.Tracker)
	interim := header(15, 3, 0, 5, []byte{9, 0, 0, 0, 0, 0, 0, 0})
	binary.LittleEndian.PutUint32(interim[8:], 0x103)
	binary.LittleEndian.PutUint64(interim[32:], 99)
	final := header(15, 3, 0, 5, []byte{9, 0, 0, 0, 0, 0, 0, 0})
	binary.LittleEndian.PutUint32(final[8:], 0xc0000120)
	binary.LittleEndian.PutUint64(final[32:], 99)
	cancel := header(12, 2, 0, 5, []byte{4, 0, 0, 0})
	binary.LittleEndian.PutUint64(cancel[32:], 99)
	b := open(tr,
		header(15, 0, 0, 5, make([]byte, 32)),
		header(13, 0, 0, 6, []byte{4, 0, 0, 0}),
		interim,
		header(13, 1, 0, 6, []byte{4, 0, 0, 0}),
		cancel,
		final,
		header(13, 1, 0, 77, []byte{4, 0, 0, 0}),
	)
	want := []struct {
		op   uint32
		role conv.Role
	}{{1, conv.Request}, {2, conv.Request}, {1, conv.Interim}, {2, conv.Final}, {3, conv.Request}, {1, conv.Final}, {4, conv.Final}}
	if len(b.Messages) != len(want) {
		t.Fatalf("%d messages", len(b.Messages))
	}
	for i, w := range want {
		if m := &b.Messages[i]; m.Op != w.op || m.Role != w.role {
			t.Errorf("message %d: operation %d role %d, want %d %d", i, m.Op, m.Role, w.op, w.role)
		}
	}
	o := tr.Ops.At(1)
	if o.Status != 0xc0000120 || o.State&(op.Pending|op.Answered) != op.Pending|op.Answered || o.RTT != 5000 || o.Interim != 3 {
		t.Errorf("operation %+v", o)
	}
	if tr.Ops.At(3).State&op.OneWay == 0 || tr.Ops.At(4).State&op.Orphan == 0 || len(b.Messages[6].Problems) != 1 {
		t.Errorf("cancel %v, orphan %v", tr.Ops.At(3).State, tr.Ops.At(4).State)
	}
}

// TestCompound splits the elements of a compound.
func TestCompound(t *testing.T) {
	tr := new(conv.Tracker)
	p := append(header(13, 0, 72, 1, make([]byte, 8)), header(13, 4, 0, 2, []byte{4, 0, 0, 0})...)
	b := open(tr, p)
	if len(b.Messages) != 2 || b.Messages[0].Size != 72 || b.Messages[1].Off != 72 || b.Messages[1].Of != 2 || b.Messages[1].Index != 1 {
		t.Fatalf("%d messages", len(b.Messages))
	}
}

// FuzzMessages takes any bytes for a PDU: no panic, every node inside its
// buffer, the dump is JSON.
func FuzzMessages(f *testing.F) {
	f.Add(header(5, 0, 0, 1, make([]byte, 57)))
	f.Add(append(header(13, 0, 72, 1, make([]byte, 8)), header(13, 4, 0, 2, []byte{4, 0, 0, 0})...))
	f.Add([]byte("\xfdSMB0123456789012345678901234567890123456789012345678901"))
	f.Add([]byte("\xfcSMB\x10\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00abcd"))
	f.Add([]byte("\xffSMB\x72\x00\x00\x00\x00\x18\x53\xc8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xfe\x00\x00\x00\x00\x00\x02\x00\x02A\x00"))
	f.Fuzz(func(t *testing.T, p []byte) {
		if len(p) > 1<<16 {
			return
		}
		b := open(new(conv.Tracker), p, p)
		var d Dissector
		for i := range b.Messages {
			m := &b.Messages[i]
			d.Dissect(m)
			for k := range d.Tree.Nodes {
				n := &d.Tree.Nodes[k]
				if int(n.End) <= k || int(n.End) > len(d.Tree.Nodes) {
					t.Fatalf("node %d ends at %d of %d", k, n.End, len(d.Tree.Nodes))
				}
				if size := len(d.Tree.Bufs[n.Buf].Bytes); int(n.Off)+int(n.Len) > size {
					t.Fatalf("node %s: %d+%d of %d bytes", n.Def.Name, n.Off, n.Len, size)
				}
			}
			if out := d.AppendJSON(nil, m, netip.AddrPort{}, netip.AddrPort{}, true); !json.Valid(out) {
				t.Fatalf("not JSON: %s", out)
			}
			d.AppendText(nil, m, netip.AddrPort{}, netip.AddrPort{})
		}
	})
}

// faulty panics over one message.
type faulty struct{ shutOpener }

func (faulty) Verify(_ uint32, msg []byte, _ bool) conv.Signature {
	if binary.LittleEndian.Uint64(msg[24:]) == 2 {
		panic("a fault")
	}
	return conv.SignatureValid
}

// TestFault wants a fault of ours to cost the PDU at which it shows and none of
// those around it.
func TestFault(t *testing.T) {
	b := new(Batch)
	b.reset()
	for id := range 5 {
		echo := header(13, 8, 0, uint64(id), []byte{4, 0, 0, 0})
		b.pdus = append(b.pdus, pdu{PDU: capture.PDU{Head: echo, Len: uint32(len(echo)), Frame: uint32(id + 1)}})
	}
	w := worker{opener: faulty{}, whole: true}
	w.open(b)
	if len(b.Messages) != 5 {
		t.Fatalf("%d messages of 5 PDUs", len(b.Messages))
	}
	for id := range b.Messages {
		m := &b.Messages[id]
		broken := m.Proto == op.NBSS && len(m.Problems) == 1 && m.Problems[0] == fault && len(m.Bytes) == 68
		sound := m.Signature == conv.SignatureValid && m.SMB2.MessageID == uint64(id)
		if m.Frame != uint32(id+1) || id == 2 && !broken || id != 2 && !sound {
			t.Errorf("message %d: %v %v %q", id, m.Proto, m.Signature, m.Problems)
		}
	}
}
