package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"

	"smbdiff/dissect"
	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb1"
	"smbdiff/dissect/smb2"
	"smbdiff/dissect/wire"
)

// TestBadInput damages real messages: cut at every byte, and each length,
// offset and count set to values that it should not have. Trees must stay
// inside their bytes, cover them, and say that something is wrong. Without
// SMBDIFF_CORPUS it takes one message of each kind from the checked-in traces.
func TestBadInput(t *testing.T) {
	var paths []string
	every := os.Getenv("SMBDIFF_CORPUS") != ""
	if every {
		for _, c := range corpus(t) {
			paths = append(paths, c.path)
		}
	} else {
		paths, _ = filepath.Glob(filepath.Join(traces, "*.pcap*"))
	}
	d := &damage{every: every, kinds: map[string]bool{}, told: map[string]*told{}}
	for _, path := range paths {
		d.capture(t, path)
		if t.Failed() {
			return
		}
	}
	t.Logf("%d messages, %d trees", d.messages, d.trees)
	var quiet []string
	for n, x := range d.told {
		if x.problems < x.tries && pointers[n] {
			quiet = append(quiet, fmt.Sprintf("%s (%d of %d: %s)", n, x.tries-x.problems, x.tries, x.example))
		}
	}
	sort.Strings(quiet)
	if len(quiet) > 0 {
		t.Errorf("values that point outside and no problem is shown: %s", strings.Join(quiet, "\n"))
	}
	if path := os.Getenv("SMBDIFF_PARITY_DETAILS"); path != "" {
		var s strings.Builder
		for n, x := range d.told {
			fmt.Fprintf(&s, "%s\t%d\t%d\t%s\n", n, x.tries, x.problems, x.example)
		}
		os.WriteFile(path, []byte(s.String()), 0o666)
	}
}

// damage is what TestBadInput keeps over the captures.
type damage struct {
	every    bool
	mu       sync.Mutex
	kinds    map[string]bool // seen without every
	told     map[string]*told
	messages int
	trees    int
}

// told counts, by field, values that point outside the message and those of
// them that a problem tells.
type told struct {
	tries, problems int
	example         string
}

