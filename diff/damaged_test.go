package diff

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"smbdiff/decrypt"
	"smbdiff/dissect"
	"smbdiff/dissect/capture"
	"smbdiff/keys"
)

// TestDamaged damages captures at random, in the file and behind the seal: no
// damage ends the program, both orders tell the same, and what is damaged is
// equal to itself. SMBDIFF_DAMAGED is how many are made of each, from a
// different start.
func TestDamaged(t *testing.T) {
	n, start := 6, uint64(1)
	if s := os.Getenv("SMBDIFF_DAMAGED"); s != "" {
		n, _ = strconv.Atoi(s)
		start = 1000
	}
	for _, name := range []string{"sc-SMB2_10-links-plain", "sc-NT1-openlock-plain", "sc-SMB3_00-share-enc", "rec-notify-seal", "auth-wrongpw-SMB3_02", "rec-durable"} {
		p := planter{t: t, path: pcap(name), dir: t.TempDir()}
		var err error
		if p.whole, err = os.ReadFile(p.path); err != nil {
			t.Fatal(err)
		}
		p.good, p.sealers = load(t, p.path, true), sealers(t, p.path)
		for seed := start; seed < start+uint64(n); seed++ {
			rng := rand.New(rand.NewPCG(seed, 0))
			p.compared(damaged(p.whole, rng), fmt.Sprintf("%s damaged by %d", name, seed))
			if rd := p.good.NewReader(); len(p.sealers) > 0 && rd.Read(1+rng.Uint32N(uint32(p.good.Counts().Messages))) && rd.Message.Sealed && rd.Message.Seal.Opened {
				m := &rd.Message
				v := make([]byte, 1+rng.IntN(4))
				for i := range v {
					v[i] = byte(rng.Uint32())
				}
				if pdu := p.place(m); pdu != nil && len(m.Bytes) > len(v) {
					other, undo := p.alter(m, uint32(rng.IntN(len(m.Bytes)-len(v))), v, pdu)
					whole := bytes.Clone(p.whole)
					undo()
					if other != nil {
						p.compared(whole, fmt.Sprintf("%s damaged inside by %d", name, seed))
					}
				}
			}
		}
	}
}

// damaged gives a capture with bits flipped, bytes set, a frame's worth of bytes
// dropped, or its end cut off.
func damaged(whole []byte, rng *rand.Rand) []byte {
	b := bytes.Clone(whole)
	for range 1 + rng.IntN(3) {
		at := 24 + rng.IntN(len(b)-24)
		switch rng.IntN(6) {
		case 0:
			b[at] = byte(rng.Uint32())
		case 1:
			b = b[:at]
		case 2:
			end := min(len(b), at+1+rng.IntN(300))
			b = append(b[:at], b[end:]...)
		default:
			b[at] ^= 1 << rng.IntN(8)
		}
		if len(b) < 100 {
			return b
		}
	}
	return b
}

// compared compares a capture with the good one both ways, and with itself.
func (p *planter) compared(b []byte, what string) {
	file := filepath.Join(p.dir, "d.pcap")
	if err := os.WriteFile(file, b, 0o600); err != nil {
		p.t.Fatal(err)
	}
	f, err := capture.Open(file)
	if err != nil {
		return
	}
	defer f.Close()
	ring := new(keys.Ring)
	if k := keys.Beside(p.path); k != "" {
		if err := ring.AddFile(k); err != nil {
			p.t.Fatal(err)
		}
	}
	x := dissect.NewTrace(f, decrypt.NewOpener(ring))
	if x.Load(nil, nil) != nil {
		return
	}
	r := Traces(p.good, x, Options{})
	checkTurned(p.t, what, p.good, x, r, Options{})
	if err := r.WriteText(io.Discard); err != nil {
		p.t.Error(what, err)
	}
	if err := r.WriteJSON(io.Discard); err != nil {
		p.t.Error(what, err)
	}
	if s := Traces(x, x, Options{}); s.First != nil || s.Counts[Masked] > 0 {
		p.t.Errorf("%s: differs from itself: %s", what, s.Sentence())
	}
}
