package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// peer skips a test whose peer is not installed, unless none may be missing.
func peer(t *testing.T, name string) {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
}

// start runs a verb that listens and gives its port; it ends with the test.
func start(t *testing.T, args ...string) (port string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	var stderr bytes.Buffer
	done := make(chan int, 1)
	go func() {
		done <- run(ctx, args, w, &stderr)
		w.Close()
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("it said %q: %s", line, stderr.String())
	}
	_, port, err = net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	ended := false
	stop = func() {
		if ended {
			return
		}
		ended = true
		cancel()
		if code := <-done; code != exitDone {
			t.Errorf("exit code %d: %s", code, stderr.String())
		}
	}
	t.Cleanup(stop)
	return port, stop
}

// serveShare serves one share.
func serveShare(t *testing.T, place string, more ...string) (port string, stop func()) {
	return start(t, append([]string{"serve", "--listen", "127.0.0.1:0", "--share", "data=" + place, "--user", "tester:Passw0rd!"}, more...)...)
}

// smbclient runs commands of smbclient in a folder.
func smbclient(t *testing.T, dir, port, commands string, more ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	args := append([]string{"-s", "/dev/null", "//127.0.0.1/data", "-p", port, "-U", "tester%Passw0rd!", "--option=client min protocol=SMB2_02"}, more...)
	cmd := exec.CommandContext(ctx, "smbclient", append(args, "-c", commands)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("smbclient %s: %v\n%s", commands, err, out)
	}
	return string(out)
}

// commandOutput runs a program in a folder.
func commandOutput(ctx context.Context, dir, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// protections are ways to ask smbclient for a dialect, a cipher, a signature.
func protections() map[string][]string {
	return map[string][]string{
		"2.0.2 signed":         {"-m", "SMB2_02", "--client-protection=sign"},
		"2.1 signed":           {"-m", "SMB2_10", "--client-protection=sign"},
		"3.0 signed":           {"-m", "SMB3_00", "--client-protection=sign"},
		"3.0 sealed":           {"-m", "SMB3_00", "--client-protection=encrypt"},
		"3.0.2 sealed":         {"-m", "SMB3_02", "--client-protection=encrypt"},
		"3.1.1 AES-128-CCM":    {"-m", "SMB3_11", "--client-protection=encrypt", "--option=client smb3 encryption algorithms=AES-128-CCM"},
		"3.1.1 AES-128-GCM":    {"-m", "SMB3_11", "--client-protection=encrypt", "--option=client smb3 encryption algorithms=AES-128-GCM"},
		"3.1.1 AES-256-CCM":    {"-m", "SMB3_11", "--client-protection=encrypt", "--option=client smb3 encryption algorithms=AES-256-CCM"},
		"3.1.1 AES-256-GCM":    {"-m", "SMB3_11", "--client-protection=encrypt", "--option=client smb3 encryption algorithms=AES-256-GCM"},
		"3.1.1 HMAC-SHA256":    {"-m", "SMB3_11", "--client-protection=sign", "--option=client smb3 signing algorithms=HMAC-SHA256"},
		"3.1.1 AES-128-CMAC":   {"-m", "SMB3_11", "--client-protection=sign", "--option=client smb3 signing algorithms=AES-128-CMAC"},
		"3.1.1 AES-128-GMAC":   {"-m", "SMB3_11", "--client-protection=sign", "--option=client smb3 signing algorithms=AES-128-GMAC"},
		"multi-protocol start": {"--option=client min protocol=NT1", "-m", "SMB3"},
	}
}

// TestSmbclient puts and gets a file in every dialect, cipher and signature.
func TestSmbclient(t *testing.T) {
	peer(t, "smbclient")
	port, _ := serveShare(t, "mem:")
	for name, args := range protections() {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			data := make([]byte, 3<<20+17)
			rand.Read(data)
			if err := os.WriteFile(filepath.Join(dir, "a"), data, 0o600); err != nil {
				t.Fatal(err)
			}
			smbclient(t, dir, port, "put a x; get x b; del x", args...)
			back, err := os.ReadFile(filepath.Join(dir, "b"))
			if err != nil || !bytes.Equal(data, back) {
				t.Errorf("what came back is not what was put: %v", err)
			}
		})
	}
}

