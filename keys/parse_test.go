package keys

import (
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

const (
	session = "c7ca43579b3841200088b4a663f69100"
	signing = "dcd7fe1abf8b723fc46be15a2032cade"
	c2s16   = "a02b62e6801003e8c4acb9ea15dbd960"
	s2c16   = "6b9dfcc0be5f00e9ff7ba55aba221a93"
	c2s32   = c2s16 + "4a4d18e92fbc67e5fee6af8f2a95ce9f"
	s2c32   = s2c16 + "3c3340f3186940629d94b2b92a5b4dd3"
	wire    = "c3382c8200000000"
	number  = 0x822c38c3
)

const sambaClient = `Domain=[LAB] OS=[] Server=[]
debug encryption: dumping generated session keys
Session Id    [0000] C3 38 2C 82 00 00 00 00                             L.......
Session Key   [0000] C7 CA 43 57 9B 38 41 20   00 88 B4 A6 63 F6 91 00   .0k$.... mn...]>.
Signing Key   [0000] DC D7 FE 1A BF 8B 72 3F   C4 6B E1 5A 20 32 CA DE   AB CD EF 2...t...
App Key       [0000] 82 6E F1 9B 58 8E CB FB   52 21 93 A1 8C 94 96 11   .n..X... R!......
ServerIn Key  [0000] A0 2B 62 E6 80 10 03 E8   C4 AC B9 EA 15 DB D9 60   .+b..... .......` + "`" + `
[0010] 4A 4D 18 E9 2F BC 67 E5   FE E6 AF 8F 2A 95 CE 9F   JM../.g. ....*...
ServerOut Key [0000] 6B 9D FC C0 BE 5F 00 E9   FF 7B A5 5A BA 22 1A 93   k...._.. .{.Z."..
[0010] 3C 33 40 F3 18 69 40 62   9D 94 B2 B9 2A 5B 4D D3   <3@..i@b ....*[M.
smb: \> ls
`

const smbd = `[2026/11/21 04:02:22.395777,  0] ../../source3/smbd/smb2_sesssetup.c:376(smbd_smb2_auth_generic_return)
  debug encryption: dumping generated session keys
  Session Id    [0000] C3 38 2C 82 00 00 00 00                             .c.l....
  Session Key   [0000] C7 CA 43 57 9B 38 41 20   00 88 B4 A6 63 F6 91 00   L....(.. 7...:Ty.
  Signing Algo: 2
  Signing Key   [0000] DC D7 FE 1A BF 8B 72 3F   C4 6B E1 5A 20 32 CA DE   ..[.N... '.......
  App Key       [0000] A7 9F 18 88 38 98 2B ED   86 80 17 D5 9E 4F B7 FD   ....8.+. .....O..
  Cipher Algo: 4
  ServerIn Key  [0000] A0 2B 62 E6 80 10 03 E8   C4 AC B9 EA 15 DB D9 60   ..s.ys.2 ....<.>.
  [0010] 4A 4D 18 E9 2F BC 67 E5   FE E6 AF 8F 2A 95 CE 9F   ....@..u 35v..ct` + "`" + `
  ServerOut Key [0000] 6B 9D FC C0 BE 5F 00 E9   FF 7B A5 5A BA 22 1A 93   k...._.. .{.Z."..
  [0010] 3C 33 40 F3 18 69 40 62   9D 94 B2 B9 2A 5B 4D D3   <3@..i@b ....*[M.
[2026/11/21 04:02:23.000000,  3] ../../source3/smbd/service.c:1(x)
  [0000] 4A 4D 18 E9 2F BC 67 E5   FE E6 AF 8F 2A 95 CE 9F   JM../.g. ....*...
  signed SMB2 message, 12, 34
`

const samba423 = "debug encryption: dumping generated session keys\n" +
	"Session Id    [0000] C3 38 2C 82 00 00 00 00                             L.......\n" +
	"Session Key   [0000] C7 CA 43 57 9B 38 41 20   00 88 B4 A6 63 F6 91 00   .0k$.... mn...]>.\n" +
	"Signing Algo: 2\n" +
	"ServerIn Key  [0000] A0 2B 62 E6 80 10 03 E8   C4 AC B9 EA 15 DB D9 60   .+b..... .......`\n" +
	"ServerOut Key [0000] 6B 9D FC C0 BE 5F 00 E9   FF 7B A5 5A BA 22 1A 93   k...._.. .{.Z.\"..\n" +
	"Wireshark configuration line:\n" + wire + "," + session + "," + s2c16 + "," + c2s16 + "\n"

const cifs = `[ 1234.567890] CIFS: VFS: \\server generate_smb3signingkey: dumping generated AES session keys
[ 1234.567891] CIFS: VFS: \\server Session Id    c3 38 2c 82 00 00 00 00
[ 1234.567892] CIFS: VFS: \\server Cipher type   2
[ 1234.567893] CIFS: VFS: \\server Session Key   c7 ca 43 57 9b 38 41 20 00 88 b4 a6 63 f6 91 00
[ 1234.567894] CIFS: VFS: \\server Signing Key   dc d7 fe 1a bf 8b 72 3f c4 6b e1 5a 20 32 ca de
[ 1234.567895] CIFS: VFS: \\server ServerIn Key  a0 2b 62 e6 80 10 03 e8 c4 ac b9 ea 15 db d9 60
[ 1234.567896] CIFS: VFS: \\server ServerOut Key 6b 9d fc c0 be 5f 00 e9 ff 7b a5 5a ba 22 1a 93
[ 1234.567897] eth0: link up, 1000 Mbps
`

const ksmbd = `ksmbd: dumping generated AES signing keys
ksmbd: Session Id    2183936195
ksmbd: Session Key   c7 ca 43 57 9b 38 41 20 00 88 b4 a6 63 f6 91 00
ksmbd: Signing Key   dc d7 fe 1a bf 8b 72 3f c4 6b e1 5a 20 32 ca de
ksmbd: dumping generated AES encryption keys
ksmbd: Cipher type   2
ksmbd: Session Id    2183936195
ksmbd: Session Key   c7 ca 43 57 9b 38 41 20 00 88 b4 a6 63 f6 91 00
ksmbd: ServerIn Key  a0 2b 62 e6 80 10 03 e8 c4 ac b9 ea 15 db d9 60
ksmbd: ServerOut Key 6b 9d fc c0 be 5f 00 e9 ff 7b a5 5a ba 22 1a 93
`

const smbinfoNew = `Session Id: c3 38 2c 82 00 00 00 00
Cipher: 0x00000004 (AES-256-GCM)
Session Key: c7 ca 43 57 9b 38 41 20 00 88 b4 a6 63 f6 91 00
ServerIn  Key: a0 2b 62 e6 80 10 03 e8 c4 ac b9 ea 15 db d9 60 4a 4d 18 e9 2f bc 67 e5 fe e6 af 8f 2a 95 ce 9f
ServerOut key: 6b 9d fc c0 be 5f 00 e9 ff 7b a5 5a ba 22 1a 93 3c 33 40 f3 18 69 40 62 9d 94 b2 b9 2a 5b 4d d3
`

const smbinfoOld = `Session Id: c3 38 2c 82 00 00 00 00
Cipher: 0x00000002 (GCM encryption)
Session Key: c7 ca 43 57 9b 38 41 20 00 88 b4 a6 63 f6 91 00
Encryption key: a0 2b 62 e6 80 10 03 e8 c4 ac b9 ea 15 db d9 60
Decryption key: 6b 9d fc c0 be 5f 00 e9 ff 7b a5 5a ba 22 1a 93
`

const ioctl = `# the structures of the ioctl
ioctl: CIFS_DUMP_FULL_KEY 0xc011cf0a
session_id_number: 0x00000000822c38c3
session_id_wire: c3382c8200000000
cipher: 0x0004
session_key: c7ca43579b3841200088b4a663f69100
server_in_key: a02b62e6801003e8c4acb9ea15dbd9604a4d18e92fbc67e5fee6af8f2a95ce9f
server_out_key: 6b9dfcc0be5f00e9ff7ba55aba221a933c3340f3186940629d94b2b92a5b4dd3
`

// show writes a key for comparison.
func show(k *Key) string {
	s := ""
	for _, f := range []struct {
		name string
		b    []byte
	}{{"session", k.Session}, {"signing", k.Signing}, {"c2s", k.C2S}, {"s2c", k.S2C}} {
		if f.b != nil {
			s += f.name + "=" + hex.EncodeToString(f.b) + " "
		}
	}
	return strings.TrimSpace(s)
}

func TestFormats(t *testing.T) {
	all16 := "session=" + session + " signing=" + signing + " c2s=" + c2s16 + " s2c=" + s2c16
	all32 := "session=" + session + " signing=" + signing + " c2s=" + c2s32 + " s2c=" + s2c32
	plain16 := "session=" + session + " c2s=" + c2s16 + " s2c=" + s2c16
	plain32 := "session=" + session + " c2s=" + c2s32 + " s2c=" + s2c32
	u := utf16.Encode([]rune("\ufeff" + smbinfoOld))
	var wide []byte
	for _, c := range u {
		wide = append(wide, byte(c), byte(c>>8))
	}
	for _, c := range []struct {
		name, text, want, source string
		cipher                   uint16
	}{
		{"samba client", sambaClient, all32, "f:3", 0},
		{"samba client, CRLF", strings.ReplaceAll(sambaClient, "\n", "\r\n"), all32, "f:3", 0},
		{"smbd", smbd, all32, "f:3", 4},
		{"smbd through syslog", "Nov 21 04:02 host smbd[12]: " + strings.ReplaceAll(strings.TrimSpace(smbd), "\n", "\nNov 21 04:02 host smbd[12]: "), all32, "f:3", 4},
		{"samba 4.23", samba423, plain16, "f:2", 0},
		{"cifs.ko", cifs, all16, "f:2", 2},
		{"cifs.ko, old prefix", strings.ReplaceAll(cifs, `CIFS: VFS: \\server `, "CIFS VFS: "), all16, "f:2", 2},
		{"ksmbd", ksmbd, all16, "f:2", 2},
		{"smbinfo, full", smbinfoNew, plain32, "f:1", 4},
		{"ioctl", ioctl, plain32, "f:4", 4},
		{"cifs.ko below 3.0", strings.ReplaceAll(cifs[:strings.Index(cifs, "[ 1234.567894]")], "AES", "SMB2"), "session=" + session, "f:2", 2},
		{"ksmbd, no prefix", strings.ReplaceAll(ksmbd, "ksmbd: ", ""), all16, "f:2", 2},
		{"cifs.ko in the journal", strings.ReplaceAll(cifs, "[ 1234.", "Nov 21 10:00:00 host kernel: [ 1234."), all16, "f:2", 2},
		{"our own JSON", `{"session_id":"0x00000000822c38c3","user":"x","session_key":"` + session + `","client_to_server_key":"` + c2s16 + `"},`, "session=" + session + " c2s=" + c2s16, "f:1", 0},
		{"smbinfo, old", smbinfoOld, plain16, "f:1", 2},
		{"smbinfo in UTF-16", string(wide), plain16, "f:1", 2},
		{"wireshark", "# generated\n" + wire + "," + session + `,"",""` + "\n", "session=" + session, "f:2", 0},
		{"wireshark, quotes", `"` + wire + `","","` + s2c32 + `","` + c2s32 + `"`, "c2s=" + c2s32 + " s2c=" + s2c32, "f:1", 0},
		{"wireshark, upper case and unquoted", strings.ToUpper(wire+","+session+",,"+c2s16) + "\n", "session=" + session + " c2s=" + c2s16, "f:1", 0},
		{"wireshark's command line", `uat:smb2_seskey_list:` + wire + "," + session + `,"",""`, "session=" + session, "f:1", 0},
		{"two columns", wire + ", " + session, "session=" + session, "f:1", 0},
		{"number", "0x00000000822c38c3," + session, "session=" + session, "f:1", 0},
		{"byte order mark", "\ufeff" + wire + "," + session, "session=" + session, "f:1", 0},
		{"two forms of one session", smbinfoOld + wire + "," + session, plain16, "f:1", 2},
	} {
		r := &Ring{}
		if err := r.AddText("f", []byte(c.text)); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if len(r.Keys) != 1 || len(r.Secrets) != 0 {
			t.Errorf("%s: %d keys, %d secrets", c.name, len(r.Keys), len(r.Secrets))
			continue
		}
		k := &r.Keys[0]
		if got := show(k); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
		if k.Cipher != c.cipher || k.Source != c.source || k.AnyID || !k.Matches(number) || k.Matches(1) {
			t.Errorf("%s: cipher %d, source %s, %v", c.name, k.Cipher, k.Source, k)
		}
	}
}

func TestManyInOne(t *testing.T) {
	text := smbd + strings.ReplaceAll(smbd, "C3 38", "C4 38") + wire[:2] + "ff" + wire[4:] + "," + session + "\npassword LAB\\tester a b c\n" +
		"nthash tester " + session + "\nAAD3B435B51404EEAAD3B435B51404EE:" + s2c16 + "\nAdministrator:500:aad3b435b51404eeaad3b435b51404ee:" + session + ":::\n" + c2s16 + "\n"
	r := &Ring{}
	if err := r.AddText("f", []byte(text)); err != nil {
		t.Fatal(err)
	}
	if len(r.Keys) != 4 || len(r.Secrets) != 4 {
		t.Fatalf("%d keys, %d secrets", len(r.Keys), len(r.Secrets))
	}
	s := r.Secrets[0]
	if s.Domain != "LAB" || s.User != "tester" || s.Password != "a b c" || s.Account() != `LAB\tester` {
		t.Errorf("got %v", s)
	}
	if !r.Keys[3].AnyID || !r.Keys[3].Matches(5) || r.Secrets[3].User != "Administrator" || len(r.Secrets[3].Hash) != 16 || r.Secrets[2].User != "" {
		t.Errorf("got %v and %v", r.Keys[3], r.Secrets[2])
	}
	if w := r.Keys[0].Wireshark(); w != wire+","+session+","+s2c32+","+c2s32 {
		t.Errorf("Wireshark's line is %s", w)
	}
	if w := (&Key{SessionID: number, Session: r.Keys[0].Session}).Wireshark(); w != wire+","+session+`,"",""` {
		t.Errorf("Wireshark's line is %s", w)
	}
	more := &Ring{}
	more.Append(r)
	more.Append(r)
	if more.Len() != r.Len() {
		t.Errorf("%d after appending twice, want %d", more.Len(), r.Len())
	}
}

func TestMalformed(t *testing.T) {
	secret := session[:30]
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "f: no key in it"},
		{"other text", "hello\nworld, and all\n", "f: no key in it"},
		{"odd bare key", "\n" + secret + "\n", "f:2: a key has 32 or 64 hex digits, this one has 30"},
		{"short key", wire + "," + secret, "f:1: the session key has 30 hex digits, 32 or 64 are wanted"},
		{"not hex", wire + "," + secret + "xy", "f:1: the session key is not hex"},
		{"short id", wire[:15] + "," + session, "f:1: the session id is not 16 hex digits"},
		{"third column", wire + "," + session + `,"abcd",""`, "f:1: the server-to-client key has 4 hex digits, 32 or 64 are wanted"},
		{"many columns", wire + "," + session + "," + s2c16 + "," + c2s16 + ",1", "f:1: a key record has 2 to 4 columns, this one has 5"},
		{"no key in it", wire + `,"","",""`, "f:1: a key record without a key"},
		{"misspelt", wire + "," + session + "\npasswrd tester " + secret, "f:2: not a key record"},
		{"password alone", "password " + secret, "f:1: a user and a secret are wanted"},
		{"hash", "nthash tester " + secret, "f:1: an NT hash has 32 hex digits"},
		{"cut dump", strings.Replace(sambaClient, "C7 CA 43 57 9B 38 41 20   00 88 B4 A6 63 F6 91 00", "C7 CA", 1), "f:4: the session key has 2 bytes, 16 or 32 are wanted"},
		{"damaged dmesg", strings.Replace(cifs, "9b 38 41", "9b 3x 41", 1), "f:4: the session key is not hex"},
		{"short id in dmesg", strings.Replace(cifs, "c3 38 2c 82 00 00 00 00", "c3 38 2c", 1), "f:2: the session id has 3 bytes, 8 are wanted"},
		{"cut ServerIn", strings.Replace(cifs, "15 db d9 60", "", 1), "f:6: the ServerIn key has 12 bytes, 16 or 32 are wanted"},
		{"capture", "\x0a\x0d\x0d\x0a\x00\x00", "f: not a text but a capture"},
	} {
		err := new(Ring).AddText("f", []byte(c.text))
		if err == nil || err.Error() != c.want {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
			continue
		}
		var e *Error
		if !errors.As(err, &e) || strings.Contains(e.Error()+e.Hint, secret) || strings.Contains(e.Error(), "\n") {
			t.Errorf("%s: error shows too much", c.name)
		}
	}
}

