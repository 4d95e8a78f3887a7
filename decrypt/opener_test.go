package decrypt

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/bits"
	"strings"
	"sync"
	"testing"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/smb2"
	"smbdiff/keys"
)

func ring(t testing.TB, text string) *keys.Ring {
	t.Helper()
	r := &keys.Ring{}
	if err := r.AddText("k", []byte(text)); err != nil {
		t.Fatal(err)
	}
	return r
}

func hexText(b []byte) string { return hex.EncodeToString(b) }

func wireID(id uint64) string { return fmt.Sprintf("%016x", bits.ReverseBytes64(id)) }

// opens checks that both directions of a vector open.
func opens(t *testing.T, o *Opener, v vector, how string) {
	t.Helper()
	for i, side := range []string{"c2s", "s2c"} {
		got, seal := o.Unseal(nil, v.hex(t, side+"_wire"), i == 1)
		if !seal.Opened || !seal.Verified || seal.Why != 0 || seal.Cipher != v.cipher() || !bytes.Equal(got, v.hex(t, side+"_plain")) {
			t.Errorf("%s: %s: %s: %+v", v.text("name"), how, side, seal)
		}
	}
}

func TestOpenerSealed(t *testing.T) {
	for _, v := range readVectors(t, "seal.txt") {
		setup := v.setup(t)
		id, session := v.sessionID(t), v.text("session_key")
		if setup == nil && v.text("preauth_hash") != "" {
			setup = &conv.Setup{SessionID: id, Dialect: smb2.Dialect311, Cipher: v.cipher(), Signing: smb2.AESCMAC, Preauth: [64]byte(v.hex(t, "preauth_hash"))}
		}
		wrong := strings.Repeat("ab", len(v.text("c2s_key"))/2)
		explicit := wireID(id) + "," + session + "," + v.text("s2c_key") + "," + v.text("c2s_key") + "\n"
		forms := map[string]string{
			"session key":         wireID(id) + "," + session + "\n",
			"id as number":        fmt.Sprintf("0x%016x,%s\n", id, session),
			"id in other order":   fmt.Sprintf("%016X,%s\n", id, strings.ToUpper(session)),
			"bare":                strings.Repeat("cd", 16) + "\n" + session + "\n",
			"explicit":            explicit,
			"wrong before right":  wireID(id) + `,"",` + wrong + "," + wrong + "\n" + explicit,
			"swapped":             wireID(id) + `,"",` + v.text("c2s_key") + "," + v.text("s2c_key") + "\n",
			"wrong and a session": wireID(id) + `,"",` + wrong + "," + wrong + "\n" + session + "\n",
		}
		if pw := v.text("password"); pw != "" {
			hash := hex.EncodeToString(NTHash(pw))
			forms["password"] = "password somebody else\npassword LAB\\tester " + pw + "\n"
			forms["NT hash"] = "nthash tester " + hash + "\n"
			forms["bare NT hash"] = hash + "\n"
			forms["password beside a wrong key"] = wireID(id) + "," + strings.Repeat("ef", 16) + "\npassword tester " + pw + "\n"
		}
		for how, text := range forms {
			o := NewOpener(ring(t, text))
			if setup != nil {
				o.Setup(setup)
			}
			opens(t, o, v, how)
			s := o.Sessions()
			if len(s) != 1 || !s[0].Proved || s[0].TagsTried != 2 || s[0].TagsVerified != 2 || s[0].Cipher != v.cipher() || s[0].Source == "" {
				t.Errorf("%s: %s: session is told as %+v", v.text("name"), how, s)
			}
			k := o.Keys()
			if len(k) != 1 || hex.EncodeToString(k[0].C2S) != v.text("c2s_key") || hex.EncodeToString(k[0].S2C) != v.text("s2c_key") {
				t.Errorf("%s: %s: wrong keys given back", v.text("name"), how)
			}
		}
		// Without the handshake the cipher keys do.
		for _, how := range []string{"explicit", "swapped"} {
			opens(t, NewOpener(ring(t, forms[how])), v, how+", no handshake")
		}
		if v.dialect() == smb2.Dialect300 {
			opens(t, NewOpener(ring(t, forms["session key"])), v, "3.0 without handshake")
		}
		// Keys that come late.
		late := NewOpener(nil)
		if setup != nil {
			late.Setup(setup)
		}
		if _, seal := late.Unseal(nil, v.hex(t, "c2s_wire"), false); seal.Opened {
			t.Errorf("%s opens without a key", v.text("name"))
		}
		late.Add(ring(t, explicit))
		opens(t, late, v, "added later")
	}
}

