package client

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"smbdiff/dissect/smb2"
)

// hostile answers each request with what a fuzzer has: a status of a list, and a
// body cut from its bytes.
func hostile(nc net.Conn, data []byte) {
	defer nc.Close()
	statuses := [...]uint32{0, 0, 0, 0, 0x80000005, 0x80000006, 0x10c, 0xc0000034}
	for {
		var head [4]byte
		if _, err := io.ReadFull(nc, head[:]); err != nil {
			return
		}
		rq := make([]byte, binary.BigEndian.Uint32(head[:])&0xffffff)
		if _, err := io.ReadFull(nc, rq); err != nil || len(rq) < smb2.HeaderSize || len(data) < 2 {
			return
		}
		status, n := statuses[data[0]&7], min(int(data[1]), len(data)-2)
		body := data[2 : 2+n]
		data = data[2+n:]
		out := append(make([]byte, 4), rq[:smb2.HeaderSize]...)
		binary.LittleEndian.PutUint32(out[4+8:], status)
		binary.LittleEndian.PutUint32(out[4+16:], smb2.FlagResponse)
		binary.LittleEndian.PutUint32(out[4+20:], 0)
		out = append(out, body...)
		binary.BigEndian.PutUint32(out, uint32(len(out)-4))
		if _, err := nc.Write(out); err != nil {
			return
		}
	}
}

// FuzzShell has commands take whatever a server answers. They neither panic nor
// go on for ever.
func FuzzShell(f *testing.F) {
	created := "\x00\x58" + strings.Repeat("\x00", 88)
	info := "\x00\x20\x09\x00\x48\x00\x18\x00\x00\x00" + strings.Repeat("\x01", 22)
	for i := range hostileCommands {
		f.Add(uint8(i), []byte(created+info+info+"\x05\x09"+strings.Repeat("\x00", 9)+created))
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		near, far := net.Pipe()
		go hostile(far, data)
		c := &Conn{cfg: Config{Timeout: 20 * time.Millisecond, Now: time.Now, Random: rand.Reader}, nc: near, waiting: map[uint64]*call{}, async: make(chan *call, maxAsync),
			ended: make(chan struct{}), maxIO: 65536, credits: 1000, dialect: smb2.Dialect311, shared: newSession()}
		c.ready.L = &c.mu
		go c.read()
		tree := &Tree{c: c, Name: "x", Share: "x"}
		s := &Shell{Conn: c, Tree: tree, Out: io.Discard, ctx: context.Background(), open: &handles{files: map[string]*File{}}, tasks: map[string]*task{},
			all: []*Conn{c}, trees: []*Tree{tree}}
		_ = s.Run(hostileCommands[int(which)%len(hostileCommands)]) // what it says of the answers does not matter
		near.Close()
		<-c.ended
	})
}

var hostileCommands = [...]string{"ls", "streams f", "geteas f", "notify f", "showacls f", "allinfo f", "df", "volume", "altname f", "snapshots f",
	"ranges f 0 10", "scopy a b", "open h f lease2=RWH durable2", "cat f", "query f Basic", "list f FileNamesInformation", "deltree f", "interfaces",
	"fsctl f FSCTL_GET_COMPRESSION", "setmode f +r", "reauth", "tcon x", "lock f 0 1", "readlink f", "symlink a b"}
