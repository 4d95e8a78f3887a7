package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"smbdiff/dissect/capture"
)

// unseal runs decrypt and gives the path of what it wrote.
func unseal(t *testing.T, c corpusCapture, dir string) string {
	t.Helper()
	out := filepath.Join(dir, filepath.Base(filepath.Dir(c.path))+"-"+filepath.Base(c.path)+".pcapng")
	args := []string{"decrypt", c.path, "-o", out}
	if c.keys != "" {
		args = append(args, "-k", c.keys)
	}
	code, stdout, stderr := run(t, args...)
	if code != exitDone && !strings.Contains(stderr, "no SMB") && !strings.Contains(stderr, "cut") || stdout != "" {
		t.Errorf("%s: exit %d, %q, %s", c.path, code, stdout, stderr)
	}
	return out
}

func tracesWithKeys(t *testing.T) []corpusCapture {
	t.Helper()
	var all []corpusCapture
	for _, glob := range []string{"*.pcap", "*.pcapng", "*.gz"} {
		list, _ := filepath.Glob(filepath.Join(traces, glob))
		for _, p := range list {
			all = append(all, corpusCapture{path: p})
		}
	}
	if len(all) < 50 {
		t.Fatal("no captures")
	}
	return all
}

// TestDecryptDump holds the dump of a capture against the dump of its decrypted
// form, which is read without keys: all is the same but what tells of sealing
// and what only keys can tell.
func TestDecryptDump(t *testing.T) {
	dir := t.TempDir()
	opened := 0
	for _, c := range tracesWithKeys(t) {
		opened += compareDumps(t, c, unseal(t, c, dir))
	}
	if opened < 1000 {
		t.Errorf("%d sealed messages in all", opened)
	}
}

// TestDecryptDumpCorpus does the same over the corpus.
func TestDecryptDumpCorpus(t *testing.T) {
	captures := corpus(t)
	dir := t.TempDir()
	overCorpus(captures, func(c corpusCapture) { compareDumps(t, c, unseal(t, c, dir)) })
}

// TestDecryptOutput writes over the capture itself, into a stream, and not at
// all.
func TestDecryptOutput(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.pcap")
	if err := os.WriteFile(path, good(t), 0o644); err != nil {
		t.Fatal(err)
	}
	key := []string{"-k", filepath.Join(traces, "good.keys")}
	code, stream, stderr := run(t, append([]string{"decrypt", "-o", "-", path}, key...)...)
	if code != exitDone || stderr != "" {
		t.Errorf("exit %d, %s", code, stderr)
	}
	if code, out, stderr := run(t, append([]string{"decrypt", "--force", "-o", path, path}, key...)...); code != exitDone || out+stderr != "" {
		t.Errorf("exit %d, %s%s", code, out, stderr)
	}
	b, err := os.ReadFile(path)
	if err != nil || string(b) != stream {
		t.Errorf("%d bytes in the file, %d in the stream, %v", len(b), len(stream), err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st, err)
	}
	code, _, stderr = run(t, "decrypt", "-o", filepath.Join(dir, "b"), filepath.Join(traces, "good-midstream.pcap"))
	if code != exitDone || !strings.Contains(stderr, "95 of 95 sealed messages could not be opened") {
		t.Errorf("exit %d, %s", code, stderr)
	}
	for _, args := range [][]string{{path}, {path, "-o", dir}, {path, "-o", filepath.Join(dir, "none", "x")}, {filepath.Join(dir, "none"), "-o", "x"}} {
		if code, _, stderr := run(t, append([]string{"decrypt"}, args...)...); code != exitTrouble || !strings.Contains(stderr, "smbdiff: hint: ") {
			t.Errorf("%q: exit %d, %s", args, code, stderr)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// overCorpus calls f for each capture, on all cores.
func overCorpus(captures []corpusCapture, f func(corpusCapture)) {
	work := make(chan corpusCapture)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for c := range work {
				f(c)
			}
		})
	}
	for _, c := range captures {
		work <- c
	}
	close(work)
	wg.Wait()
}

