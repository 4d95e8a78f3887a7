package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestExport holds the form of each tool's lines, and opens the capture by them.
func TestExport(t *testing.T) {
	capture := filepath.Join(traces, "good.pcap")
	for tool, want := range map[string]string{
		"wireshark": `^` + goodID + `,` + goodSession + `,[0-9a-f]{32},[0-9a-f]{32}\n$`,
		"tshark":    `^-o 'uat:smb2_seskey_list:` + goodID + `,` + goodSession + `,[0-9a-f]{32},[0-9a-f]{32}'\n$`,
		"samba": `^debug encryption: dumping generated session keys
Session Id    \[0000\] CD 65 A4 57 00 00 00 00                             .e.W....
Session Key   \[0000\] 3C 6D 86 A5 99 27 2A 70   .*\n`,
	} {
		code, out, stderr := run(t, "keys", "export", "--for", tool, capture)
		if tool == "samba" {
			want = strings.Replace(want, "3C 6D 86 A5 99 27 2A 70", "3C 6D 86 A5 99 27 2A 70|Session Key", 1)
		}
		if code != exitDone || !regexp.MustCompile(want).MatchString(out) {
			t.Errorf("%s: exit %d\n%s%s", tool, code, out, stderr)
		}
		if tool == "tshark" {
			out = strings.Trim(strings.TrimPrefix(strings.TrimSpace(out), "-o "), "'")
		}
		r := keysCheck(t, bareCopy(t, "good.pcap"), "-k", written(t, "x.keys", []byte(out)))
		if r.Exit != exitDone || r.Opened != 106 {
			t.Errorf("%s: %+v", tool, r)
		}
	}
	// Servers of Samba 4.23 and later name the directions the other way round.
	_, log, _ := run(t, "keys", "export", "--for", "samba", capture)
	log = strings.NewReplacer("ServerIn Key ", "ServerOut Key", "ServerOut Key", "ServerIn Key ", "Cipher Algo: 2\n", "").Replace(log)
	c := strings.Split(exported(t, capture)[0], ",")
	log += "Wireshark configuration line:\n" + strings.Join([]string{c[0], c[1], c[3], c[2]}, ",") + "\n"
	log = strings.Replace(log, strings.ToUpper(c[1][:2])+" ", "00 ", 1) // so that the session key does not open it
	if r := keysCheck(t, bareCopy(t, "good-midstream.pcap"), "-k", written(t, "log", []byte(log))); r.Exit != exitDone || r.Opened != r.Sealed {
		t.Errorf("swapped directions: %+v", r)
	}
	// A pair that was exported opens where the handshake is missing.
	pair := written(t, "pair.keys", []byte(strings.Join(exported(t, capture), "\n")))
	if r := keysCheck(t, bareCopy(t, "good-midstream.pcap"), "-k", pair); r.Exit != exitDone || r.Opened != r.Sealed {
		t.Errorf("%+v", r)
	}
	for _, args := range [][]string{{"keys", "export", capture}, {"keys", "export", "--for", "zeek", capture}, {"keys", "check"}, {"keys", "check", "a", "b"},
		{"keys", "nothing"}, {"keys", "import"}, {"keys", "check", "--format", "xml", capture}, {"keys"}, {"keys", "derive", bareCopy(t, "good.pcap")}} {
		if code, _, _ := run(t, args...); code != exitTrouble {
			t.Errorf("%v: exit %d", args, code)
		}
	}
}

// TestImport turns material of several forms into one file, which nobody else
// may read, and opens captures by it.
func TestImport(t *testing.T) {
	capture, sealed := filepath.Join(traces, "good.pcap"), bareCopy(t, "sc-SMB3_11-meta-seal-AES-256-GCM.pcap")
	_, log, _ := run(t, "keys", "export", "--for", "samba", capture)
	secrets := written(t, "secrets", []byte("password \"LAB\\some body\" a b\npassword tester Passw0rd!\nnthash * "+goodSession+"\n"+strings.Repeat("cd", 32)+"\n"))
	out := filepath.Join(t.TempDir(), "all.keys")
	args := []string{"keys", "import", written(t, "smbd.log", []byte("noise\n"+log+"noise\n")), secrets, filepath.Join(traces, "krb5.keytab"), "-o", out}
	code, stdout, stderr := run(t, args...)
	if code != exitDone || stdout != "" || !strings.Contains(stderr, "2 Kerberos keys are not written") {
		t.Fatalf("exit %d: %s%s", code, stdout, stderr)
	}
	if st, err := os.Stat(out); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
	if code, _, stderr := run(t, args...); code != exitTrouble || !strings.Contains(stderr, "--force") {
		t.Errorf("overwrites: exit %d %s", code, stderr)
	}
	before, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, _ := run(t, append(args, "--force")...); code != exitDone {
		t.Errorf("--force: exit %d", code)
	}
	if code, again, _ := run(t, "keys", "import", out); code != exitDone || again != string(before) {
		t.Errorf("importing again gives %s, was %s", again, before)
	}
	for _, c := range []string{bareCopy(t, "good.pcap"), sealed} {
		if r := keysCheck(t, c, "-k", out); r.Exit != exitDone || r.Opened != r.Sealed || r.Sealed == 0 {
			t.Errorf("%s: %+v", c, r)
		}
	}
}

// TestExportTshark gives tshark what export writes for it: it opens every
// message that this program opens.
func TestExportTshark(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal(err)
		}
		t.Skip("interop: no tshark")
	}
	for _, c := range []struct{ capture, key string }{
		{"good.pcap", ""}, {"krb5-SMB3_11-AES-256-GCM.pcap", filepath.Join(traces, "krb5.keytab")}, {"sc-SMB3_11-meta-seal-AES-256-CCM.pcap", ""},
		{"sc-SMB3_00-share-enc.pcap", ""}, {"merged.pcapng", ""}, {"rec-bind-seal.pcap", ""},
	} {
		path := filepath.Join(traces, c.capture)
		args := []string{"keys", "export", "--for", "tshark", path}
		if c.key != "" {
			args = append(args, "-k", c.key)
		}
		code, out, stderr := run(t, args...)
		if code != exitDone {
			t.Errorf("%s: exit %d %s", c.capture, code, stderr)
			continue
		}
		call := []string{"-n", "-r", path, "-Y", "smb2", "-o", "tcp.reassemble_out_of_order:TRUE"}
		for port := 4450; port < 4480; port++ {
			call = append(call, "-d", fmt.Sprintf("tcp.port==%d,nbss", port))
		}
		for l := range strings.Lines(out) {
			call = append(call, "-o", strings.Trim(strings.TrimPrefix(strings.TrimSpace(l), "-o "), "'"))
		}
		cmd := exec.Command(tshark, call...)
		var errors bytes.Buffer
		cmd.Stderr = &errors
		text, err := cmd.Output()
		if err != nil {
			t.Errorf("%s: %v %s", c.capture, err, errors.String())
			continue
		}
		if n := strings.Count(string(text), "Encrypted SMB3"); n > 0 || !strings.Contains(string(text), "Decrypted SMB3") {
			t.Errorf("%s: tshark leaves %d frames shut", c.capture, n)
		}
	}
}