func TestAddSpec(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	r := &Ring{}
	for _, spec := range []string{
		write("log", smbd), wire + "," + session, "00000000822C38C4," + session, "0x822c38c5," + c2s32, session, strings.ToUpper(c2s32),
		wire + "," + session + "," + s2c16 + "," + c2s16, "password:@" + write("pw", "one\ntwo words \n"), "nthash:@" + write("nt", session+"\n"),
	} {
		if err := r.AddSpec(spec); err != nil {
			t.Errorf("%v", err)
		}
	}
	if len(r.Keys) != 6 || len(r.Secrets) != 3 {
		t.Errorf("%d keys and %d secrets: %v %v", len(r.Keys), len(r.Secrets), r.Keys, r.Secrets)
	}
	if k := r.Keys[1]; k.SessionID != 0xc4382c8200000000 || k.AltID != 0x822c38c4 || k.Source != "key" {
		t.Errorf("typed key: %#x %#x %s", k.SessionID, k.AltID, k.Source)
	}
	if s := r.Secrets[1]; s.Password != "two words " || s.User != "" {
		t.Errorf("password line is not kept as it is")
	}
	for spec, want := range map[string]string{
		"":                              "key: nothing given",
		"password:hunter2":              "key: a password on the command line shows in the list of processes",
		session[:31]:                    "key: a key has 32 or 64 hex digits, this one has 31",
		wire + "," + session[:31]:       "key: the session key has 31 hex digits, 32 or 64 are wanted",
		wire + "," + session[:31] + "g": "key: the session key is not hex",
		filepath.Join(dir, "none"):      filepath.Join(dir, "none") + ": no such key file",
		dir:                             dir + ": is a folder, not a key file",
		"password:@" + write("e", "\n"): filepath.Join(dir, "e") + ": no password in it",
	} {
		err := new(Ring).AddSpec(spec)
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := new(Ring).AddFile(filepath.Join(dir, "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("cause is lost: %v", err)
	}
}

func TestBeside(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.keys"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for capture, there := range map[string]bool{"a.pcap": true, "a.pcapng": true, "a.pcap.gz": true, "a.pcapng.zst": true, "a.PCAP.GZ": true, "a": true,
		"b.pcap": false, "a.b.pcap": false, "a.keys": false} {
		want := ""
		if there {
			want = filepath.Join(dir, "a.keys")
		}
		if got := Beside(filepath.Join(dir, capture)); got != want {
			t.Errorf("%s: got %q, want %q", capture, got, want)
		}
	}
	if Beside("-") != "" || Beside("") != "" {
		t.Error("keys beside nothing")
	}
}

func TestNotPrinted(t *testing.T) {
	r := &Ring{}
	if err := r.AddText("f", []byte(smbd+"password tester hunter2\n")); err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{r.Keys[0].String(), r.Keys[0].GoString(), r.Secrets[0].String(), r.Secrets[0].GoString()} {
		if strings.Contains(s, "hunter2") || strings.Contains(s, session[:8]) {
			t.Error("a secret is printed")
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{sambaClient, smbd, samba423, cifs, ksmbd, smbinfoNew, smbinfoOld, wire + "," + session + `,"",""`,
		session, "password a b", "nthash a " + session, "a:1:" + session + ":" + session + ":::", "\xff\xfea\x00"} {
		f.Add([]byte(s))
	}
	for _, name := range []string{"krb5.keytab", "krb5.ccache"} {
		if b, err := os.ReadFile(filepath.Join("..", "testdata", "traces", name)); err == nil {
			f.Add(b)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := &Ring{}
		if err := r.AddText("f", text); err != nil {
			if strings.ContainsAny(err.Error(), "\n\r") {
				t.Fatal("error of several lines")
			}
			return
		}
		if r.Len() == 0 {
			t.Fatal("no error and no key")
		}
		for i := range r.Keys {
			k := &r.Keys[i]
			for _, b := range [][]byte{k.Session, k.Signing, k.C2S, k.S2C} {
				if b != nil && len(b) != 16 && len(b) != 32 {
					t.Fatalf("a key of %d bytes", len(b))
				}
			}
			if k.empty() || k.Source == "" {
				t.Fatal("empty key")
			}
			back := &Ring{}
			if err := back.AddText("g", []byte(k.Wireshark())); err != nil && (k.Session != nil || k.C2S != nil || k.S2C != nil) {
				t.Fatal(err)
			}
		}
		for i := range r.Secrets {
			if h := r.Secrets[i].Hash; h != nil && len(h) != 16 {
				t.Fatal("odd hash")
			}
		}
	})
}