func compareDumps(t *testing.T, c corpusCapture, plain string) (opened int) {
	args := []string{"dump", "--raw", c.path}
	if c.keys != "" {
		args = append(args, "-k", c.keys)
	}
	_, sealed, _ := run(t, args...)
	args = []string{"dump", "--raw", plain}
	if strings.HasPrefix(filepath.Base(c.path), "rpc-sealed") {
		args = append(args, "-k", strings.TrimSuffix(c.path, ".pcap")+".keys") // calls keep the seal of their own
	}
	_, clear, _ := run(t, args...)
	a, b := strings.SplitAfter(sealed, "\n"), strings.SplitAfter(clear, "\n")
	if len(a) != len(b) {
		t.Errorf("%s: %d messages, decrypted %d", c.path, len(a), len(b))
		return 0
	}
	bad := 0
	for i := range a {
		if a[i] == b[i] {
			continue
		}
		x, y := message(t, a[i]), message(t, b[i])
		if x["decrypted"] == true {
			opened++
			if y["sealed"] == true {
				t.Errorf("%s: frame %v stays sealed", c.path, x["frame"])
			}
		}
		withoutSeal(x)
		withoutSeal(y)
		for k := range x {
			if !reflect.DeepEqual(x[k], y[k]) && bad < 5 {
				bad++
				t.Errorf("%s: frame %v: %s: %.200v, decrypted %.200v", c.path, x["frame"], k, x[k], y[k])
			}
		}
	}
	return opened
}

func message(t *testing.T, line string) map[string]any {
	var m map[string]any
	d := json.NewDecoder(strings.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&m); err != nil {
		t.Fatal(err)
	}
	return m
}

// withoutSeal takes out what tells of sealing and of keys.
func withoutSeal(m map[string]any) {
	for _, k := range []string{"sealed", "decrypted", "cipher", "signature", "why"} {
		delete(m, k)
	}
	m["outer"] = slices.DeleteFunc(m["outer"].([]any), func(f any) bool {
		return f.(map[string]any)["name"] == "smb2.header.transform"
	})
	m["problems"] = slices.DeleteFunc(m["problems"].([]any), func(p any) bool {
		for _, s := range []string{"demands sealing", "to a sealed request", "nonce", "OriginalMessageSize", "transform header", "signature"} {
			if strings.Contains(p.(string), s) {
				return true
			}
		}
		return false
	})
}

// TestDecryptInterop shows tshark the decrypted capture without keys: it finds
// the messages that it finds in the captured one with keys, and no bad checksum
// that was not there. Without the corpus it sees a few small captures.
func TestDecryptInterop(t *testing.T) {
	tshark, err := exec.LookPath("tshark")
	if err != nil {
		if os.Getenv("SMBDIFF_INTEROP") == "require" {
			t.Fatal(err)
		}
		t.Skip("interop: no tshark (LookPath)")
	}
	var captures []corpusCapture
	for _, n := range []string{"good", "good-vlan", "good-retrans", "good-outoforder", "rec-compound", "x-compressed-b", "x-any-sll2-2"} {
		p := filepath.Join(traces, n)
		captures = append(captures, corpusCapture{path: p + ".pcap", keys: p + ".keys"})
	}
	if os.Getenv("SMBDIFF_CORPUS") != "" || os.Getenv("SMBDIFF_INTEROP") == "require" {
		captures = append(captures, corpus(t)...)
	}
	dir := t.TempDir()
	var mu sync.Mutex
	total := 0
	overCorpus(captures, func(c corpusCapture) {
		if !opens(t, c) {
			return // it is copied
		}
		n := compareViews(t, tshark, c, unseal(t, c, dir))
		mu.Lock()
		total += n
		mu.Unlock()
	})
	t.Logf("%d captures, %d messages", len(captures), total)
}

// opens reports whether a capture has sealed messages that open.
func opens(t *testing.T, c corpusCapture) bool {
	args := []string{"dump", c.path}
	if c.keys != "" {
		args = append(args, "-k", c.keys)
	}
	_, out, _ := run(t, args...)
	return strings.Contains(out, `"decrypted":true`)
}

// openedMore lists captures of which tshark opens less than is opened here.
var openedMore = map[string]string{
	"x-midstream-c.pcap": "it starts behind NEGOTIATE, without which tshark opens nothing",
}

