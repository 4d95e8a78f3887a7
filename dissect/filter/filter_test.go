package filter

import (
	"errors"
	"strings"
	"testing"

	"smbdiff/dissect/conv"
	"smbdiff/dissect/field"
	"smbdiff/dissect/op"
	"smbdiff/dissect/smb2"
)

// placed is a field of a hand-made tree.
type placed struct {
	name   string
	off, n int
	v      uint64
}

func treeOf(b string, list ...placed) *field.Tree {
	t := new(field.Tree)
	t.Reset([]byte(b), len(b))
	for _, x := range list {
		t.Add(names().byName[x.name].targets[0].def, 0, x.off, x.n, x.v)
	}
	return t
}

// example is a CREATE response with a tree, as a row.
func example() *Row {
	t := treeOf("\x22\x00\x00\xc0"+"\x05\x00"+"\x0b\x00\x00\x00"+"r\x00e\x00p\x00o\x00r\x00t\x00"+"\xde\xad\xbe\xef",
		placed{"smb2.nt_status", 0, 4, 0xc0000022}, placed{"smb2.cmd", 4, 2, 5}, placed{"smb2.flags", 6, 4, 0x0b}, placed{"smb2.filename", 10, 12, 0},
		placed{"smb2.signature", 22, 4, 0}, placed{"smb2.ea.data_len", 0, 4, 1}, placed{"smb2.ea.data_len", 0, 4, 2})
	m := &conv.Message{Proto: op.SMB2, Frame: 28, PathName: `docs\Report.docx`, RTT: 312000, Op: 14, Session: 1, Sealed: true,
		SMB2: smb2.Header{Command: smb2.Create, Flags: smb2.FlagResponse, Status: 0xc0000022}}
	r := new(Row)
	r.A.SetMessage(m)
	r.A.Looks[0].Tree = t
	return r
}

