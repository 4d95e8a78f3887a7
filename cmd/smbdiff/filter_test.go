package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"smbdiff/dissect"
	"smbdiff/dissect/field"
	"smbdiff/dissect/filter"
)

// judged are filters that tshark reads too and that choose the same frames.
var judged = []string{
	"smb2", "smb", "smb2 || smb", "!smb2", "not (smb or smb2)", "ntlmssp", "spnego", "len(smb2.filename) > 0", "smb2.ea.name", "smb2.nt_status", "smb2.fid",
	"smb2.cmd == 5", "smb2.cmd==0x5", "smb2.cmd eq 05", "smb2.cmd != 5", "!(smb2.cmd == 5)", "smb2.cmd ne 5", "smb2.cmd > 5 and smb2.cmd <= 8",
	"smb2.cmd gt 5 && smb2.cmd le 8", "smb2.cmd < 3 or smb2.cmd >= 14", "smb2.cmd lt 3 || smb2.cmd ge 14", "smb2.cmd in {5, 6}",
	"smb2.cmd in {0..3, 14..17}", "smb2.cmd not in {5, 6}", "not smb2.cmd in {5, 6}", "smb2.flags.response == 1", "smb2.flags.response == True",
	"smb2.flags.response", "smb2.flags.async == 0", "smb2.flags & 1", "smb2.flags & 0x4", "smb2.cmd === 5", "smb2.cmd ~= 5", "smb2.cmd !== 5",
	"any smb2.cmd == 5", "all smb2.cmd == 5", "smb2.nt_status == 0xc0000034", "smb2.nt_status != 0", "smb2.nt_status >= 0xc0000000",
	"smb2.msg_id == 5", "smb2.msg_id in {3..9}", "smb2.sesid == 0", "smb2.tid != 0", `smb2.filename contains "plan"`, `smb2.filename contains "PLAN"`,
	`smb2.filename matches "PLAN"`, `smb2.filename matches "^docs"`, `smb2.filename matches "\\.txt$"`, `smb2.filename matches r"\.txt$"`,
	`smb2.filename == "docs"`, `smb2.filename != "docs" && smb2.filename != ""`, `smb2.filename == "do\x63s"`, `smb2.filename == "do\143s"`, "len(smb2.filename) > 8",
	"count(smb2.filename) > 1", `upper(smb2.filename) == "DOCS"`, `lower(smb2.filename) contains "plan"`, `smb2.filename[0:2] == "do"`,
	"smb2.filename[0-1] == 64:6f", "smb2.filename[0:4] == 646f6373", `smb2.filename[-3:3] == "txt"`, `smb2.filename[-1] == 74`, `smb2.filename[5:] == "report.txt"`,
	"smb2.signature == 00000000000000000000000000000000", "smb2.signature[0:2] == 00:00", "smb2.fid == 00000000-0000-0000-0000-000000000000",
	"smb2.fid != ffffffff-ffff-ffff-ffff-ffffffffffff", "smb2.create.action == 1 || smb2.create.disposition == 1", "smb2.file_attribute.directory == 1",
	"smb2.last_access.time > \"2020-01-01 00:00:00\"", "smb2.create.time < \"2020-01-01T00:00:00Z\"", "smb2.end_of_file > smb2.allocation_size",
	"smb2.cmd == 5 && smb2.flags.response == 0 || smb2.cmd == 6", "smb2.cmd == 6 || smb2.cmd == 5 && smb2.flags.response == 0",
	"(smb2.cmd == 5 or smb2.cmd == 6) and not smb2.flags.response == 1", "smb2.capabilities.dfs == 1", "smb2.dialect == 0x0311",
	"smb.cmd == 0x72", "smb.cmd in {0x32, 0xa2}", "smb.flags.response == 1", "smb.nt_status != 0", `smb.file contains "txt" && smb.flags.response == 0 && smb.cmd == 0xa2`, "smb.trans2.cmd == 5 && smb.flags.response == 0",
	"ntlmssp.messagetype == 3", `ntlmssp.auth.username == "tester"`, "ntlmssp.negotiateunicode == 1", "frame.number in {10..40}", "frame.number > 30 && smb2.cmd == 5",
	"ip.addr == 127.0.0.1", "ip.src == 127.0.0.0/8", "ip.dst == 10.0.0.1",
}

// taps is a Lua script that makes tshark say, for many filters at once, which
// frames match.
const taps = `for i, e in ipairs({%s}) do
  local ok, tap = pcall(Listener.new, "frame", e)
  if ok then function tap.packet(p, tvb) print("match", i, p.number) end else print("refused", i) end
end
`

// TestFilterTshark holds which frames a filter chooses against tshark. It lists
// frames of SMB only: what lies below is not shown by dump.
func TestFilterTshark(t *testing.T) {
	if _, err := exec.LookPath("tshark"); err != nil {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal(err)
		}
		t.Skip("interop: tshark is not installed (LookPath)")
	}
	for _, name := range []string{"missing", "sc-SMB2_02-openlock-plain", "sc-NT1-meta-plain", "sc-SMB3_11-meta-seal-AES-256-CCM"} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(traces, name+".pcap")
			all := frames(t, "dump", path)
			theirs, refused := tsharkFrames(t, path)
			for i, expr := range judged {
				if _, err := filter.Parse(expr); (err != nil) != refused[i+1] {
					t.Errorf("%s: %v, refused by tshark: %v", expr, err, refused[i+1])
				}
				if refused[i+1] {
					continue
				}
				ours := frames(t, "dump", path, "--filter", expr)
				for f := range theirs[i+1] {
					if all[f] && !ours[f] {
						t.Errorf("%s: frame %d is missing", expr, f)
					}
				}
				for f := range ours {
					if !theirs[i+1][f] {
						t.Errorf("%s: frame %d does not belong", expr, f)
					}
				}
			}
		})
	}
}

