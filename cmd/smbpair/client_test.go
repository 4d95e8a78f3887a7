package main

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"smbdiff/diff"
	"smbdiff/dissect"
	"smbdiff/dissect/conv"
)

// ways are the dialects, ciphers and signatures that clients are tried with.
var ways = []string{"-m 2.0.2", "-m 2.1 --sign", "-m 3.0", "-m 3.0 --seal", "-m 3.0.2 --sign", "", "--sign --signing AES-CMAC",
	"--sign --signing HMAC-SHA256", "--sign --signing AES-GMAC", "--seal --cipher AES-128-GCM", "--seal --cipher AES-128-CCM",
	"--seal --cipher AES-256-GCM", "--seal --cipher AES-256-CCM"}

const work = `mkdir d; text d/a.txt hello world; ls d/*; cat d/a.txt; allinfo d/a.txt; put big d/big; get d/big back; rename d/big d/big2;
	showacls d/a.txt; lock d/a.txt 0 5; df; echo; volume; setmode d/a.txt +rh; setmode d/a.txt -rh; setea d/a.txt user.x y; geteas d/a.txt;
	scopy d/a.txt d/b.txt; hardlink d/b.txt d/c.txt; utimes d/a.txt 2020-01-01T00:00:00Z -1 -1 -1; altname d/a.txt; sparse d/b.txt; truncate d/b.txt 9999;
	zero d/b.txt 0 4; ranges d/b.txt 0 9999; streams d/a.txt; query d/a.txt Standard; list d FileNamesInformation; open h d/h disp=create access=all oplock=batch;
	write h 0 text; flush h; lock h 0 4; unlock h 0 4; read h 0 4; close h; reauth; drop; echo; deltree d; cat nofile -> OBJECT_NAME_NOT_FOUND`

// useClient works on a share in every way and looks at what was recorded.
func useClient(t *testing.T, place, user string) {
	t.Chdir(t.TempDir())
	big := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	if err := os.WriteFile("big", big, 0o600); err != nil {
		t.Fatal(err)
	}
	for i, way := range ways {
		file := fmt.Sprintf("%d.pcapng", i)
		var out, errs bytes.Buffer
		args := append([]string{"client", place, "-U", user, "--record", file, "--reconnect"}, strings.Fields(way)...)
		if code := run(context.Background(), append(args, "-c", strings.ReplaceAll(work, "\n", " ")), &out, &errs); code != exitDone {
			t.Errorf("%s: exit %d: %s", way, code, &errs)
			continue
		}
		if !strings.Contains(out.String(), "hello world\n") || !strings.Contains(out.String(), "attributes: A") {
			t.Errorf("%s: says\n%s", way, &out)
		}
		if got, err := os.ReadFile("back"); err != nil || !bytes.Equal(got, big) {
			t.Errorf("%s: the file came back with %d bytes, %v", way, len(got), err)
		}
		os.Remove("back")
		judge(t, way, file)
	}
}

// judge opens a recording with its keys: all is open, and no signature is wrong.
func judge(t *testing.T, way, file string) *dissect.Trace {
	t.Helper()
	trace := openRecording(t, file)
	c := trace.Counts()
	if c.Sealed != c.Opened || strings.Contains(way, "--seal") && c.Sealed < c.Messages/2 {
		t.Errorf("%s: %d of %d messages sealed, %d open", way, c.Sealed, c.Messages, c.Opened)
	}
	r := trace.NewReader()
	for num := uint32(1); r.Read(num); num++ {
		m := &r.Message
		if m.Signature == conv.SignatureInvalid || m.Signature == conv.SignatureUnverified || len(m.Problems) > 0 {
			t.Errorf("%s: message %d: signature %s, %q", way, num, m.Signature, m.Problems)
		}
	}
	return trace
}

// TestClient works on the server of this program.
func TestClient(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--listen", "127.0.0.1:0", "--share", "data=mem:", "--user", "tester:Passw0rd!"}, w, os.Stderr)
	}()
	line := make([]byte, 100)
	n, _ := r.Read(line)
	address, ok := strings.CutPrefix(strings.TrimSpace(string(line[:n])), "listening on ")
	if !ok {
		t.Fatalf("%q", line[:n])
	}
	t.Run("work", func(t *testing.T) { useClient(t, "//"+address+"/data", "tester%Passw0rd!") })
	for _, c := range []struct{ args, want string }{
		{"//" + address + "/data -U tester%wrong -c ls", "SESSION_SETUP: STATUS_LOGON_FAILURE"},
		{"//" + address + "/none -U tester%Passw0rd! -c ls", "STATUS_BAD_NETWORK_NAME"},
		{"//" + address + "/data -U tester%Passw0rd! -c frob", `no command "frob"`},
		{"//" + address + "/data -U tester%Passw0rd! -c cd -> ACCESS_DENIED", "no STATUS_ACCESS_DENIED"},
		{"//127.0.0.1:1/data -c ls", "connecting"},
		{"data", "is not wanted here"},
	} {
		args, script, _ := strings.Cut(c.args, " -c ")
		list := append([]string{"client"}, strings.Fields(args)...)
		if script != "" {
			list = append(list, "-c", script)
		}
		var out, errs bytes.Buffer
		if code := run(context.Background(), list, &out, &errs); code != exitTrouble || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: exit %d, %s", c.args, code, &errs)
		}
	}
	stop()
	if code := <-ended; code != exitDone {
		t.Errorf("the server ended with %d", code)
	}
}