func TestMatch(t *testing.T) {
	r := example()
	for src, want := range map[string]bool{
		"":                                            true,
		"smb2":                                        true,
		"smb":                                         false,
		"ntlmssp":                                     false,
		"smb2.cmd == 5":                               true,
		"smb2.cmd==CREATE":                            true,
		"smb2.cmd eq create":                          true,
		"smb2.cmd != 5":                               false,
		"smb2.cmd in {1..4, 6}":                       false,
		"smb2.cmd in {1..5}":                          true,
		"smb2.cmd not in {1, 2}":                      true,
		"smb2.nt_status == STATUS_ACCESS_DENIED":      true,
		"smb2.nt_status == access_denied":             true,
		"smb2.nt_status == 0xc0000022":                true,
		`smb2.nt_status ~ "denied$"`:                  true,
		"smb2.flags.response":                         true,
		"smb2.flags.async == 1":                       true,
		"smb2.flags.chained":                          true,
		"smb2.flags.chained == true":                  false,
		"smb2.flags & 2":                              true,
		"smb2.flags & RELATED_OPERATIONS":             false,
		"(smb2.flags & 3) == 3":                       true,
		`smb2.filename == "report"`:                   true,
		`smb2.filename == "Report"`:                   false,
		`smb2.filename ~ "^REP"`:                      true,
		`smb2.filename contains "port"`:               true,
		`smb2.filename contains 'PORT'`:               false,
		`upper(smb2.filename) contains "PORT"`:        true,
		"len(smb2.filename) == 6":                     true,
		`smb2.filename[0:3] == "rep"`:                 true,
		`smb2.filename[1-2] == 65:70`:                 true,
		`smb2.filename[-1:1] == "t"`:                  true,
		"smb2.signature == de:ad:be:ef":               true,
		"smb2.signature contains ad:be":               true,
		"smb2.signature[0:2] == de:ad":                true,
		"smb2.signature[2:] == beef":                  true,
		"smb2.ea.data_len == 1":                       true,
		"smb2.ea.data_len != 1":                       false,
		"smb2.ea.data_len !== 1":                      true,
		"smb2.ea.data_len === 1":                      false,
		"all smb2.ea.data_len < 3":                    true,
		"all smb2.ea.data_len < 2":                    false,
		"any smb2.ea.data_len != 2":                   true,
		"count(smb2.ea.data_len) == 2":                true,
		"count(smb2.tag) == 0":                        true,
		"0 < smb2.ea.data_len < 3":                    true,
		"smb2.ea.data_len > smb2.cmd":                 false,
		"smb2.cmd > smb2.ea.data_len":                 true,
		"smb2.tag":                                    false,
		"smb2.tag != 1":                               false,
		"!(smb2.tag == 1)":                            true,
		"smb2.cmd == 1 || smb2.cmd == 5":              true,
		"smb2.cmd == 5 and not smb2.cmd == 5":         false,
		"cmd == create && status == ACCESS_DENIED":    true,
		"status.class == error":                       true,
		`path ~ "report\\.docx$"`:                     true,
		`path ~ r"report\.docx$"`:                     true,
		`path ~ "\.docx$" && path ~ "\w+"`:            true,
		`path == "docs\\Report\x2edocx"`:              true,
		`path == docs\Report.docx`:                    true,
		"rtt > 300us and rtt < 1ms":                   true,
		"rtt > 1":                                     false,
		"rtt_ns == 312000":                            true,
		"frame == 28 && frame.number in {20..30}":     true,
		"session == S1 && session == 1":               true,
		"sealed":                                      true,
		"!sealed":                                     false,
		"decrypted":                                   false,
		"response && !request":                        true,
		"report denied":                               true,
		`create "REPORT"`:                             true,
		"read":                                        false,
		"!read":                                       true,
		"a.status == ACCESS_DENIED":                   true,
		"b.status == ACCESS_DENIED":                   false,
		"differs":                                     false,
		"protocol == SMB2":                            true,
		"smb2.cmd == CREATE && (sealed || frame > 1)": true,
	} {
		f, err := Parse(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := f.Match(r); got != want {
			t.Errorf("%s: %v", src, got)
		}
	}
}

func TestErrors(t *testing.T) {
	for src, want := range map[string]string{
		"stauts != SUCCESS":              `char 1: no field "stauts"; did you mean "status"?`,
		"status == SUCESS":               `char 11: status has no value "SUCESS"; did you mean "STATUS_SUCCESS"?`,
		"smb2.cmd == CREAT":              `char 13: smb2.cmd has no value "CREAT"; did you mean "CREATE"?`,
		"smb2.filenme":                   `char 1: no field "smb2.filenme"; did you mean "smb2.filename"?`,
		"smb2.disposition == 1":          `char 1: no field "smb2.disposition"; did you mean "smb2.create.disposition"?`,
		"b.stauts == 1":                  `char 1: no field "b.stauts"; did you mean "b.status"?`,
		"cmd = 5":                        `char 5: "=" is no operator: equality is "=="`,
		"cmd == 5 | cmd == 6":            `char 10: "|" is no operator: alternatives are joined by "||"`,
		"(cmd == 5":                      `char 10: a ) is missing`,
		"cmd == ":                        `char 8: a field or value is missing`,
		"cmd in 5":                       `char 8: a { is missing`,
		"cmd in {5 6}":                   `char 11: a , or } is missing`,
		`path ~ "("`:                     `char 8: missing closing ): "("`,
		`path == "x`:                     `char 9: the string does not end`,
		"cmd == 5 xor cmd == 6":          `char 10: xor: not part of this language`,
		"cmd == 5 cmd == 6":              `char 10: unexpected "cmd"`,
		"smb2.header == 1":               `char 16: "smb2.header" has no value: it is there or not`,
		"smb2.filename > smb2.cmd":       `char 15: smb2.filename is text, smb2.cmd is a number`,
		`frame contains "x"`:             `char 16: "frame" is a number and contains nothing`,
		"${x} == 1":                      `char 1: macros: not part of this language`,
		"@smb2.filename == 61":           `char 1: raw bytes with @: not part of this language`,
		"smb2.filename#1 == 61":          `char 1: layer numbers: not part of this language`,
		"tcp.stream":                     `char 1: no field "tcp.stream"; did you mean "smb.stream"?`,
		"cmd == SMB2_CREATE":             `char 8: cmd has no value "SMB2_CREATE"; did you mean "CREATE"?`,
		`path == "a" "b"`:                `char 13: unexpected text`,
		"path contians x":                `char 6: unexpected "contians"; did you mean "contains"?`,
		"lenn(path) > 1":                 `char 1: no function "lenn"; did you mean "len"?`,
		"cmd:create":                     `char 1: a word alone is searched for everywhere`,
		"rtt > fast":                     `char 7: "fast" is not a duration`,
		"cmd == 5 &&":                    `char 12: something is missing here`,
		strings.Repeat("(", 200) + "cmd": `char 101: nested too deep`,
		strings.Repeat("!", 200) + "cmd": `char 101: nested too deep`,
	} {
		_, err := Parse(src)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%.40s: %v", src, err)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), "filter: "); got != want {
			t.Errorf("%.40s: %s, want %s", src, got, want)
		}
		e.Caret()
	}
}

