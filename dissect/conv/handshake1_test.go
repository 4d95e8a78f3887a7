package conv

import (
	"encoding/binary"
	"testing"

	"smbdiff/dissect/smb1"
)

// head1 is the start of an SMB1 message: eight words of parameters, all zero.
func head1(command byte, response bool, mid uint16) []byte {
	b := append([]byte("\xffSMB"), make([]byte, smb1.HeaderSize+20)...)
	b[4] = command
	if response {
		b[9] = smb1.FlagResponse
	}
	binary.LittleEndian.PutUint16(b[30:], mid)
	b[smb1.HeaderSize] = 8
	return b
}

// TestSequences counts messages as [MS-CIFS] 3.1.4.1 has it.
func TestSequences(t *testing.T) {
	var s Sequences
	release := head1(smb1.Locking, false, 9)
	release[smb1.HeaderSize+7] = lockOplockRelease
	for i, c := range []struct {
		msg        []byte
		fromServer bool
		want       uint32
		start      bool // the message is told to be a successful SESSION_SETUP
	}{
		{msg: head1(smb1.Negotiate, false, 0), want: 0},
		{msg: head1(smb1.Negotiate, true, 0), fromServer: true, want: 1},
		{msg: head1(smb1.SessionSetup, false, 1), want: 0},
		{msg: head1(smb1.SessionSetup, true, 1), fromServer: true, want: 1},
		{msg: head1(smb1.SessionSetup, false, 2), want: 0},
		{msg: head1(smb1.SessionSetup, true, 2), fromServer: true, want: 1, start: true},
		{msg: head1(smb1.TreeConnect, false, 3), want: 2},
		{msg: head1(smb1.TreeConnect, true, 3), fromServer: true, want: 3},
		{msg: head1(smb1.ReadAndX, false, 4), want: 4}, // two in flight, answered the other way round
		{msg: head1(smb1.WriteAndX, false, 5), want: 6},
		{msg: head1(smb1.WriteAndX, true, 5), fromServer: true, want: 7},
		{msg: head1(smb1.ReadAndX, true, 4), fromServer: true, want: 5},
		{msg: head1(smb1.ReadAndX, true, 4), fromServer: true, want: 5}, // a second answer
		{msg: head1(smb1.NTTransaction, false, 6), want: 8},
		{msg: head1(smb1.NTCancel, false, 6), want: 10},
		{msg: head1(smb1.NTTransaction, true, 6), fromServer: true, want: 9},
		{msg: head1(smb1.Locking, false, 0xffff), fromServer: true, want: 0}, // an oplock break
		{msg: release, want: 11},
		{msg: head1(smb1.SessionSetup, false, 7), want: 12}, // another user: the key stays
		{msg: head1(smb1.SessionSetup, true, 7), fromServer: true, want: 13, start: true},
		{msg: head1(smb1.Close, false, 8), want: 14},
		{msg: []byte("\xffSMB"), want: 0},
	} {
		if got := s.Number(1, c.msg, c.fromServer); got != c.want {
			t.Errorf("message %d: number %d, want %d", i, got, c.want)
		}
		if c.start {
			s.Start(1)
		}
	}
}

// FuzzHandshakes gives Handshakes and Sequences whatever bytes.
func FuzzHandshakes(f *testing.F) {
	f.Add(head1(smb1.SessionSetup, false, 1), head1(smb1.SessionSetup, true, 1))
	f.Add(head1(smb1.Negotiate, true, 0), append([]byte("\xfeSMB@\x00"), make([]byte, 100)...))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		var hs Handshakes
		var s Sequences
		for _, m := range [][]byte{a, b, a} {
			s.Number(1, m, len(m)%2 == 0)
			if hs.Wants(m) {
				hs.Message(1, m)
				s.Start(1)
			}
		}
	})
}