// TestSmbclientCommands goes through what smbclient can do, on both kinds of
// share.
func TestSmbclientCommands(t *testing.T) {
	peer(t, "smbclient")
	for _, place := range []string{"mem:", t.TempDir()} {
		port, _ := serveShare(t, place)
		dir := t.TempDir()
		for _, name := range []string{"one.txt", "two.txt"} {
			os.WriteFile(filepath.Join(dir, name), []byte("text of "+name), 0o600)
		}
		out := smbclient(t, dir, port, `prompt; mkdir d; cd d; mput *.txt; ls; rename one.txt three.txt; scopy three.txt four.txt; ls;
			setmode two.txt +rh; allinfo two.txt; setmode two.txt -rh; showacls; ls two.txt; showacls; get four.txt back; del *.txt; cd ..; rmdir d; ls`)
		for _, want := range []string{"one.txt", "three.txt", "four.txt", "attributes: RHA", "ACCESS ALLOWED"} {
			if !strings.Contains(out, want) {
				t.Errorf("%s: no %q in\n%s", place, want, out)
			}
		}
		if b, _ := os.ReadFile(filepath.Join(dir, "back")); string(b) != "text of one.txt" {
			t.Errorf("%s: the copy holds %q", place, b)
		}
	}
}

// TestListShares asks for shares and server by RPC.
func TestListShares(t *testing.T) {
	peer(t, "smbclient")
	peer(t, "rpcclient")
	port, _ := serveShare(t, "mem:")
	for _, c := range [][]string{
		{"smbclient", "-s", "/dev/null", "-L", "127.0.0.1", "-p", port, "-U", "tester%Passw0rd!"},
		{"smbclient", "-s", "/dev/null", "-L", "127.0.0.1", "-p", port, "-N"},
		{"rpcclient", "-s", "/dev/null", "-p", port, "127.0.0.1", "-U", "tester%Passw0rd!", "-c", "srvinfo; netshareenum; netsharegetinfo data"},
	} {
		out, err := exec.CommandContext(t.Context(), c[0], c[1:]...).CombinedOutput()
		if err != nil || !bytes.Contains(out, []byte("data")) {
			t.Errorf("%v: %v\n%s", c, err, out)
		}
	}
}

// TestAccounts asks for users, names and identifiers by RPC.
func TestAccounts(t *testing.T) {
	peer(t, "rpcclient")
	port, _ := serveShare(t, "mem:", "--user", "alice:x")
	for _, c := range []struct{ command, want string }{
		{"lookupnames tester nobody Everyone", "-1000 (User: 1)\nnobody S-0-0 (UNKNOWN: 8)\nEveryone S-1-1-0 (Well-known Group: 5)"},
		{"lookupnames_level 1 alice", "-1001 (User: 1)"},
		{"lookupsids S-1-5-18 S-1-1-0 S-1-5-99", "S-1-5-18 NT AUTHORITY\\SYSTEM (5)\nS-1-1-0 \\Everyone (5)\nS-1-5-99 *unknown*\\*unknown* (8)"},
		{"enumdomusers", "user:[tester] rid:[0x3e8]\nuser:[alice] rid:[0x3e9]"},
		{"enumdomgroups", "group:[None] rid:[0x201]"},
		{"queryuser alice", "User Name   :\talice"},
		{"samlookuprids domain 0x3e8 0x9", "rid 0x3e8: tester (1)\nrid 0x9: (null) (8)"},
	} {
		out, err := exec.CommandContext(t.Context(), "rpcclient", "-s", "/dev/null", "-p", port, "127.0.0.1", "-U", "tester%Passw0rd!", "-c", c.command).CombinedOutput()
		if !bytes.Contains(out, []byte(c.want)) {
			t.Errorf("%s: %v\n%s", c.command, err, out)
		}
	}
}

// TestImpacket drives the server with impacket.
func TestImpacket(t *testing.T) {
	peer(t, "/usr/bin/python3")
	if err := exec.CommandContext(t.Context(), "/usr/bin/python3", "-c", "import impacket").Run(); err != nil {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal("impacket:", err)
		}
		t.Skip("impacket:", err)
	}
	port, _ := serveShare(t, "mem:")
	out, err := exec.CommandContext(t.Context(), "/usr/bin/python3", "testdata/client.py", port).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestRefused holds that a wrong password and a missing share are turned away.
func TestRefused(t *testing.T) {
	peer(t, "smbclient")
	port, _ := serveShare(t, "mem:", "--seal", "required")
	for _, c := range []struct {
		share, user, want string
		more              []string
	}{
		{"data", "tester%wrong", "LOGON_FAILURE", nil},
		{"data", "nobody%Passw0rd!", "LOGON_FAILURE", nil},
		{"none", "tester%Passw0rd!", "BAD_NETWORK_NAME", nil},
		{"data", "tester%Passw0rd!", "ACCESS_DENIED", []string{"-m", "SMB2_10"}},
	} {
		args := append([]string{"-s", "/dev/null", "//127.0.0.1/" + c.share, "-p", port, "-U", c.user, "-c", "ls"}, c.more...)
		out, err := exec.CommandContext(t.Context(), "smbclient", args...).CombinedOutput()
		if err == nil || !bytes.Contains(out, []byte(c.want)) {
			t.Errorf("%+v: %v\n%s", c, err, out)
		}
	}
}