var frameNumber = regexp.MustCompile(`(?m)^\{"schema":"smbdiff/message/1","frame":(\d+)`)

// frames gives the frames in the output of a dump.
func frames(t *testing.T, args ...string) map[int]bool {
	code, out, stderr := run(t, args...)
	if code != 0 {
		t.Fatalf("%q: exit %d: %s", args, code, stderr)
	}
	set := map[int]bool{}
	for _, m := range frameNumber.FindAllStringSubmatch(out, -1) {
		n, _ := strconv.Atoi(m[1])
		set[n] = true
	}
	return set
}

// tsharkArgs makes tshark read a checked-in capture with its keys.
func tsharkArgs(path string) []string {
	args := []string{"-r", path}
	for port := 4451; port <= 4462; port++ {
		args = append(args, "-d", fmt.Sprintf("tcp.port==%d,nbss", port))
	}
	keys, _ := os.ReadFile(strings.TrimSuffix(path, ".pcap") + ".keys")
	for line := range strings.Lines(string(keys)) {
		args = append(args, "-o", "uat:smb2_seskey_list:"+strings.TrimSpace(line))
	}
	return args
}

// tsharkFrames gives the frames that tshark chooses, by the filter's number from
// 1, and the filters that it does not read.
func tsharkFrames(t *testing.T, path string) (frames map[int]map[int]bool, refused map[int]bool) {
	var list []string
	for _, e := range judged {
		list = append(list, "[==["+e+"]==]")
	}
	script := filepath.Join(t.TempDir(), "taps.lua")
	if err := os.WriteFile(script, []byte(fmt.Sprintf(taps, strings.Join(list, ",\n"))), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append(tsharkArgs(path), "-X", "lua_script:"+script, "-Y", "frame.number == 0")
	out, err := exec.Command("tshark", args...).Output()
	if err != nil {
		t.Fatal(err)
	}
	frames, refused = map[int]map[int]bool{}, map[int]bool{}
	for line := range strings.Lines(string(out)) {
		var what string
		var i, frame int
		fmt.Sscan(line, &what, &i, &frame)
		switch what {
		case "match":
			if frames[i] == nil {
				frames[i] = map[int]bool{}
			}
			frames[i][frame] = true
		case "refused":
			refused[i] = true
		}
	}
	if len(frames) < 10 {
		t.Fatalf("tshark matched next to nothing:\n%s", out)
	}
	return frames, refused
}

// TestLimit checks that a limited dump is the beginning of the whole one.
func TestLimit(t *testing.T) {
	path := filepath.Join(traces, "missing.pcap")
	for _, format := range []string{"ndjson", "json", "text"} {
		_, all, _ := run(t, "dump", path, "--format", format, "--filter", "cmd == CREATE")
		for _, n := range []int{1, 2, 29, 30, 31} {
			code, got, stderr := run(t, "dump", path, "--format", format, "--filter", "cmd == CREATE", "--limit", strconv.Itoa(n))
			if code != 0 || !strings.HasPrefix(all, strings.TrimSuffix(got, "\n]\n")) {
				t.Fatalf("%s %d: exit %d %s\n%s", format, n, code, stderr, got)
			}
			count := strings.Count(got, `"schema"`)
			if format == "text" {
				count = strings.Count("\n"+got, "\nFrame ")
			}
			if want := min(n, 30); count != want {
				t.Errorf("%s %d: %d messages", format, n, count)
			}
		}
	}
}

// TestFilterNames checks that every field of every message of the checked-in
// captures can be named in a filter, which then chooses the message.
func TestFilterNames(t *testing.T) {
	paths, _ := filepath.Glob(filepath.Join(traces, "*.pcap*"))
	seen := map[*field.Def]bool{}
	for _, path := range paths {
		f := &flags{files: []string{path}}
		s, err := f.open(0)
		if err != nil {
			t.Fatal(err)
		}
		var d dissect.Dissector
		var row filter.Row
		dissect.Run(s.file, dissect.Options{Opener: s.opener, Whole: true, Emit: func(b *dissect.Batch) bool {
			for i := range b.Messages {
				m := &b.Messages[i]
				if !m.Event.Carries() {
					continue
				}
				d.Dissect(m)
				row.A.SetMessage(m)
				row.A.Looks[0].Tree = &d.Tree
				for k := range d.Tree.Nodes {
					if def := d.Tree.Nodes[k].Def; !seen[def] {
						seen[def] = true
						check(t, path, &row, def)
					}
				}
			}
			return true
		}})
		s.file.Close()
	}
	if len(seen) < 400 {
		t.Errorf("%d fields seen", len(seen))
	}
}

func check(t *testing.T, path string, row *filter.Row, def *field.Def) {
	names := map[string]bool{def.Name: true}
	for _, b := range def.Bits {
		names[b.Name] = true
	}
	for _, n := range slices.Sorted(maps.Keys(names)) {
		if f, err := filter.Parse(n); err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
		} else if !f.Match(row) {
			t.Errorf("%s: %s (%s) is there and not found", filepath.Base(path), n, def.Label)
		}
	}
}