// TestScenarios records scenarios of one client with a seed and without, and with
// a twin that differs by its fault alone.
func TestScenarios(t *testing.T) {
	list := []string{filepath.Join("..", "..", "testdata", "scenarios", "sealed.txt"), filepath.Join("..", "..", "testdata", "scenarios", "files.txt")}
	dir := t.TempDir()
	for _, name := range list {
		a, c := filepath.Join(dir, "a"), filepath.Join(dir, "c")
		recordScenario(t, name, "--seed", "7", "-o", a)
		recordScenario(t, name, "-o", c)
		r := diff.Traces(judge(t, name, a+".pcapng"), judge(t, name, c+".pcapng"), diff.Options{})
		if r.Exit != 0 {
			t.Errorf("%s: with a seed and without: %s", name, r.Sentence())
		}
	}
	out := filepath.Join(dir, "x")
	recordScenario(t, filepath.Join("..", "..", "testdata", "scenarios", "sealed.txt"), "--twin", "CREATE path=*plan-old.txt nth=2 status=ACCESS_DENIED", "-o", out)
	r := diff.Traces(judge(t, "good", out+".pcapng"), judge(t, "twin", out+"-twin.pcapng"), diff.Options{})
	if r.Exit != 1 || r.First == nil || r.First.Reason != "status" || !strings.Contains(r.Sentence(), "STATUS_ACCESS_DENIED") || r.First.Suspect != "server" {
		t.Errorf("the twin: %s", r.Sentence())
	}
	for _, bad := range [][]string{{}, {"none", "-o", out}, {list[0]}, {list[0], "-o", out, "--twin", "FROB"}} {
		var o, errs bytes.Buffer
		if code := run(context.Background(), append([]string{"record"}, bad...), &o, &errs); code != exitTrouble || errs.Len() == 0 {
			t.Errorf("%v: exit %d, %s", bad, code, &errs)
		}
	}
}

// TestClientSamba works on Samba's server.
func TestClientSamba(t *testing.T) {
	for _, p := range []string{"smbd", "smbpasswd"} {
		if _, err := exec.LookPath(p); err != nil || os.Getuid() != 0 {
			if os.Getenv("SMBDIFF_INTEROP") == "require" {
				t.Fatalf("%s, or root, is missing", p)
			}
			t.Skip("interop: smbd is not installed (LookPath), or not root")
		}
	}
	dir := t.TempDir()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	config := "[global]\nserver role = standalone server\nbind interfaces only = yes\ninterfaces = lo\nsmb ports = " + port +
		"\nserver min protocol = SMB2_02\ndisable spoolss = yes\nload printers = no\nlog file = " + dir + "/log\npassdb backend = tdbsam:" + dir + "/passdb.tdb\n"
	for _, d := range []string{"private", "lock", "state", "cache", "pid", "ncalrpc", "share"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o755); err != nil {
			t.Fatal(err)
		}
		switch d {
		case "private", "ncalrpc":
			config += d + " dir = " + filepath.Join(dir, d) + "\n"
		case "share":
			config += "[share]\nread only = no\nkernel oplocks = no\nkernel share modes = no\nposix locking = no\nea support = yes\npath = " +
				filepath.Join(dir, d) + "\n" // handles are durable then
		default:
			config += d + " directory = " + filepath.Join(dir, d) + "\n"
		}
	}
	conf := filepath.Join(dir, "smb.conf")
	if err := os.WriteFile(conf, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	add := exec.Command("smbpasswd", "-c", conf, "-s", "-a", "root")
	add.Stdin = strings.NewReader("Passw0rd!\nPassw0rd!\n")
	if msg, err := add.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, msg)
	}
	d := exec.Command("smbd", "-F", "--no-process-group", "-s", conf)
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		d.Process.Signal(os.Interrupt)
		d.Process.Kill()
		d.Wait()
	}()
	for range 100 {
		if c, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
			c.Close()
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	scenarios, err := filepath.Abs(filepath.Join("..", "..", "testdata", "scenarios"))
	if err != nil {
		t.Fatal(err)
	}
	useClient(t, "//127.0.0.1:"+port+"/share", "root%Passw0rd!")
	for _, name := range []string{"channels", "channels-sealed", "ciphers", "dialects", "durable", "leases", "locks", "parallel", "pipelined", "sealed", "signed-2.1"} {
		out := filepath.Join(t.TempDir(), name)
		recordScenario(t, filepath.Join(scenarios, name+".txt"), "--to", "//127.0.0.1:"+port+"/share", "-U", "root%Passw0rd!", "-o", out)
		judge(t, name, out+".pcapng")
	}
	proxySamba(t, port)
}

// proxySamba has smbclient talk to Samba through a relay, sealed: what that
// recorded opens with the account's password.
func proxySamba(t *testing.T, server string) {
	peer(t, "smbclient")
	dir := t.TempDir()
	file := filepath.Join(dir, "x.pcapng")
	if err := os.WriteFile(filepath.Join(dir, "a"), []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	port, stop := start(t, "proxy", "--listen", "127.0.0.1:0", "--to", "127.0.0.1:"+server, "--user", "root:Passw0rd!", "--record", file)
	out, err := commandOutput(t.Context(), dir, "smbclient", "-s", "/dev/null", "//127.0.0.1/share", "-p", port, "-U", "root%Passw0rd!",
		"--client-protection=encrypt", "-c", "put a; get a b; ls; del a")
	if err != nil {
		t.Errorf("smbclient: %v\n%s", err, out)
	}
	stop()
	if s := look(t, file); s.messages < 30 || s.sealed < 20 || s.shut+s.bad+s.problems > 0 {
		t.Errorf("the capture holds %+v", s)
	}
}