func TestReasons(t *testing.T) {
	vs := map[string]vector{}
	for _, v := range readVectors(t, "seal.txt") {
		vs[v.text("name")] = v
	}
	g256, g128 := vs["local-samba417-g256"], vs["local-samba417-g128"]
	wrong := strings.Repeat("ab", 16)
	kerberos := func(v vector) *conv.Setup {
		s := *v.setup(t)
		s.Tokens = nil
		return &s
	}
	binding := func(v vector) *conv.Setup {
		s := *v.setup(t)
		s.Binding = true
		return &s
	}
	cases := []struct {
		name  string
		v     vector
		key   string
		setup func(vector) *conv.Setup
		spoil func([]byte) []byte
		want  conv.Reason
	}{
		{name: "nothing", v: g128, want: conv.ReasonNoKey},
		{name: "another's key", v: g128, key: "1111111111111111," + wrong, want: conv.ReasonNoKey},
		{name: "wrong session key", v: g128, key: "ID," + wrong, setup: kerberos, want: conv.ReasonTag},
		{name: "wrong bare key", v: g128, key: wrong, setup: kerberos, want: conv.ReasonTag},
		{name: "wrong password", v: g128, key: "password tester no", setup: func(v vector) *conv.Setup { return v.setup(t) }, want: conv.ReasonNoKey},
		{name: "short", v: g256, key: "ID," + wrong, setup: kerberos, want: conv.ReasonShortKey},
		{name: "no handshake", v: g128, key: "ID," + g128.text("session_key"), want: conv.ReasonNoHandshake},
		{name: "password, no handshake", v: g128, key: "password tester Passw0rd!", want: conv.ReasonNoHandshake},
		{name: "cipher unknown", v: g128, key: "ID,\"\"," + wrong + "," + wrong, want: conv.ReasonCipher},
		{name: "only a channel", v: g128, key: "ID," + g128.text("session_key"), setup: binding, want: conv.ReasonBinding},
		{name: "cut", v: g128, key: "ID," + g128.text("session_key"), setup: kerberos,
			spoil: func(b []byte) []byte { return b[:len(b)-1] }, want: conv.ReasonCut},
		{name: "cut in the header", v: g128, spoil: func(b []byte) []byte { return b[:40] }, want: conv.ReasonCut},
		{name: "flags", v: g128, key: "ID," + g128.text("session_key"), setup: kerberos,
			spoil: func(b []byte) []byte { b[sealFlags] = 9; return b }, want: conv.ReasonDamaged},
		{name: "mark", v: g128, spoil: func(b []byte) []byte { b[1] = 0; return b }, want: conv.ReasonDamaged},
	}
	for _, c := range cases {
		r := &keys.Ring{}
		if c.key != "" {
			r = ring(t, strings.Replace(c.key, "ID", wireID(c.v.sessionID(t)), 1))
		}
		o := NewOpener(r)
		if c.setup != nil {
			o.Setup(c.setup(c.v))
		}
		pdu := c.v.hex(t, "c2s_wire")
		if c.spoil != nil {
			pdu = c.spoil(pdu)
		}
		out, seal := o.Unseal([]byte("x"), pdu, false)
		if seal.Opened || seal.Why != c.want || string(out) != "x" {
			t.Errorf("%s: got %q, want %q", c.name, seal.Why, c.want)
		}
		if s := o.Sessions(); len(s) == 1 && s[0].Why != c.want {
			t.Errorf("%s: session tells %q, want %q", c.name, s[0].Why, c.want)
		}
	}
}

// A session whose key opened messages and which then authenticated anew.
func TestReauthReason(t *testing.T) {
	v := readVectors(t, "seal.txt")[0]
	o := NewOpener(ring(t, wireID(v.sessionID(t))+`,"",`+v.text("s2c_key")+","+v.text("c2s_key")))
	setup := &conv.Setup{SessionID: v.sessionID(t), Dialect: v.dialect(), Cipher: v.cipher()}
	o.Setup(setup)
	o.Unseal(nil, v.hex(t, "c2s_wire"), false)
	again := *setup
	again.Reauth = true
	o.Setup(&again)
	bad := v.hex(t, "c2s_wire")
	bad[len(bad)-1] ^= 1
	_, seal := o.Unseal(nil, bad, false)
	what, hint := o.Explain(v.sessionID(t), seal.Why)
	if seal.Why != conv.ReasonReauth || what == "" || hint == "" {
		t.Errorf("%v: %q %q", seal.Why, what, hint)
	}
}