// compareViews gives the number of frames with messages. Every frame that
// tshark lists of the captured one is in the decrypted one, and no other.
func compareViews(t *testing.T, tshark string, c corpusCapture, plain string) int {
	ports, name := smbPorts(t, c.path), filepath.Base(c.path)
	messages := []string{"smb2.cmd", "smb2.flags.response", "smb2.msg_id", "smb2.nt_status"}
	want := tsharkView(t, tshark, c.path, c.keys, ports, "smb2.cmd", messages...)
	got := tsharkView(t, tshark, plain, "", ports, "smb2.cmd", messages...)
	if openedMore[name] == "" && moreThanTshark[name] == "" {
		for _, l := range got {
			if !slices.Contains(want, l) {
				t.Errorf("%s: tshark finds in the decrypted capture alone: %q", c.path, l)
				break
			}
		}
	}
	for _, l := range want {
		if !slices.Contains(got, l) {
			t.Errorf("%s: tshark does not find in the decrypted capture: %q", c.path, l)
			break
		}
	}
	const bad = "tcp.checksum.status == 0 || ip.checksum.status == 0"
	was := tsharkView(t, tshark, c.path, "", ports, bad)
	for _, l := range tsharkView(t, tshark, plain, "", ports, bad) {
		if !slices.Contains(was, l) {
			t.Errorf("%s: a checksum is bad in the decrypted capture alone: frame %q", c.path, l)
			break
		}
	}
	return len(want)
}

// smbPorts gives the ports of servers that tshark has to be told of.
func smbPorts(t *testing.T, path string) []uint16 {
	f, err := capture.Open(path)
	if err != nil {
		t.Error(err)
		return nil
	}
	defer f.Close()
	if _, err := f.Scan(capture.Options{}, func(*capture.PDU) bool { return true }); err != nil {
		t.Error(err)
	}
	var ports []uint16
	for _, c := range f.Connections() {
		p := min(c.A.Port(), c.B.Port())
		if p != 139 && p != 445 && !slices.Contains(ports, p) {
			ports = append(ports, p)
		}
	}
	return ports
}

// tsharkView gives the number and the fields of the frames that a filter
// passes. Checksums are checked when it asks for them: what comes with a bad one
// is not put together then.
func tsharkView(t *testing.T, tshark, path, keys string, ports []uint16, filter string, fields ...string) []string {
	sums := strconv.FormatBool(strings.Contains(filter, "checksum"))
	args := []string{"-n", "-r", path, "-o", "tcp.reassemble_out_of_order:TRUE", "-o", "tcp.check_checksum:" + sums, "-o", "ip.check_checksum:" + sums,
		"-Y", filter, "-T", "fields", "-E", "occurrence=a", "-e", "frame.number"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	for _, p := range ports {
		args = append(args, "-d", "tcp.port=="+strconv.Itoa(int(p))+",nbss")
	}
	cmd := exec.Command(tshark, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8", "WIRESHARK_CONFIG_DIR="+seskeyList(t, keys))
	out, err := cmd.Output()
	if _, failed := err.(*exec.ExitError); err != nil && !failed { // it ends with 2 after a cut capture
		t.Errorf("%s: tshark: %v", path, err)
	}
	if len(out) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// seskeyList makes a folder of settings with the session keys.
func seskeyList(t *testing.T, keys string) string {
	dir := t.TempDir()
	if keys == "" {
		return dir
	}
	text, err := os.ReadFile(keys)
	if err != nil {
		t.Error(err)
		return dir
	}
	var list bytes.Buffer
	for s := bufio.NewScanner(bytes.NewReader(text)); s.Scan(); {
		f := strings.Split(strings.TrimSpace(s.Text()), ",")
		if len(f) < 2 || strings.HasPrefix(f[0], "#") {
			continue
		}
		for len(f) < 4 {
			f = append(f, "")
		}
		for i := range f {
			if f[i] == "" {
				f[i] = `""`
			}
		}
		fmt.Fprintln(&list, strings.Join(f[:4], ","))
	}
	if err := os.WriteFile(filepath.Join(dir, "smb2_seskey_list"), list.Bytes(), 0o600); err != nil {
		t.Error(err)
	}
	return dir
}
