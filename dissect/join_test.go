package dissect

import (
	"encoding/binary"
	"testing"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
)

// smb1Message makes an SMB1 message of TRANSACTION2 from words and bytes.
func smb1Message(response bool, words, bytes []byte) []byte {
	b := append([]byte("\xffSMB\x32"), make([]byte, 27)...)
	if response {
		b[9] = 0x80
	}
	b[11], b[24], b[28], b[30] = 0x40, 1, 1, 7 // NT status, TID, UID, MID
	b = append(append(b, byte(len(words)/2)), words...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(bytes)))
	return append(b, bytes...)
}

func words(v ...uint16) (b []byte) {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint16(b, x)
	}
	return b
}

// TestJoin answers a query of file system sizes in two responses: the second
// shows what both hold together, [MS-CIFS] 3.3.4.2.
func TestJoin(t *testing.T) {
	data := make([]byte, 24)
	data[0], data[8], data[16], data[20] = 100, 60, 8, 2
	request := smb1Message(false, words(2, 0, 0, 100, 0, 0, 0, 0, 0, 2, 68, 0, 0, 1, 3), []byte{0, 0, 0, 3, 1})
	part := func(from, to int) []byte {
		return smb1Message(true, words(0, 24, 0, 0, 0, 0, uint16(to-from), 56, uint16(from), 0), append([]byte{0}, data[from:to]...))
	}
	b := open(new(conv.Tracker), request, part(0, 16), part(16, 24))
	var d Dissector
	for i, want := range []bool{false, false, true} {
		d.Dissect(&b.Messages[i])
		at := d.Tree.Find("smb.free_alloc_units", 0)
		if (at >= 0) != want {
			t.Errorf("message %d: sizes shown %v", i+1, at >= 0)
		}
		if at >= 0 && (d.Tree.Nodes[at].Val != 60 || d.Tree.Bufs[d.Tree.Nodes[at].Buf].Name != "transaction") {
			t.Errorf("%d free units in buffer %q", d.Tree.Nodes[at].Val, d.Tree.Bufs[d.Tree.Nodes[at].Buf].Name)
		}
	}
	b = open(new(conv.Tracker), request, part(0, 8), part(16, 24))
	if d.Dissect(&b.Messages[2]); d.Tree.Find("smb.free_alloc_units", 0) >= 0 {
		t.Error("joined although the middle is missing")
	}
}

// TestRaw answers READ_RAW and follows WRITE_RAW with data that has no header,
// [MS-CIFS] 2.2.4.22.2 and 2.2.4.25.1; other such packets stay their own.
func TestRaw(t *testing.T) {
	var tr conv.Tracker
	packet := func(fromServer bool) *conv.Message {
		m := &conv.Message{Proto: op.NBSS, FromServer: fromServer, Bytes: []byte("data"), Size: 4, Time: 9000, Frame: 9, Of: 1}
		tr.Message(m)
		return m
	}
	for _, c := range []struct {
		command uint8
		server  bool
	}{{smb1.ReadRaw, true}, {smb1.WriteRaw, false}} {
		request := smb1Message(false, make([]byte, 16), nil)
		request[4] = c.command
		num := open(&tr, request).Messages[0].Op
		if m := packet(!c.server); m.Op == num || m.Role == conv.Data {
			t.Errorf("%s: data of the other side belongs to it", smb1.CommandName(c.command))
		}
		m := packet(c.server)
		if m.Op != num || m.Role != conv.Data {
			t.Fatalf("%s: data of operation %d, role %d", smb1.CommandName(c.command), m.Op, m.Role)
		}
		if o := tr.Ops.At(num); o.State&op.Answered != 0 != c.server || c.server && o.RespFrame != 9 {
			t.Errorf("%s: answered %v in frame %d", smb1.CommandName(c.command), o.State&op.Answered != 0, o.RespFrame)
		}
		var d Dissector
		if d.Dissect(m); d.Tree.Find("smb.file_data", 0) < 0 {
			t.Errorf("%s: no file data shown", smb1.CommandName(c.command))
		}
		if m := packet(c.server); m.Op == num {
			t.Errorf("%s: data twice", smb1.CommandName(c.command))
		}
	}
}
