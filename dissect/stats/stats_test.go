package stats

import (
	"encoding/json"
	"strings"
	"testing"

	"smbdiff/dissect/capture"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

func TestQuantiles(t *testing.T) {
	for _, c := range []struct {
		in   []int64
		want Times
	}{
		{nil, Times{}},
		{[]int64{7}, Times{1, 7, 7, 7, 7, 7}},
		{[]int64{4, 1, 3, 2}, Times{4, 1, 2, 4, 4, 10}},
		{[]int64{202, 1632}, Times{2, 202, 917, 1632, 1632, 1834}},
		{[]int64{5, 1, 4, 2, 3}, Times{5, 1, 3, 5, 5, 15}},
	} {
		if got := times(c.in); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.in, got, c.want)
		}
	}
	var many []int64
	for i := range int64(1000) {
		many = append(many, 1000-i)
	}
	if got := times(many); got != (Times{1000, 1, 500, 950, 1000, 500500}) {
		t.Errorf("%+v", got)
	}
	var s spread
	for _, v := range []int{0, 1, 1, 5} {
		s.add(v)
	}
	if got := s.close(); got != (Spread{4, 0, 1, 5, 5}) {
		t.Errorf("%+v", got)
	}
	s.add(1 << 40)
	if len(s.counts) != maxWaiting+1 {
		t.Errorf("%d counts", len(s.counts))
	}
}

// message makes a READ or its answer; grant is what it asks for or gives.
func message(id uint64, num uint32, response bool, grant uint16) conv.Message {
	m := conv.Message{Event: capture.PDUMessage, Proto: op.SMB2, Num: num, Op: uint32(id), Of: 1, PDULen: 100, Time: int64(num),
		SMB2: smb2.Header{Command: smb2.Read, MessageID: id, Charge: 2, Credits: grant}}
	if response {
		m.SMB2.Flags = smb2.FlagResponse
		m.Facts.Length = 10
	}
	return m
}

// TestFlow counts three requests, of which two are in flight at once, one stays
// without an answer and one is not chosen.
func TestFlow(t *testing.T) {
	var c Counter
	c.Add([]conv.Message{message(1, 1, false, 1), message(2, 2, false, 1), message(1, 3, true, 8), message(3, 4, false, 1), message(2, 5, true, 1)})
	read := uint16(smb2.Read)
	c.Done(&op.Op{Num: 1, Proto: op.SMB2, Command: read, Request: 1, Response: 3, RTT: 2}, true)
	c.Done(&op.Op{Num: 2, Proto: op.SMB2, Command: read, Request: 2, Response: 5, RTT: 3, Status: 0xc0000022}, false)
	c.Done(&op.Op{Num: 3, Proto: op.SMB2, Command: read, Request: 4, RTT: -1}, true)
	table := c.Table()
	if table.Depth != (Spread{3, 1, 2, 2, 2}) || table.Credits != (Spread{3, 2, 4, 4, 4}) || table.Conns != 1 {
		t.Errorf("%+v %+v", table.Depth, table.Credits)
	}
	k := table.Commands[0]
	if len(table.Commands) != 1 || k.Count != 2 || k.Unanswered != 1 || k.Errors != 0 || k.Read != 10 || k.Wire != 312 || k.RTT.Max != 2 {
		t.Errorf("%+v", table.Commands)
	}
	out := string(AppendJSON(nil, []Side{{"a\x1b.pcap", table}, {"b.pcap", table}}))
	var v any
	if err := json.Unmarshal([]byte(out), &v); err != nil || strings.Contains(out, "\x1b") {
		t.Errorf("%v: %s", err, out)
	}
	if out := string(AppendText(nil, []Side{{"a\x1b.pcap", table}})); strings.Contains(out, "\x1b") || !strings.Contains(out, "READ") {
		t.Error(out)
	}
}

// TestCompound shares what stands around a compound out once.
func TestCompound(t *testing.T) {
	ms := []conv.Message{{PDULen: 500, Index: 0, Of: 3, Size: 100}, {PDULen: 500, Index: 1, Of: 3, Size: 120}, {PDULen: 500, Index: 2, Of: 3, Size: 80}, {PDULen: 60}}
	var got []uint64
	for i := range ms {
		got = append(got, wire(ms, i))
	}
	if got[0] != 304 || got[1] != 120 || got[2] != 80 || got[3] != 64 {
		t.Errorf("%v", got)
	}
}