// Bytes behind the message do not keep it shut.
func TestTrailingBytes(t *testing.T) {
	v := readVectors(t, "seal.txt")[0]
	o := NewOpener(ring(t, wireID(v.sessionID(t))+","+v.text("session_key")))
	out, seal := o.Unseal(nil, append(v.hex(t, "c2s_wire"), 0, 0, 0), false)
	if !seal.Opened || !bytes.Equal(out, v.hex(t, "c2s_plain")) {
		t.Errorf("stays shut: %v", seal.Why)
	}
}

// TestUnsealInPlace opens PDUs where they lie once their key is proved, and tells
// when one is lost by it.
func TestUnsealInPlace(t *testing.T) {
	for _, v := range readVectors(t, "seal.txt") {
		o := NewOpener(ring(t, wireID(v.sessionID(t))+`,"",`+v.text("s2c_key")+","+v.text("c2s_key")))
		wire, plain := v.hex(t, "c2s_wire"), v.hex(t, "c2s_plain")
		pdu := append(make([]byte, 0, len(wire)+tagSize), wire...)
		if _, seal, spoilt := o.UnsealInPlace(pdu, false); seal.Opened || spoilt || !bytes.Equal(pdu, wire) {
			t.Errorf("%s: opened in place before the key is proved: %+v %v", v.text("name"), seal, spoilt)
		}
		o.Unseal(nil, wire, false)
		out, seal, spoilt := o.UnsealInPlace(pdu, false)
		if !seal.Opened || !seal.Verified || seal.Cipher != v.cipher() || spoilt || !bytes.Equal(out, plain) || &out[0] != &pdu[sealHeader] {
			t.Errorf("%s: opened in place: %+v %v", v.text("name"), seal, spoilt)
		}
		o.Opened(v.sessionID(t), 1)
		bad := append(make([]byte, 0, len(wire)+tagSize), wire...)
		bad[len(bad)-1] ^= 1
		if _, seal, spoilt := o.UnsealInPlace(bad, false); seal.Opened || !spoilt {
			t.Errorf("%s: a broken tag: %+v %v", v.text("name"), seal, spoilt)
		}
		if st := o.Sessions()[0]; st.TagsTried != 2 || st.TagsVerified != 2 {
			t.Errorf("%s: counted as %d of %d", v.text("name"), st.TagsVerified, st.TagsTried)
		}
	}
}

func TestUnsealPrefix(t *testing.T) {
	for _, v := range readVectors(t, "seal.txt") {
		o := NewOpener(ring(t, wireID(v.sessionID(t))+`,"",`+v.text("s2c_key")+","+v.text("c2s_key")))
		wire, plain := v.hex(t, "c2s_wire"), v.hex(t, "c2s_plain")
		if _, _, ok := o.UnsealPrefix(nil, wire[:100], false); ok {
			t.Errorf("%s: a prefix opens before the key is proved", v.text("name"))
		}
		o.Unseal(nil, wire, false)
		out, seal, ok := o.UnsealPrefix([]byte("x"), wire[:100], false)
		if !ok || !seal.Opened || seal.Verified || !bytes.Equal(out[1:], plain[:100-sealHeader]) {
			t.Errorf("%s: prefix: %+v %v", v.text("name"), seal, ok)
		}
		bad := bytes.Clone(wire)
		bad[sealNonce] ^= 1
		if _, _, ok := o.UnsealPrefix(nil, bad[:100], false); ok {
			t.Errorf("%s: a prefix that is no message opens", v.text("name"))
		}
		if _, seal, ok := NewOpener(nil).UnsealPrefix(nil, wire[:100], false); !ok || seal.Why != conv.ReasonNoKey {
			t.Errorf("%s: without keys: %+v %v", v.text("name"), seal, ok)
		}
	}
}

