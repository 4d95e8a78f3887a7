package server

import (
	"encoding/binary"
	"io"
	"net"
	"runtime"
	"testing"
	"time"

	"smbdiff/cmd/smbpair/internal/proto"
	"smbdiff/cmd/smbpair/internal/vfs"
	"smbdiff/dissect/compress"
	"smbdiff/dissect/fscc"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// play sends messages to a new server as a client that is logged on already, and
// waits until nothing runs any more. A message in data is a command, flags, the
// length of its body, and the body.
func play(t *testing.T, data []byte) {
	t.Helper()
	s, err := New(Config{Shares: []Share{{Name: "s", Volume: vfs.NewMemory(64<<20, time.Now)}}, Limits: Limits{Opens: 64}, MaxIO: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	s.accept(far)
	s.mu.Lock()
	ss := &session{id: 1, srv: s, valid: true, user: "u", dialect: smb2.Dialect311, channels: make(map[*conn]*channel), trees: make(map[uint32]*tree)}
	ss.trees[1], ss.trees[2] = &tree{id: 1, ss: ss, share: &s.Shares[0]}, &tree{id: 2, ss: ss}
	for c := range s.conns {
		c.dialect, c.window.high = smb2.Dialect311, 1<<20
		c.posix, c.codec = true, allPacking()
		c.sessions[1], ss.channels[c] = ss, &channel{conn: c}
	}
	s.sessions[1] = ss
	s.mu.Unlock()
	drained := make(chan struct{})
	go func() {
		io.Copy(io.Discard, near)
		close(drained)
	}()
	for _, pdu := range pdus(data) {
		near.SetWriteDeadline(time.Now().Add(5 * time.Second))
		if _, err := near.Write(pdu); err != nil {
			break
		}
	}
	near.Close()
	s.Close()
	<-drained
}

// allPacking is agreed on when all is offered and taken.
func allPacking() *compress.Codec {
	return &compress.Codec{Algorithms: []compress.Algorithm{compress.PatternV1, compress.LZ77, compress.LZNT1, compress.LZ77Huffman}, Chained: true}
}

// pdus makes PDUs of fuzz data; flag 0x80 puts a message into one PDU with the
// next, and with 0x40 the body is a compressed PDU as it is.
func pdus(data []byte) (out [][]byte) {
	b, last := make([]byte, 4), -1
	for id := uint64(0); len(data) >= 4 && id < 64; id++ {
		n := min(int(binary.LittleEndian.Uint16(data[2:])), len(data)-4)
		cmd, flags, body := data[0], data[1], data[4:4+n]
		data = data[4+n:]
		if flags&0x40 != 0 && last < 0 {
			b = append(b, body...)
			binary.BigEndian.PutUint32(b, uint32(len(b)-4))
			out = append(out, b)
			b = make([]byte, 4)
			continue
		}
		if last >= 0 {
			for (len(b)-4)%8 != 0 {
				b = append(b, 0)
			}
			smb2.SetNext(b[last:], len(b)-last)
		}
		last = len(b)
		b = smb2.AppendHeader(b, &smb2.Header{Command: smb2.Command(cmd), Charge: uint16(flags & 1), Credits: 1, Flags: uint32(flags & 4),
			MessageID: id, TreeID: 1 + uint32(flags>>3&1), SessionID: 1})
		b = append(b, body...)
		if flags&0x80 == 0 || len(data) < 4 {
			binary.BigEndian.PutUint32(b, uint32(len(b)-4))
			out = append(out, b)
			b, last = make([]byte, 4), -1
		}
	}
	return out
}

// message adds a message to fuzz data.
func message(b []byte, cmd smb2.Command, flags byte, body []byte) []byte {
	b = append(b, byte(cmd), flags)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(body)))
	return append(b, body...)
}

func createBody(name string, access, disposition, options uint32, oplock uint8) []byte {
	return smb2.Append(nil, &smb2.CreateRequest{Oplock: oplock, Impersonation: 2, Access: access, ShareAccess: 7,
		Disposition: disposition, Options: options, Name: wire.AppendUTF16(nil, name)})
}

// fixed writes numbers of the given sizes in bytes.
func fixed(pairs ...uint64) (b []byte) {
	for i := 0; i+1 < len(pairs); i += 2 {
		for k := range pairs[i] {
			b = append(b, byte(pairs[i+1]>>(8*k)))
		}
	}
	return b
}

const last = ^uint64(0) // the FileId of related messages

// seeds is a run over all commands.
func seeds() (out [][]byte) {
	const compound = 0x80
	all := func(cmd smb2.Command, body []byte) {
		b := message(nil, smb2.Create, compound, createBody(`f`, proto.FileAll, proto.OpenIf, 0, proto.OplockBatch))
		b = message(b, cmd, compound|4, body)
		b = message(b, smb2.Close, 4, fixed(2, 24, 2, 1, 4, 0, 8, last, 8, last))
		out = append(out, b)
		b = message(nil, smb2.Create, compound, createBody("", proto.FileAll, proto.OpenExisting, proto.OptDirectory, 0))
		out = append(out, message(b, cmd, 4, body))
	}
	packed := pdus(message(nil, smb2.Echo, 0, fixed(2, 4, 2, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0, 8, 0)))[0]
	for _, one := range allPacking().Algorithms {
		c := compress.Codec{Algorithms: []compress.Algorithm{one}, Chained: true}
		if pdu, ok := c.Pack(nil, packed[4:], 8); ok {
			out = append(out, message(nil, smb2.Echo, 0x40, pdu))
		}
	}
	all(smb2.Ioctl, append(fixed(2, 57, 2, 0, 4, proto.FsctlSetReparse, 8, last, 8, last, 4, 120, 4, 20, 4, 0, 4, 0, 4, 0, 4, 1000, 4, 1, 4, 0),
		fixed(4, fscc.TagSymlink, 2, 12, 2, 0, 2, 0, 2, 0, 2, 0, 2, 0, 4, 1)...))
	all(smb2.QueryInfo, fixed(2, 41, 1, 1, 1, fscc.ClassPosix, 4, 1000, 2, 0, 2, 0, 4, 0, 4, 15, 4, 0, 8, last, 8, last, 1, 0))
	all(smb2.QueryInfo, fixed(2, 41, 1, 2, 1, fscc.ClassPosix, 4, 1000, 2, 0, 2, 0, 4, 0, 4, 15, 4, 0, 8, last, 8, last, 1, 0))
	all(smb2.QueryDirectory, append(fixed(2, 33, 1, fscc.ClassPosix, 1, 0, 4, 0, 8, last, 8, last, 2, 96, 2, 2, 4, 1000), '*', 0))
	all(smb2.Write, append(fixed(2, 49, 2, 112, 4, 4, 8, 0, 8, last, 8, last, 4, 0, 4, 0, 4, 0, 4, 0), "data"...))
	all(smb2.Read, fixed(2, 49, 1, 0, 1, 0, 4, 100, 8, 0, 8, last, 8, last, 4, 0, 4, 0, 4, 0, 4, 0, 1, 0))
	all(smb2.Flush, fixed(2, 24, 2, 0, 4, 0, 8, last, 8, last))
	all(smb2.Lock, fixed(2, 48, 2, 1, 4, 0x11, 8, last, 8, last, 8, 0, 8, 10, 4, 0x12, 4, 0))
	for class := range uint64(70) {
		all(smb2.QueryInfo, fixed(2, 41, 1, 1, 1, class, 4, 1000, 2, 0, 2, 0, 4, 0, 4, 15, 4, 0, 8, last, 8, last, 1, 0))
	}
	all(smb2.QueryInfo, fixed(2, 41, 1, 2, 1, 5, 4, 1000, 2, 0, 2, 0, 4, 0, 4, 15, 4, 0, 8, last, 8, last, 1, 0))
	all(smb2.QueryInfo, fixed(2, 41, 1, 3, 1, 0, 4, 1000, 2, 0, 2, 0, 4, 0, 4, 7, 4, 0, 8, last, 8, last, 1, 0))
	all(smb2.SetInfo, append(fixed(2, 33, 1, 1, 1, 10, 4, 24, 2, 96, 2, 0, 4, 0, 8, last, 8, last), fixed(8, 1, 8, 0, 4, 2, 2, 'g', 2, 0)...))
	all(smb2.SetInfo, append(fixed(2, 33, 1, 1, 1, 13, 4, 1, 2, 96, 2, 0, 4, 0, 8, last, 8, last), 1))
	all(smb2.SetInfo, append(fixed(2, 33, 1, 1, 1, 15, 4, 12, 2, 96, 2, 0, 4, 0, 8, last, 8, last), fixed(4, 0, 1, 0, 1, 1, 2, 1, 1, 'a', 1, 0, 1, 'v', 1, 0)...))
	all(smb2.QueryDirectory, append(fixed(2, 33, 1, 37, 1, 0, 4, 0, 8, last, 8, last, 2, 96, 2, 2, 4, 1000), '*', 0))
	all(smb2.ChangeNotify, fixed(2, 32, 2, 1, 4, 1000, 8, last, 8, last, 4, 0xfff, 4, 0))
	for _, code := range []uint64{proto.FsctlCopyChunk, proto.FsctlResumeKey, proto.FsctlSetZeroData, proto.FsctlAllocatedRanges, proto.FsctlSetSparse, proto.FsctlValidate, proto.FsctlInterfaces} {
		all(smb2.Ioctl, append(fixed(2, 57, 2, 0, 4, code, 8, last, 8, last, 4, 120, 4, 32, 4, 0, 4, 0, 4, 0, 4, 1000, 4, 1, 4, 0), make([]byte, 32)...))
	}
	pipe := message(nil, smb2.Create, compound|8, createBody("srvsvc", proto.FileAll, proto.OpenExisting, 0, 0))
	bind := append([]byte{5, 0, 11, 3, 0x10, 0, 0, 0, 72, 0, 0, 0, 1, 0, 0, 0, 0xb8, 0x10, 0xb8, 0x10, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0}, make([]byte, 40)...)
	out = append(out, message(pipe, smb2.Ioctl, 4|8, append(fixed(2, 57, 2, 0, 4, proto.FsctlPipeTransceive, 8, last, 8, last, 4, 120, 4, uint64(len(bind)), 4, 0, 4, 0, 4, 0, 4, 1000, 4, 1, 4, 0), bind...)))
	return out
}

// FuzzRequest holds that no request brings the server down or leaves something
// running.
func FuzzRequest(f *testing.F) {
	for _, s := range seeds() {
		f.Add(s)
	}
	f.Fuzz(play)
}

// TestNothingRunsOn holds that a closed server has no goroutines left.
func TestNothingRunsOn(t *testing.T) {
	before := runtime.NumGoroutine()
	for _, s := range seeds() {
		play(t, s)
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines before, %d after", before, runtime.NumGoroutine())
}