func TestCaret(t *testing.T) {
	long := strings.Repeat("frame == 1 || ", 20)
	for src, want := range map[string]string{
		"stauts != SUCCESS":             "stauts != SUCCESS\n^^^^^^",
		"path ~ \"\x1b\" && stats == 1": "path ~ \"\\x1b\" && stats == 1\n                 ^^^^^",
		"pãth ~ \"x\" = 5":              "pãth ~ \"x\" = 5\n           ^",
		long + "stauts == 1":            "..." + long[len(long)-60:] + "stauts == 1\n" + strings.Repeat(" ", 63) + "^^^^^^",
	} {
		_, err := Parse(src)
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", src, err)
			continue
		}
		line, marks := e.Caret()
		if got := line + "\n" + marks; got != want {
			t.Errorf("%q:\n%s\nwant\n%s", src, got, want)
		}
	}
}

// TestOperation matches the facts of an operation, of which no message is there.
func TestOperation(t *testing.T) {
	names := []string{"", "docs\\a.txt", "tester"}
	var r Row
	r.A.Name = func(k uint32) string { return names[k] }
	r.A.User = func(uint32) string { return names[2] }
	r.A.Start = 1e9
	r.A.SetOp(&op.Op{Num: 7, Proto: op.SMB2, Command: uint16(smb2.ChangeNotify), Request: 1, Interim: 2, Path: 1, Open: 3, Session: 1, ReqFrame: 20,
		Start: 3e9, RTT: -1, Status: 0x103, State: op.Pending | op.WasSealed})
	for src, want := range map[string]bool{
		"cmd == CHANGE_NOTIFY && status == PENDING": true,
		"open == F3 && session == S1 && op == 7":    true,
		"open == F4":                                false,
		"rtt":                                       false,
		"t == 2s && t > 1500ms":                     true,
		"frame == 20 && !response && request":       true,
		"user == tester":                            true,
		"a.txt pending":                             true,
		"sealed && decrypted":                       true,
		"path ~ txt$":                               true,
		"smb2.filename || session_id == 1":          false,
		`time > "1970-01-01 00:00:02"`:              true,
	} {
		f, err := Parse(src)
		if err != nil {
			t.Errorf("%s: %v", src, err)
			continue
		}
		if got := f.Match(&r); got != want {
			t.Errorf("%s: %v", src, got)
		}
		// With the race detector the pools of package regexp forget at random.
		if n := testing.AllocsPerRun(20, func() { f.Match(&r) }); n > 0 && !race {
			t.Errorf("%s: %v allocations", src, n)
		}
	}
}

func TestNeeds(t *testing.T) {
	for src, want := range map[string][2]bool{
		"cmd == READ || report && rtt > 1": {false, false},
		"message_id == 5":                  {false, true},
		"problems":                         {true, false},
		"cmd == READ && smb2.filename":     {true, true},
	} {
		f, err := Parse(src)
		if err != nil || f.NeedsTree() != want[0] || f.NeedsMessages() != (want[0] || want[1]) {
			t.Errorf("%s: %v", src, err)
		}
	}
}

func TestAllocations(t *testing.T) {
	r := example()
	for _, src := range []string{
		`smb2.filename contains "zzz" || smb2.nt_status ~ "nothing" || smb2.cmd in {1..3}`,
		`path ~ "nothing" || rtt > 5s || cmd == READ || status.class == info`,
		`smb2.filename == smb2.path || len(smb2.filename) > 100 || zzz`,
	} {
		f, err := Parse(src)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { f.Match(r) }); n > 0 && !race {
			t.Errorf("%s: %v allocations", src, n)
		}
	}
}
