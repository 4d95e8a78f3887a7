package rpc

import (
	"encoding/binary"
	"testing"

	"smbdiff/cmd/smbpair/internal/raw"
)

func host() Host {
	return Host{Name: "SMBPAIR", User: "tester", Users: []string{"tester", "alice"}, Machine: [3]uint32{1, 2, 3},
		Shares: []Share{{Name: "data"}, {Name: "IPC$", Pipe: true}}}
}

// bound is a pipe that is bound to its interface.
func bound(tb testing.TB, name string) *Pipe {
	p := Open(name, host())
	if p == nil {
		tb.Fatal("no pipe", name)
	}
	b := head(ptBind, 3, 1)
	b.U16(maxFragment)
	b.U16(maxFragment)
	b.U32(0)
	b.Bytes([]byte{1, 0, 0, 0, 0, 0, 1, 0})
	b.Bytes(p.service.uuid[:])
	b.U32(1)
	b.Bytes(ndr32[:])
	b.U32(2)
	b.Put16(8, uint16(len(b)))
	if !p.Write(b) || len(p.contexts) != 1 {
		tb.Fatal("not bound:", name)
	}
	if _, _, ok := p.Read(maxFragment); !ok {
		tb.Fatal("no answer:", name)
	}
	return p
}

// ask has a call answered and gives its stub.
func ask(tb testing.TB, p *Pipe, op uint16, stub []byte) []byte {
	b := head(ptRequest, 3, 2)
	b.U32(uint32(len(stub)))
	b.U16(0)
	b.U16(op)
	b.Bytes(stub)
	b.Put16(8, uint16(len(b)))
	if !p.Write(b) {
		tb.Fatal("not taken")
	}
	out, more, ok := p.Read(1 << 16)
	if !ok || more || len(out) < 24 || int(binary.LittleEndian.Uint16(out[8:])) != len(out) {
		tb.Fatalf("answered with %x", out)
	}
	if out[2] == ptFault {
		return nil
	}
	return out[24:]
}

// TestLookup finds names by identifiers and back.
func TestLookup(t *testing.T) {
	h := host()
	for _, name := range []string{"tester", "ALICE", "Everyone", "SYSTEM", "none", `SMBPAIR\alice`, "SMBPAIR"} {
		f := h.byName(name)
		if back := h.bySID(f.sid); f.domain < 0 || back.rid != f.rid || back.use != f.use || back.domain != f.domain {
			t.Errorf("%s: %+v, and back %+v", name, f, back)
		}
	}
	for _, name := range []string{"", "bob", `BUILTIN\alice`, `\`, `SMBPAIR\`} {
		if f := h.byName(name); f.use != useUnknown {
			t.Errorf("%q: %+v", name, f)
		}
	}
	for _, s := range []sid{{}, {5, []uint32{21}}, {5, []uint32{21, 1, 2, 3, 999}}} {
		if f := h.bySID(s); f.use != useUnknown {
			t.Errorf("%v: %+v", s, f)
		}
	}
}

// TestUsers opens a domain and looks at its users, as rpcclient does.
func TestUsers(t *testing.T) {
	p := bound(t, "samr")
	var in writer
	in.handle(handleServer, 0)
	in.u32(0x02000000)
	in.sid(sid{5, []uint32{21, 1, 2, 3}})
	domain := ask(t, p, 7, in.Buf)
	if len(domain) != 24 || raw.Read(domain[20:]).U32() != 0 {
		t.Fatalf("opening the domain: %x", domain)
	}
	users := ask(t, p, 13, append(domain[:20:20], make([]byte, 12)...))
	if n := len(users); n < 8 || raw.Read(users[n-8:]).U32() != 3 || raw.Read(users[n-4:]).U32() != 0 {
		t.Errorf("users: %x", users)
	}
	for _, rid := range []uint32{ridFirst, 4711} {
		in = writer{Buf: domain[:20:20]}
		in.u32(0x02000000)
		in.u32(rid)
		user := ask(t, p, 34, in.Buf)
		if want := map[bool]uint32{true: 0, false: statusNoSuchUser}[rid == ridFirst]; raw.Read(user[20:]).U32() != want {
			t.Errorf("opening %d: %x", rid, user)
		}
	}
	if ask(t, p, 4000, nil) != nil {
		t.Error("a call that does not exist is answered")
	}
}

// FuzzPipe sends any bytes to any pipe, bound or not.
func FuzzPipe(f *testing.F) {
	for _, op := range []uint16{0, 5, 7, 13, 14, 15, 17, 21, 36, 46, 57, 64, 68} {
		f.Add(op, make([]byte, 64), uint8(op))
	}
	f.Fuzz(func(t *testing.T, op uint16, in []byte, which uint8) {
		list := services()
		name := list[int(which)%len(list)].pipe
		p := bound(t, name)
		if len(in) < maxFragment {
			ask(t, p, op, in)
		}
		q := Open(name, host())
		q.Write(in)
		for ok := true; ok; {
			_, _, ok = q.Read(1000)
		}
	})
}