func TestVerify(t *testing.T) {
	for _, v := range readVectors(t, "sign.txt") {
		setup := v.setup(t)
		if setup == nil {
			continue
		}
		c2s, s2c := v.hex(t, "signed_c2s"), v.hex(t, "signed_s2c")
		check := func(how string, o *Opener, msg []byte, want conv.Signature) {
			t.Helper()
			if got := o.Verify(setup.Conn, msg, false); got != want {
				t.Errorf("%s: %s: %v, want %v", v.text("name"), how, got, want)
			}
		}
		for how, text := range map[string]string{
			"session key": wireID(setup.SessionID) + "," + v.text("session_key"),
			"bare":        strings.Repeat("ab", 16) + "\n" + v.text("session_key"),
			"password":    "password tester " + v.text("password"),
		} {
			o := NewOpener(ring(t, text))
			o.Setup(setup)
			check(how, o, c2s, conv.SignatureValid)
			check(how, o, s2c, conv.SignatureValid)
			bad := bytes.Clone(c2s)
			bad[len(bad)-1] ^= 1
			check(how+", changed", o, bad, conv.SignatureInvalid)
			clear := bytes.Clone(c2s)
			clear[headFlags] &^= flagSigned
			check(how+", flag off", o, clear, conv.SignatureUnsigned)
			if s := o.Sessions(); !s[0].Proved || s[0].SignaturesTried != 3 || s[0].SignaturesVerified != 2 {
				t.Errorf("%s: %s: session is told as %+v", v.text("name"), how, s)
			}
		}
		o := NewOpener(ring(t, wireID(setup.SessionID)+","+strings.Repeat("ab", 16)))
		o.Setup(setup)
		check("wrong key", o, c2s, conv.SignatureInvalid)
		o = NewOpener(ring(t, strings.Repeat("ab", 16)))
		o.Setup(setup)
		check("wrong bare key", o, c2s, conv.SignatureUnverified)
		o = NewOpener(nil)
		o.Setup(setup)
		check("no key", o, c2s, conv.SignatureUnverified)
		o = NewOpener(ring(t, wireID(setup.SessionID)+","+v.text("session_key")))
		want := conv.SignatureUnverified
		if setup.Dialect != smb2.Dialect311 {
			want = conv.SignatureValid
		}
		check("no handshake", o, c2s, want)
	}
}

// A channel has its own signing key; the session's cipher keys stay.
func TestChannel(t *testing.T) {
	var v vector
	for _, x := range readVectors(t, "seal.txt") {
		if x.text("name") == "local-samba417-g128" {
			v = x
		}
	}
	first := v.setup(t)
	channel := *first
	channel.Conn, channel.Binding, channel.Tokens = 2, true, nil
	channel.Preauth[0] ^= 1
	gss := bytes.Repeat([]byte{0x5a}, 16)
	sign := func(key []byte) []byte {
		s, err := NewSigner(channel.Signing, key)
		if err != nil {
			t.Fatal(err)
		}
		m := bytes.Clone(v.hex(t, "c2s_plain"))
		m[headFlags] |= flagSigned
		s.Sign(m)
		return m
	}
	own := sign(Derive(channel.Dialect, 0, gss, channel.Preauth[:]).Signing)
	session := sign(Derive(first.Dialect, 0, v.hex(t, "session_key"), first.Preauth[:]).Signing)

	text := wireID(first.SessionID) + "," + v.text("session_key")
	o := NewOpener(ring(t, text))
	o.Setup(first)
	o.Setup(&channel)
	opens(t, o, v, "after a binding")
	for _, c := range []struct {
		conn uint32
		msg  []byte
		want conv.Signature
	}{{1, session, conv.SignatureValid}, {2, session, conv.SignatureValid}, {2, own, conv.SignatureUnverified}, {1, own, conv.SignatureInvalid}} {
		if got := o.Verify(c.conn, c.msg, false); got != c.want {
			t.Errorf("connection %d: %v, want %v", c.conn, got, c.want)
		}
	}
	o.Add(ring(t, wireID(first.SessionID)+","+hex.EncodeToString(gss)))
	if got := o.Verify(2, own, false); got != conv.SignatureValid {
		t.Errorf("with the channel's key: %v", got)
	}
}

func TestConcurrent(t *testing.T) {
	vs := readVectors(t, "seal.txt")
	var text strings.Builder
	for _, v := range vs {
		fmt.Fprintf(&text, "%s,\"\",%s,%s\n", wireID(v.sessionID(t)), v.text("s2c_key"), v.text("c2s_key"))
	}
	o := NewOpener(ring(t, text.String()))
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 200 {
				v := vs[(g+i)%len(vs)]
				wire, plain := v.hex(t, "c2s_wire"), v.hex(t, "c2s_plain")
				if out, seal := o.Unseal(nil, wire, i%2 == 0); !seal.Opened || !bytes.Equal(out, plain) {
					t.Errorf("%s stays shut", v.text("name"))
				}
				if out, _, ok := o.UnsealPrefix(nil, wire[:90], i%2 == 0); ok && !bytes.Equal(out, plain[:90-sealHeader]) {
					t.Errorf("%s: wrong prefix", v.text("name"))
				}
				o.Verify(1, plain, false)
				if i%50 == 0 {
					if s := v.setup(t); s != nil {
						o.Setup(s)
					}
					o.Sessions()
					o.Keys()
				}
			}
		})
	}
	wg.Wait()
}