func (d *damage) capture(t *testing.T, path string) {
	f := &flags{files: []string{path}}
	s, err := f.open(0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.file.Close()
	workers := make([]*breaker, dissect.Workers())
	for i := range workers {
		workers[i] = &breaker{damage: d, path: filepath.Base(path), told: map[string]*told{}}
	}
	dissect.Run(s.file, dissect.Options{Opener: s.opener, Whole: true, Format: func(i int, b *dissect.Batch) {
		for k := range b.Messages {
			if m := &b.Messages[k]; m.Proto == op.SMB1 || m.Proto == op.SMB2 {
				workers[i].message(t, m)
			}
		}
	}})
	for _, w := range workers {
		d.trees += w.trees
		d.messages += w.messages
		for n, x := range w.told {
			if d.told[n] == nil {
				d.told[n] = &told{}
			}
			a := d.told[n]
			a.tries, a.problems = a.tries+x.tries, a.problems+x.problems
			if a.example == "" {
				a.example = x.example
			}
		}
	}
}

// chosen reports whether the message is one of those to damage.
func (d *damage) chosen(m *conv.Message) bool {
	if d.every {
		return true
	}
	kind := fmt.Sprint(m.Proto, m.Command(), m.Response(), m.Status(), m.Env.InfoType, m.Env.InfoClass, m.Env.CtlCode, m.Env.SubCode)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.kinds[kind] || len(m.Bytes) > 4096 {
		return false
	}
	d.kinds[kind] = true
	return true
}

// breaker damages messages; it belongs to one worker.
type breaker struct {
	*damage
	path     string
	d        dissect.Dissector
	codec    wire.Codec
	f1       smb1.Facts
	f2       smb2.Facts
	bytes    []byte
	claimed  []byte
	numbers  []field.Node
	told     map[string]*told
	trees    int
	messages int
}

// longest is up to where messages are cut at every byte; longer ones, which
// carry data, are cut at every so many.
const longest = 4096

func (b *breaker) message(t *testing.T, m *conv.Message) {
	if !b.chosen(m) {
		return
	}
	b.messages++
	whole := m.Bytes
	b.bytes = append(b.bytes[:0], whole...)
	b.d.Dissect(m)
	b.numbers = b.numbers[:0]
	for i := range b.d.Tree.Nodes {
		if n := b.d.Tree.Nodes[i]; counts(&n) {
			b.numbers = append(b.numbers, n)
		}
	}
	x := *m
	for k := 0; k < len(whole); k += 1 + k/longest*61 {
		x.Bytes = b.bytes[:k]
		b.tree(t, &x)
		if len(b.d.Tree.Notes) == 0 {
			t.Errorf("%s frame %d cut at %d: no problem is shown", b.path, m.Frame, k)
		}
	}
	for i := range b.numbers {
		b.number(t, m, &b.numbers[i])
		if t.Failed() {
			return
		}
	}
}

// counts reports whether a node is a length, an offset or a count.
func counts(n *field.Node) bool {
	if n.Buf != 0 || n.Def.Kind != field.Uint && n.Def.Kind != field.Hex || n.Len > 8 {
		return false
	}
	for _, word := range []string{"Len", "len", "Offset", "Count", "count", "Size", "Next", "Displacement"} {
		if strings.Contains(n.Def.Label, word) {
			return true
		}
	}
	return false
}

func (b *breaker) number(t *testing.T, m *conv.Message, n *field.Node) {
	x := *m
	x.Bytes = b.bytes
	place := b.bytes[n.Off : n.Off+n.Len]
	for _, v := range []uint64{0, 1, 0x7fff, 0xffff, 0xffffffff} {
		var value [8]byte
		binary.LittleEndian.PutUint64(value[:], v)
		copy(place, value[:])
		b.tree(t, &x)
		if v &= 1<<(8*min(n.Len, 4)) - 1; v > uint64(len(b.bytes)) {
			a := b.told[n.Def.Name]
			if a == nil {
				a = &told{}
				b.told[n.Def.Name] = a
			}
			if a.tries++; len(b.d.Tree.Notes) > 0 {
				a.problems++
			} else if a.example == "" {
				a.example = fmt.Sprintf("%s frame %d %s at %d set to %#x", b.path, m.Frame, n.Def.Label, n.Off, v)
			}
		}
		copy(place, m.Bytes[n.Off:])
	}
}

// tree makes the tree of a damaged message and holds it against what every
// tree promises.
func (b *breaker) tree(t *testing.T, m *conv.Message) {
	b.trees++
	b.codec.Reset(m.Bytes, nil)
	b.codec.Env = m.Env
	if m.Proto == op.SMB2 {
		smb2.ParseHeader(m.Bytes, &m.SMB2)
		b.codec.Seek(smb2.HeaderSize)
		smb2.WalkBody(&b.codec, &m.SMB2, &b.f2)
	} else {
		smb1.ParseHeader(m.Bytes, &m.SMB1)
		b.codec.Seek(smb1.HeaderSize)
		smb1.WalkBody(&b.codec, &m.SMB1, &b.f1)
	}
	b.d.Dissect(m)
	tree := &b.d.Tree
	b.claimed = append(b.claimed[:0], make([]byte, len(m.Bytes))...)
	for i := range tree.Nodes {
		n := &tree.Nodes[i]
		if int64(n.Off)+int64(n.Len) > int64(len(tree.Bufs[n.Buf].Bytes)) || int(n.End) <= i || int(n.End) > len(tree.Nodes) {
			t.Fatalf("%s frame %d: %s at %d+%d, ends at node %d of %d", b.path, m.Frame, n.Def.Name, n.Off, n.Len, n.End, len(tree.Nodes))
		}
		if n.Buf == 0 && n.Def.Kind != field.Struct && n.Def.Kind != field.Note {
			for k := n.Off; k < n.Off+n.Len; k++ {
				b.claimed[k] = 1
			}
		}
	}
	if i := strings.IndexByte(string(b.claimed), 0); i >= 0 {
		t.Fatalf("%s frame %d: byte %d of %d stands in no field", b.path, m.Frame, i, len(m.Bytes))
	}
	if len(tree.Nodes) > 64*(len(m.Bytes)+64) {
		t.Fatalf("%s frame %d: %d nodes of %d bytes", b.path, m.Frame, len(tree.Nodes), len(m.Bytes))
	}
	for _, note := range tree.Notes {
		if strings.HasPrefix(note, "smbdiff failed") {
			t.Fatalf("%s frame %d: %s: % x", b.path, m.Frame, note, m.Bytes)
		}
	}
}

// pointers are the fields whose value, when it points outside the message,
// must be told.
var pointers = map[string]bool{
	"negoex.auth_scheme_array_count": true, "negoex.auth_scheme_array_offset": true, "negoex.message.len": true,
	"nt.ace.size": true, "nt.acl.num_aces": true, "nt.acl.size": true, "nt.offset_to_dacl": true, "nt.offset_to_group_sid": true, "nt.offset_to_owner_sid": true, "nt.offset_to_sacl": true, "nt.sid.num_auth": true, "ntlmssp.blob.length": true,
	"ntlmssp.blob.offset": true, "ntlmssp.challenge.target_info.length": true, "ntlmssp.challenge.target_info.offset": true,
	"ntlmssp.string.length": true, "ntlmssp.string.offset": true, "smb.ansi_pwlen": true, "smb.challenge_length": true,
	"smb.data_len_high": true, "smb.data_len_low": true, "smb.dc": true, "smb.ea.data_length": true, "smb.ea.name_length": true, "smb.next_entry_offset": true, "smb.pc": true, "smb.pwlen": true, "smb.security_blob_len": true,
	"smb.stream_name_len": true, "smb.unicode_pwlen": true, "smb.wct": true, "smb2.buffer_code": true, "smb2.chain_offset": true, "smb2.create.chain_offset": true, "smb2.dialect_count": true, "smb2.ea.data_len": true, "smb2.ea.name_len": true,
	"smb2.error.byte_count": true, "smb2.fsctl.cchunk.count": true, "smb2.getinfo_input_size": true, "smb2.header_len": true, "smb2.ioctl.network_interfaces.next_offset": true, "smb2.lock_count": true, "smb2.negotiate_context.cipher_count": true, "smb2.negotiate_context.data_length": true, "smb2.negotiate_context.hash_alg_count": true,
	"smb2.negotiate_context.salt_length": true, "smb2.negotiate_context.signing_alg_count": true, "smb2.next_offset": true,
	"smb2.notify.next_offset": true, "smb2.olb.length": true, "smb2.reparse_data_length": true, "smb2.setinfo_offset": true,
	"smb2.setinfo_size": true, "smb2.short_name_len": true, "smb2.write_length": true,
}
